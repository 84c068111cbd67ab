"""The web page: one shell for every address of it, and its files below a versioned one."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from mindseye.server.context import Here

WEB: Final = Path(__file__).parents[1] / "web"
PAGES: Final = (
    "/", "/photo/{photo_id}", "/map", "/places", "/albums", "/people", "/settings",
    "/settings/access", "/settings/log", "/jobs", "/login",
)  # fmt: skip
"""Addresses that the page makes something of."""


_IMPORTED: Final = re.compile(r"^(?:import|export|\}) .*?from '\./([\w-]+\.js)'", re.MULTILINE)
"""A module that another one names where it is read; `import()` waits until it is wanted."""


class VersionedFiles(StaticFiles):
    """Files that are kept by browsers for ever: a new version has another address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The answer for one file."""
        answer = await super().get_response(path, scope)
        if answer.status_code == 200:
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


@cache
def version() -> str:
    """A name for what the files of the page say: another one whenever one of them changes."""
    digest = hashlib.sha256()
    for path in sorted(WEB.rglob("*.*")):
        digest.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _leaflet() -> Path:
    """The files of Leaflet, which come in a package of their own."""
    spec = importlib.util.find_spec("xstatic.pkg.leaflet")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("there is no package XStatic-Leaflet", name="xstatic")
    return Path(spec.origin).parent / "data"


@cache
def _text() -> str:
    text = (WEB / "index.html").read_text().replace("{preloads}", "\n".join(_preloads()))
    return text.replace("{version}", version())


def _preloads() -> Iterator[str]:
    """What lets a browser ask for all modules of the page at once, not each after who needs it."""
    for name in modules_of("main.js"):
        yield f'<link rel="modulepreload" href="/static/{{version}}/js/{name}">'


def modules_of(name: str) -> list[str]:
    """A module of the page, and all that it needs before it runs, as they are met."""
    found = [name]
    for known in found:
        needed = _IMPORTED.findall((WEB / "js" / known).read_text())
        found += [one for one in dict.fromkeys(needed) if one not in found]
    return found


def shell() -> HTMLResponse:
    """The page itself; what it shows it asks of the API."""
    return HTMLResponse(_text(), headers={"Cache-Control": "no-cache"})


def shared(request: Request, context: Here, link: str) -> HTMLResponse:
    """The page for whoever follows a link; the secret moves from the address into a cookie."""
    page = shell()
    if not context.gate.follow(request, page, link):
        page.status_code = 404
    return page


def install(app: FastAPI) -> None:
    """Let the application serve the page."""
    router = APIRouter(include_in_schema=False)
    for address in PAGES:
        router.add_api_route(address, shell, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/shared/{link}", shared, methods=["GET"], response_class=HTMLResponse)
    app.include_router(router)
    app.mount(f"/static/{version()}/leaflet", VersionedFiles(directory=_leaflet()))
    app.mount(f"/static/{version()}", VersionedFiles(directory=WEB), name="static")
