"""How long something will take, told from how fast it went lately."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 60.0
"""What counts as lately: long enough for a few slow batches, short enough to notice a fast disk."""

LEAST_SECONDS = 3.0
"""Before so much was seen nothing is said: the first batch waits for processes and models."""

_STEP_SECONDS = 0.5
"""What is noted more often than this is not told apart."""


class Pace:
    """Counts what was done over the last minute, so that a slow start or a resume misleads nobody.

    While nothing gets done, the time left grows.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, done: int) -> None:
        """So many are done by now."""
        now = self._clock()
        if len(self._seen) > 1 and now - self._seen[-2][0] < _STEP_SECONDS:
            self._seen.pop()
        self._seen.append((now, done))
        # The last one outside of the window stays: the window begins there.
        while len(self._seen) > 2 and self._seen[1][0] <= now - WINDOW_SECONDS:
            self._seen.popleft()

    def seconds_left(self, left: int) -> float | None:
        """Seconds until `left` more are done; None while that cannot be told."""
        if not self._seen:
            return None
        first, before = self._seen[0]
        passed = self._clock() - first
        done = self._seen[-1][1] - before
        if passed < LEAST_SECONDS or done <= 0:
            return None
        return left * passed / done
