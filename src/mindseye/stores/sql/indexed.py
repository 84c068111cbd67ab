"""The vectors of one space, compared through an index in files beside the database.

The index holds the rows of the table by their own ids, which only grow (`RowTable`); it follows the
table and is never trusted over it (`mindseye.index.following`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sqlalchemy import ColumnElement, func, select, true

from mindseye.index.build import IndexState
from mindseye.index.following import FollowingIndex, of_owners
from mindseye.stores.base import Problem, Selection
from mindseye.stores.filters import where
from mindseye.stores.schema import frames, photos, spaces, vectors
from mindseye.stores.sql.catalog import SqlCatalog
from mindseye.stores.sql.expressions import as_list, ids_from, octets, one_of, unindexed
from mindseye.stores.sql.owned import Learning
from mindseye.stores.sql.session import Session, repeatable
from mindseye.stores.sql.vectors import SqlVectors
from mindseye.types import EmbeddingSpace, Ids, Matches, Vectors

_ROWS_AT_ONCE = 20_000


class IndexedVectors(SqlVectors):
    """The vectors of one space, for a database that cannot compare them, or need not."""

    def __init__(
        self,
        session: Session,
        catalog: SqlCatalog,
        space: tuple[int, EmbeddingSpace],
        folder: Path,
    ) -> None:
        super().__init__(session, catalog, space)
        self._whole = self._is_whole()
        # From nothing, the index over spaces and frames is read from end to end.
        newer = unindexed(vectors.c.space_id) == self._space_id
        self._rows = Learning(vectors.c.frame_id, vectors.c.id, self._mine, newer)
        self._folder = folder / f"{self._space.fingerprint[:32]}{self._born()}"
        self._index = FollowingIndex(self, self._space, self._folder)

    def __len__(self) -> int:
        """Number of vectors that a search compares, those of missing photos included."""
        return len(self._index)

    def search(self, queries: Vectors, k: int, within: Ids | None = None) -> list[Matches]:
        """The `k` best frames for each query row among photos that are not missing.

        `within` are frame ids applied before ranking. Scores are exact cosines to the stored
        vectors. Raises `SpaceMismatch` on rows of another length.
        """
        self._check(queries)
        rows = None if within is None else self._rows_of(within)
        return [self._index.search(query[None], k, rows) for query in queries]

    def probed(self, query: Vectors, count: int, chosen: Selection) -> tuple[Matches, bool]:
        """Of the `count` nearest frames those of photos chosen, and whether these are all."""
        self._check(query)
        found = self._index.nearest(query, count)
        passing = true() if chosen.filter is None else where(chosen.filter, chosen.now)
        return of_owners(found, *self._shown(found.ids, passing)), len(found) < count

    def sample(self, count: int) -> Vectors:
        """Up to `count` unit rows `(n, dim)` spread evenly over the table, always the same ones."""
        ids = self._index.ids
        rows = self._rows_at(_spread(ids, count))
        if 2 * len(rows) < min(count, len(ids)):
            # Most of what the index holds is gone: only the table knows what is left.
            rows = self._rows_at(_spread(self.alive(None)[0], count))
        return rows

    def refresh(self) -> None:
        """Bring the index file up to what the catalog holds."""
        self._rows.forget()
        # Until schema 0010 libraries that shared a folder shared the files of an encoder.
        shutil.rmtree(self._folder.with_name(self._space.fingerprint[:32]), ignore_errors=True)
        self._index.refresh()

    def index_state(self, wish: str) -> IndexState:
        """What the index is made of, and what it needs to be as `wish` says."""
        return self._index.state(wish)

    def build_index(self, wish: str, *, anew: bool = False) -> bool:
        """Train and code what is needed, or all of it `anew`; searches go on meanwhile."""
        return self._index.build(wish, anew=anew)

    def check(self, *, repair: bool) -> Iterator[Problem]:
        """Rows that the index holds otherwise than the table, and files that are damaged."""
        damaged = self._index.damaged()
        if damaged and repair:
            self._index.rebuild()
        for path in damaged:
            mended = repair and not self._index.damaged()
            yield Problem(f"the index file {path} is not what was written", mended=mended)
        wrong = len(self._index.differing())
        if wrong and repair:
            self._index.rebuild()
        if wrong:
            yield Problem(
                f"the index of {self._space.encoder} holds {wrong} vectors otherwise "
                "than the library",
                mended=repair and not len(self._index.differing()),
            )

    def drop(self) -> None:
        """Remove the index files."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def close(self) -> None:
        """Let go of the index files."""
        self._index.close()

    @repeatable
    def _born(self) -> str:
        """When the space was made, as a part of a name.

        Another library, or one that was made anew in the same place, has other vectors under the
        same ids; a copy has the same ones.
        """
        made = select(spaces.c.created_at).where(spaces.c.id == self._space_id)
        with self._session.read() as connection:
            moment = connection.execute(made).scalar()
        return "" if moment is None else f"-{moment:%Y%m%dT%H%M%S%f}"

    def _is_whole(self) -> ColumnElement[bool]:
        """Whether a row has its length: a damaged one must not stop searches; `check` tells."""
        return octets(vectors.c.vector) == 2 * self._space.dim

    def rows_after(self, last: int) -> Iterator[tuple[Ids, Vectors]]:
        """Rows of this space with a higher id as (ids, unit rows), ascending, a chunk at a time."""
        while True:
            ids, rows = self._some_after(last)
            if not len(ids):
                return
            yield ids, rows
            if len(ids) < _ROWS_AT_ONCE:
                return
            last = int(ids[-1])

    @repeatable
    def _some_after(self, last: int) -> tuple[Ids, Vectors]:
        listed = (
            select(vectors.c.id, vectors.c.vector)
            .where(unindexed(vectors.c.space_id) == self._space_id, vectors.c.id > last)
            .where(self._whole)
            .order_by(vectors.c.id)
            .limit(_ROWS_AT_ONCE)
        )
        with self._session.read() as connection:
            rows = connection.execute(listed).all()
        return np.array([row for row, _ in rows], np.int64), self._unpacked([v for _, v in rows])

    @repeatable
    def row_count(self) -> int:
        """How many rows this space has, those of missing photos included."""
        listed = select(func.count()).where(vectors.c.space_id == self._space_id)
        with self._session.read() as connection:
            return connection.execute(listed).scalar_one()

    @repeatable
    def row_ids(self) -> Ids:
        """The ids of all rows of this space, ascending."""
        listed = select(vectors.c.id).where(vectors.c.space_id == self._space_id)
        with self._session.read() as connection:
            ids = connection.execute(listed.order_by(vectors.c.id)).scalars().all()
        return np.array(ids, dtype=np.int64)

    def alive(self, row_ids: Ids | None) -> tuple[Ids, Ids]:
        """Those of these rows (or of all) that may be shown, ascending, and their frames."""
        return self._shown(row_ids, true())

    @repeatable
    def _shown(self, row_ids: Ids | None, passing: ColumnElement[bool]) -> tuple[Ids, Ids]:
        """The same of those whose photos pass."""
        listed = (
            select(as_list(vectors.c.id), as_list(vectors.c.frame_id))
            .join(frames, frames.c.id == vectors.c.frame_id)
            .join(photos, photos.c.id == frames.c.photo_id)
            .where(unindexed(vectors.c.space_id) == self._space_id)
            .where(photos.c.missing_since.is_(None), passing)
            .where(true() if row_ids is None else one_of(vectors.c.id, row_ids.tolist()))
        )
        with self._session.read() as connection:
            rows, owners = map(ids_from, connection.execute(listed).one())
        order = np.argsort(rows)
        return rows[order], owners[order]

    @repeatable
    def _rows_of(self, frame_ids: Ids) -> Ids:
        """Rows of these frames, some of which may have died since."""
        with self._session.read() as connection:
            if self._rows.pays:
                return self._rows.read(connection).of(frame_ids)
            listed = select(vectors.c.id).where(
                vectors.c.space_id == self._space_id, one_of(vectors.c.frame_id, frame_ids.tolist())
            )
            found = np.array(connection.execute(listed).scalars().all(), dtype=np.int64)
            self._rows.asked(connection, len(frame_ids))
            return found

    @repeatable
    def _rows_at(self, row_ids: Ids) -> Vectors:
        listed = (
            select(vectors.c.vector)
            .where(one_of(vectors.c.id, row_ids.tolist()), self._whole)
            .order_by(vectors.c.id)
        )
        with self._session.read() as connection:
            return self._unpacked(connection.execute(listed).scalars().all())


def _spread(ids: Ids, count: int) -> Ids:
    """At most `count` of these ids, at even distances."""
    if len(ids) <= count:
        return ids
    return ids[np.linspace(0, len(ids) - 1, count).astype(np.int64)]
