"""The real program, run in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import Paint

Done = subprocess.CompletedProcess[str]


class Shell:
    """Runs the real program in a process of its own."""

    def __init__(self, library: Path) -> None:
        self.environment = {
            **os.environ,
            "MINDSEYE_LIBRARY": str(library),
            "MINDSEYE_ENCODER": "test-colours",
            "MINDSEYE_WORKERS": "1",
        }

    def __call__(self, *arguments: str, code: int = 0, **more: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-c", "from mindseye.cli.main import run; run()", *arguments],
            capture_output=True,
            text=True,
            env={**self.environment, **more},
            check=False,
        )
        assert done.returncode == code, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done


@pytest.fixture
def empty(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "library")


@pytest.fixture
def shell(empty: Shell, paint: Paint, photos: Path) -> Shell:
    paint("red.png", "red")
    paint("red-blue.png", "red", "blue")
    paint("blue.png", "blue")
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not really")
    empty("ingest", str(photos))
    return empty
