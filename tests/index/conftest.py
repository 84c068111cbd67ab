"""Rows like those of photos, and indexes that are trained on few of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mindseye.index import build, held, trained
from mindseye.index.build import Build
from mindseye.index.files import IndexFiles
from mindseye.index.mapped import MappedIndex
from mindseye.index.stamp import Effort
from mindseye.index.trained import TrainedCodes
from mindseye.testing.index_contract import unit_rows
from mindseye.types import Ids, Matches, Vectors

DIM = 64


def clustered(count: int, seed: int = 0, *, centres: int = 1) -> Vectors:
    """Unit rows around forty centres; another number of `centres` makes other ones."""
    middle = unit_rows(40, seed=centres, dim=DIM)
    rng = np.random.default_rng(seed)
    rows = middle[rng.integers(0, 40, count)] + 0.4 * unit_rows(count, seed=seed + 2, dim=DIM)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


class TrainedIndex(MappedIndex):
    """An index that is brought to what `wish` says before every search."""

    def __init__(self, folder: Path, dim: int, wish: str) -> None:
        super().__init__(folder, "space", dim)
        self.folder, self.wish = folder, wish

    def search(self, queries: Vectors, k: int, within: Ids | None = None) -> list[Matches]:
        self.build()
        return super().search(queries, k, within)

    def build(self, *, anew: bool = False) -> bool:
        self.flush()
        built = Build(IndexFiles(self.folder), self.wish).run(self.held.stamp, anew=anew)
        self.reload()
        return built


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexes are trained and coded from a few rows on, and asked for few allowed ones too."""
    monkeypatch.setattr(build, "_LEAST_ROWS", 8)
    monkeypatch.setattr(build, "_LEAST_PER_LIST", 1)
    monkeypatch.setattr(build, "ROWS_BESIDE", 4)
    monkeypatch.setattr(held, "_EXACT_WITHIN", 0)
    monkeypatch.setattr(held, "_EXACT_SHARE", 0)
    monkeypatch.setattr(trained, "_SEEN_AT_LEAST", 100)


@pytest.fixture
def thorough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is looked at and every row scored: what remains is whether none is lost."""

    def everything(codes: TrainedCodes) -> tuple[Effort, ...]:
        return (Effort(max(codes.coder.lists, 1), 100_000, -1.0),)

    monkeypatch.setattr(build, "measure", everything)
