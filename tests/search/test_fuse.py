"""Pictures and texts together: one probability, and what texts say of several terms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.query.model import Like, Picture, Term, Words
from mindseye.search.fuse import Balance, Told, asked_words, fused, text_chance, told
from mindseye.types import Matches

SHARES = st.floats(0, 1, width=32)


def rows(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


class TextsOf:
    """Texts in which each word is said by photos with the evidence given."""

    def __init__(self, **said: dict[int, float]) -> None:
        self.said = said

    def search(self, words: str, limit: int | None = None, within: object = None) -> Matches:
        photos = self.said.get(words, {})
        return Matches(np.array(list(photos), np.int64), rows(*photos.values()))


def test_the_probability_is_that_of_the_formula() -> None:
    e, p = 0.6, 0.3
    both = 1 / (1 + np.exp(-(np.log(p / (1 - p)) + 4 * e**2)))
    expected = 1 - (1 - both) * (1 - 0.95 * e**3)
    assert fused(rows(p), rows(e))[0] == pytest.approx(expected, rel=1e-5)


@given(SHARES, SHARES, SHARES)
def test_texts_never_make_a_photo_less_likely_and_more_of_them_never_less(
    chance: float, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    silent, some, more = fused(rows(chance, chance, chance), rows(0, low, high))
    assert silent == pytest.approx(chance, abs=1e-6)
    assert silent - 1e-6 <= some <= more + 1e-6
    assert more <= 1


def test_texts_that_say_all_of_it_are_believed_whatever_the_picture_shows() -> None:
    assert fused(rows(0.0), rows(1.0))[0] == pytest.approx(0.95)
    assert text_chance(rows(0.3))[0] < 0.05


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([Term(Words("dog"))], {1: 1.0, 2: 0.5}),
        ([Term(Words("dog"), 3.0), Term(Words("cat"))], {1: 0.75, 2: 0.625}),
        ([Term(Words("dog")), Term(Words("cat"), -1.0)], {1: 1.0}),
        ([Term(Words("dog")), Term(Picture(Path("a.jpg")))], {1: 0.5, 2: 0.25}),
        ([Term(Words("dog")), Term(Like(7), -1.0)], {1: 1.0, 2: 0.5}),
        ([Term(Picture(Path("a.jpg")))], {}),
        ([Term(Picture(Path("a.jpg"))), Term(Words("dog"), -1.0)], {}),
        ([Term(Words("mouse"))], {}),
        ([Term(Words("faint"))], {}),
    ],
)
def test_several_terms_give_the_weighted_mean_of_what_is_said(
    terms: list[Term], expected: dict[int, float]
) -> None:
    texts = TextsOf(dog={1: 1.0, 2: 0.5}, cat={2: 1.0}, faint={1: 0.05})
    found = told(texts, terms)  # type: ignore[arg-type]
    assert dict(zip(found.photos.tolist(), found.evidence.tolist(), strict=True)) == expected


def test_only_what_is_wanted_is_asked_for_in_words() -> None:
    terms = [Term(Words("dog")), Term(Words("cat"), -1.0), Term(Like(1)), Term(Words("sea"), 2.0)]
    assert asked_words(terms) == "dog sea"


def test_evidence_is_given_in_the_order_of_the_photos_asked_for() -> None:
    said = Told(np.array([9, 2, 5], np.int64), rows(0.9, 0.2, 0.5))
    assert said.of(np.array([5, 1, 9, 10, 2])).tolist() == pytest.approx([0.5, 0, 0.9, 0, 0.2])
    assert Told().of(np.array([5, 1])).tolist() == [0, 0]
    assert said.of(np.array([], np.int64)).tolist() == []


@pytest.mark.parametrize(
    ("place", "expected"),
    [(0.0, (0.0, 1.0)), (0.25, (0.5, 1.0)), (0.5, (1.0, 1.0)), (0.75, (1.0, 0.5)), (1.0, (1.0, 0))],
)
def test_the_balance_goes_from_texts_alone_to_pictures_alone(
    place: float, expected: tuple[float, float]
) -> None:
    balance = Balance.at(place)
    assert (balance.pictures, balance.texts) == expected


def test_in_the_middle_hits_are_ordered_by_the_probability_that_is_told() -> None:
    chances, evidence = rows(0.1, 0.6, 0.9), rows(0.9, 0.4, 0.0)
    assert Balance().worth(chances, evidence) == pytest.approx(fused(chances, evidence))
