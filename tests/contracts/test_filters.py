"""The embedded store lets the same photos through a filter as Python does."""

from __future__ import annotations

from pathlib import Path

import pytest

from mindseye.stores import open_store
from mindseye.testing.filter_contract import FilterContract
from mindseye.testing.store_contract import Opener


class TestEmbeddedFilters(FilterContract):
    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        url = f"sqlite:///{tmp_path / 'catalog.db'}"
        return lambda: open_store(url, index_dir=tmp_path / "index")
