"""What texts say weighs by how rare it is."""

from __future__ import annotations

import numpy as np
import pytest

from mindseye.query.evidence import THOUGHT_OF, Said, evidence


def said(ids, weight=1.0):
    return Said(np.array(ids, np.int64), np.full(len(ids), weight, np.float32))


def of(photo, matches):
    return dict(zip(matches.ids.tolist(), matches.scores.tolist(), strict=True)).get(photo, 0.0)


def test_the_evidence_is_that_of_the_formula():
    found = evidence([said([1, 2, 3], 0.7), said([3])], photos=900)
    common, rare = np.log(1000 / 4), np.log(1000 / 2)
    first, second = 0.7 * common * (1 - (3 / 1000) ** 2), rare * (1 - (1 / 1000) ** 2)
    assert found.ids.tolist() == [1, 2, 3]
    expected = np.array([first, first, first + second]) / (common + rare)
    assert found.scores == pytest.approx(expected, rel=1e-6)


def test_a_word_that_no_photo_says_takes_from_the_evidence_of_the_others():
    whole = of(1, evidence([said([1])], photos=50))
    assert of(1, evidence([said([1]), said([])], photos=50)) < whole / 2 + 0.1


def test_nothing_sought_is_nothing_found():
    assert len(evidence([], photos=50)) == 0
    assert len(evidence([said([])], photos=50)) == 0


@pytest.mark.parametrize("photos", [1, 3, 30])
def test_in_a_small_library_a_word_of_every_photo_may_still_be_asked_for(photos):
    everywhere = evidence([said(range(1, photos + 1))], photos)
    assert of(1, everywhere) > 0.7


def test_in_a_large_library_a_word_of_every_photo_tells_nothing():
    assert of(1, evidence([said(range(1, 10_001))], 10_000)) < 2 * THOUGHT_OF / 10_000


def test_the_word_of_half_a_library_still_tells_it_from_the_other_half():
    assert of(1, evidence([said(range(1, 5_001))], 10_000)) > 0.7


def test_a_count_that_lags_behind_what_was_found_breaks_nothing():
    found = evidence([said(range(1, 500))], photos=3)
    assert np.isfinite(found.scores).all()
    assert (found.scores > 0).all()
