"""The vectors of one space in an embedded library, searched through an index beside it.

The index holds the rows of the table by their own ids, which only grow (`RowTable`); it follows the
table and is never trusted over it (`mindseye.index.following`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Select, and_, func, select, true

from mindseye.errors import EncoderError, SpaceMismatch
from mindseye.index.following import FollowingIndex
from mindseye.query.model import Filter
from mindseye.stores.embedded.catalog import EmbeddedCatalog
from mindseye.stores.embedded.database import ids_from, one_of, unindexed
from mindseye.stores.embedded.frame_rows import FrameRows
from mindseye.stores.embedded.session import Session
from mindseye.stores.filters import where
from mindseye.stores.schema import frames, photos, vectors
from mindseye.types import EmbeddingSpace, Ids, Matches, Photo, Vectors

_ROWS_AT_ONCE = 20_000
_FEW_FRAMES = 500
"""Up to so many frames the database is asked for their rows; for more, all rows are learned."""


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
        # One damaged row must not stop every search; `check` tells of it.
        self._whole = func.length(vectors.c.vector) == 2 * self._space.dim
        self._frame_rows = FrameRows()
        self._index = FollowingIndex(self, self._space, folder)

    @property
    def space(self) -> EmbeddingSpace:
        """The space these vectors live in."""
        return self._space

    def __len__(self) -> int:
        """Number of vectors that a search compares, those of missing photos included."""
        return len(self._index)

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
        rows = None if within is None else self._rows_of(within)
        return [self._index.search(query[None], k, rows) for query in queries]

    def sample(self, count: int) -> Vectors:
        """Up to `count` unit rows `(n, dim)` spread evenly over the table, always the same ones."""
        ids = self._index.ids
        rows = self._rows_at(_spread(ids, count))
        if 2 * len(rows) < min(count, len(ids)):
            # Most of what the index holds is gone: only the table knows what is left.
            rows = self._rows_at(_spread(self.alive(None)[0], count))
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
        self._frame_rows = FrameRows()
        self._index.refresh()

    def differing(self) -> Ids:
        """Rows that the index holds otherwise than the table: damage, for rows never change."""
        return self._index.differing()

    def rebuild(self) -> None:
        """Make the index anew from the catalog, as if there had been no files."""
        self._index.rebuild()

    def close(self) -> None:
        """Let go of the index files."""
        self._index.close()

    def rows_after(self, last: int) -> Iterator[tuple[Ids, Vectors]]:
        """Rows of this space with a higher id as (ids, unit rows), ascending, a chunk at a time."""
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

    def row_count(self) -> int:
        """How many rows this space has, those of missing photos included."""
        listed = select(func.count()).where(vectors.c.space_id == self._space_id)
        with self._session.read() as connection:
            return connection.execute(listed).scalar_one()

    def row_ids(self) -> Ids:
        """The ids of all rows of this space, ascending."""
        listed = select(vectors.c.id).where(vectors.c.space_id == self._space_id)
        with self._session.read() as connection:
            ids = connection.execute(listed.order_by(vectors.c.id)).scalars().all()
        return np.array(ids, dtype=np.int64)

    def alive(self, row_ids: Ids | None) -> tuple[Ids, Ids]:
        """Those of these rows (or of all) that may be shown, ascending, and their frames."""
        listed = (
            select(vectors.c.id, vectors.c.frame_id)
            .join(frames, frames.c.id == vectors.c.frame_id)
            .join(photos, photos.c.id == frames.c.photo_id)
            .where(unindexed(vectors.c.space_id) == self._space_id)
            .where(photos.c.missing_since.is_(None))
            .where(true() if row_ids is None else one_of(vectors.c.id, row_ids.tolist()))
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
