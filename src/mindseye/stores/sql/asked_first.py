"""Servers are told the values that an inner query would find, before they plan the outer one.

They know how many photos there are of one camera only if they are told which: otherwise they take
every camera to have as many photos as the others, and MariaDB reads a million vectors, PostgreSQL a
hundred thousand photos, to find those of ten.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, ScalarSelect
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement

from mindseye.stores.sql.expressions import is_found


def ask_first(connection: Connection, statement: Any, *given: Any) -> tuple[Any, Any, Any]:
    """The statement with what its parts find in place of those, for `before_execute` of an engine.

    Both are asked in one transaction, and so of one state of the library.
    """

    def values(element: Any, **_: Any) -> ClauseElement | None:
        if not isinstance(element, is_found):
            return None
        column, query = element.clauses
        assert isinstance(query, ScalarSelect)
        found = connection.execute(query.element).scalars().all()  # type: ignore[call-overload]
        return column.in_([value for value in found if value is not None])

    is_one = isinstance(statement, ClauseElement)
    if is_one and any(isinstance(part, is_found) for part in visitors.iterate(statement)):
        statement = visitors.replacement_traverse(statement, {}, values)
    return statement, given[0], given[1]
