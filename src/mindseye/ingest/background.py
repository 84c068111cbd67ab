"""A lazy iterator runs in a thread of its own, a bounded number of items ahead of its reader."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

_POLL_SECONDS = 0.1


class Background(Generic[T]):
    """Reads `source` ahead in a thread; an exception in it is raised again by the reader.

    Iterating gives the items, and None whenever none is ready yet; `close` stops the thread.
    """

    def __init__(self, source: Iterator[T], ahead: int) -> None:
        self._queue: Queue[T] = Queue(maxsize=ahead)
        self._stop = Event()
        self._error: BaseException | None = None
        self.ended = Event()
        self._thread = Thread(target=self._read, args=(source,), name="survey", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T | None]:
        while True:
            ended = self.ended.is_set()
            try:
                yield self._queue.get_nowait()
            except Empty:
                if ended:
                    break
                yield None
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Stop reading and wait for the thread."""
        self._stop.set()
        self._thread.join()

    def _read(self, source: Iterator[T]) -> None:
        try:
            for item in source:
                if not self._offer(item):
                    return
        except BaseException as error:  # noqa: BLE001 (handed to the reader, not swallowed)
            self._error = error
        finally:
            self.ended.set()

    def _offer(self, item: T) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=_POLL_SECONDS)
            except Full:
                continue
            return True
        return False
