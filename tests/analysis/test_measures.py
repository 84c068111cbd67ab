"""Measures against tables worked out by hand, and what must hold for any ranking."""

from __future__ import annotations

from math import inf, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.analysis.measures import (
    Ranks,
    hit,
    measure,
    ndcg,
    rank_all,
    rank_answers,
    recall,
    reciprocal_rank,
)


def ranks(*places: float, grades: tuple[float, ...] = ()) -> Ranks:
    return Ranks(np.array(places, float), np.array(grades or [1.0] * len(places)))


def places(scores: list[float], answers: dict[int, float]) -> list[float]:
    return rank_answers(np.array(scores, np.float32), answers).places.tolist()


@pytest.mark.parametrize(
    ("scores", "answers", "expected"),
    [
        ([0.9, 0.5, 0.1], {0: 1}, [1]),
        ([0.9, 0.5, 0.1], {2: 1}, [3]),
        ([0.9, 0.5, 0.7, 0.1], {0: 1, 1: 1}, [1, 3]),
        ([0.5, 0.5, 0.5], {0: 1}, [3]),
        ([0.5, 0.5, 0.5], {2: 1}, [3]),
        ([0.5, 0.5, 0.5], {0: 1, 1: 1}, [2, 3]),
        ([0.5], {0: 1}, [1]),
    ],
)
def test_an_answer_stands_behind_all_that_is_wrong_and_scores_no_less(
    scores: list[float], answers: dict[int, float], expected: list[float]
) -> None:
    assert places(scores, answers) == expected


def test_of_right_answers_that_tie_the_worse_stands_first() -> None:
    ranked = rank_answers(np.array([0.5, 0.5], np.float32), {0: 3.0, 1: 1.0})
    assert ranked.grades.tolist() == [1.0, 3.0]


@pytest.mark.parametrize(
    ("ranked", "k", "expected"),
    [
        # recall, hit and nDCG at k, and the reciprocal rank
        (ranks(1), 1, (1, 1, 1, 1)),
        (ranks(2), 1, (0, 0, 0, 1 / 2)),
        (ranks(2), 5, (1, 1, 1 / log2(3), 1 / 2)),
        (ranks(3), 3, (1, 1, 1 / 2, 1 / 3)),
        (ranks(1, 4), 2, (1 / 2, 1, 1 / (1 + 1 / log2(3)), 1)),
        (ranks(1, 2), 1, (1 / 2, 1, 1, 1)),
        (ranks(inf), 5, (0, 0, 0, 0)),
        (ranks(inf, 2), 5, (1 / 2, 1, (1 / log2(3)) / (1 + 1 / log2(3)), 1 / 2)),
        (
            ranks(1, 2, grades=(1.0, 3.0)),
            2,
            (1, 1, (1 + 7 / log2(3)) / (7 + 1 / log2(3)), 1),
        ),
    ],
)
def test_a_ranking_is_worth_this(
    ranked: Ranks, k: int, expected: tuple[float, float, float, float]
) -> None:
    found = (recall(ranked, k), hit(ranked, k), ndcg(ranked, k), reciprocal_rank(ranked))
    assert found == pytest.approx(expected)


def test_hits_are_named_only_where_a_query_has_several_answers() -> None:
    one = measure([ranks(1), ranks(3)], [1, 3])
    assert list(one) == ["recall@1", "recall@3", "MRR", "nDCG@3"]
    assert one["recall@1"].tolist() == [1, 0]
    assert one["MRR"].tolist() == pytest.approx([1, 1 / 3])
    several = measure([ranks(1), ranks(3, 4)], [1, 3])
    assert several["hit@3"].tolist() == [1, 1]
    assert several["recall@3"].tolist() == [1, 0.5]


def test_vectors_are_ranked_by_cosine_beyond_one_chunk() -> None:
    turn = np.linspace(0, 1.5, 600)
    rows = np.stack([np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)
    ranked = rank_all(rows, rows, [{place: 1.0} for place in range(600)])
    assert {each.places[0] for each in ranked} == {1}
    far = rank_all(rows, rows, [{599 - place: 1.0} for place in range(600)])
    assert far[0].places[0] == 600


@st.composite
def rankings(draw: st.DrawFn) -> tuple[list[float], dict[int, float]]:
    scores = draw(st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9]), min_size=1, max_size=12))
    right = draw(st.sets(st.integers(0, len(scores) - 1), min_size=1))
    return scores, {place: draw(st.sampled_from([1.0, 2.0, 3.0])) for place in right}


@given(rankings(), st.randoms(use_true_random=False))
def test_the_order_of_the_documents_decides_nothing(
    ranking: tuple[list[float], dict[int, float]], random: object
) -> None:
    scores, answers = ranking
    order = list(range(len(scores)))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = {order.index(place): grade for place, grade in answers.items()}
    first = rank_answers(np.array(scores, np.float32), answers)
    again = rank_answers(np.array([scores[place] for place in order], np.float32), moved)
    assert first.places.tolist() == again.places.tolist()
    assert first.grades.tolist() == again.grades.tolist()


@given(rankings())
def test_looking_further_never_finds_less(ranking: tuple[list[float], dict[int, float]]) -> None:
    scores, answers = ranking
    ranked = rank_answers(np.array(scores, np.float32), answers)
    for value in (recall, hit):
        found = [value(ranked, k) for k in range(1, len(scores) + 1)]
        assert found == sorted(found)
        assert found[-1] == 1
    assert all(0 <= ndcg(ranked, k) <= 1 + 1e-12 for k in range(1, len(scores) + 1))
    assert 1 / len(scores) <= reciprocal_rank(ranked) <= 1


@given(rankings())
def test_a_better_score_for_an_answer_never_costs(
    ranking: tuple[list[float], dict[int, float]],
) -> None:
    scores, answers = ranking
    place = next(iter(answers))
    better = [*scores]
    better[place] += 0.3
    one = {place: answers[place]}
    before = rank_answers(np.array(scores, np.float32), one)
    after = rank_answers(np.array(better, np.float32), one)
    assert after.places[0] <= before.places[0]
