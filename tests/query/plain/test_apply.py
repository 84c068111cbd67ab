"""Typed syntax stands as it is; plain language reads only the words beside it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.query.model import as_typed
from mindseye.query.parse import Parsed, parse
from mindseye.query.plain.base import Chip, Plain
from mindseye.query.plain.understand import understand

PLAIN = Plain(date(2026, 11, 21))


def asked(text: str) -> Parsed:
    return parse(text, plain=PLAIN)


def terms(found: Parsed) -> list[tuple[str, float]]:
    return [(str(term.value), term.weight) for term in found.terms]


@pytest.mark.parametrize(
    ("typed", "filter_", "left"),
    [
        ("dog date:2020 last summer", "date:2020 date:2026-06..2026-08", [("dog", 1.0)]),
        ("last summer date:2020 dog", "date:2020 date:2026-06..2026-08", [("dog", 1.0)]),
        ('"dog last summer"', "", [("dog last summer", 1.0)]),
        ("2:dog last summer", "", [("dog last summer", 2.0)]),
        ("dog - last summer", "", [("dog", 1.0), ("last summer", -1.0)]),
        ("dog last summer + cat", "date:2026-06..2026-08", [("dog", 1.0), ("cat", 1.0)]),
        ("last summer - people", "date:2026-06..2026-08", [("last summer", 1.0), ("people", -1.0)]),
    ],
)
def test_only_loose_words_are_read_as_a_sentence(
    typed: str, filter_: str, left: list[tuple[str, float]]
) -> None:
    found = asked(typed)
    assert ("" if found.filter is None else as_typed(found.filter)) == filter_
    assert terms(found) == left


def test_without_plain_language_a_sentence_is_words() -> None:
    assert terms(parse("dog last summer")) == [("dog last summer", 1.0)]
    assert terms(parse("dog last summer", literal=True, plain=PLAIN)) == [("dog last summer", 1.0)]


def test_a_part_tells_the_characters_it_came_from() -> None:
    text = "Fotos vom Hund letzten Sommer am Meer rating:5"
    found = asked(text)
    told = [text[part.start : part.end] for part in found.parts if isinstance(part, Chip)]
    assert told == ["Fotos vom", "letzten Sommer"]
    own = [text[slice(*piece)] for part in found.parts for piece in getattr(part, "own", ())]
    assert own == ["Hund", "am Meer"]


WORDS = (
    "last this in from on the of summer May 2019 2 two years ago photos newest my dog beach , - ' "
    "s years 90s Christmas il y a deux ans l été dernier letzten Jahr vor hace el año "
    "去年 夏天 的 照片 拍 年 5 月 日 昨日 先月 の 写真 令和"
).split()
SENTENCES = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join) | st.text(max_size=30)


@given(SENTENCES)
def test_a_sentence_is_parted_and_nothing_of_it_is_used_twice(text: str) -> None:
    found = understand(text, PLAIN)
    used = sorted([*found.pieces, *((chip.start, chip.end) for chip in found.chips)])
    assert all(0 <= start <= end <= len(text) for start, end in used)
    assert all(end <= start for (_, end), (start, _) in pairwise(used))
    if not found.chips:
        assert found.words == text


@given(SENTENCES)
def test_what_was_understood_can_be_typed(text: str) -> None:
    for chip in understand(text, PLAIN).chips:
        if chip.filter is not None:
            typed = as_typed(chip.filter)
            again = parse(typed).filter
            assert again is not None
            assert as_typed(again) == typed
