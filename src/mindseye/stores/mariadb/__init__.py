"""The MariaDB store: the catalog on a server, vectors compared there where it can."""

from __future__ import annotations

import mindseye.stores.mariadb.expressions  # noqa: F401 - says how MariaDB says it
from mindseye.stores.mariadb.store import MariaStore, open_store

__all__ = ["MariaStore", "open_store"]
