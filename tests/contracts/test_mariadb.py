"""The MariaDB store keeps the contracts of a store, on a real server."""

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


class TestMariaStore(StoreContract):
    @pytest.fixture
    def opener(self, mariadb_library: str, tmp_path: Path) -> Opener:
        return lambda: open_store(mariadb_library, index_dir=tmp_path / "index")


class TestMariaFilters(FilterContract):
    @pytest.fixture
    def opener(self, mariadb_library: str, tmp_path: Path) -> Opener:
        return lambda: open_store(mariadb_library, index_dir=tmp_path / "index")


class TestMariaWithoutVectors(VectorTableContract, PutContract):
    @pytest.fixture
    def opener(self, old_mariadb_library: str, tmp_path: Path) -> Opener:
        return lambda: open_store(old_mariadb_library, index_dir=tmp_path / "index")


class TestMariaThroughFiles(VectorTableContract, PutContract):
    @pytest.fixture
    def opener(self, mariadb_library: str, tmp_path: Path) -> Opener:
        return lambda: open_store(f"{mariadb_library}&vectors=files", index_dir=tmp_path / "index")
