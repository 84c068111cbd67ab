"""Every reader of text keeps the contract."""

from __future__ import annotations

import numpy as np
import pytest
from tests.recognition.drawing import drawn

from mindseye.recognition.base import TextReader
from mindseye.testing.encoder import COLOURS
from mindseye.testing.reader import ColourReader
from mindseye.testing.text_reader_contract import TextReaderContract
from mindseye.types import Pixels


class TestColourReader(TextReaderContract):
    @pytest.fixture
    def reader(self) -> TextReader:
        return ColourReader()

    @pytest.fixture
    def shown(self) -> tuple[Pixels, list[str]]:
        pixels = np.full((60, 80, 3), 245, np.uint8)
        pixels[5:20, 10:30] = COLOURS["red"][0]
        pixels[30:45, :40] = COLOURS["blue"][0]
        return pixels, ["red", "blue"]


class TestRapidReader(TextReaderContract):
    @pytest.fixture
    def reader(self, rapid_reader: TextReader) -> TextReader:
        return rapid_reader

    @pytest.fixture
    def shown(self) -> tuple[Pixels, list[str]]:
        return drawn("Invoice 4711", "Total 1,250.00", width=400), [
            "Invoice 4711",
            "Total 1,250.00",
        ]
