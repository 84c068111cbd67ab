"""The index that pgvector searches the vectors of one space by: a graph (HNSW) of its own."""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import Connection, text

from mindseye.stores.sql.session import Session, repeatable
from mindseye.types import EmbeddingSpace

_log = logging.getLogger(__name__)

_BUILDERS: Final = 0x6D696E64
"""The first half of the advisory lock of whoever makes an index; the space is the other half."""

_GRAPH: Final = "WITH (m = 24, ef_construction = 200)"
"""With the defaults (16, 64) words found 0.93 of the best ten of 100,000 photos, so 0.99."""

_ROW_OVERHEAD: Final = 1_050
_LEAST_MEMORY: Final = 64 << 20
_MOST_MEMORY: Final = 2 << 30
"""Bytes that a row of the index takes beside its values while it is made (1,010 with m = 24, by how
many rows fitted), and bytes for all, unless the server gives more by itself. Rows that do not fit
are put in one by one, which takes longer."""


class Graph:
    """The index of one space; it belongs to the owner of the tables."""

    def __init__(self, session: Session, space_id: int, space: EmbeddingSpace) -> None:
        self._session = session
        self._space_id = space_id
        self._space = space
        self.name = f"ix_vectors_space_{space_id}"

    @repeatable
    def whole(self) -> bool | None:
        """Whether the index is whole, None where there is none."""
        with self._session.read() as connection:
            whole: bool | None = connection.execute(_WHOLE, {"name": self.name}).scalar()
            return whole

    def rows(self, connection: Connection) -> int:
        """About how many rows a whole index holds, at least 1; 0 where there is no such index."""
        rows = connection.execute(_INDEXED, {"name": self.name}).scalar()
        return 0 if rows is None else max(int(rows), 1)

    def make(self, count: int) -> None:
        """Make the index of so many rows, while others read and write.

        Nothing is done if somebody else does it, or the role may not.
        """
        needed = count * (2 * self._space.dim + _ROW_OVERHEAD)
        memory = min(max(needed, _LEAST_MEMORY), _MOST_MEMORY) >> 10
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
                connection.execute(_GIVE_MEMORY, {"kilobytes": memory})
                connection.execute(text(f"DROP INDEX IF EXISTS {self.name}"))
                connection.execute(
                    text(
                        f"CREATE INDEX CONCURRENTLY {self.name} ON vectors"
                        f" USING hnsw ((vector::halfvec({self._space.dim})) halfvec_ip_ops)"
                        f" {_GRAPH} WHERE space_id = {self._space_id}"
                    )
                )
                connection.execute(text("ANALYZE vectors"))
            finally:
                connection.execute(_GIVE, mine)
                # Its settings are not those of other connections.
                connection.invalidate()

    def drop(self) -> None:
        """Remove the index, if there is one."""
        with self._session.write() as connection:
            connection.execute(text(f"DROP INDEX IF EXISTS {self.name}"))


_WHOLE: Final = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
_OWNS: Final = text(
    "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'vectors'::regclass"
)
_GIVE_MEMORY: Final = text(
    "SELECT set_config('maintenance_work_mem', greatest(CAST(:kilobytes AS bigint),"
    " pg_size_bytes(current_setting('maintenance_work_mem')) / 1024) || 'kB', false)"
)
_TAKE: Final = text("SELECT pg_try_advisory_lock(:builders, :space)")
_GIVE: Final = text("SELECT pg_advisory_unlock(:builders, :space)")
_INDEXED: Final = text(
    "SELECT reltuples FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
    " WHERE indisvalid AND indexrelid = to_regclass(:name)"
)
"""How many rows a whole index holds, as the server remembers it."""
