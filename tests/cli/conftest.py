"""The real program, run in a process of its own."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.forked import Forks
from tests.conftest import painting_in

Done = subprocess.CompletedProcess[str]


class Shell:
    """Runs the real program in a process of its own."""

    def __init__(self, forks: Forks, library: Path) -> None:
        self._forks = forks
        self.environment = {
            **os.environ,
            "MINDSEYE_LIBRARY": str(library),
            "MINDSEYE_ENCODER": "test-colours",
            "MINDSEYE_WORKERS": "1",
        }

    def __call__(self, *arguments: str, code: int = 0, given: bytes = b"", **more: str) -> Done:
        done = self._forks.run(arguments, {**self.environment, **more}, given)
        assert done.returncode == code, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    with Forks() as forks:
        yield forks


@pytest.fixture
def empty(forks: Forks, tmp_path: Path) -> Shell:
    return Shell(forks, tmp_path / "library")


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that needs them puts `photos` and a `library` of them, to be copied."""
    return tmp_path_factory.mktemp("model")


@pytest.fixture
def shell(empty: Shell, forks: Forks, model: Path, photos: Path, tmp_path: Path) -> Shell:
    """A library of three painted pictures, and a file that is no picture: a copy of the model."""
    if not (model / "library").is_dir():
        _make(Shell(forks, model / "library"), model / "photos")
    shutil.copytree(model / "photos", photos, dirs_exist_ok=True)
    shutil.copytree(model / "library", tmp_path / "library")
    with closing(sqlite3.connect(tmp_path / "library" / "catalog.db")) as catalog:
        catalog.execute("UPDATE roots SET path = ?", (str(photos),))
        catalog.commit()
    return empty


def _make(shell: Shell, photos: Path) -> None:
    paint = painting_in(photos)
    paint("red.png", "red")
    paint("red-blue.png", "red", "blue")
    paint("blue.png", "blue")
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not really")
    shell("ingest", str(photos))
