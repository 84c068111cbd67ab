"""The PostgreSQL store: the catalog on a server, vectors compared by pgvector."""

from __future__ import annotations

import mindseye.stores.postgresql.expressions  # noqa: F401 - says how PostgreSQL says it
from mindseye.stores.postgresql.store import PostgresStore, open_store

__all__ = ["PostgresStore", "open_store"]
