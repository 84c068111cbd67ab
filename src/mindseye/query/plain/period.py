"""Spans of the calendar that people name: seasons, months, holidays, weeks, decades."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, Self

from mindseye.query.values import Day, Span


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included, each a year, a month or a day."""

    first: Day
    last: Day

    @classmethod
    def of(cls, first: Day, last: Day | None = None) -> Self:
        """The period of these two, or of one."""
        return cls(first, last or first)

    @classmethod
    def days(cls, first: date, last: date | None = None) -> Self:
        """From one day to another, or a single one."""
        return cls.of(day_of(first), None if last is None else day_of(last))

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return self.first.start()

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.last.end()

    @property
    def value(self) -> Day | Span:
        """As a filter compares with it."""
        return self.first if self.first == self.last else Span(self.first, self.last)

    @property
    def spelled(self) -> str:
        """With its preposition: "on 5 May 2019", "in 2019", "from June 2025 to August 2025"."""
        if self.first != self.last:
            return f"from {self}"
        return f"in {self}" if self.first.day is None else f"on {self}"

    def to(self, other: Period) -> Period:
        """From here to the end of another."""
        return Period(self.first, other.last)

    def __str__(self) -> str:
        """In words: "June 2025 to August 2025"."""
        if self.first == self.last:
            return spelled(self.first)
        return f"{spelled(self.first)} to {spelled(self.last)}"


def day_of(day: date) -> Day:
    """A date as a filter has it."""
    return Day(day.year, day.month, day.day)


_MONTHS = (
    "January February March April May June July August September October November December"
).split()


def spelled(day: Day) -> str:
    """A year, month or day in words."""
    if day.month is None:
        return str(day.year)
    month = f"{_MONTHS[day.month - 1]} {day.year}"
    return month if day.day is None else f"{day.day} {month}"


def month_name(month: int) -> str:
    """The English name of a month."""
    return _MONTHS[month - 1]


class Event(Protocol):
    """What comes back every year: a season, a month, a holiday."""

    def of_year(self, year: int, *, southern: bool = False) -> Period | None:
        """The one of that year; None where its date is not known."""


@dataclass(frozen=True, slots=True)
class Season:
    """Three months from `month` on in the north; the winter of a year begins in it."""

    month: int

    def of_year(self, year: int, *, southern: bool = False) -> Period:
        """The season that begins in that year."""
        month = (self.month + 5) % 12 + 1 if southern else self.month
        ends = month + 2
        last = Day(year + 1, ends - 12) if ends > 12 else Day(year, ends)
        return Period(Day(year, month), last)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the year, from 1 to 12."""

    number: int

    def of_year(self, year: int, *, southern: bool = False) -> Period:  # noqa: ARG002
        """That month."""
        return Period.of(Day(year, self.number))


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days around a date that `date_of` finds for a year: `before` and `after` belong to it."""

    name: str
    date_of: Callable[[int], date | None]
    before: int = 0
    after: int = 0

    def of_year(self, year: int, *, southern: bool = False) -> Period | None:  # noqa: ARG002
        """Its days in that year."""
        day = self.date_of(year)
        if day is None:
            return None
        return Period.days(
            day - timedelta(days=self.before),
            day + timedelta(days=self.after) if self.after else day,
        )


def week_of(day: date) -> Period:
    """The week, Monday to Sunday, in which a day lies (ISO 8601)."""
    monday = day - timedelta(days=day.weekday())
    return Period.days(monday, monday + timedelta(days=6))


def month_of(day: date, back: int = 0) -> Period:
    """The month in which a day lies, or one so many months before."""
    year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return Period.of(Day(year, month + 1))


def months_before(day: date, months: int) -> date:
    """The same day so many months before, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
