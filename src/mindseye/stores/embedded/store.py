"""The embedded store: one SQLite file, index files beside it, every batch one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, and_, func, select

from mindseye.stores.base import Batch, Move, PhotoRecord, Problem, SkippedFile, SpaceInfo
from mindseye.stores.embedded.catalog import EmbeddedCatalog
from mindseye.stores.embedded.check import check
from mindseye.stores.embedded.database import connect, one_of, path_of
from mindseye.stores.embedded.files import EmbeddedFiles
from mindseye.stores.embedded.session import Session
from mindseye.stores.embedded.vectors import EmbeddedVectors
from mindseye.stores.rows import location_row, now, record_row, stamp_row
from mindseye.stores.schema import frames, keywords, photos, skipped, spaces, vectors
from mindseye.types import EmbeddingSpace, Location


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
            _write_moves(connection, batch.moves)
            ids = [_write_photo(connection, record) for record in batch.photos]
            if table is not None:
                _write_vectors(connection, table, ids, batch.photos)
            _unskip(connection, [record.location for record in batch.photos])
            _unskip(connection, [move.location for move in batch.moves])
            _unskip(connection, batch.vanished)
            _write_skipped(connection, batch.skipped)
            _set_missing(connection, batch.seen, missing=False)
            _set_missing(connection, batch.missing, missing=True)
        return ids

    def forget(self, photo_ids: Sequence[int]) -> int:
        """Remove photos with their frames and vectors; returns how many there were."""
        with self._session.write() as connection:
            return connection.execute(
                photos.delete().where(one_of(photos.c.id, photo_ids))
            ).rowcount

    def check(self, *, repair: bool = False) -> Iterator[Problem]:
        """Look for what must not be: broken pages, loose links, bad vectors, stale index files."""
        yield from check(self._session, repair=repair)
        for info in self.spaces():
            table = self.vectors(info.space)
            if dead := table.stale():
                if repair:
                    table.refresh()
                yield Problem(
                    f"the index of {info.space.encoder} holds {dead} vectors that are gone",
                    mended=repair and not table.stale(),
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


def _write_photo(connection: Connection, record: PhotoRecord) -> int:
    """Write one photo with its keywords and its frame; returns its id.

    A photo whose content changed loses the vectors of all spaces: they show what it no longer is.
    A new record for a place where a photo is known already replaces that photo.
    """
    row = record_row(record)
    photo_id = record.photo_id or _photo_at(connection, record.location)
    if photo_id is None:
        made = connection.execute(photos.insert().values(**row, added_at=now()))
        assert made.inserted_primary_key is not None, "SQLite gives the key of a new row"
        photo_id = int(made.inserted_primary_key[0])
        connection.execute(frames.insert().values(photo_id=photo_id, position=0))
    else:
        digest = connection.execute(
            select(photos.c.digest).where(photos.c.id == photo_id)
        ).scalar_one()
        if digest != record.digest:
            owned = select(frames.c.id).where(frames.c.photo_id == photo_id)
            connection.execute(vectors.delete().where(vectors.c.frame_id.in_(owned)))
        connection.execute(photos.update().where(photos.c.id == photo_id).values(**row))
        connection.execute(keywords.delete().where(keywords.c.photo_id == photo_id))
    words = [
        {"photo_id": photo_id, "position": place, "keyword": keyword}
        for place, keyword in enumerate(record.metadata.keywords)
    ]
    if words:
        connection.execute(keywords.insert(), words)
    return photo_id


def _photo_at(connection: Connection, location: Location) -> int | None:
    found = connection.execute(
        select(photos.c.id).where(
            photos.c.root_id == location.root_id,
            photos.c.folder == location.folder,
            photos.c.name == location.name,
        )
    ).scalar()
    return None if found is None else int(found)


def _write_vectors(
    connection: Connection,
    table: EmbeddedVectors,
    ids: Sequence[int],
    records: Sequence[PhotoRecord],
) -> None:
    rows = {
        photo_id: record.vector
        for photo_id, record in zip(ids, records, strict=True)
        if record.vector is not None
    }
    if not rows:
        return
    listed = select(frames.c.photo_id, frames.c.id).where(
        one_of(frames.c.photo_id, rows), frames.c.position == 0
    )
    owned = dict(connection.execute(listed).all())
    table.write(
        connection,
        [owned[photo_id] for photo_id in rows],
        np.array(list(rows.values()), dtype=np.float32),
    )


def _write_moves(connection: Connection, moves: Sequence[Move]) -> None:
    for move in moves:
        connection.execute(
            photos.update()
            .where(photos.c.id == move.photo_id)
            .values(**location_row(move.location), **stamp_row(move.stamp), missing_since=None)
        )


def _write_skipped(connection: Connection, files: Sequence[SkippedFile]) -> None:
    _unskip(connection, [file.location for file in files])
    rows = [
        {
            **location_row(file.location),
            **stamp_row(file.stamp),
            "reason": file.reason,
            "at": now(),
        }
        for file in files
    ]
    if rows:
        connection.execute(skipped.insert(), rows)


def _unskip(connection: Connection, locations: Sequence[Location]) -> None:
    for location in locations:
        connection.execute(
            skipped.delete().where(
                skipped.c.root_id == location.root_id,
                skipped.c.folder == location.folder,
                skipped.c.name == location.name,
            )
        )


def _set_missing(connection: Connection, photo_ids: Sequence[int], *, missing: bool) -> None:
    if photo_ids:
        connection.execute(
            photos.update()
            .where(one_of(photos.c.id, photo_ids))
            .values(missing_since=now() if missing else None)
        )
