"""One process that serves a library: the check of its address, and the web server around it."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from mindseye.config import Settings
from mindseye.errors import UsageError
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
    if not is_loopback(settings.host) and not context.gate.has_accounts:
        context.close()
        raise UsageError(
            f"others can reach {settings.host}, and there are no accounts yet",
            hint="`mindseye users add NAME --role admin` makes one; 127.0.0.1 needs none",
        )
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
    )
    bound = _bound(config)
    port = bound.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    ready(f"http://{host}:{port}/")
    _Server(config, context).run(sockets=[bound])


class _Server(uvicorn.Server):
    """A server whose streams of events end when it does; else it would wait for them."""

    def __init__(self, config: uvicorn.Config, context: Context) -> None:
        super().__init__(config)
        self._context = context

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End after what is in hand."""
        self._context.closing = True
        await super().shutdown(sockets)


def _bound(config: uvicorn.Config) -> socket.socket:
    """A socket at the address; raises `UsageError` where another program has it."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    bound = socket.socket(family=family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((config.host, config.port))
    except OSError as error:
        bound.close()
        raise UsageError(
            f"{config.host}:{config.port} cannot be listened at: {error.strerror}",
            hint="--port names another port; 0 is any that is free",
        ) from error
    bound.set_inheritable(True)
    return bound
