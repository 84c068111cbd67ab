"""The seam every encoder fills: pixels and words in, unit vectors of one space out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mindseye.types import EmbeddingSpace, Pixels, Vectors

QueryKind: TypeAlias = Literal["text", "image"]


class Encoder(Protocol):
    """Both towers of one model in one object; batching and threads belong to the caller."""

    @property
    def space(self) -> EmbeddingSpace:
        """The space the vectors live in."""

    @property
    def resolution(self) -> int:
        """Short side in pixels that a picture must keep when it is decoded for this encoder."""

    @property
    def calibration(self) -> Calibration | None:
        """How a score becomes a probability, where the encoder knows."""

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        """Encode pictures of any size; raises `EncoderError` when the model cannot run."""

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts; raises `EncoderError` when the model cannot run."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """`p = 1 / (1 + exp(-(score * s + z * standardised + bias)))`."""

    score: float
    z: float
    bias: float


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Turns the scores of one query into probabilities that a picture shows what was asked.

    A cosine means nothing by itself: each query has its own level. The query is therefore scored
    against `background`, `(m, dim)` vectors of pictures that nobody asked for; the distance of a
    score from their mean, in standard deviations, is `z`, and a logistic curve fitted per kind of
    query on held-out pairs maps (score, z) to a probability. `cutoff` is the least probability
    that counts as a hit unless the user says otherwise.
    """

    background: Vectors
    text: Logistic
    image: Logistic
    cutoff: float

    def standardise(self, query: Vectors, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Distance of `scores` from the query's background mean in standard deviations.

        `query` is one unit vector `(dim,)` or `(1, dim)`.
        """
        ground = self.background @ query.reshape(-1)
        spread = max(float(ground.std()), 1e-6)
        return np.asarray((scores - float(ground.mean())) / spread, dtype=np.float32)

    def probability(
        self, query: Vectors, scores: NDArray[np.float32], *, kind: QueryKind
    ) -> NDArray[np.float32]:
        """Probability in 0..1 for each score of one query, in the order given."""
        curve = self.text if kind == "text" else self.image
        z = self.standardise(query, scores)
        logit = curve.score * scores + curve.z * z + curve.bias
        return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float32)
