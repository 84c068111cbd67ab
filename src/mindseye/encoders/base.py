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

    def warm(self) -> None:
        """Load what pictures need, for whoever has something else to do meanwhile."""

    def release(self) -> None:
        """Give the memory of the loaded towers back; the next call loads what it needs."""


PICTURES_NEAR, CONCEPTS_NEAR = 32, 10
"""How many of the background pictures and of the concepts nearest to a query tell its level."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """`p = 1 / (1 + exp(-logit))`, the logit a weighted sum of what `Calibration` measures.

    `score`, `z` and `s` are not negative in a curve worth having: a better score is never less
    likely. `pictures` and `concepts` weigh the level of the query and may have either sign.
    `cutoff` is the least probability that counts as a hit unless the user says otherwise.
    """

    score: float = 0.0
    z: float = 0.0
    bias: float = 0.0
    pictures: float = 0.0
    concepts: float = 0.0
    s: float = 0.0
    cutoff: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Turns the scores of one query into probabilities that a picture shows what was asked.

    A cosine means nothing by itself: each query has its own level, and so has each picture. The
    query is scored against `background`, `(m, dim)` vectors of pictures that nobody asked for, and
    `concepts`, `(k, dim)` vectors of what pictures of known things would be; a found picture is
    scored against `unrelated`, `(t, dim)` vectors of texts that nobody asked for. Measured are

    - `z`, the distance of a score from the background's mean in standard deviations,
    - `s`, the mean of z and of the same over the unrelated texts (S-norm: Kenny, "Bayesian speaker
      verification with heavy-tailed priors", 2010),
    - `pictures`, the mean of the query's `PICTURES_NEAR` best cosines with the background,
    - `concepts`, the mean of its `CONCEPTS_NEAR` best cosines with the concepts.

    The last two say how far the encoder knows what is spoken of: for gibberish both are low. A
    logistic curve per kind of query, fitted on held-out pairs, maps them and the score to a
    probability; None says that nothing is known. A text's cosine below `least_score` is never a
    hit. Without `background` a curve may only weigh the score. `judged_by` says what a minimum that
    a user sets for texts is compared with: cosines, or the probabilities of a sigmoid-trained
    encoder, whose cosines nobody publishes.
    """

    background: Vectors | None
    text: Logistic | None
    image: Logistic | None
    concepts: Vectors | None = None
    unrelated: Vectors | None = None
    least_score: float | None = None
    judged_by: Literal["score", "probability"] = "score"

    def curve(self, kind: QueryKind) -> Logistic | None:
        """The curve for queries of this kind."""
        return self.text if kind == "text" else self.image

    def probability(
        self, query: Vectors, scores: NDArray[np.float32], found: Vectors, *, kind: QueryKind
    ) -> NDArray[np.float32] | None:
        """Probability in 0..1 for each score of one query, in the order given; None: unknown.

        `query` is one unit vector `(dim,)` or `(1, dim)`; `found` are the unit rows `(n, dim)` of
        the pictures scored.
        """
        curve = self.curve(kind)
        if curve is None:
            return None
        query = query.reshape(-1)
        logit = curve.score * scores + curve.bias
        if self.background is not None:
            logit = logit + _beside_pictures(curve, self.background @ query, scores)
        if curve.s and self.unrelated is not None:
            beside = found @ self.unrelated.T
            logit += curve.s / 2 * _standing_out(scores, beside.mean(axis=1), beside.std(axis=1))
        if curve.concepts and self.concepts is not None:
            logit += curve.concepts * best_mean(self.concepts @ query, CONCEPTS_NEAR)
        return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float32)


def _beside_pictures(
    curve: Logistic, ground: NDArray[np.float32], scores: NDArray[np.float32]
) -> NDArray[np.float32]:
    z = _standing_out(scores, ground.mean(), ground.std())
    level = curve.pictures * best_mean(ground, PICTURES_NEAR) if curve.pictures else 0.0
    return np.asarray((curve.z + curve.s / 2) * z + level, np.float32)


def _standing_out(
    scores: NDArray[np.float32],
    mean: NDArray[np.float32] | np.float32,
    deviation: NDArray[np.float32] | np.float32,
) -> NDArray[np.float32]:
    return np.asarray((scores - mean) / np.maximum(deviation, 1e-6), np.float32)


def best_mean(cosines: NDArray[np.float32], count: int) -> float:
    """Return the mean of the `count` greatest cosines."""
    count = min(count, len(cosines))
    return float(np.partition(cosines, len(cosines) - count)[-count:].mean())
