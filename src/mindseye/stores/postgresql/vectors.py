"""The vectors of one space, compared by pgvector in the server.

A space has a partial index (HNSW) of its own once it is large enough. A search first looks at the
nearest rows that little effort finds there, and keeps those that pass. That is enough for a query
as near to some row as rows are to each other, such as a picture; one that is far from all, such as
words, and one behind a filter that few of them pass, takes a second look that goes much further.
Where so few pass in all that they are soon compared, and where too few are found, all that pass are
compared. What the index gives is in relaxed order, so it is sorted outside that scan, by the
exact score and then by id: sorted inside, the index could not be used.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.types import UserDefinedType

from mindseye.stores.base import Problem, Selection
from mindseye.stores.filters import where
from mindseye.stores.postgresql.graph import Graph
from mindseye.stores.postgresql.rows import stream
from mindseye.stores.schema import frames, photos, vectors
from mindseye.stores.sql.catalog import SqlCatalog
from mindseye.stores.sql.compared import ComparedVectors
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.session import Session, repeatable
from mindseye.types import EmbeddingSpace, Ids, Matches, Vectors

LEAST_INDEXED: Final = 5_000
"""A space of so many vectors is indexed: fewer are compared one by one within milliseconds."""

_MOST_DIMENSIONS: Final = 4_000
"""pgvector indexes no longer rows of `halfvec`."""

_MOST_BY_INDEX: Final = 1_000
"""Of more matches than this the index would have to be read in large parts: all are compared."""

_FEW: Final = 500
"""So many frames that pass are found and compared before the index has been looked at once."""

_LISTED: Final = 10_000
"""So many frames are compared one by one sooner than the index is looked through for them."""

_EXPLORED: Final = 400
_EXPLORED_FOR: Final = 100_000
"""So many rows of so many the server explores at a time at least. Of ten times as many it explores
three times as many, for among more rows fewer paths lead to the nearest ones."""

_MOST_EXPLORED: Final = 1_000
"""pgvector explores no more at a time; it goes on from there."""

_FIRST_LOOK: Final = 400
"""So many of the nearest rows are looked at first, where some may not pass a filter; without one,
of those of a second look only so many may be shown."""

_FAR_SHARE: Final = 400
"""The second look is at one row of so many: of a million words find 0.99 of the best ten."""

_LEAST_FAR: Final = 1_000
_MOST_FAR: Final = 10_000
"""The second look is at so many rows at least, and at most."""

_SPARE: Final = 3
"""How many times more matches are asked for than needed: the index goes on in batches, of which a
later one may hold better matches than an earlier one."""

_SAMPLE: Final = 32
"""So many rows tell how near rows are to each other."""


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


def _listed(
    connection: Connection, passing: ColumnElement[bool], most: int
) -> Sequence[int] | None:
    """The frames that pass, None if they are more than `most`."""
    # Planned as if all were wanted: a limit lets the server hope to come upon some by chance.
    every = select(frames.c.id).join(photos).where(passing).cte().prefix_with("MATERIALIZED")
    first = select(every.c.id).limit(most + 1)
    connection.execute(_BY_KEYS, {"scans": "off"})
    found = connection.execute(first).scalars().all()
    connection.execute(_BY_KEYS, {"scans": "on"})
    return None if len(found) > most else found


def _owned() -> Select[Any]:
    """Vectors beside their frames and photos."""
    both = vectors.join(frames, frames.c.id == vectors.c.frame_id)
    return select().select_from(both.join(photos, photos.c.id == frames.c.photo_id))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a look at the index found: the best that pass, and what tells whether they are."""

    found: Matches
    nearest: float
    """The best score of all rows looked at, whether or not they pass."""

    passed: int
    """How many of them pass."""


def _matches(connection: Connection, best: Select[int, float], given: Mapping[str, Any]) -> Matches:
    return _as_matches(connection.execute(best, given).all())


def _as_matches(rows: Sequence[Any]) -> Matches:
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
        self._indexed = 0
        self._nearness: float | None = None
        self.graph = Graph(session, self._space_id, self._space)
        frame = vectors.c.frame_id
        self._ends = select(func.min(frame), func.max(frame)).where(self._mine)
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
        """The `k` best frames for one query `(1, dim)` among the photos chosen."""
        self._check(query)
        passing = _passing(chosen)
        given = self._given(query[0], k)
        with self._session.read() as connection:
            if k > _MOST_BY_INDEX or not self._has_index(connection):
                return _matches(connection, self.compared(passing), given)
            all_pass = chosen.filter is None and chosen.within is None
            if not all_pass and (few := _listed(connection, passing, _FEW)) is not None:
                return _matches(connection, self.listed(few), given)
            first = given["asked"] if all_pass else max(given["asked"], _FIRST_LOOK)
            given |= {"looked": first, "kept": first}
            seen = self._look(connection, passing, given)
            if len(seen.found) == k and seen.nearest >= self._least_near(connection):
                return seen.found
            narrow = not all_pass and seen.passed * self._indexed <= 2 * _LISTED * first
            if narrow and (some := _listed(connection, passing, _LISTED)) is not None:
                return _matches(connection, self.listed(some), given)
            looked = max(first, min(max(self._indexed // _FAR_SHARE, _LEAST_FAR), _MOST_FAR))
            given |= {"looked": looked, "kept": max(first, _FIRST_LOOK) if all_pass else looked}
            seen = self._look(connection, passing, given)
            if len(seen.found) == k:
                return seen.found
            # The index may end before enough is found; what is compared row by row does not.
            return _matches(connection, self.compared(passing), given)

    def refresh(self) -> None:
        """Make the index of a space that has grown large enough for one."""
        self._count_anew()
        large = len(self) >= LEAST_INDEXED and self._space.dim <= _MOST_DIMENSIONS
        if large and not self._is_indexed():
            self.graph.make(len(self))

    def check(self, *, repair: bool) -> Iterator[Problem]:
        """Whether the index is whole; one that is not is made anew."""
        if self.graph.whole() is False:
            if repair:
                self.refresh()
            yield Problem(
                f"the index of {self._space.encoder} is not whole",
                mended=repair and self._is_indexed(),
            )

    def drop(self) -> None:
        """Remove the index."""
        self._indexed = 0
        self.graph.drop()

    def by_index(self, passing: ColumnElement[bool]) -> Select[int, float, float, int]:
        """Of the nearest rows that the index finds the best that pass.

        Beside each stand the best score of all of these rows, and how many of them pass.
        """
        rows = self._nearest(cast(_ROW, self._halves), select(), "looked").subquery()
        score = rows.c.score
        near = (
            select(rows.c.frame_id, score, func.max(score).over().label("nearest"))
            .order_by(score.desc())
            .limit(bindparam("kept", type_=Integer))
            .subquery()
        )
        return (
            select(near.c.frame_id, near.c.score, near.c.nearest, func.count().over())
            .select_from(near.join(frames, frames.c.id == near.c.frame_id).join(photos))
            .where(passing)
            .order_by(near.c.score.desc(), near.c.frame_id)
            .limit(bindparam("k", type_=Integer))
        )

    def compared(self, passing: ColumnElement[bool]) -> Select[int, float]:
        """The best of all rows that pass; in the form of the column itself no index serves."""
        return self._best(_ROW, _owned().where(passing))

    def listed(self, frame_ids: Sequence[int]) -> Select[int, float]:
        """The best rows of these frames, which are known to pass."""
        return self._best(_ROW, select().where(one_of(vectors.c.frame_id, frame_ids)))

    def _given(self, query: NDArray[np.float32], k: int) -> dict[str, Any]:
        """The parameters of a statement."""
        row = ",".join(f"{value:.9g}" for value in query.tolist())
        return {"query": f"[{row}]", "asked": _SPARE * k + 10, "k": k}

    def _nearest(self, row: ColumnElement[Any], rows: Select[Any], count: str) -> Select[Any]:
        """Among these the rows nearest to the query by `row`, with their exact scores."""
        exact = -_distance(cast(_ROW, self._floats), cast(_QUERY, self._floats))
        return (
            rows.add_columns(vectors.c.frame_id, exact.label("score"))
            # Not a parameter: else the partial index would not be recognised.
            .where(vectors.c.space_id == literal_column(str(self._space_id)))
            .order_by(_distance(row, cast(_QUERY, self._halves)))
            .limit(bindparam(count, type_=Integer))
        )

    def _best(self, row: ColumnElement[Any], rows: Select[Any]) -> Select[int, float]:
        """The rows nearest to the query by `row`, sorted outside by their exact scores."""
        near = self._nearest(row, rows, "asked").subquery()
        return (
            select(near.c.frame_id, near.c.score)
            .order_by(near.c.score.desc(), near.c.frame_id)
            .limit(bindparam("k", type_=Integer))
        )

    def _look(
        self, connection: Connection, passing: ColumnElement[bool], given: Mapping[str, Any]
    ) -> _Seen:
        """What the index finds with an effort that fits the size of the space."""
        grown = int(_EXPLORED * math.sqrt(self._indexed / _EXPLORED_FOR))
        explored = min(max(_EXPLORED, grown, 2 * given["asked"]), _MOST_EXPLORED)
        connection.execute(_EXPLORE, {"rows": str(explored)})
        rows = connection.execute(self.by_index(passing), given).all()
        nearest, passed = (float(rows[0][2]), int(rows[0][3])) if rows else (-math.inf, 0)
        return _Seen(_as_matches(rows), nearest, passed)

    def _least_near(self, connection: Connection) -> float:
        """What a query scores at least that is near to some row.

        Such a one lies between two rows, as far from both as can be.
        """
        if self._nearness is None:
            first, last = connection.execute(self._ends).one()
            wanted = np.unique(np.linspace(first, last, _SAMPLE).astype(np.int64)).tolist()
            some = select(vectors.c.vector).where(self._mine, one_of(vectors.c.frame_id, wanted))
            rows = self._unpacked(connection.execute(some).scalars().all())
            scores = rows @ rows.T
            self._nearness = float(np.sqrt((1 + scores.min(initial=1.0)) / 2))
        return self._nearness

    def _insert(
        self, connection: Connection, frame_ids: Sequence[int], rows: NDArray[np.float16]
    ) -> None:
        """Write rows of frames that have none, in one stream of binary rows."""
        stream(connection, rows, space_id=self._space_id, frame_id=frame_ids)

    def _is_indexed(self) -> bool:
        return bool(self.graph.whole())

    def _has_index(self, connection: Connection) -> bool:
        if not self._indexed:
            self._indexed = self.graph.rows(connection)
        return self._indexed > 0


_BY_KEYS: Final = text(
    # The server would read all photos for a few of them where it cannot guess how few.
    "SELECT set_config('enable_seqscan', :scans, true),"
    " set_config('enable_bitmapscan', :scans, true)"
)
_EXPLORE: Final = text(
    # It would sort all vectors where it thinks that cheaper than it is.
    "SELECT set_config('hnsw.ef_search', :rows, true), set_config('enable_sort', 'off', true)"
)
