"""A served library of painted pictures, and a browser that looks at its page.

A test fails when the page throws, writes an error to the console, or asks another host for
anything.
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from argon2 import PasswordHasher
from PIL import Image

from mindseye.config import Settings
from mindseye.library import Library
from mindseye.server.access.gate import LINK_COOKIE, SESSION_COOKIE
from mindseye.server.access.roles import Role
from mindseye.server.app import create_app
from mindseye.server.context import Context
from mindseye.server.schema import users
from mindseye.testing.encoder import COLOURS
from mindseye.types import Photo

pytest.importorskip("playwright", reason="the browser tests need playwright (make dev)")

from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

# Machines that run tests are busy with other tests.
expect.set_options(timeout=15_000)

_CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--enable-unsafe-swiftshader",
)  # fmt: skip

_SHAPES = ((96, 64), (64, 96), (80, 80), (160, 64))
_PER_COLOUR = 14
_FIRST_DAY = datetime(2025, 6, 20, 12)
_CITIES = ((48.8566, 2.3522), (35.0116, 135.7681))
WIDTHS = (360, 768, 1440)


@dataclass(frozen=True)
class Served:
    """A library and the address it is served at."""

    address: str
    library: Library
    context: Context

    def ids(self, query: str) -> list[int]:
        """The photos a query finds, best first."""
        return [hit.photo.id for hit in self.library.search(query, limit=1000).hits]


@pytest.fixture(scope="session")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `photos` of several colours, shapes, months and places, and their `library`."""
    folder = tmp_path_factory.mktemp("page")
    names = [name for name in COLOURS if name not in {"black", "white", "grey"}]
    for at, name in enumerate(names * _PER_COLOUR):
        _paint(folder / "photos" / f"photo-{at:03}.jpg", name, at)
    (folder / "photos" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not really")
    with Library.open(settings=_settings(folder)) as library:
        library.ingest([folder / "photos"])
    return folder


def _paint(path: Path, colour: str, at: int) -> None:
    picture = Image.new("RGB", _SHAPES[at % len(_SHAPES)], COLOURS[colour][0])
    exif = Image.Exif()
    taken = _FIRST_DAY - timedelta(days=5 * at)
    exif[0x0110] = "Pinhole 3" if at % 5 else "Camera obscura"
    exif.get_ifd(0x8769)[0x9003] = taken.strftime("%Y:%m:%d %H:%M:%S")
    if at % 5 in {1, 3}:
        latitude, longitude = _CITIES[at % len(_CITIES)]
        exif.get_ifd(0x8825).update(
            {1: "N", 2: (latitude, 0.0, 0.0), 3: "E", 4: (longitude + at / 500, 0.0, 0.0)}
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, exif=exif, quality=95)


def _settings(folder: Path) -> Settings:
    return Settings(
        library=folder / "library",
        encoder="test-colours",
        workers=1,
        batch=16,
        folders=str(folder),
        source={"encoder": "flag"},
    )


@contextmanager
def _serving(settings: Settings) -> Iterator[Served]:
    with socket.socket() as bound, Library.open(settings=settings) as library:
        bound.bind(("127.0.0.1", 0))
        app = create_app(library)
        config = uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        context: Context = app.state.context
        yield Served(f"http://127.0.0.1:{bound.getsockname()[1]}", library, context)
        context.closing = True
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def served(painted: Path) -> Iterator[Served]:
    """The library, served; for tests that change nothing."""
    with _serving(_settings(painted)) as served:
        yield served


@pytest.fixture
def own(painted: Path, tmp_path: Path) -> Iterator[Served]:
    """A copy of the library, served; for tests that change it."""
    shutil.copytree(painted / "library", tmp_path / "library")
    with _serving(replace(_settings(painted), library=tmp_path / "library")) as served:
        yield served


@pytest.fixture
def bare(painted: Path, tmp_path: Path) -> Iterator[Served]:
    """A library without photos, served; the painted ones may be taken in."""
    with _serving(replace(_settings(painted), library=tmp_path / "library")) as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser without a screen."""
    if _CHROMIUM is None:
        pytest.skip("the browser tests need chromium (make dev brings it on Debian)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_QUIET))
        yield browser
        browser.close()


Look = Callable[..., Page]


@pytest.fixture
def look(browser: Browser) -> Iterator[Look]:
    """Opens an address of a served library in a window of its own."""
    troubles: list[str] = []
    contexts = []

    def look(served: Served, path: str = "/", width: int = 1440, **how: Any) -> Page:
        cookie = how.pop("cookie", None)
        context = browser.new_context(
            base_url=served.address, viewport={"width": width, "height": 860}, locale="en-GB", **how
        )
        contexts.append(context)
        if cookie is not None:
            context.add_cookies([cookie])
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"thrown: {error}"))
        page.on(
            "console", lambda said: troubles.append(said.text) if said.type == "error" else None
        )
        page.on("request", lambda asked: troubles.extend(_elsewhere(asked, served.address)))
        page.goto(path)
        return page

    look.troubles = troubles  # type: ignore[attr-defined]
    yield look
    for context in contexts:
        context.close()
    assert troubles == []


def _elsewhere(asked: Request, address: str) -> list[str]:
    local = asked.url.startswith((f"{address}/", "blob:", "data:"))
    return [] if local else [f"asked elsewhere: {asked.url}"]


PASSWORD = "a long enough one"


@cache
def _hashed() -> str:
    """A hash takes a tenth of a second: one will do for all users of all tests."""
    return PasswordHasher(time_cost=1, memory_cost=32, parallelism=1).hash(PASSWORD)


def with_accounts(served: Served) -> None:
    """Let there be an account for each role, named as the role is."""
    rows = [
        {
            "name": role.label,
            "key": role.label,
            "role": role.label,
            "password": _hashed(),
            "created_at": time.time(),
        }
        for role in (Role.VIEWER, Role.EDITOR, Role.ADMIN)
    ]
    with served.context.records.write() as connection:
        connection.execute(users.insert(), rows)


def cookie_of(served: Served, role: Role, *, album: str = "", originals: bool = False) -> Any:
    """The cookie by which a browser is somebody of this role; of a guest, to an album."""
    tickets, accounts = served.context.gate.tickets, served.context.gate.accounts
    if role is Role.GUEST:
        shared = served.library.store.albums.get(album).id
        secret = tickets.link(None, shared, "", originals=originals, seconds=None)
        return {"name": LINK_COOKIE, "value": secret, "url": served.address}
    secret = tickets.session(accounts.get(role.label), "test")
    return {"name": SESSION_COOKIE, "value": secret, "url": served.address}


def by_date(served: Served) -> list[Photo]:
    """All photos, newest first."""
    return [hit.photo for hit in served.library.search("", limit=1000).hits]


def shown(page: Page) -> None:
    """Wait until photos are there."""
    page.wait_for_selector(".tile.loaded")
