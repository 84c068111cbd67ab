"""What a template means: the values said in its slots become a period, a filter or an order.

Readings of dates take what "today" is and the values of the slots, and return a `Period`, or None
where that cannot be: nobody has photos of next year.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mindseye.query.model import And, Field, Filter, Operator, Sort
from mindseye.query.plain.base import Plain
from mindseye.query.plain.grammar import Match
from mindseye.query.plain.period import (
    Event,
    Month,
    Period,
    month_name,
    month_of,
    months_before,
    week_of,
)
from mindseye.query.values import Day, Span

FIRST_PHOTO = 1826
"""No year before the first photograph is taken for the date of one (Niépce, Le Gras)."""

_MOST_YEARS_AGO = 40
"""A building of a hundred years ago says nothing of when its photo was taken."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a phrase asks for, and that in words."""

    means: str
    filter: Filter | None = None
    sort: Sort | None = None


def taken(period: Period) -> Said:
    """Taken in a period."""
    return Said(f"taken {period.spelled}", Field("date", Operator.IS, period.value))


def period_of(plain: Plain, match: Match) -> Period | None:
    """The period that a match of a date says; None where there is none, or it lies ahead."""
    found: Period | None = match.rule.reading(plain, **match.values)
    if found is None or found.start.date() > plain.today:
        return None
    return found


# Dates.


def a_year(_: Plain, *, year: int) -> Period | None:
    """2019."""
    return Period.of(Day(year)) if year >= FIRST_PHOTO else None


def a_day(_: Plain, *, year: int, month: Month | int, day: int | None = None) -> Period | None:
    """5 April 2023, or April 2023."""
    number = month if isinstance(month, int) else month.number
    try:
        date(year, number, day or 1)
    except ValueError:
        return None
    return Period.of(Day(year, number, day))


def iso_month(plain: Plain, *, year: int, mm: int) -> Period | None:
    """2023-04."""
    return a_day(plain, year=year, month=mm)


def iso_day(plain: Plain, *, year: int, mm: int, dd: int) -> Period | None:
    """2023-04-05."""
    return a_day(plain, year=year, month=mm, day=dd)


def day_first(plain: Plain, *, day: int, mm: int, year: int) -> Period | None:
    """5.04.2023, where the day always comes first."""
    return a_day(plain, year=year, month=mm, day=day)


def event_of(plain: Plain, *, event: Event, year: int) -> Period | None:
    """Summer 2022, Christmas 2021."""
    return event.of_year(year, southern=plain.southern)


def event_back(years: int) -> Callable[..., Period | None]:
    """The summer of this year, of last year."""

    def reading(plain: Plain, *, event: Event) -> Period | None:
        return event.of_year(plain.today.year - years, southern=plain.southern)

    return reading


def day_back(years: int) -> Callable[..., Period | None]:
    """The 5th of April of this year, of last year."""

    def reading(plain: Plain, *, month: Month, day: int) -> Period | None:
        return a_day(plain, year=plain.today.year - years, month=month, day=day)

    return reading


def last_event(plain: Plain, *, event: Event) -> Period | None:
    """Last summer: the latest that is over."""
    found = (event.of_year(plain.today.year - back, southern=plain.southern) for back in range(3))
    return next((each for each in found if each and each.end.date() <= plain.today), None)


def this_event(plain: Plain, *, event: Event) -> Period | None:
    """The summer that "this summer" means: the latest that has begun."""
    found = (event.of_year(plain.today.year - back, southern=plain.southern) for back in range(3))
    return next((each for each in found if each and each.start.date() <= plain.today), None)


def years(first: int, last: int | None = None) -> Callable[[Plain], Period]:
    """The year so many before this one, or all from one to another."""

    def reading(plain: Plain) -> Period:
        year = plain.today.year
        return Period.of(Day(year - first), Day(year - (first if last is None else last)))

    return reading


def months(back: int) -> Callable[[Plain], Period]:
    """The month so many before this one."""
    return lambda plain: month_of(plain.today, back)


def weeks(back: int) -> Callable[[Plain], Period]:
    """The week so many before this one."""
    return lambda plain: week_of(plain.today - timedelta(weeks=back))


def days(first: int, last: int | None = None) -> Callable[[Plain], Period]:
    """The day so many before today, or all from one to another."""

    def reading(plain: Plain) -> Period:
        end = first if last is None else last
        day = timedelta(days=1)
        return Period.days(plain.today - first * day, plain.today - end * day)

    return reading


def last_weekend(plain: Plain) -> Period:
    """The latest Saturday and Sunday that are over."""
    sunday = plain.today - timedelta(days=plain.today.weekday() + 1)
    return Period.days(sunday - timedelta(days=1), sunday)


def this_weekend(plain: Plain) -> Period:
    """The Saturday and Sunday of this week."""
    saturday = plain.today + timedelta(days=5 - plain.today.weekday())
    return Period.days(saturday, saturday + timedelta(days=1))


def last_weekday(plain: Plain, *, weekday: int) -> Period:
    """The latest Sunday before today."""
    return Period.days(plain.today - timedelta(days=(plain.today.weekday() - weekday - 1) % 7 + 1))


def weekday_of_week(back: int) -> Callable[..., Period]:
    """The Wednesday of this week, of last week."""

    def reading(plain: Plain, *, weekday: int) -> Period:
        monday = plain.today - timedelta(days=plain.today.weekday() + 7 * back)
        return Period.days(monday + timedelta(days=weekday))

    return reading


def ago(plain: Plain, *, count: int, unit: str) -> Period | None:
    """Two years ago: that whole year, month or week, or that day."""
    match unit:
        case "y":
            return years(count)(plain) if count <= _MOST_YEARS_AGO else None
        case "m":
            return months(count)(plain)
        case "w":
            return weeks(count)(plain)
        case _:
            return days(count)(plain)


def one_ago(plain: Plain, *, unit: str) -> Period | None:
    """A year ago."""
    return ago(plain, count=1, unit=unit)


def past(plain: Plain, *, unit: str, count: int = 1) -> Period | None:
    """The last three months: from so long before today until today."""
    if unit in "ym":
        first = months_before(plain.today, count * (12 if unit == "y" else 1))
    else:
        first = plain.today - timedelta(days=count * (7 if unit == "w" else 1))
    return Period.days(first, plain.today)


def a_decade(_: Plain, *, decade: int) -> Period | None:
    """The 1990s, the 90s."""
    return Period.of(Day(decade), Day(decade + 9)) if decade >= FIRST_PHOTO else None


def part_of_year(first: int, last: int) -> Callable[..., Period]:
    """The beginning, middle or end of a year, four months each."""

    def reading(_: Plain, *, year: int) -> Period:
        return Period(Day(year, first), Day(year, last))

    return reading


def part_of_past_year(years: int, first: int, last: int) -> Callable[[Plain], Period]:
    """The same of the year so many before this one."""
    return lambda plain: part_of_year(first, last)(plain, year=plain.today.year - years)


def years_through(plain: Plain, *, year: int, last_year: int) -> Period | None:
    """2019-2021."""
    if not FIRST_PHOTO <= year < last_year <= plain.today.year:
        return None
    return Period(Day(year), Day(last_year))


def events_through(plain: Plain, *, event: Event, last_event: Event, year: int) -> Period | None:
    """March to May 2023; November to February 2023 begins the year before."""
    last = last_event.of_year(year, southern=plain.southern)
    first = event.of_year(year, southern=plain.southern)
    if first and last and first.start > last.start:
        first = event.of_year(year - 1, southern=plain.southern)
    return first.to(last) if first and last else None


def days_through(
    plain: Plain, *, day: int, last_day: int, month: Month, year: int
) -> Period | None:
    """3 to 7 April 2023."""
    first = a_day(plain, year=year, month=month, day=day)
    last = a_day(plain, year=year, month=month, day=last_day)
    return first.to(last) if first and last and day < last_day else None


# Phrases around dates, each a filter.


def within(plain: Plain, *, sure: Match) -> Said | None:
    """In a period, or a period alone."""
    period = period_of(plain, sure)
    return None if period is None else taken(period)


def in_year(plain: Plain, *, year: int) -> Said | None:
    """In 2019."""
    period = a_year(plain, year=year)
    return taken(period) if period and year <= plain.today.year else None


def in_month(_: Plain, *, month: Month) -> Said:
    """In April: that of any year."""
    means = f"taken in {month_name(month.number)} of any year"
    return Said(means, Field("month", Operator.IS, float(month.number)))


def in_decade(plain: Plain, *, decade: int) -> Said | None:
    """In the 1990s."""
    period = a_decade(plain, decade=decade)
    return taken(period) if period and period.start.date() <= plain.today else None


def on_day(_: Plain, *, month: Month, day: int) -> Said | None:
    """On the 5th of April: that of any year."""
    if day > monthrange(2000, month.number)[1]:
        return None
    means = f"taken on {day} {month_name(month.number)} of any year"
    parts = (
        Field("month", Operator.IS, float(month.number)),
        Field("day", Operator.IS, float(day)),
    )
    return Said(means, And(parts))


def since(plain: Plain, *, date: Match) -> Said | None:
    """Since 2020: then or later."""
    period = period_of(plain, date)
    if period is None:
        return None
    return Said(
        f"taken in or after {Period.of(period.first)}",
        Field("date", Operator.AT_LEAST, period.first),
    )


def before(plain: Plain, *, date: Match) -> Said | None:
    """Before 2015."""
    period = period_of(plain, date)
    if period is None:
        return None
    return Said(
        f"taken before {Period.of(period.first)}", Field("date", Operator.BELOW, period.first)
    )


def after(plain: Plain, *, date: Match) -> Said | None:
    """After 2018."""
    period = period_of(plain, date)
    if period is None:
        return None
    return Said(f"taken after {Period.of(period.last)}", Field("date", Operator.ABOVE, period.last))


def until(plain: Plain, *, date: Match) -> Said | None:
    """Until 2018: then or earlier."""
    period = period_of(plain, date)
    if period is None:
        return None
    return Said(
        f"taken in or before {Period.of(period.last)}",
        Field("date", Operator.AT_MOST, period.last),
    )


def between(plain: Plain, *, date: Match, until: Match) -> Said | None:
    """Between 2019 and 2021, from then to then."""
    first, last = period_of(plain, date), period_of(plain, until)
    if first is None or last is None or first.start >= last.end:
        return None
    whole = first.to(last)
    return Said(
        f"taken between {Period.of(first.first)} and {Period.of(last.last)}, both included",
        Field("date", Operator.IS, Span(whole.first, whole.last)),
    )


def in_order(sort: Sort) -> Callable[..., Said]:
    """Newest first, oldest first."""

    def reading(_: Plain, **__: Any) -> Said:
        return Said(f"the {sort} photos first", sort=sort)

    return reading
