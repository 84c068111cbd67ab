"""The table in which MariaDB compares the vectors of one space: they stand there once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, column, table, text

from mindseye.stores.mariadb.database import unbounded
from mindseye.stores.schema import Id
from mindseye.stores.sql.session import Session, repeatable


class ComparedTable:
    """Rows of the type VECTOR, by their frames; what they hold follows from the table `vectors`."""

    def __init__(self, session: Session, space_id: int, dim: int) -> None:
        self._session = session
        self._dim = dim
        self.name = f"vectors_of_space_{space_id}"
        self.columns = table(self.name, column("frame_id", Id), column("embedding"))

    @repeatable
    def is_there(self) -> bool:
        """Whether the table was made."""
        with self._session.read() as connection:
            return connection.execute(_TABLE, {"name": self.name}).first() is not None

    def make(self) -> None:
        """Make the table, which ends any transaction."""
        with self._session.mapped(), unbounded(self._session.engine).connect() as connection:
            connection.execute(
                text(
                    f"CREATE TABLE IF NOT EXISTS {self.name} (frame_id BIGINT PRIMARY KEY,"
                    f" embedding VECTOR({self._dim}) NOT NULL) ENGINE=InnoDB"
                )
            )

    def write(
        self, connection: Connection, frame_ids: Sequence[int], rows: NDArray[np.float16]
    ) -> None:
        """Write rows, over those of the same frames."""
        written = rows.astype("<f4")
        connection.execute(
            text(
                f"INSERT INTO {self.name} (frame_id, embedding) VALUES (:frame, :row)"  # noqa: S608
                " ON DUPLICATE KEY UPDATE embedding = VALUES(embedding)"
            ),
            [
                {"frame": int(frame), "row": row.tobytes()}
                for frame, row in zip(frame_ids, written, strict=True)
            ],
        )

    def drop(self) -> None:
        """Remove the table with its index."""
        with self._session.mapped(), unbounded(self._session.engine).connect() as connection:
            connection.execute(text(f"DROP TABLE IF EXISTS {self.name}"))


_TABLE: Final = text(
    "SELECT 1 FROM information_schema.tables WHERE table_schema = database() AND table_name = :name"
)
