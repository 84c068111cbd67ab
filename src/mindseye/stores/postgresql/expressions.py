"""How PostgreSQL says what databases say in their own ways (`mindseye.stores.sql.expressions`).

It asks for no function of its own on the server. Texts beyond ASCII are folded by Mindseye when
they are written, and looked up in the table `foldings` (`mindseye.stores.postgresql.texts`).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from mindseye.query.bounds import EARTH_METRES
from mindseye.stores.sql.expressions import (
    as_list,
    folded,
    is_one_of,
    metres_between,
    written,
)

_BLANKS: Final = r"[\x09-\x0d\x1c-\x20]+"
"""What `str.split` cuts at, in ASCII."""


@compiles(is_one_of, "postgresql")
def _is_one_of(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    value, listed = written(element, compiler, options)
    return f"({value} = ANY ({listed}))"


@compiles(as_list, "postgresql")
def _as_list(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg(({written(element, compiler, options)[0]})::text, ',')"


@compiles(folded, "postgresql")
def _folded(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    text = f'({written(element, compiler, options)[0]}) COLLATE "C"'
    plain = f"btrim(regexp_replace(lower({text}), '{_BLANKS}', ' ', 'g'))"
    known = f"(SELECT folded FROM foldings WHERE digest = md5({text}))"  # noqa: S608 - all is SQL
    return f"(CASE WHEN octet_length({text}) = length({text}) THEN {plain} ELSE {known} END)"


@compiles(metres_between, "postgresql")
def _metres_between(element: FunctionElement[Any], compiler: SQLCompiler, **options: Any) -> str:
    first, along, second, other = written(element, compiler, options)
    share = (
        f"power(sin(radians(({second}) - ({first})) / 2), 2)"
        f" + cos(radians({first})) * cos(radians({second}))"
        f" * power(sin(radians(({other}) - ({along})) / 2), 2)"
    )
    return f"({2 * EARTH_METRES!r} * asin(least(1.0, sqrt({share}))))"
