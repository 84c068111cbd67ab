"""Looking for damage of a PostgreSQL database: rows whose links lead nowhere.

The server keeps its own pages sound and its foreign keys closed, unless somebody told it not to.
"""

from __future__ import annotations

from sqlalchemy import text

from mindseye.stores.base import Problem
from mindseye.stores.sql.session import Session, repeatable


@repeatable
def damage(session: Session) -> list[Problem]:
    """Foreign keys that were never checked, and indexes that were left unfinished."""
    with session.read() as connection:
        unchecked = connection.execute(_UNCHECKED).all()
    return [Problem(f"the link {name} of {table} was never checked") for table, name in unchecked]


_UNCHECKED = text(
    "SELECT conrelid::regclass::text, conname FROM pg_constraint"
    " WHERE NOT convalidated AND connamespace = current_schema()::regnamespace"
)
