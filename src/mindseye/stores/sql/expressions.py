"""SQL that every database says in its own way; each backend's `expressions` says how.

What is compiled here by default is standard SQL. A dialect without a line of its own for one of the
others cannot compile it, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Self

import numpy as np
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Float,
    Integer,
    Text,
    bindparam,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from mindseye.types import Ids


class Several(TypeDecorator[list[Any]]):
    """Many values in a single parameter: an array where a database has them, else JSON."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: TypeEngine[Any]) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type of the parameter."""
        if dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import ARRAY

            return dialect.type_descriptor(ARRAY(self.kind))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        """The parameter for a database: the list where it takes arrays, else its JSON."""
        return value if dialect.name == "postgresql" else json.dumps(value)


class is_one_of(FunctionElement[bool]):  # noqa: N801 - named as in SQL
    """Whether a value is among those of a parameter of the type `Several`."""

    inherit_cache = True
    name = "is_one_of"
    type = Boolean()

    def self_group(self, against: Any = None) -> Self:
        """Itself: compared with a truth value, as SQLAlchemy would, it could use no index."""
        del against
        return self


class as_list(FunctionElement[str]):  # noqa: N801 - named as in SQL
    """All numbers of a column as one text, with commas between; NULL where there are none."""

    inherit_cache = True
    name = "as_list"
    type = Text()


class unindexed(FunctionElement[int]):  # noqa: N801 - named as in SQL
    """A column in a form for which SQLite looks at no index: another one serves better."""

    inherit_cache = True
    name = "unindexed"
    type = Integer()


class octets(FunctionElement[int]):  # noqa: N801 - named as in SQL
    """How many bytes a text takes, or a row of bytes."""

    inherit_cache = True
    name = "octet_length"
    type = Integer()


class characters(FunctionElement[int]):  # noqa: N801 - named as in SQL
    """How many characters a text has."""

    inherit_cache = True
    name = "char_length"
    type = Integer()


class folded(FunctionElement[str]):  # noqa: N801 - named as in SQL
    """A text of the catalog as `mindseye.fold` has it."""

    inherit_cache = True
    name = "fold"
    type = Text()


class least(FunctionElement[str]):  # noqa: N801 - named as in SQL
    """The least text of an indexed column, from which a recursive query jumps to the next.

    A database that finds all different texts by itself gives these instead.
    """

    inherit_cache = True
    name = "least"
    type = Text()


class goes_on(FunctionElement[bool]):  # noqa: N801 - named as in SQL
    """Whether there may be a text behind this one that `least` has not given."""

    inherit_cache = True
    name = "goes_on"
    type = Boolean()


class is_found(FunctionElement[bool]):  # noqa: N801 - named as in SQL
    """Whether a value of the first column is among what a query, the second argument, finds.

    A database that cannot tell how many rows that lets pass asks the query first, and puts what it
    found in its place.
    """

    inherit_cache = True
    name = "is_found"
    type = Boolean()

    def self_group(self, against: Any = None) -> Self:
        """Itself: compared with a truth value, as SQLAlchemy would, it could use no index."""
        del against
        return self


class metres_between(FunctionElement[float]):  # noqa: N801 - named as in SQL
    """How far a point is from another one, as `mindseye.query.bounds` has it.

    The arguments are latitude and longitude of either.
    """

    inherit_cache = True
    name = "metres_between"
    type = Float()


def one_of(column: ColumnElement[Any], values: Iterable[object]) -> ColumnElement[bool]:
    """`column IN (values)` with a single parameter, however many values there are."""
    return is_one_of(column, bindparam(None, list(values), type_=Several(column.type)))


def ids_from(listed: str | None) -> Ids:
    """What `as_list` made of ids: one long text is read many times faster than rows are."""
    if not listed:
        return np.empty(0, np.int64)
    return np.fromstring(listed, np.int64, sep=",")


def written(
    element: FunctionElement[Any], compiler: SQLCompiler, options: Mapping[str, Any]
) -> list[str]:
    """The arguments of an expression as a dialect writes them: what its own line is made of."""
    return [compiler.process(clause, **options) for clause in element.clauses]


@compiles(octets)
def _octets(element: octets, compiler: SQLCompiler, **options: Any) -> str:
    return f"octet_length({compiler.process(element.clauses, **options)})"


@compiles(characters)
def _characters(element: characters, compiler: SQLCompiler, **options: Any) -> str:
    return f"char_length({compiler.process(element.clauses, **options)})"


@compiles(is_found)
def _is_found(element: is_found, compiler: SQLCompiler, **options: Any) -> str:
    value, found = written(element, compiler, options)
    return f"({value} IN {found})"


@compiles(least)
def _least(element: least, compiler: SQLCompiler, **options: Any) -> str:
    return f"min({written(element, compiler, options)[0]})"


@compiles(goes_on)
def _goes_on(element: goes_on, compiler: SQLCompiler, **options: Any) -> str:
    return f"({written(element, compiler, options)[0]} IS NOT NULL)"


@compiles(unindexed)
def _unindexed(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)
