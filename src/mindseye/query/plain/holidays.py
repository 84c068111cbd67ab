"""Holidays that a sentence may name with a year: fixed dates, and movable ones from a table.

`movable.tsv` has, per year, Easter Sunday (Gregorian) and the Gregorian dates of three days of the
Chinese calendar: new year, dragon boat festival, mid-autumn. Tests hold it to two libraries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

from mindseye.query.plain.period import Holiday

_COLUMNS: Final = ("easter", "new_year", "dragon_boat", "mid_autumn")


@cache
def _table() -> Mapping[int, Mapping[str, date]]:
    text = (files(__package__) / "movable.tsv").read_text(encoding="ascii")
    found: dict[int, dict[str, date]] = {}
    for line in text.splitlines():
        year, *days = line.split("\t")
        found[int(year)] = {
            name: date.fromisoformat(f"{year}-{day}")
            for name, day in zip(_COLUMNS, days, strict=True)
        }
    return found


def movable(column: str, later: int = 0) -> Callable[[int], date | None]:
    """The date, so many days after a movable one; None for years that the table lacks."""

    def of(year: int) -> date | None:
        row = _table().get(year)
        return None if row is None else row[column] + timedelta(days=later)

    return of


def fixed(month: int, day: int) -> Callable[[int], date]:
    """The same date every year."""
    return lambda year: date(year, month, day)


def thanksgiving(year: int) -> date:
    """The fourth Thursday of November (United States)."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)


CHRISTMAS: Final = Holiday("Christmas", fixed(12, 24), after=2)
CHRISTMAS_EVE: Final = Holiday("Christmas Eve", fixed(12, 24))
NEW_YEAR: Final = Holiday("New Year", fixed(1, 1), before=1)
NEW_YEARS_DAY: Final = Holiday("New Year's Day", fixed(1, 1))
NEW_YEARS_EVE: Final = Holiday("New Year's Eve", fixed(12, 31))
HALLOWEEN: Final = Holiday("Halloween", fixed(10, 31))
VALENTINE: Final = Holiday("Valentine's Day", fixed(2, 14))
INDEPENDENCE: Final = Holiday("Independence Day", fixed(7, 4))
THANKSGIVING: Final = Holiday("Thanksgiving", thanksgiving)
EASTER: Final = Holiday("Easter", movable("easter"), before=2, after=1)
HOLY_WEEK: Final = Holiday("Holy Week", movable("easter"), before=7)
PENTECOST: Final = Holiday("Pentecost", movable("easter", 49), after=1)
EPIPHANY: Final = Holiday("Epiphany", fixed(1, 6))
BASTILLE: Final = Holiday("Bastille Day", fixed(7, 14))
UNITY: Final = Holiday("German Unity Day", fixed(10, 3))
SPRING_FESTIVAL: Final = Holiday("Spring Festival", movable("new_year"), before=1, after=6)
SPRING_EVE: Final = Holiday("the eve of Spring Festival", movable("new_year", -1))
DRAGON_BOAT: Final = Holiday("Dragon Boat Festival", movable("dragon_boat"))
MID_AUTUMN: Final = Holiday("Mid-Autumn Festival", movable("mid_autumn"))
NATIONAL_WEEK: Final = Holiday("China's National Day week", fixed(10, 1), after=6)
LABOUR_DAYS: Final = Holiday("the Labour Day days", fixed(5, 1), after=4)
GOLDEN_WEEK: Final = Holiday("Golden Week", fixed(4, 29), after=6)
OBON: Final = Holiday("Obon", fixed(8, 13), after=3)
SHOGATSU: Final = Holiday("the Japanese New Year", fixed(1, 1), after=2)
