"""When long work is to be started by itself, in the five fields of cron (POSIX crontab).

minute hour day month weekday      */15 * * * *      every quarter of an hour
                                   0 3 * * 0         Sundays at three
"""

from __future__ import annotations

import calendar
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any, Final, Self

from sqlalchemy import select

from mindseye.errors import MindseyeError, NotFound, UsageError
from mindseye.server.jobs import ENDED, Jobs
from mindseye.server.records import Records
from mindseye.server.schema import schedules

_log = logging.getLogger(__name__)

_PIECE: Final = re.compile(
    r"(?:(?P<all>\*)|(?P<first>\d{1,2})(?:-(?P<last>\d{1,2}))?)(?:/(?P<step>\d{1,2}))?"
)

_FIELDS: Final = (
    ("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7),
)  # fmt: skip
"""Name, least and most of each field; of weekdays 0 and 7 are Sunday."""

_YEARS: Final = 9
"""So far it is looked ahead: 29 February comes at least once in eight years."""

_LOOKED_EVERY: Final = 20.0
"""Seconds between two looks at what is due."""


@dataclass(frozen=True, slots=True)
class Cron:
    """Moments of the local clock, one minute exact."""

    text: str
    allowed: tuple[frozenset[int], ...]
    either_day: bool
    """Whether day and weekday are both restricted: then either is enough, as cron has it."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The moments that a text of five fields means; raises `UsageError`."""
        parts = text.split()
        if len(parts) != len(_FIELDS):
            raise UsageError(
                f"{text!r} has {len(parts)} fields, expected minute hour day month weekday",
                hint="write */15 * * * * for every quarter of an hour",
            )
        allowed = [_values(part, *field) for part, field in zip(parts, _FIELDS, strict=True)]
        allowed[4] = frozenset(day % 7 for day in allowed[4])
        cron = cls(text, tuple(allowed), parts[2] != "*" and parts[4] != "*")
        cron.next_after(datetime.now())
        return cron

    def next_after(self, moment: datetime) -> datetime:
        """The first of these moments after this one; raises `UsageError` where none comes."""
        minutes, hours, _, months, _ = self.allowed
        last = moment.year + _YEARS
        found = (moment + timedelta(minutes=1)).replace(second=0, microsecond=0)
        while found.year < last:
            if found.month not in months:
                days = calendar.monthrange(found.year, found.month)[1]
                found = found.replace(day=1, hour=0, minute=0) + timedelta(days=days)
            elif not self._on(found):
                found = found.replace(hour=0, minute=0) + timedelta(days=1)
            elif found.hour not in hours:
                found = found.replace(minute=0) + timedelta(hours=1)
            elif found.minute not in minutes:
                found += timedelta(minutes=1)
            else:
                return found
        raise UsageError(f"{self.text!r} means no day of the calendar")

    def _on(self, moment: datetime) -> bool:
        _, _, days, _, weekdays = self.allowed
        day, weekday = moment.day in days, moment.isoweekday() % 7 in weekdays
        return day or weekday if self.either_day else day and weekday


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Work that is started by itself; `last_at` is when it was, in seconds since 1970."""

    id: int
    cron: str
    kind: str
    arguments: Mapping[str, Any]
    created_at: float
    last_at: float | None

    def next_at(self) -> float:
        """When it is started next."""
        since = datetime.fromtimestamp(self.last_at or self.created_at)
        return Cron.parse(self.cron).next_after(since).timestamp()


class Schedule:
    """Starts jobs when they are due; one that is still waiting or running is not started again.

    What was due while the server was not running is started once when it runs again.
    """

    def __init__(
        self, records: Records, jobs: Jobs, clock: Callable[[], float] = time.time
    ) -> None:
        self._records = records
        self._jobs = jobs
        self._clock = clock
        self._closing = Event()
        self._watch: Thread | None = None

    def open(self) -> None:
        """Look for what is due from now on; a second time changes nothing."""
        if self._watch is None or not self._watch.is_alive():
            self._closing.clear()
            self._watch = Thread(target=self._run, name="schedule", daemon=True)
            self._watch.start()

    def all(self) -> list[Scheduled]:
        """Everything that is scheduled, the oldest first."""
        with self._records.read() as connection:
            rows = connection.execute(select(schedules).order_by(schedules.c.id)).mappings().all()
        return [Scheduled(**{**row, "arguments": json.loads(row["arguments"])}) for row in rows]

    def add(self, cron: str, kind: str, arguments: Mapping[str, Any]) -> Scheduled:
        """Start a kind of job at these moments; raises `UsageError`."""
        Cron.parse(cron)
        row = {"cron": cron, "kind": kind, "arguments": json.dumps(dict(arguments))}
        with self._records.write() as connection:
            connection.execute(schedules.insert().values(**row, created_at=self._clock()))
        return self.all()[-1]

    def remove(self, schedule_id: int) -> None:
        """Start it no more; raises `NotFound`."""
        with self._records.write() as connection:
            gone = schedules.delete().where(schedules.c.id == schedule_id)
            if not connection.execute(gone).rowcount:
                raise NotFound(f"there is no schedule {schedule_id}")

    def start_due(self) -> int:
        """Start what is due by now; returns how many jobs were started."""
        now, jobs = self._clock(), self._jobs
        due = [entry for entry in self.all() if entry.next_at() <= now]
        for entry in due:
            open_jobs = [job for job in jobs.all() if job.state not in ENDED]
            wanted = (entry.kind, dict(entry.arguments))
            if not any((job.kind, dict(job.arguments)) == wanted for job in open_jobs):
                jobs.start(entry.kind, entry.arguments)
            with self._records.write() as connection:
                started = schedules.update().where(schedules.c.id == entry.id)
                connection.execute(started.values(last_at=now))
        return len(due)

    def close(self) -> None:
        """Look no more."""
        self._closing.set()

    def _run(self) -> None:
        while not self._closing.wait(_LOOKED_EVERY):
            try:
                self.start_due()
            except MindseyeError:
                # A database that is held by another program now is looked at again soon.
                _log.exception("what is due could not be started")


def _values(part: str, name: str, least: int, most: int) -> frozenset[int]:
    """The numbers that one field means: `*`, `5`, `1-5`, `*/15`, `8-18/2`, or several of these."""
    found: set[int] = set()
    for piece in part.split(","):
        match = _PIECE.fullmatch(piece)
        if match is None:
            raise _wrong(part, name, least, most)
        first = least if match["all"] else int(match["first"])
        last = most if match["all"] else int(match["last"] or match["first"])
        step = int(match["step"] or 1)
        if match["step"] and not match["all"] and not match["last"]:
            last = most
        if not least <= first <= last <= most or step < 1:
            raise _wrong(part, name, least, most)
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _wrong(part: str, name: str, least: int, most: int) -> UsageError:
    return UsageError(f"{part!r} is no {name}", hint=f"write *, {least}..{most}, 1-5, */15 or 1,15")
