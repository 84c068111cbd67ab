"""Dates and times as metadata writes them, and how much of each is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mindseye.types import Precision

_FIRST_YEAR: Final = 1826
"""The year of the oldest photograph that still exists."""

_LAST_YEAR: Final = 2099

_UNSET: Final = frozenset(datetime(year, 1, 1) for year in (1904, 1970, 1980))
"""What clocks show that were never set."""

_WRITTEN: Final = re.compile(
    r"""\s*(?P<year>\d{4})
        (?:[-:/.\s]\s*(?P<month>\d{1,2})
        (?:[-:/.\s]\s*(?P<day>\d{1,2})
        (?:[T\s,]\s*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})
        (?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?
        )?)?)?
        \s*(?P<offset>Z|[+-]\d{1,2}:?(?:\d{2})?)?""",
    re.VERBOSE,
)
_OFFSET: Final = re.compile(r"\s*(?:(Z)|([+-])(\d{1,2}):?(\d{2})?)\s*$")

_LARGEST_OFFSET: Final = timedelta(hours=14)

_PARTIAL_OFFSETS: Final = frozenset(
    timedelta(minutes=m) for m in (-570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765)
)
"""The offsets in use that are not whole hours (IANA time zone database)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall time, how much of it is known, and its distance from UTC where that is known."""

    wall: datetime
    precision: Precision
    offset: timedelta | None = None

    def refines(self, other: Moment) -> bool:
        """Whether this says more exactly what `other` says."""
        ranks = tuple(Precision)
        if ranks.index(self.precision) <= ranks.index(other.precision):
            return False
        return cut(self.wall, other.precision) == other.wall


def cut(wall: datetime, precision: Precision) -> datetime:
    """The earliest moment of the year, month, day, minute or second that `wall` lies in."""
    parts = (wall.year, wall.month, wall.day, wall.hour, wall.minute, wall.second)
    count = {
        Precision.YEAR: 1,
        Precision.MONTH: 2,
        Precision.DAY: 3,
        Precision.MINUTE: 5,
        Precision.SECOND: 6,
    }.get(precision)
    if count is None:
        return wall
    return datetime(*(parts[:count] + (1, 1, 1, 0, 0, 0)[count:]))  # type: ignore[arg-type]


def parse(value: object, *, fraction: object = None, offset: object = None) -> Moment | None:
    """A date as EXIF, XMP or ISO 8601 write it; None when it is none or a clock never set.

    `fraction` are the digits after the second and `offset` the distance from UTC, as EXIF keeps
    them in tags of their own.
    """
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    match = _WRITTEN.match(value) if isinstance(value, str) else None
    if match is None:
        return None
    parts = match.groupdict()
    if parts["second"] and not parts["fraction"]:
        parts["fraction"] = _digits(fraction)
    moment = build(parts)
    if moment is None or moment.precision in (Precision.YEAR, Precision.MONTH, Precision.DAY):
        return moment
    known = parse_offset(offset)
    return Moment(
        moment.wall, moment.precision, known if known is not None else parse_offset(parts["offset"])
    )


def build(parts: dict[str, str | None]) -> Moment | None:
    """The moment with these parts (year, month, day, hour, minute, second, fraction), or None.

    A part that is missing or zero ends what is known; one that cannot be gives None.
    """
    year, month, day = (int(parts.get(key) or 0) for key in ("year", "month", "day"))
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    precision = Precision.DAY if month and day else Precision.MONTH if month else Precision.YEAR
    hour = minute = second = micro = 0
    if precision is Precision.DAY and parts.get("hour") and parts.get("minute"):
        hour, minute = int(parts["hour"] or 0), int(parts["minute"] or 0)
        precision = Precision.MINUTE
        if parts.get("second"):
            # 60 is a leap second; datetime knows none.
            second, precision = min(int(parts["second"] or 0), 59), Precision.SECOND
            if parts.get("fraction"):
                micro = int((parts["fraction"] or "")[:6].ljust(6, "0"))
                precision = Precision.SUBSECOND
    try:
        wall = datetime(year, month or 1, day or 1, hour, minute, second, micro)
    except ValueError:
        return None
    return None if wall in _UNSET and precision not in _COARSE else Moment(wall, precision)


_COARSE: Final = (Precision.YEAR, Precision.MONTH, Precision.DAY)


def parse_offset(value: object) -> timedelta | None:
    """A distance from UTC such as "+02:00", "-0330" or "Z"; None when it is none."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    match = _OFFSET.match(value.rstrip("\0 ")) if isinstance(value, str) else None
    if match is None:
        return None
    zulu, sign, hours, minutes = match.groups()
    if zulu:
        return timedelta(0)
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > _LARGEST_OFFSET:
        return None
    return -offset if sign == "-" else offset


def offset_between(wall: datetime, utc: datetime) -> timedelta | None:
    """The distance from UTC that explains a wall time and a GPS time of one picture.

    None unless the two differ by an offset in use, give or take the 90 seconds that a receiver's
    last fix may be old.
    """
    difference = wall - utc
    nearest = timedelta(minutes=15 * round(difference / timedelta(minutes=15)))
    if abs(difference - nearest) > timedelta(seconds=90) or abs(nearest) > _LARGEST_OFFSET:
        return None
    whole = not nearest % timedelta(hours=1)
    return nearest if whole or nearest in _PARTIAL_OFFSETS else None


def _digits(value: object) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    match = re.match(r"\s*(\d+)", value) if isinstance(value, str) else None
    return match[1] if match else None
