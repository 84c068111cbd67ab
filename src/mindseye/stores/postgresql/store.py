"""The PostgreSQL store: every batch one transaction on the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Table, text

from mindseye.stores import migrate
from mindseye.stores.base import Problem
from mindseye.stores.postgresql.check import damage
from mindseye.stores.postgresql.database import (
    NEEDED,
    Server,
    connect,
    mapped,
    reading,
    url_of,
    writing,
)
from mindseye.stores.postgresql.filed import FiledVectors
from mindseye.stores.postgresql.rows import copy_vectors
from mindseye.stores.postgresql.texts import PostgresWords
from mindseye.stores.postgresql.upgrade import let_compare
from mindseye.stores.postgresql.vectors import PostgresVectors
from mindseye.stores.schema import metadata, vectors
from mindseye.stores.sql.comparing import BY_CHOICE, Comparing, insisted
from mindseye.stores.sql.indexed import IndexedVectors
from mindseye.stores.sql.session import Session, repeatable
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
        self._by_files = insisted(url) is Comparing.FILES
        self.server = server

    @property
    def url(self) -> str:
        """The URL this store was opened by, without its password."""
        return self._url.set(drivername="postgresql").render_as_string(hide_password=True)

    @property
    def filters_vectors(self) -> bool:
        """Whether the database filters photos while it compares vectors."""
        return self.server.compares and not self._by_files

    def settle(self, connection: Connection) -> None:
        """Let the sequences count on from the highest ids, and the planner know the tables."""
        for table in metadata.sorted_tables:
            if "id" in table.c:
                connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"  # noqa: S608
                        f" (SELECT coalesce(max(id), 0) + 1 FROM {table.name}), false)"
                    )
                )
            connection.execute(text(f"ANALYZE {table.name}"))

    def about(self) -> dict[str, str]:
        """What people should know of the server, by name."""
        server = self.server
        return {
            "database": f"PostgreSQL {server.version}",
            "schema": migrate.NEWEST,
            "vectors": self._way(),
            "pgvector": server.pgvector or "not there",
            "role": "may write" if server.writes else "may only read",
        }

    def upgrade(self) -> Iterator[str]:
        """Bring vectors to where they can be compared in the database, and make their indexes."""
        if not self.server.compares:
            self.server = let_compare(self._session)
            if not self.server.compares:
                yield f"vectors stay in files: {NEEDED}"
                return
            self._tables.clear()
            yield f"vectors are compared by pgvector {self.server.pgvector} now"
        for info in self.spaces():
            self.vectors(info.space).refresh()
            yield f"the index of {info.space.encoder} is up to date"

    def write_rows(
        self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Write rows as they come out of another database, with their ids."""
        if table is vectors and self.server.compares:
            copy_vectors(connection, rows)
        else:
            super().write_rows(connection, table, rows)

    def _way(self) -> str:
        if self.filters_vectors:
            return "compared by pgvector in the database"
        return BY_CHOICE if self.server.compares else "compared through index files on this machine"

    @repeatable
    def _generation(self) -> str:
        with self._session.read() as connection:
            return str(connection.execute(_GENERATION).scalar_one())

    def _table(self, space_id: int, space: EmbeddingSpace) -> SqlVectors:
        known = (space_id, space)
        if self.filters_vectors:
            return PostgresVectors(self._session, self.catalog, known)
        way = FiledVectors if self.server.compares else IndexedVectors
        return way(self._session, self.catalog, known, self._index_dir)

    def _damage(self) -> Iterable[Problem]:
        return damage(self._session)
