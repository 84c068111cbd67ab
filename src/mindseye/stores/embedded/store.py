"""The embedded store: one SQLite file, index files beside it, every batch one transaction."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, Delete, and_, func, select

from mindseye.errors import SpaceMismatch
from mindseye.index.following import index_folder
from mindseye.stores.base import Batch, Problem, SpaceInfo
from mindseye.stores.columns import StoreColumns
from mindseye.stores.embedded.albums import EmbeddedAlbums, EmbeddedChoices
from mindseye.stores.embedded.catalog import EmbeddedCatalog, passes
from mindseye.stores.embedded.check import check
from mindseye.stores.embedded.counts import EmbeddedCounts
from mindseye.stores.embedded.database import connect, one_of, path_of
from mindseye.stores.embedded.edits import EmbeddedEdits
from mindseye.stores.embedded.files import EmbeddedFiles
from mindseye.stores.embedded.generation import Generation
from mindseye.stores.embedded.places import EmbeddedPlaces
from mindseye.stores.embedded.session import Session
from mindseye.stores.embedded.texts import EmbeddedTexts, forget_texts, rebuild_texts
from mindseye.stores.embedded.vectors import EmbeddedVectors
from mindseye.stores.embedded.write import write_batch
from mindseye.stores.rows import now
from mindseye.stores.schema import frames, photos, spaces, vectors
from mindseye.types import EmbeddingSpace

_DROPPED_AT_ONCE = 20_000


def open_store(url: str, *, index_dir: Path) -> EmbeddedStore:
    """The store in the file a `sqlite:///` URL names; it is made when it is not there."""
    path = path_of(url)
    return EmbeddedStore(Session(connect(path, rebuild_texts), path), index_dir)


class EmbeddedStore:
    """A library in one SQLite file; safe for several threads, one process writing at a time."""

    def __init__(self, session: Session, index_dir: Path) -> None:
        self._session = session
        self._index_dir = index_dir
        self._tables: dict[int, EmbeddedVectors] = {}
        self.catalog = EmbeddedCatalog(session)
        self.counts = EmbeddedCounts(session, self.catalog)
        self._generation = Generation(session.path)
        self.columns = StoreColumns(session.read, passes, self._generation)
        self.files = EmbeddedFiles(session, self.catalog)
        self.texts = EmbeddedTexts(session)
        self.albums = EmbeddedAlbums(session)
        self.choices = EmbeddedChoices(session)
        self.edits = EmbeddedEdits(session)
        self.places = EmbeddedPlaces(session)

    @property
    def url(self) -> str:
        """The URL this store was opened by."""
        return f"sqlite:///{self._session.path}"

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

    def has_vectors(self, space: EmbeddingSpace) -> bool:
        """Whether anything was encoded in `space`; costs the same however large the library is."""
        known = select(spaces.c.id).where(spaces.c.fingerprint == space.fingerprint)
        first = select(vectors.c.id).where(vectors.c.space_id.in_(known)).limit(1)
        with self._session.read() as connection:
            return connection.execute(first).scalar() is not None

    def vectors(self, space: EmbeddingSpace) -> EmbeddedVectors:
        """The vectors of `space`, which is made when it is not there."""
        # Asked every time: another process may have dropped the space, and made it anew.
        space_id = self._space_id(space)
        table = self._tables.get(space_id)
        if table is None:
            table = EmbeddedVectors(self._session, self.catalog, (space_id, space), self._index_dir)
            self._tables[space_id] = table
        return table

    def drop_space(self, space: EmbeddingSpace) -> int:
        """Remove a space with its vectors and index files; returns how many vectors there were."""
        with self._session.read() as connection:
            space_id = _known_space(connection, space)
        if space_id is None:
            return 0
        # A million vectors in one transaction would take gigabytes of log and hold up every writer.
        some = select(vectors.c.id).where(vectors.c.space_id == space_id).limit(_DROPPED_AT_ONCE)
        dropped = 0
        while count := self._delete(vectors.delete().where(vectors.c.id.in_(some))):
            dropped += count
        self._delete(spaces.delete().where(spaces.c.id == space_id))
        table = self._tables.pop(space_id, None)
        if table is not None:
            table.close()
        shutil.rmtree(index_folder(self._index_dir, space), ignore_errors=True)
        return dropped

    def put(self, batch: Batch) -> list[int]:
        """Write a batch in one transaction; returns the ids of `batch.photos`, in order."""
        table = None if batch.space is None else self.vectors(batch.space)
        with self._session.write() as connection:
            return write_batch(connection, batch, table)

    def forget(self, photo_ids: Sequence[int]) -> int:
        """Remove photos with their frames and vectors; returns how many there were."""
        with self._session.write() as connection:
            forget_texts(connection, photo_ids)
            gone = photos.delete().where(one_of(photos.c.id, photo_ids))
            return connection.execute(gone).rowcount

    def check(self, *, repair: bool = False) -> Iterator[Problem]:
        """Look for what must not be: broken pages, loose links, bad vectors, false index files."""
        yield from check(self._session, repair=repair)
        for info in self.spaces():
            table = self.vectors(info.space)
            wrong = len(table.differing())
            if wrong and repair:
                table.rebuild()
            if wrong:
                yield Problem(
                    f"the index of {info.space.encoder} holds {wrong} vectors otherwise "
                    "than the library",
                    mended=repair and not len(table.differing()),
                )

    def close(self) -> None:
        """Release files and connections."""
        self._generation.close()
        self._session.engine.dispose()

    def _delete(self, statement: Delete) -> int:
        with self._session.write() as connection:
            return connection.execute(statement).rowcount

    def _space_id(self, space: EmbeddingSpace) -> int:
        with self._session.read() as connection:
            found = _known_space(connection, space)
        if found is not None:
            return found
        with self._session.write() as connection:
            found = _known_space(connection, space)
            return _insert_space(connection, space) if found is None else found


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
    assert made.inserted_primary_key is not None, "SQLite gives the key of a new row"
    return int(made.inserted_primary_key[0])
