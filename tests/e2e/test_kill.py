"""A kill at any moment loses nothing that was written, and the next run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import Paint

from mindseye.config import load_settings
from mindseye.library import Library

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")

COUNT = 400


@pytest.fixture
def many(paint: Paint, photos: Path) -> Path:
    for place in range(COUNT):
        paint(f"{place % 7}/{place}.png", "red", size=200, seed=place + 1)
    return photos


def photos_in(catalog: Path) -> int:
    import sqlite3

    try:
        connection = sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)
        try:
            return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error:
        return 0


def alive(marker: str) -> list[str]:
    """Processes whose environment holds the marker."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            running = "\nState:\tZ" not in (entry / "status").read_text()
            if running and marker.encode() in (entry / "environ").read_bytes():
                found.append(entry.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_ingest_that_is_ended_goes_on_where_it_was(
    many: Path, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "library"
    marker = f"marker-{os.getpid()}-{number}"
    program = [sys.executable, "-c", "from mindseye.cli.main import run; run()", "ingest"]
    options = ["--library", str(folder), "--encoder", "test-colours", "--batch", "8", str(many)]
    process = subprocess.Popen(
        [*program, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "MARKER": marker},
    )
    deadline = time.monotonic() + 60
    while photos_in(folder / "catalog.db") < 16 and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(number)
    code = process.wait(timeout=60)
    assert code == (-signal.SIGKILL if number == signal.SIGKILL else 130)
    written = photos_in(folder / "catalog.db")
    assert 16 <= written < COUNT

    settings = load_settings({"library": folder, "encoder": "test-colours"})
    with Library.open(settings=settings) as library:
        assert list(library.check()) == []
        assert len(library.search("red", limit=COUNT).hits) == written
        report = library.ingest([many])
        assert (report.added, report.unchanged) == (COUNT - written, written)
        assert len(library.search("red", limit=COUNT).hits) == COUNT
        assert list(library.check()) == []

    if Path("/proc/self/environ").exists():
        while orphans := alive(marker):
            assert time.monotonic() < deadline, f"decoders outlived their parent: {orphans}"
            time.sleep(0.1)
