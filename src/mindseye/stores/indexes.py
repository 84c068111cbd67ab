"""Indexes that are built beside searches: which tables keep one, and who builds it."""

from __future__ import annotations

import logging
from threading import Lock, Thread
from typing import Protocol, runtime_checkable

from mindseye.errors import MindseyeError
from mindseye.index.build import IndexState, Need
from mindseye.stores.base import Store
from mindseye.types import EmbeddingSpace

_log = logging.getLogger(__name__)


@runtime_checkable
class KeepsIndex(Protocol):
    """A table of vectors that is compared through index files of its own."""

    @property
    def space(self) -> EmbeddingSpace:
        """The space of the vectors."""

    def index_state(self, wish: str) -> IndexState:
        """What the index is made of, and what it needs to be as `wish` says."""

    def build_index(self, wish: str, *, anew: bool = False) -> bool:
        """Train and code what is needed, or all of it `anew`; whether anything was done."""


class Builder:
    """Builds what the indexes of a store need, in a thread of its own."""

    def __init__(self, store: Store, wish: str) -> None:
        self._store = store
        self._wish = wish
        self._thread: Thread | None = None
        self._lock = Lock()

    def tables(self) -> list[KeepsIndex]:
        """The tables that keep an index; none where the database compares vectors."""
        known = [self._store.vectors(info.space) for info in self._store.spaces()]
        return [table for table in known if isinstance(table, KeepsIndex)]

    def start(self) -> bool:
        """Begin where an index needs something and nothing is being built; whether it did."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return False
            due = [table for table in self.tables() if self._is_due(table)]
            if not due:
                return False
            # A daemon: who interrupts the program twice does not wait, and loses only the build.
            self._thread = Thread(target=self._run, args=(due,), name="index", daemon=True)
            self._thread.start()
            return True

    def wait(self) -> None:
        """Return when nothing is being built any more."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _is_due(self, table: KeepsIndex) -> bool:
        return table.index_state(self._wish).need is not Need.NOTHING

    def _run(self, tables: list[KeepsIndex]) -> None:
        for table in tables:
            try:
                table.build_index(self._wish)
            except MindseyeError as error:
                # Nobody waits for this thread: searches go on with the index as it was.
                _log.warning("the index of %s was not built: %s", table.space.encoder, error)
