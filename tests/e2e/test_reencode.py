"""A change of encoder in another process: killed, gone on with, and searched all the while."""

from __future__ import annotations

import os
import signal
import sqlite3
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
OLD, NEW = "test-colours", "test-colours:new"


@pytest.fixture
def folder(paint: Paint, photos: Path, tmp_path: Path) -> Path:
    """A library of many photos, all encoded by the old encoder."""
    for place in range(COUNT):
        paint(f"{place % 7}/{place}.png", "red", size=200, seed=place + 1)
    with opened(tmp_path / "library", flag=OLD) as library:
        assert library.ingest([photos]).added == COUNT
    return tmp_path / "library"


def opened(folder: Path, flag: str | None = None) -> Library:
    settings = load_settings({"library": folder, "encoder": flag})
    return Library.open(settings=settings)


def reencode(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-c", "from mindseye.cli.main import run; run()", "reencode"]
    named = ["--library", str(folder), "--encoder", NEW, "--batch", "8", "--workers", "1"]
    return subprocess.Popen(
        [*program, *named, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def encoded(folder: Path) -> int:
    """How many vectors the new space has, seen from outside."""
    connection = sqlite3.connect(f"file:{folder / 'catalog.db'}?mode=ro", uri=True)
    try:
        counted = "SELECT count(*) FROM vectors JOIN spaces ON spaces.id = space_id"
        found = connection.execute(f"{counted} WHERE encoder = ?", (NEW,)).fetchone()
        return int(found[0])
    finally:
        connection.close()


def wait_for(process: subprocess.Popen[bytes], folder: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while encoded(folder) < count and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_change_that_is_ended_goes_on_where_it_was(folder: Path, number: signal.Signals) -> None:
    with reencode(folder) as process:
        wait_for(process, folder, 16)
        process.send_signal(number)
        code = process.wait(timeout=60)
    assert code == (-signal.SIGKILL if number == signal.SIGKILL else 130)
    written = encoded(folder)
    assert 16 <= written < COUNT
    with opened(folder) as library:
        assert list(library.check()) == []
        assert library.encoder.space.encoder == OLD
        assert len(library.search("red", limit=COUNT).hits) == COUNT
        report = library.reencode(NEW)
        assert (report.encoded, report.swapped) == (COUNT - written, True)
        assert len(library.search("red", limit=COUNT).hits) == COUNT
        assert list(library.check()) == []


@pytest.mark.parametrize("what", ["--keep", "--drop"])
def test_every_search_meanwhile_finds_all_and_the_swap_is_seen_without_opening_anew(
    folder: Path, what: str
) -> None:
    by: list[str] = []
    with opened(folder) as library, reencode(folder, what) as process:
        ended = False
        while not ended:
            ended = process.poll() is not None
            assert len(library.search("red", limit=COUNT).hits) == COUNT
            by.append(library.encoder.space.encoder)
        assert process.returncode == 0
    assert (by[0], by[-1]) == (OLD, NEW)
    assert by == sorted(by)


def test_an_ingest_meanwhile_is_told_what_holds_it_up(folder: Path, photos: Path) -> None:
    program = [sys.executable, "-c", "from mindseye.cli.main import run; run()", "ingest"]
    with reencode(folder) as process:
        wait_for(process, folder, 8)
        process.send_signal(signal.SIGSTOP)
        try:
            done = subprocess.run(
                [*program, "--library", str(folder), str(photos)],
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            process.send_signal(signal.SIGCONT)
        assert process.wait(timeout=60) == 0
    assert done.returncode == 8
    assert "change of encoder" in done.stderr
