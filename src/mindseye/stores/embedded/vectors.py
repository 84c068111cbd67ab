"""The vectors of one space in an embedded library, searched through an index beside it.

The index holds the rows of the table by their own ids, which only grow: what it lacks is what lies
above its last id, and a row that was replaced or removed since is noticed when the best rows are
looked up in the table before they are handed out. So the index may lag, and never lies.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from threading import Lock

import numpy as np
from sqlalchemy import Connection, Select, and_, func, select, true

from mindseye.errors import EncoderError, SpaceMismatch
from mindseye.index.flat import FlatIndex
from mindseye.query.model import Filter
from mindseye.stores.embedded.catalog import EmbeddedCatalog
from mindseye.stores.embedded.database import ids_from, one_of, unindexed
from mindseye.stores.embedded.frame_rows import FrameRows
from mindseye.stores.embedded.session import Session
from mindseye.stores.filters import where
from mindseye.stores.schema import frames, photos, vectors
from mindseye.types import EmbeddingSpace, Ids, Matches, Photo, Vectors

_log = logging.getLogger(__name__)

_ROWS_AT_ONCE = 20_000
_TAIL_TO_FLUSH = 20_000
"""So many rows that the index files lack are written there by whoever finds them."""

_MOST_ROWS_IN_HAND = 200_000
"""While an index is made its files grow in steps of its own size, up to so many rows."""

_SPARE = 1.25
"""How many more matches are asked of the index than needed, for rows that died meanwhile."""

_FEW_FRAMES = 500
"""Up to so many frames the database is asked for their rows; for more, all rows are learned."""

_DEEPEST = 2000
"""A search that asked so often for more is better told which rows are alive."""


def index_folder(folder: Path, space: EmbeddingSpace) -> Path:
    """Where the index files of a space lie, given the folder of all indexes."""
    return folder / space.fingerprint[:32]


class EmbeddedVectors:
    """The vectors of one space."""

    def __init__(
        self,
        session: Session,
        catalog: EmbeddedCatalog,
        space: tuple[int, EmbeddingSpace],
        folder: Path,
    ) -> None:
        self._session = session
        self._catalog = catalog
        self._space_id, self._space = space
        self._folder = index_folder(folder, self._space)
        # One damaged row must not stop every search; `check` tells of it.
        self._whole = func.length(vectors.c.vector) == 2 * self._space.dim
        self._opened: FlatIndex | None = None
        self._frame_rows = FrameRows()
        self._lock = Lock()

    @property
    def space(self) -> EmbeddingSpace:
        """The space these vectors live in."""
        return self._space

    def __len__(self) -> int:
        """Number of vectors that a search compares, those of missing photos included."""
        return len(self._index())

    def get(self, frame_ids: Sequence[int]) -> tuple[Ids, Vectors]:
        """The vectors of those of these frames that have one, as (ids, unit rows)."""
        listed = select(vectors.c.frame_id, vectors.c.vector).where(
            vectors.c.space_id == self._space_id,
            one_of(vectors.c.frame_id, frame_ids),
            self._whole,
        )
        with self._session.read() as connection:
            rows = connection.execute(listed).all()
        ids = np.array([frame for frame, _ in rows], dtype=np.int64)
        return ids, self._unpacked([row for _, row in rows])

    def search(self, queries: Vectors, k: int, within: Ids | None = None) -> list[Matches]:
        """The `k` best frames for each query row among photos that are not missing.

        `within` are frame ids applied before ranking. Scores are exact cosines to the stored
        vectors. Raises `SpaceMismatch` on rows of another length.
        """
        self._check(queries)
        index = self._index()
        rows = None if within is None else self._rows_of(within)
        return [self._live(index, query[None], k, rows) for query in queries]

    def sample(self, count: int) -> Vectors:
        """Up to `count` unit rows `(n, dim)` spread evenly over the table, always the same ones."""
        ids = self._index().ids
        rows = self._rows_at(_spread(ids, count))
        if 2 * len(rows) < min(count, len(ids)):
            # Most of what the index holds is gone: only the table knows what is left.
            rows = self._rows_at(_spread(self._alive(None)[0], count))
        return rows

    def waiting(
        self, limit: int, after: int = 0, of: Filter | None = None
    ) -> list[tuple[int, Photo]]:
        """Frames without a vector in this space (of photos not missing), by id, after `after`."""
        with self._session.read() as connection:
            listed = self._unencoded(of).where(frames.c.id > after)
            ids = connection.execute(listed.order_by(frames.c.id).limit(limit)).scalars().all()
        owners = self._catalog.of_frames(ids)
        return [(frame, owners[frame]) for frame in ids if frame in owners]

    def waiting_count(self, of: Filter | None = None) -> int:
        """How many frames `waiting` would give without a limit."""
        with self._session.read() as connection:
            listed = self._unencoded(of).subquery()
            return connection.execute(select(func.count()).select_from(listed)).scalar_one()

    def put(self, frame_ids: Sequence[int], rows: Vectors) -> None:
        """Write vectors of existing frames in one transaction; existing rows are replaced."""
        with self._session.write() as connection:
            self.write(connection, frame_ids, rows)

    def write(self, connection: Connection, frame_ids: Sequence[int], rows: Vectors) -> None:
        """Write vectors inside a transaction that is under way.

        Raises `SpaceMismatch` on rows of another length, `EncoderError` on rows that are not
        finite or have no direction.
        """
        self._check(rows)
        lengths = np.linalg.norm(rows, axis=1)
        if not np.all(np.isfinite(lengths)) or np.any(lengths < 1e-3):
            raise EncoderError("a vector must be finite and not zero, and one is not")
        stored = (rows / lengths[:, None]).astype(np.float16)
        connection.execute(
            vectors.delete().where(
                vectors.c.space_id == self._space_id, one_of(vectors.c.frame_id, frame_ids)
            )
        )
        values = [
            {"space_id": self._space_id, "frame_id": frame, "vector": row.tobytes()}
            for frame, row in zip(frame_ids, stored, strict=True)
        ]
        if values:
            connection.execute(vectors.insert(), values)

    def refresh(self) -> None:
        """Bring the index file up to what the catalog holds."""
        with self._lock:
            if self._opened is not None and self._opened.outdated():
                self._opened = None
        index = self._index()
        with self._lock:
            self._frame_rows = FrameRows()
            index.remove(self._dead(index))
            self._flush(index)

    def differing(self) -> Ids:
        """Rows that the index holds otherwise than the table: damage, for rows never change."""
        index = self._index()
        wrong = [np.empty(0, np.int64)]
        for ids, rows in self._rows_after(0):
            held, copies = index.get(ids)
            stored = rows[np.searchsorted(ids, held)].astype(np.float16)
            wrong.append(held[np.any(stored != copies, axis=1)])
        return np.concatenate(wrong)

    def rebuild(self) -> None:
        """Make the index anew from the catalog, as if there had been no files."""
        with self._lock:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._opened = None
        self.refresh()

    def close(self) -> None:
        """Let go of the index files."""
        with self._lock:
            self._opened = None

    def _live(self, index: FlatIndex, query: Vectors, k: int, within: Ids | None) -> Matches:
        """Matches whose rows still stand in the table and whose photos are not missing."""
        asked = int(k * _SPARE) + 8
        while True:
            found = index.search(query, asked, within)[0]
            rows, owners = self._alive(found.ids)
            kept = np.flatnonzero(np.isin(found.ids, rows))
            if len(kept) >= k or len(found) < asked:
                kept = kept[:k]
                frames_of = owners[np.searchsorted(rows, found.ids[kept])]
                return Matches(frames_of, found.scores[kept])
            asked *= 4
            if asked > _DEEPEST + k:
                within, _ = self._alive(within)

    def _alive(self, rows: Ids | None) -> tuple[Ids, Ids]:
        """Those of these rows (or of all) that may be shown, ascending, and their frames."""
        listed = (
            select(vectors.c.id, vectors.c.frame_id)
            .join(frames, frames.c.id == vectors.c.frame_id)
            .join(photos, photos.c.id == frames.c.photo_id)
            .where(unindexed(vectors.c.space_id) == self._space_id)
            .where(photos.c.missing_since.is_(None))
            .where(true() if rows is None else one_of(vectors.c.id, rows.tolist()))
            .order_by(vectors.c.id)
        )
        with self._session.read() as connection:
            # NumPy takes a several times longer over rows than over their values.
            values = chain.from_iterable(connection.execute(listed))
            pairs = np.fromiter(values, dtype=np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def _rows_of(self, frame_ids: Ids) -> Ids:
        """Rows of these frames, some of which may have died since."""
        if len(frame_ids) > _FEW_FRAMES:
            return self._all_frame_rows().of(np.unique(frame_ids))
        listed = select(vectors.c.id).where(
            vectors.c.space_id == self._space_id, one_of(vectors.c.frame_id, frame_ids.tolist())
        )
        with self._session.read() as connection:
            return np.array(connection.execute(listed).scalars().all(), dtype=np.int64)

    def _all_frame_rows(self) -> FrameRows:
        """The rows of all frames: what was known, and what came since."""
        known = self._frame_rows
        # From nothing, the index over spaces and frames is read from end to end.
        space = unindexed(vectors.c.space_id) if known.last else vectors.c.space_id
        listed = select(
            func.group_concat(vectors.c.frame_id), func.group_concat(vectors.c.id)
        ).where(space == self._space_id, vectors.c.id > known.last)
        with self._session.read() as connection:
            frame_ids, row_ids = connection.execute(listed).one()
        self._frame_rows = known.with_more(ids_from(frame_ids), ids_from(row_ids))
        return self._frame_rows

    def _unencoded(self, of: Filter | None) -> Select[int]:
        listed = (
            select(frames.c.id)
            .join(photos, photos.c.id == frames.c.photo_id)
            .outerjoin(
                vectors,
                and_(vectors.c.frame_id == frames.c.id, vectors.c.space_id == self._space_id),
            )
            .where(vectors.c.id.is_(None), photos.c.missing_since.is_(None))
        )
        return listed if of is None else listed.where(where(of, datetime.now()))

    def _rows_at(self, row_ids: Ids) -> Vectors:
        listed = (
            select(vectors.c.vector)
            .where(one_of(vectors.c.id, row_ids.tolist()), self._whole)
            .order_by(vectors.c.id)
        )
        with self._session.read() as connection:
            return self._unpacked(connection.execute(listed).scalars().all())

    def _index(self) -> FlatIndex:
        """The index, with every row of the table in it."""
        with self._lock:
            index = self._current()
            for ids, rows in self._rows_after(index.last_id):
                index.add(ids, rows)
                in_place = len(index) - index.waiting
                if index.waiting >= min(max(in_place, _TAIL_TO_FLUSH), _MOST_ROWS_IN_HAND):
                    self._flush(index)
            if index.waiting >= _TAIL_TO_FLUSH:
                self._flush(index)
        return index

    def _current(self) -> FlatIndex:
        """The index as it was opened, or opened anew where other processes' work can be had."""
        opened = self._opened
        if opened is None or (opened.waiting >= _TAIL_TO_FLUSH and opened.outdated()):
            opened = FlatIndex(self._folder, self._space.fingerprint, self._space.dim)
            self._opened = opened
        return opened

    def _rows_after(self, last: int) -> Iterator[tuple[Ids, Vectors]]:
        """Rows of this space with a higher id, a chunk at a time."""
        while True:
            listed = (
                select(vectors.c.id, vectors.c.vector)
                .where(unindexed(vectors.c.space_id) == self._space_id, vectors.c.id > last)
                .where(self._whole)
                .order_by(vectors.c.id)
                .limit(_ROWS_AT_ONCE)
            )
            with self._session.read() as connection:
                rows = connection.execute(listed).all()
            if not rows:
                return
            yield np.array([row for row, _ in rows], np.int64), self._unpacked([v for _, v in rows])
            if len(rows) < _ROWS_AT_ONCE:
                return
            last = rows[-1][0]

    def _flush(self, index: FlatIndex) -> None:
        try:
            index.flush()
        except OSError as error:
            # The index is a cache: without it a search only takes longer to begin.
            _log.warning("the index in %s could not be written: %s", self._folder, error)
            index.detach()
            index.flush()

    def _dead(self, index: FlatIndex) -> Ids:
        ids = index.ids
        with self._session.read() as connection:
            count = connection.execute(
                select(func.count()).where(vectors.c.space_id == self._space_id)
            ).scalar_one()
            if count == len(ids):
                return np.empty(0, np.int64)
            listed = select(vectors.c.id).where(vectors.c.space_id == self._space_id)
            alive = np.array(connection.execute(listed).scalars().all(), dtype=np.int64)
        return np.setdiff1d(ids, alive)

    def _unpacked(self, rows: Sequence[bytes]) -> Vectors:
        whole = np.frombuffer(b"".join(rows), dtype=np.float16)
        return whole.reshape(-1, self._space.dim).astype(np.float32)

    def _check(self, rows: Vectors) -> None:
        if rows.ndim != 2 or rows.shape[1] != self._space.dim:
            raise SpaceMismatch(
                f"{self._space.encoder} has vectors of {self._space.dim} dimensions, "
                f"found shape {rows.shape}"
            )


def _spread(ids: Ids, count: int) -> Ids:
    """At most `count` of these ids, at even distances."""
    if len(ids) <= count:
        return ids
    return ids[np.linspace(0, len(ids) - 1, count).astype(np.int64)]
