"""The contract of a `TextReader`: lines with a place inside the picture, and nothing of nothing."""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from abc import abstractmethod
from typing import Final

import numpy as np
import pytest

from mindseye.recognition.base import TextReader
from mindseye.types import Pixels

SHAPES: Final = [(1, 1), (1, 500), (500, 1), (7, 300), (64, 64), (2000, 90)]
"""Heights and widths of pictures that a decoder may give."""


class TextReaderContract:
    """Every test of a `TextReader`; subclasses say how to open one, and what it can read."""

    @pytest.fixture
    @abstractmethod
    def reader(self) -> TextReader:
        """The reader."""

    @pytest.fixture
    @abstractmethod
    def shown(self) -> tuple[Pixels, list[str]]:
        """A picture of some lines in its left half, and these lines from top to bottom."""

    def test_the_lines_of_a_picture_are_read_in_order(
        self, reader: TextReader, shown: tuple[Pixels, list[str]]
    ) -> None:
        pixels, lines = shown
        assert [region.text for region in reader.read(pixels)] == lines

    def test_a_line_stands_where_it_is_shown(
        self, reader: TextReader, shown: tuple[Pixels, list[str]]
    ) -> None:
        regions = reader.read(shown[0])
        for region in regions:
            (left, top), (right, _), (_, bottom), _ = region.box
            assert 0 <= left < right <= 0.5
            assert 0 <= top < bottom <= 1
            assert 0 < region.confidence <= 1
        tops = [region.box[0][1] for region in regions]
        assert tops == sorted(tops)

    def test_the_picture_stays_as_it_is_and_says_the_same_again(
        self, reader: TextReader, shown: tuple[Pixels, list[str]]
    ) -> None:
        pixels = shown[0].copy()
        pixels.flags.writeable = False
        assert reader.read(pixels) == reader.read(pixels)
        assert np.array_equal(pixels, shown[0])

    @pytest.mark.parametrize("shape", SHAPES)
    def test_an_empty_picture_of_any_shape_shows_nothing(
        self, reader: TextReader, shape: tuple[int, int]
    ) -> None:
        assert reader.read(np.full((*shape, 3), 255, np.uint8)) == []

    def test_a_reader_has_a_name_and_says_how_large_it_wants_pictures(
        self, reader: TextReader
    ) -> None:
        assert reader.name
        assert reader.name == reader.name.strip()
        assert reader.resolution > 0
