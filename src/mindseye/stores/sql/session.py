"""Short transactions over one database, for reading and for writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from mindseye.stores.sql.words import Words


@dataclass(frozen=True, slots=True)
class Session:
    """Hands out transactions; failures inside them become errors of the house.

    `writer` is the same engine with other options: its transactions hold off all others that write.
    """

    engine: Engine
    writer: Engine
    mapped: Callable[[], AbstractContextManager[None]]
    words: Words

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the library."""
        with self.mapped(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is written as a whole or not at all."""
        with self.mapped(), self.writer.begin() as connection:
            yield connection
