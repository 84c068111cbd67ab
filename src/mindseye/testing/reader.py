"""A weightless reader of text, to whom each colour that a picture shows is a line that names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from mindseye.testing.encoder import COLOURS, nearest_colours
from mindseye.types import Pixels, TextRegion

_PAPER: Final = ("black", "grey", "white")
"""Colours that say nothing."""

_LEAST_SHARE: Final = 0.05
"""What a colour must cover of a picture to be a line."""


@dataclass(frozen=True, slots=True)
class ColourReader:
    """Reads "red" where a picture is red, from top to bottom; black, grey and white say nothing."""

    name: str = "test-colours"
    resolution: int = 64

    def read(self, pixels: Pixels) -> list[TextRegion]:
        """A line for each colour, with the box around all dots of it."""
        return sorted(_regions(pixels), key=lambda region: region.box[0][::-1])


def _regions(pixels: Pixels) -> Iterator[TextRegion]:
    nearest = nearest_colours(pixels)
    height, width = nearest.shape
    for place, colour in enumerate(COLOURS):
        rows, columns = np.nonzero(nearest == place)
        if colour not in _PAPER and len(rows) >= _LEAST_SHARE * nearest.size:
            left, right = float(columns.min() / width), float((columns.max() + 1) / width)
            top, bottom = float(rows.min() / height), float((rows.max() + 1) / height)
            box = ((left, top), (right, top), (right, bottom), (left, bottom))
            yield TextRegion(colour, len(rows) / nearest.size, box)
