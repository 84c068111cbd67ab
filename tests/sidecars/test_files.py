"""A sidecar is replaced at once or not at all."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mindseye.sidecars.files import Folders, Sidecar, replace_sidecar
from mindseye.sidecars.markup import NotWritable


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def sidecar_of(photo: Path) -> Sidecar:
    return Folders().sidecar_of(str(photo))


@pytest.mark.parametrize(
    ("beside", "written"),
    [
        ([], "a.jpg.xmp"),
        (["a.xmp"], "a.xmp"),
        (["a.XMP"], "a.XMP"),
        (["a.jpg.xmp"], "a.jpg.xmp"),
        (["a.xmp", "a.jpg.xmp"], "a.jpg.xmp"),
        (["b.xmp", "b.cr2"], "a.jpg.xmp"),
        (["a.xmp", "a.txt", "a.b.cr2"], "a.xmp"),
        (["a.xmp", "a.CR2"], "a.jpg.xmp"),
        (["a.jpg.xmp", "a.cr2"], "a.jpg.xmp"),
    ],
)
def test_a_sidecar_is_the_one_that_is_read_unless_another_photo_reads_it_too(
    tmp_path: Path, beside: list[str], written: str
) -> None:
    for name in ("a.jpg", *beside):
        (tmp_path / name).write_text(name)
    found = sidecar_of(tmp_path / "a.jpg")
    assert found.path == str(tmp_path / written)
    assert (found.seen is not None) is (tmp_path / written).exists()
    read = next((name for name in reversed(beside) if name.lower() in {"a.xmp", "a.jpg.xmp"}), None)
    assert found.data == (None if read is None else read.encode())


def test_a_link_stays_a_link_and_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "real.xmp").write_text("real")
    (tmp_path / "a.jpg.xmp").symlink_to(tmp_path / "real.xmp")
    replace_sidecar(sidecar_of(tmp_path / "a.jpg"), b"new")
    assert (tmp_path / "a.jpg.xmp").is_symlink()
    assert (tmp_path / "real.xmp").read_bytes() == b"new"
    (tmp_path / "b.jpg.xmp").mkdir()
    (tmp_path / "c.jpg.xmp").symlink_to(tmp_path / "nowhere")
    for name in ("b.jpg", "c.jpg"):
        with pytest.raises(NotWritable, match="is no file"):
            sidecar_of(tmp_path / name)


def test_a_huge_file_is_no_sidecar(tmp_path: Path) -> None:
    with (tmp_path / "a.jpg.xmp").open("wb") as file:
        file.truncate((8 << 20) + 1)
    with pytest.raises(NotWritable, match="more than 8 MiB"):
        sidecar_of(tmp_path / "a.jpg")


def test_rights_stay_and_nothing_is_left_beside(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg.xmp"
    path.write_text("old")
    path.chmod(0o640)
    replace_sidecar(sidecar_of(tmp_path / "a.jpg"), b"new")
    assert path.stat().st_mode & 0o777 == 0o640
    replace_sidecar(sidecar_of(tmp_path / "b.jpg"), b"new")
    assert (tmp_path / "b.jpg.xmp").stat().st_mode & 0o777 == 0o644
    assert names_in(tmp_path) == ["a.jpg.xmp", "b.jpg.xmp"]


@pytest.mark.parametrize("before", [None, "old"])
def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(
    tmp_path: Path, before: str | None
) -> None:
    path = tmp_path / "a.jpg.xmp"
    if before is not None:
        path.write_text(before)
    found = sidecar_of(tmp_path / "a.jpg")
    path.write_text("theirs")
    with pytest.raises(NotWritable, match="another program"):
        replace_sidecar(found, b"ours")
    assert path.read_text() == "theirs"
    assert names_in(tmp_path) == ["a.jpg.xmp"]


def test_a_disk_that_takes_no_more_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg.xmp"
    path.write_text("old")
    found = sidecar_of(tmp_path / "a.jpg")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            replace_sidecar(found, b"n" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["a.jpg.xmp"]


WRITER = """
import sys
from mindseye.sidecars.files import Folders, replace_sidecar
print("ready", flush=True)
while True:
    for letter in (b"a", b"b"):
        replace_sidecar(Folders().sidecar_of(sys.argv[1]), letter * 3_000_000)
"""


def test_a_kill_at_any_moment_leaves_a_whole_sidecar(tmp_path: Path) -> None:
    photo, path = tmp_path / "x.jpg", tmp_path / "x.jpg.xmp"
    whole = {letter * 3_000_000 for letter in (b"a", b"b")}
    path.write_bytes(b"a" * 3_000_000)
    for seconds in (0.0, 0.011, 0.023, 0.05):
        command = [sys.executable, "-c", WRITER, str(photo)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(seconds)
            writer.send_signal(signal.SIGKILL)
        assert path.read_bytes() in whole
