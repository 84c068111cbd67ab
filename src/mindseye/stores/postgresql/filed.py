"""The vectors of one space, compared through files although pgvector could compare them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, func

from mindseye.stores.postgresql.graph import Graph
from mindseye.stores.postgresql.rows import stream
from mindseye.stores.schema import vectors
from mindseye.stores.sql.indexed import IndexedVectors


class FiledVectors(IndexedVectors):
    """Rows of `halfvec` that others may let the server compare."""

    def drop(self) -> None:
        """Remove the index files, and the index of those who let the server compare."""
        super().drop()
        Graph(self._session, self._space_id, self._space).drop()

    def _is_whole(self) -> ColumnElement[bool]:
        return func.vector_dims(vectors.c.vector) == self._space.dim

    def _insert(
        self, connection: Connection, frame_ids: Sequence[int], rows: NDArray[np.float16]
    ) -> None:
        """Write rows of frames that have none, in one stream of binary rows."""
        stream(connection, rows, space_id=self._space_id, frame_id=frame_ids)
