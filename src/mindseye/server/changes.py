"""What has changed in watched folders and waits until it is quiet there.

A file that is being copied changes all the time; taken in half-written it would only be skipped.
So a folder is looked at when nothing in it has changed for some seconds, or at last when its
earliest change has waited a minute and is itself quiet.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final

_PATIENCE: Final = 60.0
"""Seconds after which a folder is looked at although something in it still changes."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file or folder that changed: the folder to look at for it, and whether it is gone.

    `quiet` is for how many seconds it must not change before it counts as settled.
    """

    folder: str
    gone: bool = False
    quiet: float = 0.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    change: Change
    first: float
    last: float


@dataclass(slots=True)
class Changes:
    """Gathers changes by path; safe to use from several threads."""

    clock: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock)
    _waiting: dict[str, _Waiting] = field(default_factory=dict)

    def note(self, path: str, change: Change) -> None:
        """What is at this path has changed now."""
        now = self.clock()
        with self._lock:
            before = self._waiting.get(path)
            waiting = _Waiting(change, now, now)
            if before is not None:
                waiting = replace(waiting, first=before.first)
            self._waiting[path] = waiting

    def settled(self) -> dict[str, bool]:
        """The folders in which it is quiet, each with whether something is gone from it.

        They are forgotten here; what still changes in them stays.
        """
        now = self.clock()
        found: dict[str, bool] = {}
        with self._lock:
            for folder, entries in self._by_folder().items():
                quiet = [path for path in entries if self._is_quiet(path, now)]
                oldest = min((self._waiting[path].first for path in quiet), default=now)
                if len(quiet) == len(entries) or now - oldest >= _PATIENCE:
                    gone = [self._waiting.pop(path).change.gone for path in quiet]
                    found[folder] = any(gone)
        return found

    def forget(self, covered: Callable[[str], bool]) -> None:
        """Forget what changed in folders that nobody wants to know of any more."""
        with self._lock:
            for path, waiting in list(self._waiting.items()):
                if covered(waiting.change.folder):
                    del self._waiting[path]

    def _by_folder(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, waiting in self._waiting.items():
            found.setdefault(waiting.change.folder, []).append(path)
        return found

    def _is_quiet(self, path: str, now: float) -> bool:
        waiting = self._waiting[path]
        return now - waiting.last >= waiting.change.quiet
