"""How far a search must go: what is measured on the rows, and how the cheapest is chosen."""

from __future__ import annotations

import numpy as np
import pytest
from tests.index.conftest import DIM, TrainedIndex, clustered

from mindseye.index import effort
from mindseye.index.choice import Choice
from mindseye.index.effort import _UNSEEN, Goal, _cheapest, _Look, _steps
from mindseye.index.stamp import Effort
from mindseye.testing.index_contract import ids_from


@pytest.fixture(scope="module")
def codes(tmp_path_factory):
    index = TrainedIndex(tmp_path_factory.mktemp("effort"), DIM, "IVF32,RaBitQ2")
    index.add(ids_from(1, 4000), clustered(4000))
    index.build()
    return index.held.trained


@pytest.mark.parametrize(
    ("first", "last", "growth", "steps"),
    [
        (1, 1, 2.0, [1]),
        (1, 8, 2.0, [1, 2, 4, 8]),
        (1, 9, 2.0, [1, 2, 4, 8, 9]),
        (1, 3, 2**0.25, [1, 2, 3]),
        (50, 100, 2**0.5, [50, 71, 100]),
    ],
)
def test_steps_lead_from_the_first_number_to_the_last(first, last, growth, steps):
    assert _steps(first, last, growth) == steps


@pytest.mark.parametrize(
    ("breadth", "ranks"),
    [(1, [0, _UNSEEN, _UNSEEN]), (2, [0, 2, _UNSEEN]), (3, [0, 3, _UNSEEN]), (9, [0, 3, _UNSEEN])],
)
def test_one_look_tells_what_a_search_of_fewer_lists_would_find(breadth, ranks):
    # Four candidates; the first and the last are true, a third true one was not found at all.
    look = _Look(np.array([0, 2, 0, 1]), np.array([0, 3]), 1)
    assert look.ranks(breadth).tolist() == ranks


def test_what_a_look_tells_of_fewer_lists_is_what_these_lists_give(codes):
    query = clustered(1, seed=9)[0]
    exact = np.argsort(-(codes.rows.astype(np.float32) @ query))[:10]
    look = effort._look(codes, query, exact, 32)
    everything = Choice(codes.covered, np.empty(0, np.int64))
    for breadth in (1, 3, 10, 32):
        probe = codes.probe(query, breadth)
        places, scores = codes.candidates(probe, Effort(breadth, 4000, 0.0), everything)
        likeliest = places[np.argsort(-scores)]
        seen = np.sort(np.flatnonzero(np.isin(likeliest, exact)))
        told = np.sort(look.ranks(breadth))
        assert told[told < _UNSEEN].tolist() == seen.tolist()


def test_no_effort_is_told_where_none_is_enough(codes):
    queries = clustered(5, seed=9)
    # Rows that are not there are never found.
    assert _cheapest(codes, queries, np.full((5, 10), 10**6), Goal(0.5, -1.0)) is None


def test_every_list_is_looked_at_where_the_true_best_lie_anywhere(codes):
    rng = np.random.default_rng(1)
    found = _cheapest(codes, clustered(5, seed=9), rng.choice(4000, (5, 10)), Goal(1.0, -1.0))
    assert found is not None
    assert found.breadth > 16
    assert found.candidates > 1000
