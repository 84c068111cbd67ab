"""`mindseye write-xmp` writes what was said of photos beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Shell

from mindseye.media.readers.xmp import read_packet


def test_a_photo_is_written_once_and_told_of(shell: Shell, photos: Path) -> None:
    path = photos / "red.png"
    shell("edit", str(path), "--rating", "5", "--add-keyword", "sea")
    done = shell("write-xmp", str(path), "--dry-run")
    assert done.stdout.splitlines() == [
        f"would write {path}.xmp (new): rating, keywords",
        "XMP of 1 photo would be written",
    ]
    assert not Path(f"{path}.xmp").exists()
    done = shell("write-xmp", str(path))
    assert done.stdout.splitlines() == [
        f"wrote {path}.xmp (new): rating, keywords",
        "XMP of 1 photo written",
    ]
    assert read_packet(Path(f"{path}.xmp").read_bytes()).keywords == ("sea",)
    done = shell("write-xmp", "--all")
    assert done.stdout == "XMP of 0 photos written, 1 said it already\n"


def test_all_that_a_query_finds_is_written_and_failures_are_told(
    shell: Shell, photos: Path
) -> None:
    shell("edit", "--query", "color:red", "--caption", "red", "--favourite", "--yes")
    shell("edit", str(photos / "blue.png"), "--favourite")
    (photos / "red-blue.xmp").write_text("broken")
    done = shell("write-xmp", "--query", "is:edited", "--json", code=1)
    report = json.loads(done.stdout)
    assert [Path(one["path"]).name for one in report["written"]] == ["red.png.xmp"]
    [left] = report["left"]
    assert Path(left["path"]).name == "red-blue.png"
    assert "not XML" in left["reason"]
    assert (report["unsaid"], report["unchanged"]) == (1, 0)
    done = shell("write-xmp", "--all", code=1)
    assert "not written" in done.stdout
    assert "nothing to write of 1, not possible for 1" in done.stdout


@pytest.mark.parametrize("said", [(), ("red.png", "--all"), ("--all", "--query", "x")])
def test_photos_are_said_in_one_way(shell: Shell, said: tuple[str, ...]) -> None:
    assert "PHOTOS, --query or --all" in shell("write-xmp", *said, code=2).stderr
