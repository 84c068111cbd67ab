"""The embedded store: one SQLite file, index files beside it, every batch one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import and_, func, select

from mindseye.stores.base import Batch, Problem, SpaceInfo
from mindseye.stores.embedded.catalog import EmbeddedCatalog
from mindseye.stores.embedded.check import check
from mindseye.stores.embedded.database import connect, one_of, path_of
from mindseye.stores.embedded.files import EmbeddedFiles
from mindseye.stores.embedded.session import Session
from mindseye.stores.embedded.vectors import EmbeddedVectors
from mindseye.stores.embedded.write import write_batch
from mindseye.stores.rows import now
from mindseye.stores.schema import frames, photos, spaces, vectors
from mindseye.types import EmbeddingSpace


def open_store(url: str, *, index_dir: Path) -> EmbeddedStore:
    """The store in the file a `sqlite:///` URL names; it is made when it is not there."""
    path = path_of(url)
    return EmbeddedStore(Session(connect(path), path), index_dir)


class EmbeddedStore:
    """A library in one SQLite file; safe for several threads, one process writing at a time."""

    def __init__(self, session: Session, index_dir: Path) -> None:
        self._session = session
        self._index_dir = index_dir
        self._tables: dict[str, EmbeddedVectors] = {}
        self.catalog = EmbeddedCatalog(session)
        self.files = EmbeddedFiles(session, self.catalog)

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
        table = self._tables.get(space.fingerprint)
        if table is None:
            table = EmbeddedVectors(
                self._session, self.catalog, (self._space_id(space), space), self._index_dir
            )
            self._tables[space.fingerprint] = table
        return table

    def put(self, batch: Batch) -> list[int]:
        """Write a batch in one transaction; returns the ids of `batch.photos`, in order."""
        table = None if batch.space is None else self.vectors(batch.space)
        with self._session.write() as connection:
            return write_batch(connection, batch, table)

    def forget(self, photo_ids: Sequence[int]) -> int:
        """Remove photos with their frames and vectors; returns how many there were."""
        with self._session.write() as connection:
            return connection.execute(
                photos.delete().where(one_of(photos.c.id, photo_ids))
            ).rowcount

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
        self._session.engine.dispose()

    def _space_id(self, space: EmbeddingSpace) -> int:
        known = select(spaces.c.id).where(spaces.c.fingerprint == space.fingerprint)
        with self._session.read() as connection:
            found = connection.execute(known).scalar()
        if found is not None:
            return int(found)
        with self._session.write() as connection:
            found = connection.execute(known).scalar()
            if found is None:
                made = connection.execute(
                    spaces.insert().values(
                        encoder=space.encoder,
                        fingerprint=space.fingerprint,
                        dim=space.dim,
                        created_at=now(),
                    )
                )
                assert made.inserted_primary_key is not None, "SQLite gives the key of a new row"
                found = made.inserted_primary_key[0]
        return int(found)
