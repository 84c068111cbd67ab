"""The date in a file name, as phones, messengers and screenshot tools write it, and the mtime."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from mindseye.media.base import FileContent
from mindseye.media.readers.moments import Moment, build
from mindseye.types import Metadata, Precision

_DATE: Final = re.compile(
    r"""(?<!\d)
    (?P<year>(?:18|19|20)\d\d)(?P<gap>[-_.]?)(?P<month>0[1-9]|1[0-2])(?P=gap)
    (?P<day>0[1-9]|[12]\d|3[01])
    (?:
        (?:[T_\-\ ]|[\ _-]\D{1,5}[\ _-])               # "at", "um", "a las" ...
        (?P<hour>\d{1,2})(?P<clock>[-_.:h]?)(?P<minute>[0-5]\d)
        (?:(?P=clock)(?P<second>[0-5]\d)(?:[-_.]?(?P<fraction>\d{3}))?)?
        (?:[\ \u202f]?(?P<half>[AaPp])\.?[Mm]\b)?
        (?!\d)
    )?
    (?!\d)""",
    re.VERBOSE,
)

_UTC_NAMES: Final = re.compile(r"PXL_\d{8}_\d{9}")
"""Names whose time is UTC: those of Google's camera since the Pixel 4."""

_FIRST_YEAR: Final = 1970
"""In a name without separators an earlier year is more likely a number."""


class NameReader:
    """Reads the date in the file's name."""

    def accepts(self, head: bytes, suffix: str) -> bool:  # noqa: ARG002
        """Any file has a name."""
        return True

    def read(self, content: FileContent) -> Metadata:
        """`taken_at` with its precision; with offset 0 where the name is known to tell UTC."""
        moment = date_in(content.path.replace("\\", "/").rpartition("/")[2])
        if moment is None:
            return Metadata()
        return Metadata(moment.wall, moment.offset, moment.precision)


class MtimeReader:
    """Reads when the file was last changed: the last resort, and often when it was copied."""

    def accepts(self, head: bytes, suffix: str) -> bool:  # noqa: ARG002
        """Any file has a modification time."""
        return True

    def read(self, content: FileContent) -> Metadata:
        """`taken_at` in this machine's time zone, with its offset, to the second."""
        if content.mtime_ns is None or content.mtime_ns <= 0:
            return Metadata()
        try:
            local = datetime.fromtimestamp(content.mtime_ns // 1_000_000_000, tz=UTC).astimezone()
        except (OverflowError, OSError, ValueError):
            return Metadata()
        return Metadata(local.replace(tzinfo=None), local.utcoffset(), Precision.SECOND)


def date_in(name: str) -> Moment | None:
    """The moment that a file name tells, or None."""
    for match in _DATE.finditer(name):
        parts = match.groupdict()
        if not parts["gap"] and int(parts["year"]) < _FIRST_YEAR:
            continue
        if not (parts["clock"] or parts["second"]):
            parts["hour"] = None  # four digits after a date are a counter
        elif parts["half"]:
            parts["hour"] = _on_24_hours(parts["hour"], parts["half"])
        moment = build(parts) or build({**parts, "hour": None})
        if moment is not None:
            utc = timedelta(0) if _UTC_NAMES.match(name) else None
            return Moment(moment.wall, moment.precision, utc)
    return None


def _on_24_hours(hour: str | None, half: str) -> str:
    return str(int(hour or 0) % 12 + (12 if half in "pP" else 0))
