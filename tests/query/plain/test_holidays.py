"""The table of movable holidays agrees with two libraries that compute them."""

from __future__ import annotations

from datetime import date

import pytest
from dateutil.easter import easter
from lunar_python import Lunar

from mindseye.query.plain.holidays import EASTER, movable, thanksgiving

YEARS = range(1960, 2061)


def test_easter_is_that_of_dateutil() -> None:
    of = movable("easter")
    assert [of(year) for year in YEARS] == [easter(year) for year in YEARS]


@pytest.mark.parametrize(
    ("column", "month", "day"), [("new_year", 1, 1), ("dragon_boat", 5, 5), ("mid_autumn", 8, 15)]
)
def test_days_of_the_chinese_calendar_are_those_of_lunar_python(
    column: str, month: int, day: int
) -> None:
    of = movable(column)
    computed = [Lunar.fromYmd(year, month, day).getSolar().toYmd() for year in YEARS]
    assert [str(of(year)) for year in YEARS] == computed


def test_a_year_that_the_table_lacks_has_no_such_holiday() -> None:
    assert EASTER.of_year(YEARS[0] - 1) is None
    assert EASTER.of_year(YEARS[-1] + 1) is None


def test_thanksgiving_is_the_fourth_thursday() -> None:
    days = [thanksgiving(year) for year in YEARS]
    assert {(day.month, day.weekday()) for day in days} == {(11, 3)}
    assert {day.day for day in days} == set(range(22, 29))
    assert thanksgiving(2023) == date(2023, 11, 23)
