"""How MariaDB says what databases say in their own ways (`mindseye.stores.sql.expressions`).

It asks for no function of its own on the server. Texts beyond ASCII are folded by Mindseye when
they are written, and looked up in the table `foldings` (`mindseye.stores.mariadb.texts`).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import JSON, DateTime, Float, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler, TypeCompiler
from sqlalchemy.sql.functions import FunctionElement

from mindseye.query.bounds import EARTH_METRES
from mindseye.stores.sql.expressions import (
    Several,
    as_list,
    folded,
    goes_on,
    is_one_of,
    least,
    metres_between,
    written,
)

COLLATION: Final = "utf8mb4_nopad_bin"
"""Texts are compared byte by byte, blanks at their ends included."""

_BLANKS: Final = r"[\\x09-\\x0d\\x1c-\\x20]+"
"""What `str.split` cuts at, in ASCII; the server reads backslashes in texts as escapes."""


@compiles(is_one_of, "mariadb")
def _is_one_of(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    value, listed = written(element, compiler, options)
    of = list(element.clauses)[1].type
    numbers = isinstance(of, Several) and isinstance(of.kind, Integer)
    kind = "BIGINT" if numbers else f"LONGTEXT COLLATE {COLLATION}"
    table = f"JSON_TABLE({listed}, '$[*]' COLUMNS (value {kind} PATH '$'))"
    return f"({value} IN (SELECT value FROM {table} AS listed))"  # noqa: S608 - all is SQL


@compiles(as_list, "mariadb")
def _as_list(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({written(element, compiler, options)[0]})"


@compiles(folded, "mariadb")
def _folded(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    text = written(element, compiler, options)[0]
    plain = f"trim(regexp_replace(lower({text}), '{_BLANKS}', ' '))"
    known = f"(SELECT folded FROM foldings WHERE digest = md5({text}))"  # noqa: S608 - all is SQL
    return f"(CASE WHEN octet_length({text}) = char_length({text}) THEN {plain} ELSE {known} END)"


@compiles(least, "mariadb")
def _least(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    # The server jumps through an index by itself, and would go through all of it to find the next.
    return f"DISTINCT {written(element, compiler, options)[0]}"


@compiles(goes_on, "mariadb")
def _goes_on(_: FunctionElement[Any], __: SQLCompiler, **___: Any) -> str:
    return "FALSE"


@compiles(metres_between, "mariadb")
def _metres_between(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    first, along, second, other = written(element, compiler, options)
    share = (
        f"power(sin(radians(({second}) - ({first})) / 2), 2)"
        f" + cos(radians({first})) * cos(radians({second}))"
        f" * power(sin(radians(({other}) - ({along})) / 2), 2)"
    )
    return f"({2 * EARTH_METRES!r}e0 * asin(least(1e0, sqrt({share}))))"


@compiles(CreateTable, "mariadb")
def _table(element: CreateTable, compiler: DDLCompiler, **options: Any) -> str:
    made = compiler.visit_create_table(element, **options).rstrip()  # type: ignore[no-untyped-call]
    return f"{made} ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={COLLATION}"


@compiles(Float, "mariadb")
def _float(_: Float[Any], __: TypeCompiler, **___: Any) -> str:
    # FLOAT holds seven digits: a place would be off by metres.
    return "DOUBLE"


@compiles(DateTime, "mariadb")
def _moment(_: DateTime, __: TypeCompiler, **___: Any) -> str:
    return "DATETIME(6)"


@compiles(Text, "mariadb")
@compiles(JSON, "mariadb")
def _text(_: Text | JSON, __: TypeCompiler, **___: Any) -> str:
    # TEXT ends at 64 kB; the collation of the type JSON cannot be compared with that of others.
    return "LONGTEXT"
