"""What every request passes: the names it may come by, and the headers of its answer.

A page of another site can make a browser send requests here, and by DNS rebinding even read the
answers. So the Host must be a name this server goes by, and an Origin must be this server's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mindseye.server import problems

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback(host: str) -> bool:
    """Whether an address reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def policy(tiles: str = "") -> str:
    """The Content-Security-Policy: everything from here, and map tiles where they are set."""
    host = urlsplit(tiles)
    pictures = f"{host.scheme}://{host.netloc}" if tiles else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"img-src 'self' blob: data: {pictures}".rstrip(),
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


@dataclass(frozen=True, slots=True)
class Names:
    """The host names a server goes by: loopback ones and those that are configured."""

    names: frozenset[str]

    @classmethod
    def of(cls, host: str, configured: Iterable[str] = ()) -> Names:
        """Those of a server that listens at `host`; an address of all interfaces is no name."""
        own = () if host in {"0.0.0.0", "::", ""} else (host,)  # noqa: S104 - compared, not bound
        given = (name.strip().lower() for name in (*own, *configured))
        return cls(LOOPBACK | {name for name in given if name})

    def know(self, host: str) -> bool:
        """Whether a Host header, with or without a port, names this server."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name is not None and name.lower() in self.names


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses requests by other names and from other origins; puts headers on every answer."""

    app: ASGIApp
    names: Names
    policy: str
    most_bytes: int
    """Of a body, whether it says beforehand how long it is or not."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message))
            await send(message)

        read = 0

        async def receive_so_much() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.most_bytes:
                raise HTTPException(413, self._too_long)
            return message

        problem = self._problem(Headers(scope=scope), scope["method"])
        app = self.app if problem is None else problems.answer(problem)
        await app(scope, receive_so_much, send_with_headers)

    def _problem(self, headers: Headers, method: str) -> problems.Problem | None:
        host = headers.get("host", "")
        if not self.names.know(host):
            return problems.plain(
                421,
                f"this server does not go by the name {host[:80]!r}",
                "the setting `hosts` lists names by which it may be reached",
            )
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return problems.plain(
                403, f"a page of {origin[:80]!r} may not ask this server for anything"
            )
        if headers.get("sec-fetch-site") == "cross-site" and method not in _SAFE:
            return problems.plain(403, "a page of another site may change nothing here")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.most_bytes:
            return problems.plain(413, self._too_long, "the setting `upload_mb` says how many")
        return None

    @property
    def _too_long(self) -> str:
        return f"a request may have {self.most_bytes // 1_000_000} MB, and this one has more"

    def _add(self, headers: MutableHeaders) -> None:
        headers.setdefault("Content-Security-Policy", self.policy)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
