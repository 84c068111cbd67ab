"""Rows of float16 as a database keeps them: bytes, or a type that it can compare by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler, TypeCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

_HEADER = 4
"""pgvector sends a row as two numbers of 16 bits, the first of them its length, and the values."""


class Halfvec(UserDefinedType[bytes]):
    """The type `halfvec` of pgvector, without a fixed length; in Python little-endian bytes.

    Where the dialect of an engine does not say `has_halfvec`, it is plain bytes.
    """

    cache_ok = True

    def column_expression(self, column: ColumnElement[bytes]) -> ColumnElement[bytes]:
        """The bytes of a row, in place of the row as text."""
        return sent(column)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], bytes | None] | None:
        """What turns the bytes the server sends into those of little-endian float16."""
        del coltype
        return _received if getattr(dialect, "has_halfvec", False) else None


class sent(FunctionElement[bytes]):  # noqa: N801 - named as in SQL
    """A row of float16 as bytes."""

    inherit_cache = True
    name = "halfvec_send"
    type = Halfvec()


Halves = LargeBinary().with_variant(Halfvec(), "postgresql")
"""Rows of little-endian float16."""


@compiles(Halfvec, "postgresql")
def _type(_: Halfvec, compiler: TypeCompiler, **__: Any) -> str:
    return "HALFVEC" if getattr(compiler.dialect, "has_halfvec", False) else "BYTEA"


@compiles(sent, "postgresql")
def _sent(element: sent, compiler: SQLCompiler, **options: Any) -> str:
    row = compiler.process(element.clauses, **options)
    return f"halfvec_send({row})" if getattr(compiler.dialect, "has_halfvec", False) else row


def _received(row: Any) -> bytes | None:
    if row is None:
        return None
    return np.frombuffer(row, ">f2", offset=_HEADER).astype("<f2").tobytes()
