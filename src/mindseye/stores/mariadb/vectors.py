"""The vectors of one space, compared in the server.

Beside the rows of float16 that every database keeps, a space has a table of its own in which its
vectors are of the type VECTOR, written in the same transaction. What it holds follows from those
rows: one whose vector is gone is passed over. A table that has grown large enough gets an index
(HNSW), through which the server goes in order of distance. It would do so under a filter too, row
by row until enough pass, however few can; so no filter is ever put to it. Where many rows pass,
more are asked for and those that pass are kept; where few do, exactly those are compared.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, TextClause, bindparam, select, text

from mindseye.stores.base import Problem
from mindseye.stores.mariadb.database import locked, unbounded
from mindseye.stores.schema import Id, vectors
from mindseye.stores.sql.catalog import SqlCatalog
from mindseye.stores.sql.compared import ComparedVectors
from mindseye.stores.sql.expressions import Several, one_of
from mindseye.stores.sql.session import Session
from mindseye.types import EmbeddingSpace, Ids, Matches, Vectors

_log = logging.getLogger(__name__)

LEAST_INDEXED: Final = 5_000
"""A space of so many vectors is indexed: fewer are compared one by one within milliseconds."""

_MOST_BY_INDEX: Final = 2_000
"""More rows are not asked of the index, which would have to be read in large parts."""

_LISTED: Final = 5_000
"""So many frames are compared one by one, whatever share of the space they are."""

_SPARE: Final = 1.5
_MORE: Final = 20
"""So many times more rows are asked for than are expected to be needed, and so many more: some may
not pass, and the order of the index is not quite exact."""

_EDGES: Final = 16
"""Neighbours of a node of the index (M): with the six of the server too much is missed."""

_AT_ONCE: Final = 5_000


class MariaVectors(ComparedVectors):
    """The vectors of one space; safe for several threads."""

    def __init__(
        self, session: Session, catalog: SqlCatalog, space: tuple[int, EmbeddingSpace]
    ) -> None:
        super().__init__(session, catalog, space)
        self._name = f"vectors_of_space_{self._space_id}"
        self._indexed = False
        if not self._has_table():
            self._make_table()

    def search(self, queries: Vectors, k: int, within: Ids | None = None) -> list[Matches]:
        """The `k` best frames for each query row among photos that are not missing.

        `within` are frame ids applied before ranking. Scores are exact cosines to the stored
        vectors. Raises `SpaceMismatch` on rows of another length.
        """
        self._check(queries)
        if within is not None and not len(within):
            return [_NOTHING for _ in queries]
        return [self._best(query, k, within) for query in queries]

    def refresh(self) -> None:
        """Complete the table, and make the index of a space that has grown large enough for one."""
        self._count_anew()
        self._complete()
        if len(self) >= LEAST_INDEXED and not self._has_index():
            self._make_index()

    def check(self, *, repair: bool) -> Iterator[Problem]:
        """Whether all vectors are among those that are compared."""
        with self._session.read() as connection:
            lacking = len(self._lacking(connection, 0, most=2**31))
        if lacking:
            if repair:
                self._complete()
            yield Problem(
                f"{lacking} vectors of {self._space.encoder} are not compared", mended=repair
            )

    def drop(self) -> None:
        """Remove the table with its index."""
        with self._session.mapped(), unbounded(self._session.engine).connect() as connection:
            connection.execute(text(f"DROP TABLE IF EXISTS {self._name}"))

    def _best(self, query: NDArray[np.float32], k: int, within: Ids | None) -> Matches:
        """The best matches of one query."""
        given = {"query": query.astype("<f4").tobytes(), "space": self._space_id}
        share = 1.0 if within is None else len(within) / max(len(self), len(within))
        asked = int(k * _SPARE / share) + _MORE
        many = within is None or len(within) > _LISTED
        by_index = many and asked <= _MOST_BY_INDEX and self._has_index()
        with self._session.read() as connection:
            if by_index:
                found, _ = _shown(connection, self._statement(_BY_INDEX), {**given, "asked": asked})
                if within is not None:
                    found = _among(found, within)
                if len(found.ids) >= k:
                    return _first(found, k)
            if within is not None:
                given["within"] = np.unique(within).tolist()
            statement = self._statement(_ONE_BY_ONE if within is None else _LISTED_ONES)
            asked = k + _MORE
            while True:
                found, ended = _shown(connection, statement, {**given, "asked": asked})
                if ended or len(found.ids) >= k:
                    return _first(found, k)
                asked *= 4

    def _insert(
        self, connection: Connection, frame_ids: Sequence[int], rows: NDArray[np.float16]
    ) -> None:
        """Write rows of frames that have none."""
        super()._insert(connection, frame_ids, rows)
        self._let_compare(connection, frame_ids, rows)

    def _let_compare(
        self, connection: Connection, frame_ids: Sequence[int], rows: NDArray[np.float16]
    ) -> None:
        """Write rows into the table of the space, over those of the same frames."""
        written = rows.astype("<f4")
        connection.execute(
            text(
                f"INSERT INTO {self._name} (frame_id, embedding) VALUES (:frame, :row)"  # noqa: S608
                " ON DUPLICATE KEY UPDATE embedding = VALUES(embedding)"
            ),
            [
                {"frame": int(frame), "row": row.tobytes()}
                for frame, row in zip(frame_ids, written, strict=True)
            ],
        )

    def _complete(self) -> None:
        """Write what the table lacks, and remove what is no vector any more.

        It lacks what was copied from another database, and what was written while the server was
        too old to compare it.
        """
        last = 0
        while True:
            with self._session.read() as connection:
                some = self._lacking(connection, last, most=_AT_ONCE)
            if not some:
                break
            last = some[-1]
            listed = select(vectors.c.frame_id, vectors.c.vector).where(one_of(vectors.c.id, some))
            with self._session.write() as connection:
                frame_ids, rows = zip(*connection.execute(listed).all(), strict=True)
                values = np.frombuffer(b"".join(rows), np.float16).reshape(len(rows), -1)
                self._let_compare(connection, frame_ids, values)
        with self._session.write() as connection:
            connection.execute(text(_REMOVE.format(self._name)), {"space": self._space_id})

    def _lacking(self, connection: Connection, last: int, *, most: int) -> list[int]:
        """Ids of rows above one whose vectors are not in the table; damaged ones are left out."""
        given = {"space": self._space_id, "bytes": 2 * self._space.dim, "last": last, "most": most}
        return list(connection.execute(text(_LACKING.format(self._name)), given).scalars())

    def _statement(self, near: str) -> TextClause:
        listed = text(_SHOWN.format(near.format(self._name)))
        if near is _LISTED_ONES:
            return listed.bindparams(bindparam("within", type_=Several(Id)))
        return listed

    def _has_table(self) -> bool:
        with self._session.read() as connection:
            return connection.execute(_TABLE, {"name": self._name}).first() is not None

    def _has_index(self) -> bool:
        if not self._indexed:
            with self._session.read() as connection:
                found = connection.execute(_INDEX, {"name": self._name}).first()
            self._indexed = found is not None
        return self._indexed

    def _make_table(self) -> None:
        """Make the table, which ends any transaction; vectors may be there before it."""
        with self._session.mapped(), unbounded(self._session.engine).connect() as connection:
            connection.execute(
                text(
                    f"CREATE TABLE IF NOT EXISTS {self._name} (frame_id BIGINT PRIMARY KEY,"
                    f" embedding VECTOR({self._space.dim}) NOT NULL) ENGINE=InnoDB"
                )
            )
        self._complete()

    def _make_index(self) -> None:
        """Make the index, unless somebody does."""
        with self._session.mapped(), unbounded(self._session.engine).connect() as connection:
            with locked(connection, self._name, seconds=0) as mine:
                if not mine:
                    return
                _log.info("an index of %s is made", self._space)
                connection.execute(text("SET SESSION max_statement_time = 0"))
                connection.execute(
                    text(
                        f"ALTER TABLE {self._name} ADD VECTOR INDEX embedding (embedding)"
                        f" M={_EDGES} DISTANCE=cosine"
                    )
                )
            # Its settings are not those of other connections.
            connection.invalidate()


_NOTHING: Final = Matches(np.empty(0, np.int64), np.empty(0, np.float32))

_TABLE: Final = text(
    "SELECT 1 FROM information_schema.tables WHERE table_schema = database() AND table_name = :name"
)
_INDEX: Final = text(
    "SELECT 1 FROM information_schema.statistics"
    " WHERE table_schema = database() AND table_name = :name AND index_type = 'VECTOR'"
)

_SCORED: Final = "SELECT frame_id, 1 - VEC_DISTANCE_COSINE(embedding, :query) AS score FROM {0}"
_BY_INDEX: Final = f"{_SCORED} ORDER BY VEC_DISTANCE_COSINE(embedding, :query) LIMIT :asked"
# In an order that the index does not know, it is not used.
_ONE_BY_ONE: Final = f"{_SCORED} ORDER BY score DESC, frame_id LIMIT :asked"
_LISTED_ONES: Final = (
    f"{_SCORED} JOIN JSON_TABLE(:within, '$[*]' COLUMNS (id BIGINT PATH '$')) AS listed"
    " ON listed.id = frame_id ORDER BY score DESC, frame_id LIMIT :asked"
)
"""The nearest rows of a space, some of which may be of missing photos or no vectors any more."""

_SHOWN: Final = (
    "SELECT near.frame_id, near.score, photos.id IS NOT NULL FROM ({0}) AS near"
    " LEFT JOIN (vectors JOIN frames ON frames.id = vectors.frame_id"
    " JOIN photos ON photos.id = frames.photo_id AND photos.missing_since IS NULL)"
    " ON vectors.space_id = :space AND vectors.frame_id = near.frame_id"
)
_LACKING: Final = (
    "SELECT vectors.id FROM vectors LEFT JOIN {0} AS mine ON mine.frame_id = vectors.frame_id"
    " WHERE vectors.space_id = :space AND vectors.id > :last AND mine.frame_id IS NULL"
    " AND octet_length(vectors.`vector`) = :bytes ORDER BY vectors.id LIMIT :most"
)
_REMOVE: Final = (
    "DELETE mine FROM {0} AS mine LEFT JOIN vectors ON vectors.space_id = :space"
    " AND vectors.frame_id = mine.frame_id WHERE vectors.id IS NULL"
)


def _shown(
    connection: Connection, statement: TextClause, given: dict[str, Any]
) -> tuple[Matches, bool]:
    """Those of the rows a statement gives that may be shown, and whether there are no more rows."""
    rows = connection.execute(statement, given).all()
    shown = [(frame, score) for frame, score, may in rows if may]
    ids = np.array([frame for frame, _ in shown], dtype=np.int64)
    scores = np.array([score for _, score in shown], dtype=np.float32)
    return Matches(ids, scores), len(rows) < given["asked"]


def _among(found: Matches, frame_ids: Ids) -> Matches:
    kept = np.isin(found.ids, frame_ids)
    return Matches(found.ids[kept], found.scores[kept])


def _first(found: Matches, k: int) -> Matches:
    order = np.lexsort((found.ids, -found.scores))[:k]
    return Matches(found.ids[order], found.scores[order])
