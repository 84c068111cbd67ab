"""A server that nobody asks gives back the memory it can have again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

CALM: Final = 20.0
"""Seconds without a request after which the library rests."""


class Resting:
    """Calls `rest` in a thread once nothing was asked for `seconds`, and not while `busy`.

    What waits for events asks once and then only listens: an open page does not keep it awake.
    """

    def __init__(
        self,
        app: ASGIApp,
        rest: Callable[[], None],
        busy: Callable[[], bool],
        seconds: float = CALM,
    ) -> None:
        self._app = app
        self._rest = rest
        self._busy = busy
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            self._wait()
        await self._app(scope, receive, send)

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._calm)

    def _calm(self) -> None:
        if self._busy():
            self._wait()
            return
        self._timer = None
        asyncio.get_running_loop().run_in_executor(None, self._rest)
