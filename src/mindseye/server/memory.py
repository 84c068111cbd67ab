"""Answers that hold until something is written to the library, made once for many clients."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, TypeVar, cast

Answer = TypeVar("Answer")

_KEPT: Final = 24
"""Answers kept: a timeline of a million photos takes fifteen megabytes."""


@dataclass(slots=True)
class _Entry:
    lock: Lock = field(default_factory=Lock)
    generation: str | None = None
    made_at: float = 0.0
    answer: Any = None


@dataclass(slots=True)
class Memory:
    """Remembers answers by key, each as long as the generation of the library stays the same.

    Safe to use from several threads: whoever asks for what is being made waits for it.
    """

    generation: Callable[[], str]
    clock: Callable[[], float] = time.monotonic
    _lock: Lock = field(default_factory=Lock)
    _entries: OrderedDict[Hashable, _Entry] = field(default_factory=OrderedDict)

    def get(self, key: Hashable, make: Callable[[], Answer], *, hold: float = 0.0) -> Answer:
        """The answer under `key`, made anew where it is out of date for more than `hold` seconds.

        `hold` is for what is costly: while an ingest writes, it would be made all the time.
        """
        entry = self._entry(key)
        with entry.lock:
            now, current = self.clock(), self.generation()
            fresh = entry.generation == current
            held = entry.generation is not None and now - entry.made_at < hold
            if not fresh and not held:
                entry.answer = make()
                entry.generation, entry.made_at = current, now
            return cast("Answer", entry.answer)

    def _entry(self, key: Hashable) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > _KEPT:
                self._entries.popitem(last=False)
            return entry
