"""Every index of the house keeps the contract, with and without files behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mindseye.index.base import VectorIndex
from mindseye.index.exact import ExactIndex
from mindseye.index.flat import FlatIndex
from mindseye.testing.index_contract import DIM, IndexContract


class TestExactIndex(IndexContract):
    @pytest.fixture
    def index(self) -> VectorIndex:
        return ExactIndex(DIM)


class TestFlatIndexInMemory(IndexContract):
    @pytest.fixture
    def index(self) -> VectorIndex:
        return FlatIndex(None, "contract", DIM)


class TestFlatIndexInFiles(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> VectorIndex:
        return FlatIndex(tmp_path / "index", "contract", DIM)
