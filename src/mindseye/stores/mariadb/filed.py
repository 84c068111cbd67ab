"""The vectors of one space, compared through files although the server could compare them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from mindseye.stores.mariadb.compared_table import ComparedTable
from mindseye.stores.sql.catalog import SqlCatalog
from mindseye.stores.sql.indexed import IndexedVectors
from mindseye.stores.sql.session import Session
from mindseye.types import EmbeddingSpace


class FiledVectors(IndexedVectors):
    """Rows of float16, and no more unless others let the server compare them."""

    def __init__(
        self,
        session: Session,
        catalog: SqlCatalog,
        space: tuple[int, EmbeddingSpace],
        folder: Path,
    ) -> None:
        super().__init__(session, catalog, space, folder)
        self._compared = ComparedTable(session, self._space_id, self._space.dim)

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
