"""The vectors of one space, compared through files although the server could compare them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from mindseye.stores.mariadb.compared_table import ComparedTable
from mindseye.stores.sql.indexed import IndexedVectors


class FiledVectors(IndexedVectors):
    """Rows of float16, and no more unless others let the server compare them."""

    @cached_property
    def _compared(self) -> ComparedTable:
        return ComparedTable(self._session, self._space_id, self._space.dim)

    def drop(self) -> None:
        """Remove the index files, and what the server compares."""
        super().drop()
        self._compared.drop()

    def _insert(
        self, connection: Connection, frame_ids: Sequence[int], rows: NDArray[np.float16]
    ) -> None:
        """Write rows of frames that have none; those who let the server compare them find them."""
        super()._insert(connection, frame_ids, rows)
        if self._compared.is_there():
            self._compared.write(connection, frame_ids, rows)
