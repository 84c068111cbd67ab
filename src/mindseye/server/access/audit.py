"""Who changed what, in the order in which it happened."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from mindseye.server.records import Records
from mindseye.server.schema import audit

_KEPT: Final = 100_000
"""Entries kept; the oldest go."""

_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody did something; `at` are seconds since 1970."""

    id: int
    at: float
    who: str
    did: str
    what: str


class Audit:
    """The log of a server."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def note(self, who: str, did: str, what: str) -> None:
        """Write down that somebody did something."""
        row = {"at": time.time(), "who": who, "did": did, "what": what[:_LONGEST]}
        with self._records.write() as connection:
            connection.execute(audit.insert().values(**row))
            last = connection.execute(select(func.max(audit.c.id))).scalar_one()
            connection.execute(audit.delete().where(audit.c.id <= last - _KEPT))

    def latest(self, limit: int, before: int | None = None) -> list[Entry]:
        """The latest entries, those with an id below `before` where it is given."""
        listed = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            listed = listed.where(audit.c.id < before)
        with self._records.read() as connection:
            rows = connection.execute(listed).mappings().all()
        return [Entry(row["id"], row["at"], row["who"], row["did"], row["what"]) for row in rows]
