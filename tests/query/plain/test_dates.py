"""What a date in a sentence means depends on today, and nothing ahead of today is one."""

from __future__ import annotations

from datetime import date

import pytest

from mindseye.query.model import Sort, as_typed
from mindseye.query.parse import parse
from mindseye.query.plain.base import Plain

JULY, NOVEMBER, JANUARY = date(2026, 7, 10), date(2026, 11, 21), date(2026, 1, 15)


def asked(today: date, text: str, *, southern: bool = False) -> str:
    found = parse(text, plain=Plain(today, southern=southern)).filter
    return "" if found is None else as_typed(found)


@pytest.mark.parametrize(
    ("today", "said", "filter_"),
    [
        (JULY, "last summer", "date:2025-06..2025-08"),
        (NOVEMBER, "last summer", "date:2026-06..2026-08"),
        (JULY, "this summer", "date:2026-06..2026-08"),
        (JANUARY, "this summer", "date:2025-06..2025-08"),
        (JANUARY, "last winter", "date:2024-12..2025-02"),
        (JULY, "last winter", "date:2025-12..2026-02"),
        (JANUARY, "last April", "date:2025-04"),
        (NOVEMBER, "last April", "date:2026-04"),
        (JANUARY, "last Christmas", "date:2025-12-24..2025-12-26"),
        (date(2025, 12, 25), "last Christmas", "date:2024-12-24..2024-12-26"),
        (JANUARY, "last month", "date:2025-12"),
        (JANUARY, "last week", "date:2026-01-05..2026-01-11"),
        (JANUARY, "yesterday", "date:2026-01-14"),
        (date(2024, 3, 31), "the last month of snow", ""),
        (date(2024, 3, 31), "the past month", "date:2024-02-29..2024-03-31"),
        (NOVEMBER, "winter 2022", "date:2022-12..2023-02"),
        (NOVEMBER, "in April", "month:4"),
        (NOVEMBER, "on February 29", "month:2 day:29"),
        (NOVEMBER, "on February 30", ""),
        (NOVEMBER, "her last year of school", ""),
        (NOVEMBER, "去年冬天", "date:2025-12..2026-02"),
        (NOVEMBER, "letzten Dezember", "date:2025-12"),
    ],
)
def test_a_date_is_meant_as_seen_from_today(today: date, said: str, filter_: str) -> None:
    assert asked(today, f"dog, {said}") == filter_


@pytest.mark.parametrize("said", ["in 2027", "in December 2026", "Christmas 2026", "2027年"])
def test_nothing_that_lies_ahead_is_a_date(said: str) -> None:
    assert asked(NOVEMBER, f"dog {said}") == ""


def test_seasons_are_turned_around_in_the_south() -> None:
    assert asked(NOVEMBER, "last summer", southern=True) == "date:2025-12..2026-02"
    assert asked(NOVEMBER, "winter 2022", southern=True) == "date:2022-06..2022-08"


def test_an_order_and_filters_may_stand_in_one_sentence() -> None:
    found = parse("newest photos of my cat from last year", plain=Plain(NOVEMBER))
    assert (found.sort, str(found.filter)) == (Sort.NEWEST, "date:2025")
    assert [str(term.value) for term in found.terms] == ["my cat"]


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("dog yesterday", "taken on 20 November 2026"),
        ("dog in May 2023", "taken in May 2023"),
        ("dog since 2020", "taken in or after 2020"),
        ("dog in May", "taken in May of any year"),
    ],
)
def test_a_chip_tells_in_words_how_it_was_understood(said: str, means: str) -> None:
    parts = parse(said, plain=Plain(NOVEMBER)).parts
    assert [part.means for part in parts if hasattr(part, "means")] == [means]
