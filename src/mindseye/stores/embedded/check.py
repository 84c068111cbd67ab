"""Looking for damage of an SQLite file."""

from __future__ import annotations

from mindseye.stores.base import Problem
from mindseye.stores.sql.session import Session, repeatable


@repeatable
def damage(session: Session) -> list[Problem]:
    """Torn pages, and links that lead nowhere."""
    with session.read() as connection:
        torn = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return [
        *(Problem(f"the database file is damaged: {said}") for said in torn if said != "ok"),
        *(
            Problem(f"row {row} of {table} belongs to a row of {parent} that is not there")
            for table, row, parent, _ in loose
        ),
    ]
