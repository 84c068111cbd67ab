"""Local time: the distance from UTC that a clock in a time zone showed at a moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def offset_at(timezone: str, wall: datetime) -> timedelta | None:
    """The distance from UTC at a local wall time, to the minute; None for a zone nobody knows.

    A wall time that came twice, when clocks were set back, is taken for the first; one that never
    came, when they were set forward, has the distance from before. A zone that is newer than this
    machine's table of zones is nobody's.
    """
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
    offset = wall.replace(tzinfo=zone, fold=0).utcoffset()
    if offset is None:
        return None
    # Local mean times, from before zones, have seconds.
    return timedelta(minutes=round(offset / timedelta(minutes=1)))
