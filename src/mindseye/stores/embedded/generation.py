"""Whether anything was written to a SQLite file, whoever wrote it."""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path
from threading import Lock

from mindseye.stores.embedded.database import mapped


class Generation:
    """A text that is another one after every commit to a file, of this or any other process.

    `PRAGMA data_version` changes on one connection whenever another one has committed, so a
    connection is kept that never writes. The text says nothing across two objects.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start = secrets.token_hex(4)
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def __call__(self) -> str:
        """The generation now."""
        with self._lock, mapped(self._path):
            if self._connection is None:
                self._connection = sqlite3.connect(
                    self._path, isolation_level=None, check_same_thread=False
                )
            [version] = self._connection.execute("PRAGMA data_version").fetchone()
        return f"{self._start}-{version}"

    def close(self) -> None:
        """Release the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
