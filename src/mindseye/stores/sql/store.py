"""A library in an SQL database: what all dialects of it share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Delete, Table, and_, func, select

from mindseye.errors import SpaceMismatch
from mindseye.stores.base import Batch, Problem, SpaceInfo
from mindseye.stores.columns import StoreColumns
from mindseye.stores.rows import now
from mindseye.stores.schema import frames, photos, spaces, vectors
from mindseye.stores.sql.albums import SqlAlbums, SqlChoices
from mindseye.stores.sql.catalog import SqlCatalog, passes
from mindseye.stores.sql.check import check_rows
from mindseye.stores.sql.counts import SqlCounts
from mindseye.stores.sql.edits import SqlEdits
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.files import SqlFiles
from mindseye.stores.sql.picture_texts import SqlPictureTexts, drop_unowned
from mindseye.stores.sql.places import SqlPlaces
from mindseye.stores.sql.session import Session, repeatable
from mindseye.stores.sql.texts import SqlTexts
from mindseye.stores.sql.vectors import SqlVectors
from mindseye.stores.sql.write import write_batch
from mindseye.types import EmbeddingSpace

_DROPPED_AT_ONCE = 20_000


class SqlStore(ABC):
    """A library in one database; safe for several threads, one transaction writing at a time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables: dict[int, SqlVectors] = {}
        self.catalog = SqlCatalog(session)
        self.counts = SqlCounts(session, self.catalog)
        self.columns = StoreColumns(session.read, passes, self._generation)
        self.files = SqlFiles(session, self.catalog)
        self.texts = SqlTexts(session)
        self.picture_texts = SqlPictureTexts(session)
        self.albums = SqlAlbums(session)
        self.choices = SqlChoices(session)
        self.edits = SqlEdits(session)
        self.places = SqlPlaces(session)

    @property
    def session(self) -> Session:
        """Transactions over the database."""
        return self._session

    @property
    @abstractmethod
    def url(self) -> str:
        """The URL this store was opened by, without a password."""

    @abstractmethod
    def _generation(self) -> str:
        """A text that is another one after every write, of whatever process."""

    @abstractmethod
    def _table(self, space_id: int, space: EmbeddingSpace) -> SqlVectors:
        """The vectors of a space that is there, compared as this database does it."""

    @abstractmethod
    def _damage(self) -> Iterable[Problem]:
        """What the database itself finds wrong with its files and links."""

    @property
    def filters_vectors(self) -> bool:
        """Whether the database filters photos while it compares vectors."""
        return False

    @abstractmethod
    def settle(self, connection: Connection) -> None:
        """Let the database know which ids were given by others, after rows came with theirs."""

    @abstractmethod
    def about(self) -> dict[str, str]:
        """What people should know of the database, by name: version, tables, vectors, role."""

    @abstractmethod
    def upgrade(self) -> Iterator[str]:
        """Bring what is kept into the best form the database has now; tells what was done."""

    def write_rows(
        self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Write rows as they come out of another database, with their ids."""
        connection.execute(table.insert(), list(rows))

    @repeatable
    def spaces(self) -> list[SpaceInfo]:
        """The spaces of the library, oldest first, with the vectors of photos not missing."""
        listed = (
            select(spaces, func.count(photos.c.id).label("count"))
            .outerjoin(vectors, vectors.c.space_id == spaces.c.id)
            .outerjoin(frames, frames.c.id == vectors.c.frame_id)
            .outerjoin(
                photos, and_(photos.c.id == frames.c.photo_id, photos.c.missing_since.is_(None))
            )
            .group_by(spaces.c.id)
            .order_by(spaces.c.id)
        )
        with self._session.read() as connection:
            rows = connection.execute(listed).mappings().all()
        return [
            SpaceInfo(
                EmbeddingSpace(row["encoder"], row["fingerprint"], row["dim"]),
                row["count"],
                row["created_at"],
            )
            for row in rows
        ]

    @repeatable
    def has_vectors(self, space: EmbeddingSpace) -> bool:
        """Whether anything was encoded in `space`; costs the same however large the library is."""
        known = select(spaces.c.id).where(spaces.c.fingerprint == space.fingerprint)
        first = select(vectors.c.id).where(vectors.c.space_id.in_(known)).limit(1)
        with self._session.read() as connection:
            return connection.execute(first).scalar() is not None

    def vectors(self, space: EmbeddingSpace) -> SqlVectors:
        """The vectors of `space`, which is made when it is not there."""
        # Asked every time: another process may have dropped the space, and made it anew.
        space_id = self._space_id(space)
        table = self._tables.get(space_id)
        if table is None:
            table = self._tables[space_id] = self._table(space_id, space)
        return table

    def drop_space(self, space: EmbeddingSpace) -> int:
        """Remove a space with its vectors and index files; returns how many vectors there were."""
        space_id = self._known(space)
        if space_id is None:
            return 0
        # What is beside the database is named after the space, so while that is still there.
        table = self._tables.get(space_id) or self._table(space_id, space)
        # A million vectors in one transaction would take gigabytes of log and hold up every writer.
        mine = vectors.c.space_id == space_id
        some = select(vectors.c.id).where(mine).limit(_DROPPED_AT_ONCE).subquery()
        dropped = 0
        while count := self._delete(vectors.delete().where(vectors.c.id.in_(select(some.c.id)))):
            dropped += count
        self._delete(spaces.delete().where(spaces.c.id == space_id))
        self._tables.pop(space_id, None)
        table.drop()
        return dropped

    def put(self, batch: Batch) -> list[int]:
        """Write a batch in one transaction; returns the ids of `batch.photos`, in order."""
        table = None if batch.space is None else self.vectors(batch.space)
        with self._session.write() as connection:
            return write_batch(connection, batch, table, self._session.words)

    def forget(self, photo_ids: Sequence[int]) -> int:
        """Remove photos with their frames, vectors and texts; returns how many there were."""
        with self._session.write() as connection:
            self._session.words.forget(connection, photo_ids)
            chosen = one_of(photos.c.id, photo_ids)
            digests = connection.execute(select(photos.c.digest).where(chosen)).scalars().all()
            gone = connection.execute(photos.delete().where(chosen)).rowcount
            drop_unowned(connection, digests)
            return gone

    def check(self, *, repair: bool = False) -> Iterator[Problem]:
        """Look for what must not be: damage, loose links, bad vectors, false words and indexes."""
        yield from self._damage()
        yield from check_rows(self._session, repair=repair)
        for info in self.spaces():
            yield from self.vectors(info.space).check(repair=repair)

    def rest(self) -> None:
        """Give back the connections and mapped files that are not in use; they come again."""
        for table in list(self._tables.values()):
            table.close()
        self.catalog.rest()
        self._session.engine.dispose()

    def close(self) -> None:
        """Release files and connections."""
        self._session.engine.dispose()

    def _delete(self, statement: Delete) -> int:
        with self._session.write() as connection:
            return connection.execute(statement).rowcount

    def _space_id(self, space: EmbeddingSpace) -> int:
        if (known := self._known(space)) is not None:
            return known
        with self._session.write() as connection:
            found = _known_space(connection, space)
            return _insert_space(connection, space) if found is None else found

    @repeatable
    def _known(self, space: EmbeddingSpace) -> int | None:
        with self._session.read() as connection:
            return _known_space(connection, space)


def _known_space(connection: Connection, space: EmbeddingSpace) -> int | None:
    """The id of a space, None where it is not there; raises `SpaceMismatch` for another length."""
    known = select(spaces.c.id, spaces.c.dim).where(spaces.c.fingerprint == space.fingerprint)
    found = connection.execute(known).first()
    if found is None:
        return None
    if found.dim != space.dim:
        raise SpaceMismatch(
            f"vectors of {space.encoder} have {found.dim} dimensions here, not {space.dim}"
        )
    return int(found.id)


def _insert_space(connection: Connection, space: EmbeddingSpace) -> int:
    row = {"encoder": space.encoder, "fingerprint": space.fingerprint, "dim": space.dim}
    made = connection.execute(spaces.insert().values(**row, created_at=now()))
    assert made.inserted_primary_key is not None, "a database gives the key of a new row"
    return int(made.inserted_primary_key[0])
