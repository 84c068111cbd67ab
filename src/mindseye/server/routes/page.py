"""The web page: one shell for every address of it, and its files below a versioned one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from mindseye import __version__
from mindseye.server.context import Here

WEB: Final = Path(__file__).parents[1] / "web"
PAGES: Final = (
    "/", "/photo/{photo_id}", "/map", "/places", "/albums", "/people", "/settings", "/jobs",
    "/login",
)  # fmt: skip
"""Addresses that the page makes something of."""

router = APIRouter(include_in_schema=False)


class VersionedFiles(StaticFiles):
    """Files that are kept by browsers for ever: a new version has another address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The answer for one file."""
        answer = await super().get_response(path, scope)
        if answer.status_code == 200:
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


def shell() -> HTMLResponse:
    """The page itself; what it shows it asks of the API."""
    text = (WEB / "index.html").read_text().replace("{version}", __version__)
    return HTMLResponse(text, headers={"Cache-Control": "no-cache"})


def shared(request: Request, context: Here, link: str) -> HTMLResponse:
    """The page for whoever follows a link; the secret moves from the address into a cookie."""
    page = shell()
    if not context.gate.follow(request, page, link):
        page.status_code = 404
    return page


def install(app: FastAPI) -> None:
    """Let the application serve the page."""
    for address in PAGES:
        router.add_api_route(address, shell, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/shared/{link}", shared, methods=["GET"], response_class=HTMLResponse)
    app.include_router(router)
    app.mount(f"/static/{__version__}", VersionedFiles(directory=WEB), name="static")
