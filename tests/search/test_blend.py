"""Several terms become one vector on one scale."""

from __future__ import annotations

import numpy as np
import pytest

from mindseye.encoders.base import Calibration, Logistic
from mindseye.errors import QueryError
from mindseye.query.model import Term, Words
from mindseye.search.blend import blend
from mindseye.types import Vectors

NOTHING_KNOWN = Calibration(None, None, None)
RNG = np.random.default_rng(7)


def units(count: int, dim: int = 32) -> Vectors:
    rows = RNG.standard_normal((count, dim)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def terms(*weights: float) -> list[Term]:
    return [Term(Words(str(place)), weight) for place, weight in enumerate(weights)]


def calibration(background: Vectors) -> Calibration:
    plain = Logistic(score=1.0, z=1.0)
    return Calibration(background, plain, plain)


def test_one_term_stays_what_it_is() -> None:
    row = units(1)
    assert np.allclose(blend(terms(3.0), row, "text", NOTHING_KNOWN).vector, row[0], atol=1e-6)


def test_the_blend_has_length_one_and_leans_to_the_heavier_term() -> None:
    rows = units(2)
    mixed = blend(terms(3.0, 1.0), rows, "text", NOTHING_KNOWN).vector
    assert np.linalg.norm(mixed) == pytest.approx(1.0, abs=1e-6)
    assert mixed @ rows[0] > mixed @ rows[1]


def test_a_negative_term_pushes_away() -> None:
    rows = units(2)
    without = blend(terms(1.0, 0.0), rows, "text", NOTHING_KNOWN).vector
    pushed = blend(terms(1.0, -1.0), rows, "text", NOTHING_KNOWN).vector
    assert pushed @ rows[1] < without @ rows[1]


def test_the_ranking_is_that_of_the_sum_of_standard_scores() -> None:
    rows, pictures = units(3), units(200)
    background = units(64)
    weights = np.array([1.0, 0.5, -0.7])
    mixed = blend(terms(*weights), rows, "text", calibration(background))
    ground = background @ rows.T
    standard = (pictures @ rows.T - ground.mean(axis=0)) / ground.std(axis=0)
    wanted = standard @ weights
    assert np.array_equal(np.argsort(pictures @ mixed.vector), np.argsort(wanted))


def test_a_term_whose_scores_spread_wider_does_not_drown_the_other() -> None:
    """The modality gap: pictures score other pictures far wider than sentences do."""
    background = units(256)
    background[:, 0] *= 10.0
    wide = np.eye(32, dtype=np.float32)[0]
    narrow = np.eye(32, dtype=np.float32)[1]
    rows = np.stack([wide, narrow])
    mixed = blend(terms(1.0, 1.0), rows, "image", calibration(background)).vector
    shares = (background @ wide).std() * mixed[0], (background @ narrow).std() * mixed[1]
    assert shares[0] == pytest.approx(shares[1], rel=1e-4)


def test_terms_that_cancel_out_are_refused() -> None:
    row = units(1)
    with pytest.raises(QueryError, match="cancel"):
        blend(terms(1.0, -1.0), np.concatenate([row, row]), "text", NOTHING_KNOWN)
