"""The vectors of one space in a database that compares them itself: counted and sampled."""

from __future__ import annotations

from threading import Lock

import numpy as np
from sqlalchemy import func, select

from mindseye.stores.schema import vectors
from mindseye.stores.sql.catalog import SqlCatalog
from mindseye.stores.sql.expressions import as_list, ids_from, one_of
from mindseye.stores.sql.session import Session, repeatable
from mindseye.stores.sql.vectors import SqlVectors
from mindseye.types import EmbeddingSpace, Ids, Vectors


class ComparedVectors(SqlVectors):
    """The vectors of one space; subclasses say how their database compares them."""

    def __init__(
        self, session: Session, catalog: SqlCatalog, space: tuple[int, EmbeddingSpace]
    ) -> None:
        super().__init__(session, catalog, space)
        self._counted = (0, 0)
        self._lock = Lock()

    @repeatable
    def __len__(self) -> int:
        """Number of vectors that a search compares, those of missing photos included."""
        with self._lock:
            last, known = self._counted
            listed = select(func.count(), func.max(vectors.c.id)).where(
                self._mine, vectors.c.id > last
            )
            with self._session.read() as connection:
                more, newest = connection.execute(listed).one()
            self._counted = (newest or last, known + more)
            return known + int(more)

    @repeatable
    def sample(self, count: int) -> Vectors:
        """Up to `count` unit rows `(n, dim)` spread evenly over the table, always the same ones."""
        ends = select(func.min(vectors.c.id), func.max(vectors.c.id)).where(self._mine)
        with self._session.read() as connection:
            first, last = connection.execute(ends).one()
        if first is None:
            return self._unpacked([])
        rows = self._rows_at(_spread(first, last, count))
        if 2 * len(rows) < min(count, len(self)):
            # Rows of other spaces lie between, or most are gone: only a look at all tells.
            with self._session.read() as connection:
                listed = connection.execute(select(as_list(vectors.c.id)).where(self._mine))
                every = np.sort(ids_from(listed.scalar()))
            rows = self._rows_at(every[_spread(0, len(every) - 1, count)])
        return rows

    def close(self) -> None:
        """Nothing is held."""

    def _count_anew(self) -> None:
        """Let the next count be one of all rows: some may be gone."""
        with self._lock:
            self._counted = (0, 0)

    @repeatable
    def _rows_at(self, row_ids: Ids) -> Vectors:
        listed = select(vectors.c.vector).where(self._mine, one_of(vectors.c.id, row_ids.tolist()))
        with self._session.read() as connection:
            rows = connection.execute(listed.order_by(vectors.c.id)).scalars().all()
        return self._unpacked(rows)


def _spread(first: int, last: int, count: int) -> Ids:
    """At most `count` numbers from `first` to `last`, at even distances."""
    return np.unique(np.linspace(first, last, count).astype(np.int64))
