"""Short transactions over one database, for reading and for writing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from mindseye.errors import StoreError, StoreUnavailable
from mindseye.stores.sql.words import Words

_log = logging.getLogger(__name__)

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class BrokenOff(StoreUnavailable):
    """A connection was lost in the middle of a read, of which nothing was given to anybody."""


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
        """A transaction that sees one state of the library.

        Raises `BrokenOff` where the connection is lost; functions that are `repeatable` ask again.
        """
        try:
            with self.mapped(), self.engine.connect() as connection, connection.begin():
                yield connection
        except StoreError as error:
            if isinstance(error.__cause__, DBAPIError) and error.__cause__.connection_invalidated:
                raise BrokenOff(error.message, hint=error.hint) from error.__cause__
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is written as a whole or not at all."""
        with self.mapped(), self.writer.begin() as connection:
            yield connection


def repeatable(read: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Let a read that lost its connection be asked once more, on a fresh one.

    For functions that write nothing and give what they read as a whole: whoever wrote cannot know
    whether it was written, and who was given a part would be given it twice.
    """

    @wraps(read)
    def asked(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        try:
            return read(*args, **kwargs)
        except BrokenOff as error:
            _log.warning("a read is asked again: %s", error)
        try:
            return read(*args, **kwargs)
        except BrokenOff as error:
            # Whoever called this one shall not ask for the third and the fourth time.
            raise StoreUnavailable(error.message, hint=error.hint) from error

    return asked
