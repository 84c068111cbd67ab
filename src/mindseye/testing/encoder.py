"""A weightless encoder that really ranks: it knows colours, in pictures and in words.

A picture's vector is the share of each colour in it; a text's is that of the colour words it
holds, in English and Chinese. What neither shows lies on an axis of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.base import Calibration, Logistic
from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec
from mindseye.types import EmbeddingSpace, Pixels, Vectors

COLOURS: dict[str, tuple[tuple[int, int, int], tuple[str, ...]]] = {
    "red": ((220, 30, 30), ("red", "红")),
    "orange": ((245, 140, 20), ("orange", "橙")),
    "yellow": ((250, 230, 40), ("yellow", "黄")),
    "green": ((40, 160, 60), ("green", "绿")),
    "blue": ((40, 80, 220), ("blue", "蓝")),
    "purple": ((140, 50, 170), ("purple", "紫")),
    "black": ((10, 10, 10), ("black", "黑")),
    "grey": ((128, 128, 128), ("grey", "gray", "灰")),
    "white": ((245, 245, 245), ("white", "白")),
}
"""Colour -> its sRGB value, and the words for it."""

_RESOLUTION = 32
_NOTHING = len(COLOURS)
"""The axis of a text without any colour in it."""


@dataclass(frozen=True, slots=True)
class ColourEncoder:
    """Ranks pictures by the colours that a text names or another picture shows."""

    space: EmbeddingSpace = field(default=EmbeddingSpace("test-colours", "colours-1", _NOTHING + 1))
    resolution: int = _RESOLUTION

    @property
    def calibration(self) -> Calibration | None:
        """A picture counts as a hit when about a third of it shows the colour."""
        plain = Logistic(score=20.0, bias=-11.0, cutoff=0.5)
        return Calibration(np.eye(_NOTHING + 1, dtype=np.float32), plain, plain)

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        """Square roots of colour shares: rows of length 1."""
        return np.array([_shares(pixels) for pixels in images], dtype=np.float32).reshape(
            -1, _NOTHING + 1
        )

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Equal shares of the colours named, or the axis of nothing."""
        rows = np.zeros((len(texts), _NOTHING + 1), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            named = [
                place
                for place, (_, words) in enumerate(COLOURS.values())
                if any(word in text.lower() for word in words)
            ]
            row[named or [_NOTHING]] = 1.0 / np.sqrt(len(named) or 1)
        return rows

    def warm(self) -> None:
        """Nothing is loaded."""

    def release(self) -> None:
        """Nothing is loaded, so nothing is given back."""


def load(spec: EncoderSpec | None = None, options: RunOptions | None = None) -> ColourEncoder:
    """The colour encoder; a name after its colon makes another space, equal in all but that."""
    del options
    if spec is None or not spec.name:
        return ColourEncoder()
    return ColourEncoder(EmbeddingSpace(str(spec), f"colours-1-{spec.name}", _NOTHING + 1))


def nearest_colours(pixels: Pixels) -> NDArray[np.intp]:
    """For each dot `(h, w)` the place in `COLOURS` of the colour nearest to it."""
    palette = np.array([value for value, _ in COLOURS.values()], dtype=np.int32)
    dots = pixels.astype(np.int32)
    distances = ((dots[:, :, None, :] - palette) ** 2).sum(axis=3)
    return np.asarray(distances.argmin(axis=2), dtype=np.intp)


def _shares(pixels: Pixels) -> Vectors:
    step = max(1, min(pixels.shape[:2]) // _RESOLUTION)
    nearest = nearest_colours(pixels[::step, ::step])
    counts = np.bincount(nearest.ravel(), minlength=_NOTHING + 1)
    return np.asarray(np.sqrt(counts / counts.sum()), dtype=np.float32)
