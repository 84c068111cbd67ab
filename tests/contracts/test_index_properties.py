"""Random histories of an index: those in files and the exact one must always agree."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.index.conftest import TrainedIndex, small, thorough

from mindseye.index.exact import ExactIndex
from mindseye.index.mapped import MappedIndex
from mindseye.testing.index_contract import unit_rows

__all__ = ["small", "thorough"]

DIM = 64
KINDS = ["IVF4,RaBitQ2", "IVF2,SQ8", "IVF4,Flat", "SQ8", "HNSW8"]
IDS = st.lists(st.integers(1, 60), max_size=12)
SEEDS = st.integers(0, 40)
"""Few seeds, so that equal vectors are frequent."""


class Agreement(RuleBasedStateMachine):
    """Does the same to both indexes, and opens the flat one anew now and then."""

    @initialize(start=st.sampled_from([0, 5000]))
    def fill(self, start: int) -> None:
        self.place = tempfile.TemporaryDirectory()
        self.exact = ExactIndex(DIM)
        self.flat = self.open(Path(self.place.name) / "index")
        # Ids above those the rules draw from: enough rows for codes to be made.
        ids = np.arange(1000, 1000 + start, dtype=np.int64)
        for index in (self.exact, self.flat):
            index.add(ids, unit_rows(start, seed=99, dim=DIM))
        self.flat.flush()

    def open(self, folder: Path) -> MappedIndex:
        return MappedIndex(folder, "space", DIM)

    @rule(ids=IDS, seed=SEEDS)
    def add(self, ids: list[int], seed: int) -> None:
        rows = unit_rows(len(ids), seed=seed, dim=DIM)
        for index in (self.exact, self.flat):
            index.add(np.array(ids, dtype=np.int64), rows)

    @rule(ids=IDS, first=st.integers(990, 1100))
    def remove(self, ids: list[int], first: int) -> None:
        gone = np.array([*ids, *range(first, first + 20)], dtype=np.int64)
        for index in (self.exact, self.flat):
            index.remove(gone)

    @rule()
    def flush(self) -> None:
        self.flat.flush()

    @rule()
    def open_again(self) -> None:
        self.flat.flush()
        self.flat = self.open(Path(self.place.name) / "index")

    @rule(seed=SEEDS, k=st.integers(1, 30), within=st.none() | st.lists(st.integers(0, 1200)))
    def search(self, seed: int, k: int, within: list[int] | None) -> None:
        query = unit_rows(3, seed=seed, dim=DIM)[1:2]
        allowed = None if within is None else np.array(within, dtype=np.int64)
        expected = self.exact.search(query, k, allowed)[0]
        found = self.flat.search(query, k, allowed)[0]
        # Ties count by score: which of two equal rows comes first is nobody's business.
        assert found.scores == pytest.approx(expected.scores, abs=1e-5)
        assert len(set(found.ids.tolist())) == len(expected)

    @invariant()
    def they_hold_the_same_ids(self) -> None:
        if hasattr(self, "flat"):
            assert len(self.flat) == len(self.exact)

    def teardown(self) -> None:
        if hasattr(self, "place"):
            self.place.cleanup()


class TrainedAgreement(Agreement):
    """The same with an index that is trained, coded in parts and cleared out on the way."""

    @initialize(start=st.sampled_from([0, 40, 600]), kind=st.sampled_from(KINDS))
    def fill(self, start: int, kind: str) -> None:
        self.kind = kind
        super().fill(start)

    def open(self, folder: Path) -> MappedIndex:
        return TrainedIndex(folder, DIM, self.kind)

    @rule(first=st.integers(1000, 1600))
    def remove_many(self, first: int) -> None:
        for index in (self.exact, self.flat):
            index.remove(np.arange(first, first + 200, dtype=np.int64))

    @rule()
    def train_anew(self) -> None:
        assert isinstance(self.flat, TrainedIndex)
        if len(self.flat) >= 16:
            self.flat.build(anew=True)


SETTINGS = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


Agreement.TestCase.settings = SETTINGS
TestAgreement = Agreement.TestCase

TrainedAgreement.TestCase.settings = settings(SETTINGS, max_examples=12)
TestTrainedAgreement = pytest.mark.usefixtures("small", "thorough")(TrainedAgreement.TestCase)
