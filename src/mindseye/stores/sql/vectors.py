"""The vectors of one space as rows of a table: what is asked of them without comparing any."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, and_, func, select

from mindseye.errors import EncoderError, SpaceMismatch, VectorSearchUnsupported
from mindseye.query.model import Filter
from mindseye.stores.base import Problem, Selection, VectorTable
from mindseye.stores.filters import where
from mindseye.stores.schema import frames, photos, vectors
from mindseye.stores.sql.catalog import SqlCatalog
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.session import Session, repeatable
from mindseye.types import EmbeddingSpace, Ids, Matches, Photo, Vectors


class SqlVectors(VectorTable):
    """The vectors of one space; subclasses say how they are compared."""

    def __init__(
        self, session: Session, catalog: SqlCatalog, space: tuple[int, EmbeddingSpace]
    ) -> None:
        self._session = session
        self._catalog = catalog
        self._space_id, self._space = space
        self._mine = vectors.c.space_id == self._space_id

    @property
    def space(self) -> EmbeddingSpace:
        """The space these vectors live in."""
        return self._space

    @repeatable
    def get(self, frame_ids: Sequence[int]) -> tuple[Ids, Vectors]:
        """The vectors of those of these frames that have one, as (ids, unit rows)."""
        listed = select(vectors.c.frame_id, vectors.c.vector).where(
            vectors.c.space_id == self._space_id,
            one_of(vectors.c.frame_id, frame_ids),
        )
        with self._session.read() as connection:
            rows = connection.execute(listed).all()
        ids = np.array([frame for frame, _ in rows], dtype=np.int64)
        return ids, self._unpacked([row for _, row in rows])

    @repeatable
    def waiting(
        self, limit: int, after: int = 0, of: Filter | None = None
    ) -> list[tuple[int, Photo]]:
        """Frames without a vector in this space (of photos not missing), by id, after `after`."""
        with self._session.read() as connection:
            listed = self._unencoded(of).where(frames.c.id > after)
            ids = connection.execute(listed.order_by(frames.c.id).limit(limit)).scalars().all()
        owners = self._catalog.of_frames(ids)
        return [(frame, owners[frame]) for frame in ids if frame in owners]

    @repeatable
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
            vectors.delete().where(self._mine, one_of(vectors.c.frame_id, frame_ids))
        )
        if len(stored):
            self._insert(connection, frame_ids, stored)

    def filtered(self, query: Vectors, k: int, chosen: Selection) -> Matches:
        """Raises `VectorSearchUnsupported`, unless a database says that it can."""
        del query, k, chosen
        raise VectorSearchUnsupported(
            "vectors and photos are not looked through together in this database",
            hint="`mindseye store check` says why",
        )

    def probed(self, query: Vectors, count: int, chosen: Selection) -> tuple[Matches, bool]:
        """Of the `count` nearest frames those of photos chosen, and whether these are all."""
        [found] = self.search(query, count)
        if chosen.filter is None:
            return found, len(found) < count
        passing = self._catalog.matching(chosen.filter, chosen.now, found.ids)
        kept = np.flatnonzero(np.isin(found.ids, passing))
        return Matches(found.ids[kept], found.scores[kept]), len(found) < count

    @abstractmethod
    def check(self, *, repair: bool) -> Iterator[Problem]:
        """Look for what must not be in that by which the vectors are compared."""

    @abstractmethod
    def drop(self) -> None:
        """Remove what was made of the vectors, after they and their space are gone."""

    @abstractmethod
    def close(self) -> None:
        """Let go of files."""

    def _insert(
        self, connection: Connection, frame_ids: Sequence[int], rows: NDArray[np.float16]
    ) -> None:
        """Write rows of frames that have none."""
        connection.execute(
            vectors.insert(),
            [
                {"space_id": self._space_id, "frame_id": frame, "vector": row.tobytes()}
                for frame, row in zip(frame_ids, rows, strict=True)
            ],
        )

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

    def _unpacked(self, rows: Sequence[bytes]) -> Vectors:
        whole = np.frombuffer(b"".join(rows), dtype=np.float16)
        return whole.reshape(-1, self._space.dim).astype(np.float32)

    def _check(self, rows: Vectors) -> None:
        if rows.ndim != 2 or rows.shape[1] != self._space.dim:
            raise SpaceMismatch(
                f"{self._space.encoder} has vectors of {self._space.dim} dimensions, "
                f"found shape {rows.shape}"
            )
