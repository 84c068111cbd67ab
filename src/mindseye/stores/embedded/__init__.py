"""The embedded store: SQLite beside an index in files; no server, one folder."""

from __future__ import annotations

import mindseye.stores.embedded.expressions  # noqa: F401 - says how SQLite says it
from mindseye.stores.embedded.store import EmbeddedStore, open_store

__all__ = ["EmbeddedStore", "open_store"]
