"""The gate of an export: how far vectors and rankings agree with the fp32 original."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from mindseye.encoders.base import Encoder
from mindseye.encoders.unrelated import TEXTS
from mindseye.errors import EncoderError, UsageError
from mindseye.types import Pixels, Vectors

LEAST_PHOTOS = 16
"""Fewer photos say nothing of a ranking."""

_TOP = 5
"""Hits of a text that are compared."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What an export must reach.

    `cosine` is the least of any photo and text, `ranking` the mean share of a text's best hits that
    both find.
    """

    cosine: float
    ranking: float

    def __str__(self) -> str:
        return f"a cosine of {self.cosine:g} and {self.ranking:.0%} of the best hits"


BARS: Mapping[str, Bar] = MappingProxyType(
    {"fp32": Bar(0.99999, 0.99), "fp16": Bar(0.999, 0.95), "int8": Bar(0.98, 0.85)}
)
"""Precision -> its bar. Rounding to fp16 keeps three digits; to int8 it costs some order."""


def bar_of(precision: str) -> Bar:
    """The bar of a precision."""
    return BARS[precision]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Least cosines over photos and over texts, and the mean share of best hits in common."""

    images: float
    texts: float
    ranking: float

    def passes(self, bar: Bar) -> bool:
        """Whether the bar is reached."""
        return min(self.images, self.texts) >= bar.cosine and self.ranking >= bar.ranking

    def require(self, bar: Bar) -> None:
        """Raise `EncoderError` where the bar is not reached."""
        if not self.passes(bar):
            raise EncoderError(
                f"written so, the encoder is not itself any more: {self}",
                hint=f"the bar is {bar}; a higher precision passes it",
            )

    def __str__(self) -> str:
        return (
            f"cosine {self.images:.5f} for photos, {self.texts:.5f} for texts, "
            f"{self.ranking:.1%} of the best hits in common"
        )


def agreement(original: Encoder, exported: Encoder, photos: Sequence[Pixels]) -> Agreement:
    """Encode photos and everyday texts by both; raises `UsageError` for too few photos."""
    if len(photos) < LEAST_PHOTOS:
        raise UsageError(
            f"the quality gate needs {LEAST_PHOTOS} photos, and there are {len(photos)}",
            hint="--photos FOLDER names a folder of them",
        )
    images = (original.encode_images(photos), exported.encode_images(photos))
    texts = (original.encode_texts(TEXTS), exported.encode_texts(TEXTS))
    tops = [_best(t, i) for t, i in zip(texts, images, strict=True)]
    shared = [len(a & b) / _TOP for a, b in zip(*tops, strict=True)]
    return Agreement(_least(*images), _least(*texts), float(np.mean(shared)))


def _least(a: Vectors, b: Vectors) -> float:
    return float((a * b).sum(axis=1).min())


def _best(texts: Vectors, images: Vectors) -> list[set[int]]:
    order = np.argsort(-(texts @ images.T), axis=1, kind="stable")[:, :_TOP]
    return [set(row) for row in order.tolist()]
