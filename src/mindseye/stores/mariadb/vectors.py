"""The vectors of one space, compared in the server.

Beside the rows of float16 that every database keeps, a space has a table of its own in which its
vectors are of the type VECTOR, written in the same transaction. What it holds follows from those
rows: one whose vector is gone is passed over. A table that has grown large enough gets an index
(HNSW), through which the server goes in order of distance. It would do so under a filter too, row
by row until enough pass, however few can; so no filter is put to the index. Some hundred of the
nearest rows are asked for, and those that pass are kept. Where they are too few, a second look at
the index goes further, if it then is likely to find enough; else all that pass are compared. Few
frames that are listed are compared at once: the index is approximate, and they are soon looked at.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    FromClause,
    LargeBinary,
    Select,
    and_,
    bindparam,
    func,
    select,
    text,
)

from mindseye.stores.base import Problem, Selection
from mindseye.stores.filters import where
from mindseye.stores.mariadb.compared_table import ComparedTable
from mindseye.stores.mariadb.database import locked, unbounded
from mindseye.stores.schema import frames, photos, vectors
from mindseye.stores.sql.catalog import SqlCatalog
from mindseye.stores.sql.compared import ComparedVectors
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.session import Session, repeatable
from mindseye.types import EmbeddingSpace, Ids, Matches, Vectors

_log = logging.getLogger(__name__)

LEAST_INDEXED: Final = 5_000
"""A space of so many vectors is indexed: fewer are compared one by one within milliseconds."""

_MOST_BY_INDEX: Final = 2_000
"""More rows are not asked of the index, which would have to be read in large parts."""

_FIRST_LOOK: Final = 400
"""So many of the nearest rows are looked at, where some may not pass a filter."""

_MOST_LISTED: Final = 5_000
"""So many listed frames are compared one by one, exactly, without a look at the index."""

_FEW: Final = 500
"""So many photos that pass a filter are compared before the index has been looked at once."""

_SPARE: Final = 1.5
_MORE: Final = 20
"""So many times more rows are asked for than are expected to be needed, and so many more: some may
be of missing photos, and the order of the index is not quite exact."""

_EDGES: Final = 16
"""Neighbours of a node of the index (M): with the six of the server too much is missed."""

_EXPLORED: Final = 800
_EXPLORED_FOR: Final = 100_000
"""So many nodes of an index of so many rows are explored. Words find 0.76 of the best ten with 200,
0.92 with 400 and 0.985 with 800. Among a million they find 0.65 with 800, 0.97 with 5,000: of ten
times as many rows six times as many nodes."""

_GROWTH: Final = 0.8
_MOST_EXPLORED: Final = 10_000
"""The server explores no more."""

_AT_ONCE: Final = 5_000


_QUERY: Final = bindparam("query", type_=LargeBinary)


class MariaVectors(ComparedVectors):
    """The vectors of one space; safe for several threads."""

    def __init__(
        self, session: Session, catalog: SqlCatalog, space: tuple[int, EmbeddingSpace]
    ) -> None:
        super().__init__(session, catalog, space)
        self.table = ComparedTable(session, self._space_id, self._space.dim)
        self._indexed = 0
        self._compared = self.table.columns
        self._distance = func.vec_distance_cosine(self._compared.c.embedding, _QUERY, type_=Float())
        if not self.table.is_there():
            self.table.make()
            self._complete()

    def search(self, queries: Vectors, k: int, within: Ids | None = None) -> list[Matches]:
        """The `k` best frames for each query row among photos that are not missing.

        `within` are frame ids applied before ranking. Scores are exact cosines to the stored
        vectors. Raises `SpaceMismatch` on rows of another length.
        """
        self._check(queries)
        chosen = Selection(within)
        return [self.filtered(query[None], k, chosen) for query in queries]

    @repeatable
    def filtered(self, query: Vectors, k: int, chosen: Selection) -> Matches:
        """The `k` best frames for one query `(1, dim)` among the photos chosen."""
        self._check(query)
        given = {"query": query[0].astype("<f4").tobytes()}
        with self._session.read() as connection:
            found = _NOTHING
            if not _few_pass(connection, chosen) and self._has_index(connection):
                found = self._near(connection, chosen, k, given)
            if len(found) < k:
                found = _matches(connection, self.one_by_one(_passing(chosen), k), given)
        # The server divides by the length of the query, which need not be one.
        length = np.float32(np.linalg.norm(query))
        return Matches(found.ids[:k], found.scores[:k] * length)

    def _near(
        self, connection: Connection, chosen: Selection, k: int, given: Mapping[str, object]
    ) -> Matches:
        """Those that the index finds; fewer than `k` where all that pass had better be compared."""
        connection.execute(_EXPLORE, {"nodes": self._explored()})
        asked = int(k * _SPARE) + _MORE
        if chosen.filter is not None or chosen.within is not None:
            asked = max(asked, _FIRST_LOOK)
        found = _NOTHING
        while asked <= _MOST_BY_INDEX:
            found = _matches(connection, self.by_index(_passing(chosen), asked), given)
            if len(found) >= k or not len(found):
                break
            further = int(asked * _SPARE * k / len(found)) + _MORE
            asked = further if further > 2 * asked else _MOST_BY_INDEX + 1
        return found

    def by_index(self, passing: ColumnElement[bool], asked: int) -> Select[int, float]:
        """Those of the nearest rows that pass, which the index finds without a look at others."""
        near = (
            select(self._compared.c.frame_id, (1 - self._distance).label("score"))
            .order_by(self._distance)
            .limit(asked)
            .subquery("near")
        )
        return self._passing(near, near.c.score, passing)

    def one_by_one(self, passing: ColumnElement[bool], k: int) -> Select[int, float]:
        """The best of all rows that pass, each compared: in this order no index can be used."""
        return self._passing(self._compared, 1 - self._distance, passing).limit(k)

    def refresh(self) -> None:
        """Complete the table, and make the index of a space that has grown large enough for one."""
        self._count_anew()
        self._complete()
        if len(self) >= LEAST_INDEXED and not self._is_indexed():
            self._make_index()

    def check(self, *, repair: bool) -> Iterator[Problem]:
        """Whether all vectors are among those that are compared."""
        if lacking := len(self._lacking(0, most=2**31)):
            if repair:
                self._complete()
            yield Problem(
                f"{lacking} vectors of {self._space.encoder} are not compared", mended=repair
            )

    def drop(self) -> None:
        """Remove the table with its index."""
        self.table.drop()

    def _passing(
        self, rows: FromClause, score: ColumnElement[float], passing: ColumnElement[bool]
    ) -> Select[int, float]:
        """Rows whose vectors are there and whose photos pass, the best first."""
        mine = and_(self._mine, vectors.c.frame_id == rows.c.frame_id)
        return (
            select(rows.c.frame_id, score.label("score"))
            .select_from(rows)
            .join(vectors, mine)
            .join(frames, frames.c.id == vectors.c.frame_id)
            .join(photos, photos.c.id == frames.c.photo_id)
            .where(passing)
            .order_by(score.desc(), rows.c.frame_id)
        )

    def _insert(
        self, connection: Connection, frame_ids: Sequence[int], rows: NDArray[np.float16]
    ) -> None:
        """Write rows of frames that have none."""
        super()._insert(connection, frame_ids, rows)
        self.table.write(connection, frame_ids, rows)

    def _complete(self) -> None:
        """Write what the table lacks, and remove what is no vector any more.

        It lacks what was copied from another database, and what was written while the server was
        too old to compare it.
        """
        last = 0
        while True:
            some = self._lacking(last, most=_AT_ONCE)
            if not some:
                break
            last = some[-1]
            listed = select(vectors.c.frame_id, vectors.c.vector).where(one_of(vectors.c.id, some))
            with self._session.write() as connection:
                frame_ids, rows = zip(*connection.execute(listed).all(), strict=True)
                values = np.frombuffer(b"".join(rows), np.float16).reshape(len(rows), -1)
                self.table.write(connection, frame_ids, values)
        with self._session.write() as connection:
            connection.execute(text(_REMOVE.format(self.table.name)), {"space": self._space_id})

    @repeatable
    def _lacking(self, last: int, *, most: int) -> list[int]:
        """Ids of rows above one whose vectors are not in the table; damaged ones are left out."""
        given = {"space": self._space_id, "bytes": 2 * self._space.dim, "last": last, "most": most}
        with self._session.read() as connection:
            listed = text(_LACKING.format(self.table.name))
            return list(connection.execute(listed, given).scalars())

    @repeatable
    def _is_indexed(self) -> bool:
        with self._session.read() as connection:
            return self._has_index(connection)

    def _has_index(self, connection: Connection) -> bool:
        if not self._indexed:
            found = connection.execute(_INDEX, {"name": self.table.name}).first()
            self._indexed = 0 if found is None else max(int(found[0]), 1)
        return self._indexed > 0

    def _explored(self) -> int:
        """How many nodes of the index a search explores."""
        grown = int(_EXPLORED * (self._indexed / _EXPLORED_FOR) ** _GROWTH)
        return min(max(grown, _EXPLORED), _MOST_EXPLORED)

    def _make_index(self) -> None:
        """Make the index, unless somebody does."""
        with self._session.mapped(), unbounded(self._session.engine).connect() as connection:
            with locked(connection, self.table.name, seconds=0) as mine:
                if not mine:
                    return
                _log.info("an index of %s is made", self._space)
                connection.execute(text("SET SESSION max_statement_time = 0"))
                connection.execute(
                    text(
                        f"ALTER TABLE {self.table.name} ADD VECTOR INDEX embedding (embedding)"
                        f" M={_EDGES} DISTANCE=cosine"
                    )
                )
            # Its settings are not those of other connections.
            connection.invalidate()


_NOTHING: Final = Matches(np.empty(0, np.int64), np.empty(0, np.float32))

_INDEX: Final = text(
    "SELECT coalesce(table_rows, 0) FROM information_schema.statistics"
    " JOIN information_schema.tables USING (table_schema, table_name)"
    " WHERE table_schema = database() AND table_name = :name AND index_type = 'VECTOR'"
)
"""About how many rows a table with an index holds, as the server remembers it."""

_EXPLORE: Final = text("SET SESSION mhnsw_ef_search = :nodes")

_LACKING: Final = (
    "SELECT vectors.id FROM vectors LEFT JOIN {0} AS mine ON mine.frame_id = vectors.frame_id"
    " WHERE vectors.space_id = :space AND vectors.id > :last AND mine.frame_id IS NULL"
    " AND octet_length(vectors.`vector`) = :bytes ORDER BY vectors.id LIMIT :most"
)
_REMOVE: Final = (
    "DELETE mine FROM {0} AS mine LEFT JOIN vectors ON vectors.space_id = :space"
    " AND vectors.frame_id = mine.frame_id WHERE vectors.id IS NULL"
)


def _few_pass(connection: Connection, chosen: Selection) -> bool:
    """Whether so few photos are chosen that each is soon compared."""
    if chosen.within is not None and len(chosen.within) <= _MOST_LISTED:
        return True
    if chosen.filter is None:
        return False
    passing = select(photos.c.id).where(photos.c.missing_since.is_(None))
    some = passing.where(where(chosen.filter, chosen.now)).limit(_FEW + 1)
    return len(connection.execute(some).all()) <= _FEW


def _passing(chosen: Selection) -> ColumnElement[bool]:
    """Whether the photo of a frame is among those chosen and may be shown."""
    tests: list[ColumnElement[bool]] = [photos.c.missing_since.is_(None)]
    if chosen.filter is not None:
        tests.append(where(chosen.filter, chosen.now))
    if chosen.within is not None:
        tests.append(one_of(frames.c.id, chosen.within.tolist()))
    return and_(*tests)


def _matches(
    connection: Connection, best: Select[int, float], given: Mapping[str, object]
) -> Matches:
    rows = connection.execute(best, given).all()
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    return Matches(ids, np.array([row[1] for row in rows], dtype=np.float32))
