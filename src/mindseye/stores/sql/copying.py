"""A library is copied from one database to another, table by table, in the order of their keys.

Ids stay what they are. Each chunk is one transaction of the target, so a copy that was cut short
goes on behind the last row that arrived. Words follow from the catalog and are written anew at the
end; then every table is read on both sides and compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Column, Select, Table, func, literal, select, tuple_

from mindseye.errors import StoreError, UsageError
from mindseye.stores.base import Store
from mindseye.stores.schema import choices, metadata, photos
from mindseye.stores.sql.session import repeatable
from mindseye.stores.sql.store import SqlStore

_ROWS: Final = 2_000
"""Rows of a chunk: some megabytes of vectors, or a second of photos."""

_MARK: Final = "copying"
"""The choice by which a target says of which library it is an unfinished copy."""

Observer = Callable[[str, int, int], None]
"""Told the table, how many of its rows are there, and how many there will be."""


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table that is the same in both libraries: its rows, and the SHA-256 of all of them."""

    name: str
    rows: int
    digest: str


def copy_store(source: Store, target: Store, observe: Observer) -> list[CopiedTable]:
    """Copy a library into an empty one, or go on where that was cut short; returns its tables.

    The source must be left alone meanwhile. Raises `UsageError` for a target that holds another
    library, `StoreError` where the copy is not the same in the end.
    """
    if not (isinstance(source, SqlStore) and isinstance(target, SqlStore)):
        raise UsageError("only libraries in SQL databases can be copied")
    if source.url == target.url:
        raise UsageError("the library cannot be copied onto itself")
    _begin(source, target)
    for table in metadata.sorted_tables:
        _copy(source, target, table, observe)
    with target.session.write() as connection:
        target.settle(connection)
        target.session.words.rebuild(connection)
    for info in target.spaces():
        target.vectors(info.space).refresh()
    copied = [_compared(source, target, table) for table in metadata.sorted_tables]
    with target.session.write() as connection:
        connection.execute(choices.delete().where(choices.c.name == _MARK))
    return copied


def _begin(source: SqlStore, target: SqlStore) -> None:
    """Mark the target as an unfinished copy; refuse it if it is anything else."""
    with target.session.write() as connection:
        begun = select(choices.c.value).where(choices.c.name == _MARK)
        of = connection.execute(begun).scalar()
        if of is None and connection.execute(select(photos.c.id).limit(1)).scalar() is not None:
            raise UsageError(
                f"{target.url} holds a library already", hint="name an empty database or file"
            )
        if of not in {None, source.url}:
            raise UsageError(
                f"{target.url} is an unfinished copy of {of}",
                hint="go on with that one, or name an empty database or file",
            )
        if of is None:
            connection.execute(choices.insert(), {"name": _MARK, "value": source.url})


def _copy(source: SqlStore, target: SqlStore, table: Table, observe: Observer) -> None:
    total, _ = _extent(source, table)
    there, last = _extent(target, table)
    observe(table.name, there, total)
    while there < total:
        rows = _chunk(source, table, last)
        if not rows:
            return
        with target.session.write() as connection:
            target.write_rows(connection, table, rows)
        last = tuple(rows[-1][column.name] for column in _key(table))
        there += len(rows)
        observe(table.name, there, total)


def _compared(source: SqlStore, target: SqlStore, table: Table) -> CopiedTable:
    of_source, of_target = _summed(source, table), _summed(target, table)
    if of_source != of_target:
        raise StoreError(
            f"the table {table.name} differs: {of_source.rows} rows ({of_source.digest[:12]}) in "
            f"the library, {of_target.rows} ({of_target.digest[:12]}) in the copy",
            hint="was something written meanwhile? copy into an empty database or file again",
        )
    return of_source


def _summed(store: SqlStore, table: Table) -> CopiedTable:
    digest, rows = sha256(), 0
    for chunk in _chunks(store, table):
        rows += len(chunk)
        for row in chunk:
            digest.update(_plain(row))
    return CopiedTable(table.name, rows, digest.hexdigest())


def _chunks(store: SqlStore, table: Table) -> Iterator[list[dict[str, Any]]]:
    last: tuple[Any, ...] | None = None
    while True:
        rows = _chunk(store, table, last)
        if not rows:
            return
        yield rows
        last = tuple(rows[-1][column.name] for column in _key(table))


@repeatable
def _extent(store: SqlStore, table: Table) -> tuple[int, tuple[Any, ...] | None]:
    """How many rows a table has, and the last key that is there."""
    count = select(func.count()).select_from(table)
    with store.session.read() as connection:
        rows: int = connection.execute(_own(table, count)).scalar_one()
        last = connection.execute(_own(table, _backwards(table))).first()
    return rows, None if last is None else tuple(last)


@repeatable
def _chunk(store: SqlStore, table: Table, last: tuple[Any, ...] | None) -> list[dict[str, Any]]:
    """The next rows behind a key, in its order."""
    key = _key(table)
    listed = _own(table, select(table)).order_by(*key).limit(_ROWS)
    if last is not None:
        known = (literal(value, column.type) for value, column in zip(last, key, strict=True))
        listed = listed.where(tuple_(*key) > tuple_(*known))
    with store.session.read() as connection:
        return [dict(row) for row in connection.execute(listed).mappings()]


def _backwards(table: Table) -> Select[Any]:
    """The last key that is there."""
    key = _key(table)
    return select(*key).order_by(*(column.desc() for column in key)).limit(1)


def _own(table: Table, listed: Select[Any]) -> Select[Any]:
    """Without the mark of a copy, which is no part of the library."""
    return listed.where(choices.c.name != _MARK) if table is choices else listed


def _key(table: Table) -> tuple[Column[Any], ...]:
    return tuple(table.primary_key.columns)


def _plain(row: Mapping[str, Any]) -> bytes:
    """A row as bytes that do not depend on the database."""
    return json.dumps(row, sort_keys=True, default=_text).encode()


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    assert isinstance(value, bytes | memoryview), "no column holds anything else"
    return bytes(value).hex()
