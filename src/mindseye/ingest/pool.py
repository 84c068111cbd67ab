"""Decoding in processes of their own: a crash, a bomb or a hang costs one file, not the run."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from threading import Event

from pebble import ProcessExpired, ProcessPool

from mindseye.errors import CorruptMedia, MediaError, MediaTooLarge
from mindseye.ingest.options import DecodeBudget
from mindseye.media.base import DecodeLimits
from mindseye.media.take import Taken, take

_TASKS_BEFORE_RENEWAL = 5000
"""A worker is replaced after so many files: codecs leak, and an ingest may run for days."""

_START = "spawn"
"""How workers are started: forked they would copy the parent's encoder threads and locks."""

_POLITENESS = 10
"""How far decoders step back behind the encoder; 3 to 9 % more pictures a second on two cores."""


class DecodePool:
    """Takes files in worker processes, each bounded in time and memory."""

    def __init__(self, budget: DecodeBudget) -> None:
        self._budget = budget
        self.workers = budget.workers or os.cpu_count() or 1
        self._pool = ProcessPool(
            max_workers=self.workers,
            max_tasks=_TASKS_BEFORE_RENEWAL,
            initializer=_prepare_worker,
            initargs=(budget.memory,),
            context=multiprocessing.get_context(_START),
        )

    def submit(self, path: str, digests: frozenset[str]) -> Future[Taken]:
        """Start taking one file; `outcome` gives what came of it."""
        future: Future[Taken] = self._pool.schedule(
            _take, args=(path, self._budget.limits, digests), timeout=self._budget.seconds
        )
        return future

    def outcome(self, path: str, future: Future[Taken]) -> Taken | MediaError:
        """What became of a finished file; whatever broke its process is said in the error."""
        try:
            return future.result()
        except MediaError as error:
            return error
        except FutureTimeout:
            return MediaTooLarge(path, f"decoding took more than {self._budget.seconds:g} seconds")
        except ProcessExpired as error:
            return CorruptMedia(
                path, f"the decoder crashed on this file (exit code {error.exitcode})"
            )
        except MemoryError:
            return MediaTooLarge(path, f"decoding needs more than {self._budget.memory} MiB")
        except CancelledError:
            return CorruptMedia(path, "decoding was cancelled")

    def close(self, *, at_once: bool = False) -> None:
        """Wait for what is running, or stop it where it stands."""
        if at_once:
            self._pool.stop()  # type: ignore[no-untyped-call]
        else:
            self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()


@contextmanager
def decode_pool(budget: DecodeBudget, cancel: Event) -> Iterator[DecodePool]:
    """A pool that is stopped at once when the block fails or `cancel` is set."""
    pool = DecodePool(budget)
    try:
        yield pool
    except BaseException:
        pool.close(at_once=True)
        raise
    pool.close(at_once=cancel.is_set())


def _take(path: str, limits: DecodeLimits, digests: frozenset[str]) -> Taken:
    return take(path, limits, digests)


def _prepare_worker(memory: int) -> None:
    # An interrupt belongs to the parent, which ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name == "posix":
        # The encoder's threads wait for each other: one that a decoder holds up holds up all.
        os.nice(_POLITENESS)
    if memory and os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
