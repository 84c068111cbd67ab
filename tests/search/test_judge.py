"""Which photos are hits, where some terms are wanted and others pushed away."""

from __future__ import annotations

import numpy as np
import pytest

from mindseye.encoders.base import Calibration, Logistic
from mindseye.query.model import Term, Words
from mindseye.search.blend import blend
from mindseye.search.judge import Judge

CURVE = Logistic(score=10.0, bias=-5.0, cutoff=0.5)
KNOWN = Calibration(None, CURVE, CURVE)
DOG, CHILD = np.eye(3, dtype=np.float32)[:2]
ROWS = np.array([[1, 0, 0], [0.8, 0.6, 0], [0, 1, 0]], np.float32)


def judge(*weights: float, calibration: Calibration = KNOWN) -> Judge:
    terms = [
        Term(Words(word), weight) for word, weight in zip(("dog", "child"), weights, strict=False)
    ]
    mixed = blend(terms, np.stack([DOG, CHILD][: len(terms)]), "text", calibration)
    return Judge.of(calibration, mixed)


def likely(score: float) -> float:
    return float(1 / (1 + np.exp(5 - 10 * score)))


def test_a_term_pushed_away_takes_from_photos_that_show_it_and_from_no_other() -> None:
    chances = judge(1, -1).chances(ROWS, np.zeros(3, np.float32))
    assert chances is not None
    expected = [
        likely(1.0) * (1 - likely(0.0)),
        likely(0.8) * (1 - likely(0.6)),
        likely(0.0) * (1 - likely(1.0)),
    ]
    assert chances.tolist() == pytest.approx(expected, rel=1e-5)


def test_a_heavier_term_takes_more() -> None:
    light, even, heavy = (
        judge(2, weight).chances(ROWS, np.zeros(3, np.float32)) for weight in (-1, -2, -4)
    )
    assert light is not None
    assert even is not None
    assert heavy is not None
    assert light[1] > even[1] > heavy[1]
    assert even[1] == pytest.approx(likely(0.8) * (1 - likely(0.6)), rel=1e-5)


@pytest.mark.parametrize("weights", [(1.0,), (1.0, 2.0), (-1.0,)])
def test_without_both_a_better_score_is_never_less_likely(weights: tuple[float, ...]) -> None:
    judged = judge(*weights)
    assert not judged.pushes
    chances = judged.chances(ROWS, np.array([0.9, 0.4, 0.6], np.float32))
    assert chances is not None
    assert chances.tolist() == sorted(chances.tolist(), reverse=True)


def test_where_no_probability_is_known_none_is_told() -> None:
    unknown = Calibration(None, None, None)
    assert judge(1, -1, calibration=unknown).chances(ROWS, np.zeros(3, np.float32)) is None
