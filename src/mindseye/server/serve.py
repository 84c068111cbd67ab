"""One process that serves a library: the check of its address, and the web server around it."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from mindseye.config import Settings
from mindseye.errors import ConfigError, UsageError
from mindseye.library import Library
from mindseye.server.app import create_app
from mindseye.server.context import Context
from mindseye.server.guard import is_loopback


def serve(library: Library, settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` is told the address when requests are answered.

    Raises `UsageError` for an address that others can reach while there are no accounts, or one
    that cannot be listened at.
    """
    app = create_app(library, settings)
    context: Context = app.state.context
    try:
        _require_accounts(settings, has_accounts=context.gate.has_accounts)
        config, bound = _configured(app, settings), _bound(settings)
    except UsageError:
        context.close()
        raise
    port = bound.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    scheme = "https" if settings.certificate else "http"
    address = f"{scheme}://{host}:{port}/"
    _Server(config, context, lambda: ready(address)).run(sockets=[bound])


class _Server(uvicorn.Server):
    """Says when it answers; its streams of events end when it does, else it would wait for them."""

    def __init__(
        self, config: uvicorn.Config, context: Context, started: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._context = context
        self._started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End after what is in hand."""
        self._context.closing = True
        await super().shutdown(sockets)


def _require_accounts(settings: Settings, *, has_accounts: bool) -> None:
    if has_accounts:
        return
    who = "" if is_loopback(settings.host) else settings.host
    who = who or (settings.proxies and f"this machine through {settings.proxies}")
    if who:
        raise UsageError(
            f"others can reach {who}, and there are no accounts yet",
            hint="`mindseye users add NAME --role admin` makes one; 127.0.0.1 alone needs none",
        )


def _configured(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How the web server runs; raises `ConfigError` for a certificate that cannot be used."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies or "127.0.0.1",
        timeout_graceful_shutdown=5,
        ssl_certfile=settings.certificate or None,
        ssl_keyfile=settings.key or None,
    )
    try:
        config.load()
    except OSError as error:  # of which those of TLS are
        raise ConfigError(
            f"the certificate {settings.certificate!r} with the key {settings.key!r} cannot be "
            f"used: {error}",
            hint="the settings `certificate` and `key` name PEM files",
        ) from error
    return config


def _bound(settings: Settings) -> socket.socket:
    """A socket at the address; raises `UsageError` where another program has it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Only of a socket that says it is TCP asyncio lets small answers go at once; others wait 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
    except OSError as error:
        bound.close()
        raise UsageError(
            f"{settings.host}:{settings.port} cannot be listened at: {error.strerror}",
            hint="--port names another port; 0 is any that is free",
        ) from error
    bound.set_inheritable(True)
    return bound
