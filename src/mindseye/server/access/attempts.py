"""How often a password may be guessed wrong, from one address and for one name."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from mindseye.errors import TooManyAttempts

WINDOW_SECONDS: Final = 900.0
MOST_FROM_ADDRESS: Final = 10
MOST_FOR_NAME: Final = 50
"""More than from one address: nobody shall lock another one out with a few wrong guesses."""

_REMEMBERED: Final = 10_000
"""Addresses and names that are kept in mind, those of the latest guesses."""


@dataclass(slots=True)
class Attempts:
    """Remembers wrong guesses of the last quarter of an hour; safe to use from several threads."""

    clock: Callable[[], float] = time.monotonic
    _failed: dict[tuple[str, str], deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def require_few(self, address: str, name: str) -> None:
        """Raise `TooManyAttempts` where there were too many wrong guesses."""
        now = self.clock()
        with self._lock:
            for key, most in _keys(address, name):
                failed = self._failed.get(key, deque())
                while failed and failed[0] <= now - WINDOW_SECONDS:
                    failed.popleft()
                if len(failed) >= most:
                    seconds = failed[0] + WINDOW_SECONDS - now
                    raise TooManyAttempts(
                        "the password was wrong too often",
                        seconds=seconds,
                        hint=f"try again in {max(1, round(seconds / 60))} minutes",
                    )

    def note(self, address: str, name: str) -> None:
        """A guess was wrong."""
        now = self.clock()
        with self._lock:
            for key, most in _keys(address, name):
                # Taken out and put back, so that what was guessed last is forgotten last.
                failed = self._failed.pop(key, deque(maxlen=most))
                failed.append(now)
                self._failed[key] = failed
            while len(self._failed) > _REMEMBERED:
                del self._failed[next(iter(self._failed))]


def _keys(address: str, name: str) -> tuple[tuple[tuple[str, str], int], ...]:
    folded = name.strip().casefold()
    return (("address", address), MOST_FROM_ADDRESS), (("name", folded), MOST_FOR_NAME)
