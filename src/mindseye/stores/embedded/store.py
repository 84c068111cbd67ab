"""The embedded store: one SQLite file, index files beside it, every batch one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from mindseye.errors import NotFound
from mindseye.stores import migrate
from mindseye.stores.base import Problem
from mindseye.stores.embedded.check import damage
from mindseye.stores.embedded.database import connect, mapped, path_of, writing
from mindseye.stores.embedded.generation import Generation
from mindseye.stores.embedded.texts import EmbeddedWords
from mindseye.stores.sql.indexed import IndexedVectors
from mindseye.stores.sql.session import Session
from mindseye.stores.sql.store import SqlStore
from mindseye.types import EmbeddingSpace


def open_store(url: str, *, index_dir: Path, create: bool = True) -> EmbeddedStore:
    """The store in the file a `sqlite:///` URL names; it is made when it is not there."""
    path, words = path_of(url), EmbeddedWords()
    if not create and not path.is_file():
        raise NotFound(f"there is no library at {path}", hint="`mindseye ingest FOLDER` makes one")
    engine = connect(path, words.rebuild)
    session = Session(engine, writing(engine), partial(mapped, path), words)
    return EmbeddedStore(session, path, index_dir)


class EmbeddedStore(SqlStore):
    """A library in one SQLite file, its vectors compared through index files."""

    def __init__(self, session: Session, path: Path, index_dir: Path) -> None:
        self._written = Generation(path)
        super().__init__(session)
        self._path = path
        self._index_dir = index_dir

    @property
    def url(self) -> str:
        """The URL this store was opened by."""
        return f"sqlite:///{self._path}"

    def close(self) -> None:
        """Release files and connections."""
        self._written.close()
        super().close()

    def settle(self, connection: Connection) -> None:
        """Nothing: SQLite counts on from the highest id."""

    def about(self) -> dict[str, str]:
        """What people should know of the database, by name."""
        return {
            "database": f"SQLite {sqlite3.sqlite_version}",
            "schema": migrate.NEWEST,
            "vectors": "compared through index files beside the database",
            "role": "may write",
        }

    def upgrade(self) -> Iterator[str]:
        """Bring the index files up to what the library holds."""
        for info in self.spaces():
            self.vectors(info.space).refresh()
            yield f"the index of {info.space.encoder} is up to date"

    def _generation(self) -> str:
        return self._written()

    def _table(self, space_id: int, space: EmbeddingSpace) -> IndexedVectors:
        return IndexedVectors(self._session, self.catalog, (space_id, space), self._index_dir)

    def _damage(self) -> Iterable[Problem]:
        return damage(self._session)
