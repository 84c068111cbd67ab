"""Every index of the house keeps the contract, with and without files behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.index.conftest import TrainedIndex, small, thorough

from mindseye.index.base import VectorIndex
from mindseye.index.exact import ExactIndex
from mindseye.index.mapped import MappedIndex
from mindseye.testing.index_contract import DIM, IndexContract

__all__ = ["small", "thorough"]

KINDS = ("IVF4,RaBitQ2", "IVF4,RaBitQ", "IVF2,Flat", "IVF4,SQ8", "PCA8,IVF2,SQ8", "SQ8", "HNSW8")


class TestExactIndex(IndexContract):
    @pytest.fixture
    def index(self) -> VectorIndex:
        return ExactIndex(DIM)


class TestIndexInMemory(IndexContract):
    @pytest.fixture
    def index(self) -> VectorIndex:
        return MappedIndex(None, "contract", DIM)


class TestIndexInFiles(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> VectorIndex:
        return MappedIndex(tmp_path / "index", "contract", DIM)


@pytest.mark.usefixtures("small", "thorough")
class TestTrainedIndex(IndexContract):
    @pytest.fixture(params=KINDS)
    def index(self, tmp_path: Path, request: pytest.FixtureRequest) -> VectorIndex:
        return TrainedIndex(tmp_path / "index", DIM, request.param)
