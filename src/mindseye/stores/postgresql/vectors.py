"""The vectors of one space, compared by pgvector in the server.

A space has a partial index (HNSW) of its own once it is large enough. Where it serves, the server
goes through it in order of distance until enough rows pass; its order is relaxed, so what it gives
is sorted outside that scan, by the exact score and then by id: sorted inside, the index could not
be used. Where few rows can pass, or very many are wanted, all that can pass are compared.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    literal_column,
    select,
    text,
)
from sqlalchemy.types import UserDefinedType

from mindseye.stores.base import Problem, Selection
from mindseye.stores.filters import where
from mindseye.stores.schema import frames, photos, vectors
from mindseye.stores.sql.catalog import SqlCatalog
from mindseye.stores.sql.compared import ComparedVectors
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.session import Session, repeatable
from mindseye.types import EmbeddingSpace, Ids, Matches, Vectors

_log = logging.getLogger(__name__)

LEAST_INDEXED: Final = 5_000
"""A space of so many vectors is indexed: fewer are compared one by one within milliseconds."""

_MOST_DIMENSIONS: Final = 4_000
"""pgvector indexes no longer rows of `halfvec`."""

_MOST_BY_INDEX: Final = 1_000
"""Of more matches than this the index would have to be read in large parts: all are compared."""

_LISTED: Final = 2_000
"""So many frames are compared one by one within milliseconds; where more pass, the index serves."""

_EXPLORED: Final = 400
"""So many rows the server explores at a time at least: fewer find less, more take longer."""

_MOST_EXPLORED: Final = 1_000
"""pgvector explores no more at a time; it goes on from there."""

_SPARE: Final = 3
"""How many times more matches are asked for than needed: behind a filter the index goes on in
batches, of which a later one may hold better matches than an earlier one."""

_BUILDERS: Final = 0x6D696E64
"""The first half of the advisory lock of whoever makes an index; the space is the other half."""

_GRAPH: Final = "WITH (m = 24, ef_construction = 200)"
"""With the defaults (16, 64) words found 0.93 of the best ten of 100,000 photos, so 0.99."""

_ROW_OVERHEAD: Final = 800
_MOST_MEMORY: Final = 2 << 30
"""Bytes that a row of the index takes beside its values while it is made, and bytes for all."""


class Pgvector(UserDefinedType[Any]):
    """A type of pgvector with its number of dimensions, to cast to."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        """The type as SQL names it."""
        return self.name


_ROW: Final[ColumnElement[Any]] = literal_column("vectors.vector")
_QUERY: Final = bindparam("query", type_=Text)


def _passing(chosen: Selection) -> ColumnElement[bool]:
    """Whether the photo of a frame is among those chosen and may be shown."""
    passing: ColumnElement[bool] = photos.c.missing_since.is_(None)
    if chosen.filter is not None:
        passing &= where(chosen.filter, chosen.now)
    if chosen.within is not None:
        passing &= one_of(frames.c.id, chosen.within.tolist())
    return passing


def _visible_frames(passing: ColumnElement[bool]) -> Select[int]:
    return select(frames.c.id).join(photos, photos.c.id == frames.c.photo_id).where(passing)


def _owned() -> Select[Any]:
    """Vectors beside their frames and photos."""
    both = vectors.join(frames, frames.c.id == vectors.c.frame_id)
    return select().select_from(both.join(photos, photos.c.id == frames.c.photo_id))


def _matches(connection: Connection, best: Select[int, float], given: Mapping[str, Any]) -> Matches:
    rows = connection.execute(best, given).all()
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    return Matches(ids, np.array([row[1] for row in rows], dtype=np.float32))


def _distance(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[float]:
    """The negative of the scalar product: of unit rows the nearest have the least."""
    return one.op("<#>", return_type=Float())(other)


class PostgresVectors(ComparedVectors):
    """The vectors of one space; safe for several threads."""

    def __init__(
        self, session: Session, catalog: SqlCatalog, space: tuple[int, EmbeddingSpace]
    ) -> None:
        super().__init__(session, catalog, space)
        self._indexed = False
        self._index = f"ix_vectors_space_{self._space_id}"
        self._halves = Pgvector(f"halfvec({self._space.dim})")
        self._floats = Pgvector(f"vector({self._space.dim})")

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
        """The `k` best frames for one query `(1, dim)` among the photos chosen.

        The index serves where it is, and where more can pass than are quickly compared: how many
        pass is found out by listing the first of them, for the server's own guess may be far off.
        """
        self._check(query)
        passing = _passing(chosen)
        given = self._given(query[0], k)
        with self._session.read() as connection:
            if k > _MOST_BY_INDEX or not self._has_index(connection):
                return _matches(connection, self.compared(passing), given)
            if chosen.filter is not None or chosen.within is not None:
                first = _visible_frames(passing).limit(_LISTED + 1)
                few = connection.execute(first).scalars().all()
                if len(few) <= _LISTED:
                    return _matches(connection, self.listed(few), given)
            explored = min(max(_EXPLORED, 2 * given["asked"]), _MOST_EXPLORED)
            connection.execute(_BY_INDEX, {"rows": str(explored)})
            found = _matches(connection, self.by_index(passing), given)
            if len(found) == k:
                return found
            # The index may end before enough is found; what is compared row by row does not.
            return _matches(connection, self.compared(passing), given)

    def refresh(self) -> None:
        """Make the index of a space that has grown large enough for one."""
        self._count_anew()
        large = len(self) >= LEAST_INDEXED and self._space.dim <= _MOST_DIMENSIONS
        if large and not self._is_indexed():
            self._make_index()

    def check(self, *, repair: bool) -> Iterator[Problem]:
        """Whether the index is whole; one that is not is made anew."""
        if self._whole() is False:
            if repair:
                self.refresh()
            yield Problem(
                f"the index of {self._space.encoder} is not whole",
                mended=repair and self._is_indexed(),
            )

    def drop(self) -> None:
        """Remove the index."""
        self._indexed = False
        with self._session.write() as connection:
            connection.execute(text(f"DROP INDEX IF EXISTS {self._index}"))

    def by_index(self, passing: ColumnElement[bool]) -> Select[int, float]:
        """The best rows that pass, found by way of the index."""
        return self._best(cast(_ROW, self._halves), _owned().where(passing))

    def compared(self, passing: ColumnElement[bool]) -> Select[int, float]:
        """The best of all rows that pass; in the form of the column itself no index serves."""
        return self._best(_ROW, _owned().where(passing))

    def listed(self, frame_ids: Sequence[int]) -> Select[int, float]:
        """The best rows of these frames, which are known to pass."""
        return self._best(_ROW, select().where(one_of(vectors.c.frame_id, frame_ids)))

    def _given(self, query: NDArray[np.float32], k: int) -> dict[str, Any]:
        """The parameters of a statement."""
        row = f"[{','.join(map(repr, query.tolist()))}]"
        return {"query": row, "asked": _SPARE * k + 10, "k": k}

    def _best(self, row: ColumnElement[Any], rows: Select[Any]) -> Select[int, float]:
        """The rows nearest to the query by `row`; their exact scores are sorted outside."""
        exact = -_distance(cast(_ROW, self._floats), cast(_QUERY, self._floats))
        near = (
            rows.add_columns(vectors.c.frame_id, exact.label("score"))
            # Not a parameter: else the partial index would not be recognised.
            .where(vectors.c.space_id == literal_column(str(self._space_id)))
            .order_by(_distance(row, cast(_QUERY, self._halves)))
            .limit(bindparam("asked", type_=Integer))
            .subquery()
        )
        return (
            select(near.c.frame_id, near.c.score)
            .order_by(near.c.score.desc(), near.c.frame_id)
            .limit(bindparam("k", type_=Integer))
        )

    def _insert(
        self, connection: Connection, frame_ids: Sequence[int], rows: NDArray[np.float16]
    ) -> None:
        """Write rows of frames that have none, in one stream of binary rows."""
        stream(connection, rows, space_id=self._space_id, frame_id=frame_ids)

    def _is_indexed(self) -> bool:
        return bool(self._whole())

    @repeatable
    def _whole(self) -> bool | None:
        """Whether the index is whole, None where there is none."""
        with self._session.read() as connection:
            whole: bool | None = connection.execute(_WHOLE, {"name": self._index}).scalar()
            return whole

    def _has_index(self, connection: Connection) -> bool:
        if not self._indexed:
            self._indexed = bool(connection.execute(_WHOLE, {"name": self._index}).scalar())
        return self._indexed

    def _make_index(self) -> None:
        """Make the index while others read and write, unless somebody does or the role may not."""
        dim = self._space.dim
        memory = min(len(self) * (2 * dim + _ROW_OVERHEAD), _MOST_MEMORY) >> 10
        mine = {"builders": _BUILDERS, "space": self._space_id}
        with self._session.mapped(), self._session.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT", postgresql_readonly=False)
            if not connection.execute(_OWNS).scalar():
                _log.warning("the index of %s is left to the owner of the tables", self._space)
                return
            if not connection.execute(_TAKE, mine).scalar():
                return
            try:
                connection.execute(text("SET statement_timeout = 0"))
                connection.execute(text(f"SET maintenance_work_mem = {max(memory, 65_536)}"))
                connection.execute(text(f"DROP INDEX IF EXISTS {self._index}"))
                connection.execute(
                    text(
                        f"CREATE INDEX CONCURRENTLY {self._index} ON vectors"
                        f" USING hnsw ((vector::halfvec({dim})) halfvec_ip_ops) {_GRAPH}"
                        f" WHERE space_id = {self._space_id}"
                    )
                )
                connection.execute(text("ANALYZE vectors"))
            finally:
                connection.execute(_GIVE, mine)
                # Its settings are not those of other connections.
                connection.invalidate()


_WHOLE: Final = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
_OWNS: Final = text(
    "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'vectors'::regclass"
)
_TAKE: Final = text("SELECT pg_try_advisory_lock(:builders, :space)")
_GIVE: Final = text("SELECT pg_advisory_unlock(:builders, :space)")
_BY_INDEX: Final = text(
    # The server thinks sorting cheaper than it is, where a filter passes more than it guesses.
    "SELECT set_config('hnsw.ef_search', :rows, true), set_config('enable_sort', 'off', true)"
)


def copy_vectors(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of `vectors` with their ids, as they come out of another database."""
    by_length = groupby(sorted(rows, key=_length), key=_length)
    for _, alike in by_length:
        some = list(alike)
        values = np.stack([np.frombuffer(row["vector"], "<f2") for row in some])
        known = {name: [row[name] for row in some] for name in ("id", "space_id", "frame_id")}
        stream(connection, values, **known)


def _length(row: Mapping[str, Any]) -> int:
    return len(row["vector"])


def stream(
    connection: Connection, rows: NDArray[np.float16], **columns: int | Sequence[int]
) -> None:
    """Write rows of `vectors` by binary COPY: each field with its length, big end first."""
    dim = rows.shape[1]
    numbers = [part for name in columns for part in ((f"{name}_length", ">i4"), (name, ">i8"))]
    halves = [("length", ">i4"), ("dim", ">i2"), ("unused", ">i2"), ("row", ">f2", (dim,))]
    packed = np.zeros(len(rows), dtype=[("fields", ">i2"), *numbers, *halves])
    packed["fields"], packed["length"] = len(columns) + 1, 4 + 2 * dim
    packed["dim"], packed["row"] = dim, rows
    for name, values in columns.items():
        packed[f"{name}_length"], packed[name] = 8, values
    driver = connection.connection.driver_connection
    assert driver is not None, "the connection is open"
    into = f"COPY vectors ({', '.join(columns)}, vector) FROM STDIN (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + packed.tobytes() + b"\xff\xff")
