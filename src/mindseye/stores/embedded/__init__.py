"""The embedded store: SQLite beside an index in files; no server, one folder."""

from __future__ import annotations

from mindseye.stores.embedded.store import EmbeddedStore, open_store

__all__ = ["EmbeddedStore", "open_store"]
