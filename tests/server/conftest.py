"""A served library of painted pictures, and a client that asks it as a browser on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from mindseye.client import Client
from mindseye.config import Settings
from mindseye.library import Library
from mindseye.server.app import create_app
from mindseye.testing.encoder import COLOURS

HERE = "http://localhost"

_PAINTED = {
    "red.png": ("red", 64),
    "both.png": ("red blue", 64),
    "blue.png": ("blue", 64),
    "deep/green.png": ("green", 400),
}


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `photos` and a `library` of them, made once; tests change copies of it."""
    folder = tmp_path_factory.mktemp("gallery")
    for name, (colours, size) in _PAINTED.items():
        picture = Image.new("RGB", (size, size))
        for place, colour in enumerate(colours.split()):
            picture.paste(COLOURS[colour][0], (place * size // 2, 0, size, size))
        path = folder / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path)
    (folder / "photos" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not really")
    with Library.open(settings=settings_of(folder)) as library:
        library.ingest([folder / "photos"])
    return folder


def settings_of(folder: Path) -> Settings:
    """Settings of a library in a folder, whose clients may name folders of its photos only."""
    return Settings(
        library=folder / "library",
        encoder="test-colours",
        workers=1,
        batch=4,
        folders=str(folder / "photos"),
        upload_mb=1,
        source={"encoder": "flag"},
    )


@pytest.fixture
def photos(gallery: Path) -> Path:
    """The folder of the photos, which tests leave as it is."""
    return gallery / "photos"


@pytest.fixture
def painted(gallery: Path, tmp_path: Path) -> Iterator[Library]:
    """A library of red, red and blue, blue, and green; and of a file that is no picture."""
    shutil.copytree(gallery / "library", tmp_path / "library")
    settings = replace(settings_of(gallery), library=tmp_path / "library")
    with Library.open(settings=settings) as library:
        yield library


@pytest.fixture
def app(painted: Library) -> FastAPI:
    """The application over it."""
    return create_app(painted)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Asks the application; what breaks inside it is raised."""
    with TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000)) as client:
        yield client


def ids_of(client: TestClient) -> dict[str, int]:
    """The id of each photo by its name."""
    hits = client.get("/api/v1/search", params={"limit": 100}).json()["hits"]
    return {hit["name"]: hit["id"] for hit in hits}


def asking(browser: TestClient) -> Client:
    """A client of the house whose requests go where those of another one go."""

    def handle(request: httpx.Request) -> httpx.Response:
        sent = {name: value for name, value in request.headers.items() if name != "host"}
        sent["accept-encoding"] = "identity"
        answer = browser.request(
            request.method, str(request.url), content=request.read(), headers=sent
        )
        return httpx.Response(
            answer.status_code, headers=dict(answer.headers), content=answer.content
        )

    return Client(HERE, transport=httpx.MockTransport(handle))
