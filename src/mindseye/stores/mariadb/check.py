"""Looking for damage of a MariaDB database: tables that the server finds not whole.

InnoDB checks its pages whenever it reads them, and closes foreign keys at every statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Table, text

from mindseye.stores.base import Problem
from mindseye.stores.schema import metadata
from mindseye.stores.sql.session import Session, repeatable


def damage(session: Session) -> Iterator[Problem]:
    """What `CHECK TABLE` says of each table of the library."""
    for table in metadata.sorted_tables:
        # One at a time: others are to write meanwhile.
        for _, _, kind, said in _checked(session, table):
            if kind in {"error", "warning"} or (kind == "status" and said != "OK"):
                yield Problem(f"the server says of {table.name}: {said}")


@repeatable
def _checked(session: Session, table: Table) -> Sequence[Any]:
    with session.read() as connection:
        return connection.execute(text(f"CHECK TABLE {table.name}")).all()
