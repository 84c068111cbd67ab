"""A crash, a hang or a bomb in a decoder costs one file, not the run."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from mindseye.errors import CorruptMedia, MediaTooLarge
from mindseye.ingest import pool as ingest_pool
from mindseye.ingest.options import DecodeBudget
from mindseye.ingest.pool import decode_pool
from mindseye.media.base import DecodeLimits
from mindseye.media.take import Taken

NONE: frozenset[str] = frozenset()


@pytest.fixture(autouse=True)
def _started_as_users_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest_pool, "_START", "spawn")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that takes a second or more to decode."""
    path = tmp_path_factory.mktemp("large") / "large.png"
    Image.effect_noise((9000, 9000), 90).save(path, compress_level=1)
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.png"
    Image.new("RGB", (40, 30), "red").save(path)
    return path


def children() -> list[int]:
    """Ids of the processes this one has started."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(word) for task in tasks for word in task.read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds workers through /proc")
def test_a_decoder_that_dies_costs_its_file_only(large: Path, small: Path) -> None:
    before = set(children())
    with decode_pool(DecodeBudget(workers=1), Event()) as pool:
        first = pool.submit(str(small), NONE)
        assert isinstance(pool.outcome(str(small), first), Taken)
        doomed = pool.submit(str(large), NONE)
        time.sleep(0.2)
        for child in set(children()) - before:
            if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, signal.SIGKILL)
        after = pool.submit(str(small), NONE)
        outcome = pool.outcome(str(large), doomed)
        assert isinstance(outcome, CorruptMedia)
        assert "crashed" in outcome.message
        assert isinstance(pool.outcome(str(small), after), Taken)


def test_a_decoder_that_takes_too_long_is_stopped(large: Path, small: Path) -> None:
    with decode_pool(DecodeBudget(workers=1, seconds=0.3), Event()) as pool:
        pool.outcome(str(small), pool.submit(str(small), NONE))
        outcome = pool.outcome(str(large), pool.submit(str(large), NONE))
    assert isinstance(outcome, MediaTooLarge)
    assert "0.3 seconds" in outcome.message


@pytest.mark.skipif(os.name != "posix", reason="memory limits are POSIX")
def test_a_decoder_that_wants_too_much_memory_is_refused(large: Path) -> None:
    with decode_pool(DecodeBudget(workers=1, memory=300), Event()) as pool:
        outcome = pool.outcome(str(large), pool.submit(str(large), NONE))
    assert isinstance(outcome, MediaTooLarge)


def test_a_picture_that_declares_too_many_pixels_is_not_decoded(large: Path) -> None:
    budget = DecodeBudget(workers=1, limits=DecodeLimits(pixels=1_000_000))
    with decode_pool(budget, Event()) as pool:
        outcome = pool.outcome(str(large), pool.submit(str(large), NONE))
    assert isinstance(outcome, MediaTooLarge)
    assert "81" in outcome.message
