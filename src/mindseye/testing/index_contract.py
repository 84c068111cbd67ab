"""The contract of a `VectorIndex`: what every index must do, whatever it is made of."""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from abc import abstractmethod

import numpy as np
import pytest

from mindseye.errors import SpaceMismatch
from mindseye.index.base import VectorIndex
from mindseye.types import Ids, Vectors

DIM = 16
"""The length of the vectors that the contract adds."""

TOLERANCE = 1e-3
"""How far a score may lie from the cosine in float64: rows may be kept as float16."""


def unit_rows(count: int, seed: int = 0, dim: int = DIM) -> Vectors:
    """`count` unit rows that point anywhere, the same for the same seed."""
    rows = np.random.default_rng(seed).standard_normal((count, dim))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def ids_from(first: int, count: int) -> Ids:
    """`count` ids in a row."""
    return np.arange(first, first + count, dtype=np.int64)


def best_scores(rows: Vectors, query: Vectors, k: int) -> Vectors:
    """The `k` highest cosines in float64 arithmetic, best first."""
    scores = rows.astype(np.float64) @ query.astype(np.float64)
    return np.sort(scores)[::-1][:k].astype(np.float32)


class IndexContract:
    """Tests of a `VectorIndex`; the fixture `index` gives an empty one for rows of length `DIM`."""

    @pytest.fixture
    @abstractmethod
    def index(self) -> VectorIndex:
        """An empty index."""

    def test_an_empty_index_finds_nothing(self, index: VectorIndex) -> None:
        found = index.search(unit_rows(2), 5)
        assert [len(matches) for matches in found] == [0, 0]
        assert len(index) == 0

    def test_the_best_come_first_with_their_cosines(self, index: VectorIndex) -> None:
        rows = unit_rows(200)
        index.add(ids_from(1, 200), rows)
        for query in unit_rows(10, seed=1):
            matches = index.search(query[None], 7)[0]
            assert len(set(matches.ids.tolist())) == 7
            assert matches.scores == pytest.approx(best_scores(rows, query, 7), abs=TOLERANCE)
            assert matches.scores == pytest.approx(rows[matches.ids - 1] @ query, abs=TOLERANCE)
            assert list(matches.scores) == sorted(matches.scores, reverse=True)

    def test_ids_and_scores_have_the_types_of_the_seam(self, index: VectorIndex) -> None:
        index.add(ids_from(1, 3), unit_rows(3))
        matches = index.search(unit_rows(1, seed=1), 2)[0]
        assert (matches.ids.dtype.name, matches.scores.dtype.name) == ("int64", "float32")

    def test_every_query_is_answered_in_its_place(self, index: VectorIndex) -> None:
        rows = unit_rows(30)
        index.add(ids_from(1, 30), rows)
        found = index.search(rows[[4, 20, 9]], 1)
        assert [int(matches.ids[0]) for matches in found] == [5, 21, 10]

    def test_no_query_has_no_answer(self, index: VectorIndex) -> None:
        index.add(ids_from(1, 3), unit_rows(3))
        assert index.search(unit_rows(0), 3) == []

    def test_asking_for_more_than_there_is_gives_everything(self, index: VectorIndex) -> None:
        index.add(ids_from(1, 12), unit_rows(12))
        matches = index.search(unit_rows(1, seed=1), 50)[0]
        assert sorted(matches.ids.tolist()) == list(range(1, 13))

    def test_an_id_that_is_added_again_is_replaced(self, index: VectorIndex) -> None:
        rows = unit_rows(3)
        index.add(ids_from(1, 2), rows[:2])
        index.flush()
        index.add(ids_from(2, 1), rows[2:])
        matches = index.search(rows[2:], 5)[0]
        assert matches.ids.tolist()[0] == 2
        assert matches.scores[0] == pytest.approx(1.0, abs=TOLERANCE)
        assert sorted(matches.ids.tolist()) == [1, 2]
        assert len(index) == 2

    def test_an_id_given_twice_in_one_call_keeps_its_last_row(self, index: VectorIndex) -> None:
        rows = unit_rows(2)
        index.add(np.array([7, 7], dtype=np.int64), rows)
        matches = index.search(rows[1:], 5)[0]
        assert matches.ids.tolist() == [7]
        assert matches.scores[0] == pytest.approx(1.0, abs=TOLERANCE)
        assert len(index) == 1

    def test_what_was_removed_is_not_found(self, index: VectorIndex) -> None:
        rows = unit_rows(20)
        index.add(ids_from(1, 20), rows)
        index.remove(ids_from(1, 5))
        assert len(index) == 15
        assert index.search(rows[:1], 20)[0].ids.min() == 6

    def test_removing_an_unknown_id_is_passed_over(self, index: VectorIndex) -> None:
        index.add(ids_from(1, 3), unit_rows(3))
        index.remove(np.array([99, 2, 2, -1], dtype=np.int64))
        assert len(index) == 2

    def test_a_removed_id_may_come_back(self, index: VectorIndex) -> None:
        rows = unit_rows(4)
        index.add(ids_from(1, 3), rows[:3])
        index.flush()
        index.remove(ids_from(2, 1))
        index.flush()
        index.add(ids_from(2, 1), rows[3:])
        index.flush()
        assert index.search(rows[3:], 1)[0].ids.tolist() == [2]
        assert len(index) == 3

    def test_within_is_applied_before_ranking(self, index: VectorIndex) -> None:
        rows = unit_rows(300)
        index.add(ids_from(1, 300), rows)
        query = rows[0]
        worst = np.argsort(rows @ query)[:9] + 1
        matches = index.search(query[None], 9, within=worst)[0]
        assert sorted(matches.ids.tolist()) == sorted(worst.tolist())

    @pytest.mark.parametrize("flushed", [False, True])
    def test_within_may_name_ids_twice_unsorted_or_unknown(
        self, index: VectorIndex, flushed: bool
    ) -> None:
        index.add(ids_from(1, 10), unit_rows(10))
        if flushed:
            index.flush()
        within = np.array([9, 3, 3, 1_000_000, -4, 0], dtype=np.int64)
        matches = index.search(unit_rows(1, seed=1), 10, within=within)[0]
        assert sorted(matches.ids.tolist()) == [3, 9]

    def test_nothing_is_found_within_nothing(self, index: VectorIndex) -> None:
        index.add(ids_from(1, 10), unit_rows(10))
        assert len(index.search(unit_rows(1), 3, within=ids_from(1, 0))[0]) == 0

    def test_equal_vectors_are_all_found(self, index: VectorIndex) -> None:
        rows = np.repeat(unit_rows(4), 10, axis=0)
        index.add(ids_from(1, 40), rows)
        matches = index.search(rows[:1], 10)[0]
        assert sorted(matches.ids.tolist()) == list(range(1, 11))

    def test_ids_may_take_all_of_63_bits_and_come_in_any_order(self, index: VectorIndex) -> None:
        ids = np.array([2**62, 5, 2**40], dtype=np.int64)
        index.add(ids, unit_rows(3))
        index.flush()
        index.add(np.array([1], dtype=np.int64), unit_rows(1, seed=5))
        assert sorted(index.search(unit_rows(1), 9)[0].ids.tolist()) == [1, 5, 2**40, 2**62]
        assert index.search(unit_rows(1), 9, within=ids[:1])[0].ids.tolist() == [2**62]

    def test_flush_changes_no_answer(self, index: VectorIndex) -> None:
        index.add(ids_from(1, 50), unit_rows(50))
        index.remove(ids_from(10, 5))
        queries = unit_rows(5, seed=2)
        before = index.search(queries, 50)
        index.flush()
        after = index.search(queries, 50)
        assert [m.ids.tolist() for m in before] == [m.ids.tolist() for m in after]
        assert len(index) == 45

    @pytest.mark.parametrize("dim", [1, DIM - 1, DIM + 1])
    def test_vectors_of_another_space_are_refused(self, index: VectorIndex, dim: int) -> None:
        index.add(ids_from(1, 3), unit_rows(3))
        with pytest.raises(SpaceMismatch):
            index.search(unit_rows(1, dim=dim), 1)
        with pytest.raises(SpaceMismatch):
            index.add(ids_from(4, 1), unit_rows(1, dim=dim))
        assert len(index) == 3
