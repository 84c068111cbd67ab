"""What a number or a date in a filter means as bounds, the same for Python and for SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import asin, cos, degrees, radians, sin, sqrt
from typing import Final, cast

from mindseye.errors import QueryError
from mindseye.query.fields import BY_NAME, FieldSpec
from mindseye.query.model import Field, Operator
from mindseye.query.values import Ago, Circle, Day, Moment, Span

EARTH_METRES: Final = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""

_BOX_MARGIN: Final = 1.0 + 1e-9
"""The box around a circle is this much larger: rounding must not take its rim away."""


@dataclass(frozen=True, slots=True)
class NumberBounds:
    """From `low` to `high`; an end is part of it where it is said so. None is no bound."""

    low: float | None = None
    high: float | None = None
    with_low: bool = True
    with_high: bool = True

    def hold(self, value: float) -> bool:
        """Whether the value lies between."""
        if self.low is not None and not (value >= self.low if self.with_low else value > self.low):
            return False
        if self.high is None:
            return True
        return value <= self.high if self.with_high else value < self.high


@dataclass(frozen=True, slots=True)
class TimeBounds:
    """From `start` up to, not including, `end`. None is no bound.

    What is known only to the year or month lies inside where all of that year or month does, so
    its first moment must come before `year_end` or `month_end`.
    """

    start: datetime | None = None
    end: datetime | None = None

    @property
    def year_end(self) -> datetime | None:
        """The last beginning of a year that is not after `end`."""
        return None if self.end is None else datetime(self.end.year, 1, 1)

    @property
    def month_end(self) -> datetime | None:
        """The last beginning of a month that is not after `end`."""
        return None if self.end is None else datetime(self.end.year, self.end.month, 1)


@dataclass(frozen=True, slots=True)
class Box:
    """Latitudes and longitudes around a circle; `west` > `east` where it crosses the date line."""

    south: float
    north: float
    west: float
    east: float


def spec_of(field: Field) -> FieldSpec:
    """The row of the table for a field; raises `QueryError` for a name that is not there."""
    spec = BY_NAME.get(field.name)
    if spec is None or spec.name != field.name:
        raise QueryError(f"there is no field {field.name!r}")
    return spec


def number_bounds(spec: FieldSpec, field: Field) -> NumberBounds:
    """The numbers a filter lets through; a single one as wide as the field says."""
    if isinstance(field.value, Span):
        return NumberBounds(cast("float", field.value.low), cast("float", field.value.high))
    value = cast("float", field.value)
    match field.operator:
        case Operator.BELOW:
            return NumberBounds(high=value, with_high=False)
        case Operator.AT_MOST:
            return NumberBounds(high=value)
        case Operator.ABOVE:
            return NumberBounds(low=value, with_low=False)
        case Operator.AT_LEAST:
            return NumberBounds(low=value)
        case Operator.IS:
            slack = max(spec.slack, spec.share * abs(value))
            return NumberBounds(value - slack, value + slack)


def time_bounds(spec: FieldSpec, field: Field, now: datetime) -> TimeBounds:
    """The moments a filter lets through, as they are stored: of local clocks, or in UTC.

    `now` is a local wall time, for values such as -3w; where it has a zone, days of this machine
    are turned to UTC by that, else by the machine's own.
    """
    bounds = _local_bounds(field, now)
    if not spec.utc:
        return bounds
    start, end = (None if at is None else _to_utc(at, now) for at in (bounds.start, bounds.end))
    return TimeBounds(start, end)


def _local_bounds(field: Field, now: datetime) -> TimeBounds:
    value = field.value
    if isinstance(value, Span):
        low, high = cast("Moment", value.low), cast("Moment", value.high)
        return TimeBounds(_day(low, now).start(), _day(high, now).end())
    day = _day(cast("Moment", value), now)
    match field.operator:
        case Operator.BELOW:
            return TimeBounds(end=day.start())
        case Operator.AT_MOST:
            return TimeBounds(end=day.end())
        case Operator.ABOVE:
            return TimeBounds(start=day.end())
        case Operator.AT_LEAST:
            return TimeBounds(start=day.start())
        case Operator.IS:
            return TimeBounds(day.start(), day.end())


def _day(moment: Moment, now: datetime) -> Day:
    return moment.day(now) if isinstance(moment, Ago) else moment


def _to_utc(local: datetime, now: datetime) -> datetime:
    if not 1972 <= local.year <= 2200:
        # No library is that old or young, and clocks of systems end somewhere out there.
        return local
    return local.replace(tzinfo=now.tzinfo).astimezone(UTC).replace(tzinfo=None)


def metres_between(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """The great-circle distance of two points in degrees, by the haversine formula on a sphere."""
    first, second = radians(latitude), radians(other_latitude)
    across = sin((second - first) / 2) ** 2
    along = sin(radians(other_longitude - longitude) / 2) ** 2
    share = across + cos(first) * cos(second) * along
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(share)))


def box_around(circle: Circle) -> Box:
    """A box that holds the circle: what lies outside need not be measured."""
    angle = circle.metres / EARTH_METRES * _BOX_MARGIN
    south = circle.latitude - degrees(angle)
    north = circle.latitude + degrees(angle)
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), min(north, 90.0), -180.0, 180.0)
    # The widest parallel lies nearer to the pole than the centre: sin(width) = sin(r) / cos(lat).
    width = degrees(asin(min(1.0, sin(angle) / cos(radians(circle.latitude))))) * _BOX_MARGIN
    return Box(south, north, _wrapped(circle.longitude - width), _wrapped(circle.longitude + width))


def _wrapped(longitude: float) -> float:
    return (longitude + 180.0) % 360.0 - 180.0
