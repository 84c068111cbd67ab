"""The PostgreSQL store keeps the contracts of a store, on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from mindseye.stores import open_store
from mindseye.testing.filter_contract import FilterContract
from mindseye.testing.store_contract import (
    Opener,
    PutContract,
    StoreContract,
    VectorTableContract,
)


class TestPostgresStore(StoreContract):
    @pytest.fixture
    def opener(self, postgres_library: str, tmp_path: Path) -> Opener:
        return lambda: open_store(postgres_library, index_dir=tmp_path / "index")


class TestPostgresFilters(FilterContract):
    @pytest.fixture
    def opener(self, postgres_library: str, tmp_path: Path) -> Opener:
        return lambda: open_store(postgres_library, index_dir=tmp_path / "index")


class TestPostgresWithoutPgvector(VectorTableContract, PutContract):
    @pytest.fixture
    def opener(self, plain_postgres_library: str, tmp_path: Path) -> Opener:
        return lambda: open_store(plain_postgres_library, index_dir=tmp_path / "index")


class TestPostgresThroughFiles(VectorTableContract, PutContract):
    @pytest.fixture
    def opener(self, postgres_library: str, tmp_path: Path) -> Opener:
        return lambda: open_store(f"{postgres_library}&vectors=files", index_dir=tmp_path / "index")
