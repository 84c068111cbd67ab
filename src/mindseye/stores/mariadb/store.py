"""The MariaDB store: every batch one transaction on the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, text

from mindseye.stores import migrate
from mindseye.stores.base import Problem
from mindseye.stores.mariadb.check import damage
from mindseye.stores.mariadb.database import (
    NEEDED,
    Server,
    connect,
    mapped,
    may_write,
    unbounded,
    url_of,
    writing,
)
from mindseye.stores.mariadb.filed import FiledVectors
from mindseye.stores.mariadb.texts import MariaWords
from mindseye.stores.mariadb.vectors import MariaVectors
from mindseye.stores.sql.comparing import BY_CHOICE, Comparing, insisted
from mindseye.stores.sql.indexed import IndexedVectors
from mindseye.stores.sql.session import Session, repeatable
from mindseye.stores.sql.store import SqlStore
from mindseye.stores.sql.vectors import SqlVectors
from mindseye.types import EmbeddingSpace

_GENERATION = text("SELECT number FROM turns")


def open_store(url: str, *, index_dir: Path, create: bool = True) -> MariaStore:
    """The store in the database a `mariadb://` URL names; its tables are made if need be."""
    parsed = url_of(url)
    engine, server = connect(parsed, create=create)
    session = Session(engine, writing(engine), partial(mapped, parsed), MariaWords())
    return MariaStore(session, parsed, server, index_dir)


class MariaStore(SqlStore):
    """A library in a MariaDB database; safe for several threads, processes and machines.

    Vectors are compared in the server. Where it is too old for that, they are compared through
    index files in a folder of this machine.
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
        return self._url.set(drivername="mariadb").render_as_string(hide_password=True)

    @property
    def filters_vectors(self) -> bool:
        """Whether the database filters photos while it compares vectors."""
        return self.server.compares and not self._by_files

    def settle(self, connection: Connection) -> None:
        """Nothing: the server counts on from the highest id."""

    def about(self) -> dict[str, str]:
        """What people should know of the server, by name."""
        server = self.server
        with self._session.mapped(), unbounded(self._session.engine).connect() as connection:
            writes = may_write(connection)
        told = {
            "database": f"MariaDB {server.version}",
            "schema": migrate.NEWEST,
            "vectors": self._way(),
            "role": "may write" if writes else "may only read",
        }
        if self.filters_vectors:
            told["mhnsw_max_cache_size"] = f"{server.cache >> 20} MB for each index of vectors"
        return told

    def upgrade(self) -> Iterator[str]:
        """Bring vectors to where they can be compared in the database, and make their indexes."""
        if not self.server.compares:
            yield f"vectors stay in files: {NEEDED}"
        for info in self.spaces():
            self.vectors(info.space).refresh()
            yield f"the index of {info.space.encoder} is up to date"

    def _way(self) -> str:
        if self.filters_vectors:
            return "compared in the database"
        if self.server.compares:
            return BY_CHOICE
        return f"compared through index files on this machine: {NEEDED}"

    @repeatable
    def _generation(self) -> str:
        with self._session.read() as connection:
            return str(connection.execute(_GENERATION).scalar_one())

    def _table(self, space_id: int, space: EmbeddingSpace) -> SqlVectors:
        known = (space_id, space)
        if self.filters_vectors:
            return MariaVectors(self._session, self.catalog, known)
        way = FiledVectors if self.server.compares else IndexedVectors
        return way(self._session, self.catalog, known, self._index_dir)

    def _damage(self) -> Iterable[Problem]:
        return damage(self._session)
