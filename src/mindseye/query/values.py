"""What a filter compares with: texts, numbers, days, spans of either, and circles on the globe.

Each value is written as it is typed; `mindseye.query.read` takes it back.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

FIRST_YEAR, LAST_YEAR = 1000, 9000
"""Years that can be typed; both lie well inside what `datetime` and every database can hold."""

Unit: TypeAlias = Literal["d", "w", "m", "y"]

_PLAIN = re.compile(r"[^\W_][\w.@/+~-]*")


@dataclass(frozen=True, slots=True)
class Day:
    """A year, a month of a year or a day, in the calendar of the photo's own place."""

    year: int
    month: int | None = None
    day: int | None = None

    def start(self) -> datetime:
        """The first moment of it."""
        return datetime(self.year, self.month or 1, self.day or 1)

    def end(self) -> datetime:
        """The first moment after it."""
        if self.month is None:
            return datetime(self.year + 1, 1, 1)
        if self.day is None:
            return _months_later(self.start(), 1)
        return self.start() + timedelta(days=1)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Ago:
    """The day so many days, weeks, months or years before today."""

    count: int
    unit: Unit

    def day(self, now: datetime) -> Day:
        """Which day that is; one the month lacks becomes its last."""
        if self.unit in ("d", "w"):
            days = self.count * (7 if self.unit == "w" else 1)
            reach = (now - datetime(FIRST_YEAR, 1, 1, tzinfo=now.tzinfo)).days
            then = now - timedelta(days=min(days, reach))
        else:
            then = _months_later(now, -self.count * (12 if self.unit == "y" else 1))
        return Day(then.year, then.month, then.day)

    def __str__(self) -> str:
        return f"-{self.count}{self.unit}"


Moment: TypeAlias = Day | Ago


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`, both included."""

    low: float | Moment
    high: float | Moment

    def __str__(self) -> str:
        return f"{written(self.low)}..{written(self.high)}"


@dataclass(frozen=True, slots=True)
class Circle:
    """All within so many metres of a point, in WGS 84 degrees."""

    latitude: float
    longitude: float
    metres: float

    def __str__(self) -> str:
        kilometres = decimal(self.metres / 1000)
        whole = self.metres >= 1000 and float(kilometres) * 1000 == self.metres
        radius = f"{kilometres}km" if whole else f"{decimal(self.metres)}m"
        return f"{decimal(self.latitude)},{decimal(self.longitude)},{radius}"


Value: TypeAlias = str | float | Moment | Span | Circle


def written(value: Value) -> str:
    """A value as it is typed; texts that could be taken for something else stand in quotes."""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and ".." not in value:
            return value
        doubled = value.replace('"', '""')
        return f'"{doubled}"'
    return number(value) if isinstance(value, float | int) else str(value)


def number(value: float) -> str:
    """A number without an exponent, exact; parts of one as "1/60" where that is what it is."""
    if 1e-9 < value < 0.3 and 1 / round(1 / value) == value:
        return f"1/{round(1 / value)}"
    return decimal(value)


def decimal(value: float) -> str:
    """A number without an exponent, exact, in decimals only."""
    exact = Decimal(repr(float(value)))
    return f"{exact:f}".removesuffix(".0")


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day of another month, or its last; never before `FIRST_YEAR`."""
    count = max(moment.year * 12 + moment.month - 1 + months, FIRST_YEAR * 12)
    year, month = divmod(count, 12)
    last = monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
