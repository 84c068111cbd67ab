"""Files go into the decode pool well ahead of their use and come out in order of completion."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event
from typing import Generic, TypeVar

from mindseye.errors import MediaError
from mindseye.ingest.pool import DecodePool
from mindseye.media.take import Taken

T = TypeVar("T")

_POLL_SECONDS = 0.1
"""How soon a cancel is noticed while nothing else happens."""


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """A file to take (`path`), the digests that need no decoding, and whose it is (`item`)."""

    item: T
    path: str
    digests: frozenset[str] = frozenset()


@dataclass(slots=True)
class DecodeStream(Generic[T]):
    """Runs jobs through a pool with at most `ahead` of them in memory at once."""

    pool: DecodePool
    ahead: int
    cancel: Event
    _again: deque[Job[T]] = field(default_factory=deque)
    _done: SimpleQueue[tuple[Job[T], Future[Taken]]] = field(default_factory=SimpleQueue)

    def retry(self, job: Job[T]) -> None:
        """Take this file once more before the next new one."""
        self._again.append(job)

    def run(self, jobs: Iterator[Job[T] | None]) -> Iterator[tuple[Job[T], Taken | MediaError]]:
        """Outcomes of all jobs; a None among the jobs says that none is ready right now.

        Ends early, leaving running jobs to the pool, when `cancel` is set.
        """
        running, ended = 0, False
        while not self.cancel.is_set():
            while running < self.ahead and not (ended and not self._again):
                job, ended = self._next(jobs, ended)
                if job is None:
                    break
                self._submit(job)
                running += 1
            if not running and ended and not self._again:
                return
            try:
                job, future = self._done.get(timeout=_POLL_SECONDS)
            except Empty:
                continue
            running -= 1
            yield job, self.pool.outcome(job.path, future)

    def _next(self, jobs: Iterator[Job[T] | None], ended: bool) -> tuple[Job[T] | None, bool]:
        if self._again:
            return self._again.popleft(), ended
        try:
            return next(jobs), ended
        except StopIteration:
            return None, True

    def _submit(self, job: Job[T]) -> None:
        future = self.pool.submit(job.path, job.digests)
        future.add_done_callback(lambda finished: self._done.put((job, finished)))
