"""Looking for damage of an SQLite file."""

from __future__ import annotations

from collections.abc import Iterator

from mindseye.stores.base import Problem
from mindseye.stores.sql.session import Session


def damage(session: Session) -> Iterator[Problem]:
    """Torn pages, and links that lead nowhere."""
    with session.read() as connection:
        for said in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
            if said != "ok":
                yield Problem(f"the database file is damaged: {said}")
        for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield Problem(f"row {row} of {table} belongs to a row of {parent} that is not there")
