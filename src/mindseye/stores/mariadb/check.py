"""Looking for damage of a MariaDB database: tables that the server finds not whole.

InnoDB checks its pages whenever it reads them, and closes foreign keys at every statement.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from mindseye.stores.base import Problem
from mindseye.stores.schema import metadata
from mindseye.stores.sql.session import Session


def damage(session: Session) -> Iterator[Problem]:
    """What `CHECK TABLE` says of each table of the library."""
    for table in metadata.sorted_tables:
        # One at a time: others are to write meanwhile.
        with session.read() as connection:
            rows = connection.execute(text(f"CHECK TABLE {table.name}")).all()
        for _, _, kind, said in rows:
            if kind in {"error", "warning"} or (kind == "status" and said != "OK"):
                yield Problem(f"the server says of {table.name}: {said}")
