"""Intervals and tests against numbers that are known, and how often they are wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.analysis.significance import difference, estimate, holm, randomisation, wilson


def each(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.int64)


@pytest.mark.parametrize(
    ("share", "count", "low", "high"),
    [
        # Agresti and Coull (1998) and Newcombe (1998) print these.
        (81 / 263, 263, 0.2553, 0.3662),
        (15 / 148, 148, 0.0624, 0.1605),
        (0 / 20, 20, 0.0, 0.1611),
        (1 / 29, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_the_published_one(
    share: float, count: int, low: float, high: float
) -> None:
    assert wilson(share, count) == pytest.approx((low, high), abs=5e-5)


def test_where_nothing_varies_the_interval_still_has_a_width() -> None:
    found = estimate(np.ones(20), each(20))
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(1 - 0.1611, abs=5e-5)


def test_the_bootstrap_comes_to_the_textbook_interval() -> None:
    values = np.tile([0.0, 1.0], 200)
    found = estimate(values, each(400))
    spread = 1.96 * 0.5 / 20
    assert found.value == 0.5
    assert (found.low, found.high) == pytest.approx((0.5 - spread, 0.5 + spread), abs=0.005)


def test_captions_of_one_picture_are_not_counted_as_news() -> None:
    values = np.tile([0.0, 1.0], 50)
    alone = estimate(values, each(100))
    copies = estimate(np.repeat(values, 5), np.repeat(each(100), 5))
    assert (copies.low, copies.high) == (alone.low, alone.high)


def test_a_picture_with_more_captions_weighs_more() -> None:
    found = estimate(np.array([1.0, 1.0, 1.0, 0.0]), np.array([0, 0, 0, 1]))
    assert found.value == 0.75


def test_clusters_may_lack_numbers() -> None:
    assert estimate(np.array([1.0, 0.0]), np.array([3, 9])).value == 0.5


@pytest.mark.parametrize(
    ("gained", "p"),
    [
        ([0.0, 0.0], 1.0),
        ([1.0], 1.0),
        ([1.0] * 5, 2 / 2**5),
        ([1.0] * 4 + [-1.0], 12 / 2**5),
        ([3.0, 1.0, 1.0], 2 / 2**3),
        ([1.0, -1.0], 1.0),
        ([1.0] * 5 + [0.0] * 50, 2 / 2**5),
    ],
)
def test_few_differences_have_this_p(gained: list[float], p: float) -> None:
    assert randomisation(np.array(gained)) == pytest.approx(p)


def test_many_differences_are_tried_at_random() -> None:
    # 14 of 20 in one direction: the two-sided sign test gives 0.1153.
    assert randomisation(np.array([1.0] * 14 + [-1.0] * 6)) == pytest.approx(0.1153, abs=0.01)
    assert randomisation(np.ones(100)) == pytest.approx(1 / 10_001)


def test_where_nothing_differs_few_tests_say_that_something_does() -> None:
    random = np.random.default_rng(1)
    called = [randomisation(random.normal(size=12)) < 0.05 for _ in range(300)]
    assert 0.02 < np.mean(called) < 0.09


def test_a_difference_knows_its_direction() -> None:
    found = difference(np.zeros(40), np.tile([0.0, 1.0], 20), each(40))
    assert found.value == 0.5
    assert 0.3 < found.low < 0.5 < found.high < 0.7
    assert found.p < 0.001
    back = difference(np.tile([0.0, 1.0], 20), np.zeros(40), each(40))
    assert (back.value, back.p) == (-0.5, found.p)


@pytest.mark.parametrize(
    ("p_values", "corrected"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.5, 0.6, 0.9], [1.0, 1.0, 1.0]),
        ([0.01, 0.02, 0.03, 0.005], [0.03, 0.04, 0.04, 0.02]),
    ],
)
def test_holm_corrects_like_this(p_values: list[float], corrected: list[float]) -> None:
    assert holm(p_values) == pytest.approx(corrected)


@given(st.lists(st.floats(0, 1), max_size=8))
def test_a_correction_never_makes_a_p_smaller_or_swaps_two(p_values: list[float]) -> None:
    corrected = holm(p_values)
    assert all(1 >= after >= before for before, after in zip(p_values, corrected, strict=True))
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert [corrected[place] for place in order] == sorted(corrected)
