"""The embedded store keeps the contract of a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from mindseye.stores import open_store
from mindseye.testing.store_contract import Opener, StoreContract


class TestEmbeddedStore(StoreContract):
    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        url = f"sqlite:///{tmp_path / 'catalog.db'}"
        return lambda: open_store(url, index_dir=tmp_path / "index")
