"""How SQLite says what databases say in their own ways (`mindseye.stores.sql.expressions`).

`fold` and `metres_between` are Mindseye's own functions, given to each connection.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from mindseye.stores.sql.expressions import (
    as_list,
    characters,
    folded,
    is_one_of,
    metres_between,
    octets,
    unindexed,
    written,
)


@compiles(is_one_of, "sqlite")
def _is_one_of(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    value, listed = written(element, compiler, options)
    return f"({value} IN (SELECT value FROM json_each({listed})))"  # noqa: S608 - both are SQL


@compiles(as_list, "sqlite")
def _as_list(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({written(element, compiler, options)[0]})"


@compiles(unindexed, "sqlite")
def _unindexed(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    return f"({written(element, compiler, options)[0]} + 0)"


@compiles(octets, "sqlite")
def _octets(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    # SQLite has octet_length since 3.43 only.
    return f"length(CAST({written(element, compiler, options)[0]} AS BLOB))"


@compiles(characters, "sqlite")
def _characters(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    return f"length({written(element, compiler, options)[0]})"


@compiles(folded, "sqlite")
@compiles(metres_between, "sqlite")
def _function(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    return f"{element.name}({', '.join(written(element, compiler, options))})"
