"""The PostgreSQL store: every batch one transaction on the server."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import URL, text

from mindseye.stores.base import Problem
from mindseye.stores.postgresql.check import damage
from mindseye.stores.postgresql.database import Server, connect, mapped, reading, url_of, writing
from mindseye.stores.postgresql.texts import PostgresWords
from mindseye.stores.postgresql.vectors import PostgresVectors
from mindseye.stores.sql.indexed import IndexedVectors
from mindseye.stores.sql.session import Session
from mindseye.stores.sql.store import SqlStore
from mindseye.stores.sql.vectors import SqlVectors
from mindseye.types import EmbeddingSpace

_GENERATION = text("SELECT pg_current_snapshot()::text")


def open_store(url: str, *, index_dir: Path, create: bool = True) -> PostgresStore:
    """The store in the database a `postgresql://` URL names; its tables are made if need be."""
    parsed = url_of(url)
    engine, server = connect(parsed, create=create)
    words = PostgresWords()
    session = Session(reading(engine), writing(engine), partial(mapped, parsed), words)
    return PostgresStore(session, parsed, server, index_dir)


class PostgresStore(SqlStore):
    """A library in a PostgreSQL database; safe for several threads, processes and machines.

    Vectors are compared in the server. Where pgvector is lacking or too old for that, they are kept
    as bytes and compared through index files in a folder of this machine.
    """

    def __init__(self, session: Session, url: URL, server: Server, index_dir: Path) -> None:
        super().__init__(session)
        self._url = url
        self._index_dir = index_dir
        self.server = server

    @property
    def url(self) -> str:
        """The URL this store was opened by, without its password."""
        return self._url.set(drivername="postgresql").render_as_string(hide_password=True)

    def _generation(self) -> str:
        with self._session.read() as connection:
            return str(connection.execute(_GENERATION).scalar_one())

    def _table(self, space_id: int, space: EmbeddingSpace) -> SqlVectors:
        known = (space_id, space)
        if self.server.compares:
            return PostgresVectors(self._session, self.catalog, known)
        return IndexedVectors(self._session, self.catalog, known, self._index_dir)

    def _damage(self) -> Iterator[Problem]:
        return damage(self._session)
