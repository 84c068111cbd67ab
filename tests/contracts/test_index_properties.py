"""Random histories of an index: the flat one and the exact one must always agree."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mindseye.index.exact import ExactIndex
from mindseye.index.flat import FlatIndex
from mindseye.testing.index_contract import unit_rows

DIM = 64
IDS = st.lists(st.integers(1, 60), max_size=12)
SEEDS = st.integers(0, 40)
"""Few seeds, so that equal vectors are frequent."""


class Agreement(RuleBasedStateMachine):
    """Does the same to both indexes, and opens the flat one anew now and then."""

    @initialize(start=st.sampled_from([0, 5000]))
    def fill(self, start: int) -> None:
        self.place = tempfile.TemporaryDirectory()
        self.exact = ExactIndex(DIM)
        self.flat = FlatIndex(Path(self.place.name), "space", DIM)
        # Ids above those the rules draw from: enough rows for codes to be made.
        ids = np.arange(1000, 1000 + start, dtype=np.int64)
        for index in (self.exact, self.flat):
            index.add(ids, unit_rows(start, seed=99, dim=DIM))
        self.flat.flush()

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
        self.flat = FlatIndex(Path(self.place.name), "space", DIM)

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


Agreement.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestAgreement = Agreement.TestCase
