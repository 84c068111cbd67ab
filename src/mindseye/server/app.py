"""The application: routes over a library, with what every request passes around them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

from anyio import to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

from mindseye import __version__
from mindseye.config import Settings
from mindseye.library import Library
from mindseye.server import problems
from mindseye.server.access.gate import LINK_COOKIE, SESSION_COOKIE
from mindseye.server.access.roles import Role
from mindseye.server.context import Context
from mindseye.server.guard import Guard, Names, policy
from mindseye.server.numbers import Counting
from mindseye.server.rest import Resting
from mindseye.server.routes import (
    API,
    access,
    albums,
    earth,
    estimates,
    grid,
    health,
    jobs,
    library,
    page,
    photos,
    places,
    roots,
    search,
    xmp,
)

_ROOMS: Final = (
    search, photos, xmp, grid, earth, places, albums, library, estimates, roots, jobs, access,
)  # fmt: skip

ROUTERS: Final = (
    *((API, room.router) for room in _ROOMS),
    ("", health.router),
)
"""Where routes begin, and the routes."""

THREADS: Final = 12
"""Calls of the library at once; more would wait for the processors and the database anyway."""

_DESCRIPTION: Final = """
Find photos by what they show. Every failure is a problem of RFC 9457 whose `type` is
`urn:mindseye:error:NAME`, with a hint what to do. Many photos at once come as columns: as JSON, or
to `Accept: application/vnd.mindseye.columns` as binary ones.
"""


_SCHEMES: Final = {
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
    "token": {"type": "http", "scheme": "bearer"},
    "link": {"type": "apiKey", "in": "cookie", "name": LINK_COOKIE},
}
_LETS_IN: Final[list[dict[str, list[str]]]] = [{"token": []}, {"session": []}, {"link": []}, {}]
"""Any of these; nothing at all lets in at the machine itself, while there are no accounts."""


def create_app(library: Library, settings: Settings | None = None) -> FastAPI:
    """An ASGI application over a library, which stays the caller's to close.

    `settings` are those of the library where none are given; `host`, `hosts`, `tiles`,
    `upload_mb`, `thumbnails_mb` and `folders` of them are the server's.
    """
    settings = settings or library.settings
    context = Context.over(library, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        context.schedule.open()
        context.watch.open()
        yield
        await to_thread.run_sync(context.close)

    app = FastAPI(
        title="Mindseye",
        version=__version__,
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.context = context
    problems.install(app)
    for prefix, router in ROUTERS:
        app.include_router(router, prefix=prefix)
    page.install(app)
    # The last one added is the first that a request meets.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=3)
    app.add_middleware(
        Guard,
        names=Names.of(settings.host, settings.hosts.split(",")),
        policy=policy(settings.tiles),
        most_bytes=settings.upload_mb * 1_000_000,
    )
    app.add_middleware(Resting, rest=library.store.rest, busy=lambda: context.jobs.busy)
    app.add_middleware(Counting, numbers=context.numbers)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    return app


def roles() -> Iterator[tuple[str, str, Role | None]]:
    """Method and address of every operation, and the least role it takes; None is anybody."""
    for prefix, router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            calls = (dependency.call for dependency in route.dependant.dependencies)
            found = (getattr(call, "role", None) for call in calls)
            role = next((role for role in found if role is not None), None)
            for method in route.methods or ():
                yield method, prefix + route.path, role


def _document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, in which every problem has one and the same shape."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        schemas = document["components"]["schemas"]
        shapes = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= shapes.pop("$defs", {})
        schemas["Problem"] = shapes
        document["components"]["securitySchemes"] = _SCHEMES
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        everywhere = problems.documented(403, 413, 421, 500)
        for method, path, role in roles():
            operation = document["paths"][path][method.lower()]
            operation["x-role"] = "anybody" if role is None else role.label
            operation["security"] = [] if role is None else _LETS_IN
        for path in document["paths"].values():
            for operation in path.values():
                for status, said in everywhere.items():
                    operation["responses"].setdefault(str(status), said)
        app.openapi_schema = document
    return app.openapi_schema
