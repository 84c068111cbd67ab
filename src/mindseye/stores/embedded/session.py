"""Short transactions over one SQLite file, for reading and for writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from mindseye.stores.embedded.database import mapped


@dataclass(frozen=True, slots=True)
class Session:
    """Hands out transactions; failures inside them become errors of the house."""

    engine: Engine
    path: Path

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the library."""
        with mapped(self.path), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is written as a whole or not at all."""
        writer = self.engine.execution_options(writes=True)
        with mapped(self.path), writer.begin() as connection:
            yield connection
