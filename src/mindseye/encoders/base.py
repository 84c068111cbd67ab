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


PICTURES_NEAR, CONCEPTS_NEAR = 32, 10
"""How many of the background pictures and of the concepts nearest to a query tell its level."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """`p = 1 / (1 + exp(-logit))`, the logit a weighted sum of what `Calibration` measures.

    `score` and `z` are not negative in a curve worth having: a better score is never less likely.
    `pictures` and `concepts` weigh the level of the query and may have either sign.
    """

    score: float
    z: float
    bias: float
    pictures: float = 0.0
    concepts: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Turns the scores of one query into probabilities that a picture shows what was asked.

    A cosine means nothing by itself: each query has its own level. The query is therefore scored
    against `background`, `(m, dim)` vectors of pictures that nobody asked for, and `concepts`,
    `(k, dim)` vectors of what pictures of known things would be (or None). Measured are

    - `z`, the distance of a score from the background's mean in standard deviations,
    - `pictures`, the mean of the query's `PICTURES_NEAR` best cosines with the background,
    - `concepts`, the mean of its `CONCEPTS_NEAR` best cosines with the concepts.

    The last two say how far the encoder knows what is spoken of: for gibberish both are low. A
    logistic curve per kind of query, fitted on held-out pairs, maps them and the score to a
    probability. `cutoff` is the least probability that counts as a hit unless the user says
    otherwise.
    """

    background: Vectors
    text: Logistic
    image: Logistic
    cutoff: float
    concepts: Vectors | None = None

    def probability(
        self, query: Vectors, scores: NDArray[np.float32], *, kind: QueryKind
    ) -> NDArray[np.float32]:
        """Probability in 0..1 for each score of one query, in the order given.

        `query` is one unit vector `(dim,)` or `(1, dim)`.
        """
        curve = self.text if kind == "text" else self.image
        ground = self.background @ query.reshape(-1)
        z = (scores - float(ground.mean())) / max(float(ground.std()), 1e-6)
        level = curve.bias
        if curve.pictures:
            level += curve.pictures * best_mean(ground, PICTURES_NEAR)
        if curve.concepts and self.concepts is not None:
            level += curve.concepts * best_mean(self.concepts @ query.reshape(-1), CONCEPTS_NEAR)
        logit = curve.score * scores + curve.z * z + level
        return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float32)


def best_mean(cosines: NDArray[np.float32], count: int) -> float:
    """Return the mean of the `count` greatest cosines."""
    count = min(count, len(cosines))
    return float(np.partition(cosines, len(cosines) - count)[-count:].mean())
