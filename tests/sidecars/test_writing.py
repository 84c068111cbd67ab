"""What was said of photos is written beside them, and an ingest finds nothing new in it."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.conftest import Paint
from tests.sidecars.packets import LIGHTROOM

from mindseye.errors import NotFound
from mindseye.library import Library
from mindseye.media.readers.xmp import read_packet
from mindseye.types import Edit, Gps, Metadata, Place, Precision, Skipped, Source

EDIT = Edit(
    taken_at=datetime(1987, 6, 1),
    precision=Precision.MONTH,
    gps=Gps(35.01, 135.77),
    place=Place(city="Kyoto", country="Japan"),
    rating=5,
    favourite=True,
    title="Temple",
    caption="two\nlines",
    add_keywords=("holiday",),
    remove_keywords=("kyoto",),
)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def shown(library: Library, path: Path) -> Metadata:
    return library.photo(path).metadata


def test_nothing_is_written_before_it_is_asked_for(
    library: Library, paint: Paint, photos: Path
) -> None:
    paint("red.png", "red")
    library.ingest([photos])
    library.edit([photos / "red.png"], EDIT)
    assert names_in(photos) == ["red.png"]
    report = library.write_xmp([photos / "red.png"], rehearsal=True)
    [sidecar] = report.written
    assert (sidecar.path, sidecar.is_new) == (str(photos / "red.png.xmp"), True)
    assert sidecar.names == ("date", "gps", "place", "rating", "title", "caption", "keywords")
    assert names_in(photos) == ["red.png"]


@pytest.mark.parametrize("before", [None, LIGHTROOM], ids=["new", "lightroom"])
def test_a_written_sidecar_changes_no_fact_and_is_written_once(
    library: Library, paint: Paint, photos: Path, before: bytes | None
) -> None:
    path = paint("red.png", "red")
    if before is not None:
        (photos / "red.xmp").write_bytes(before)
    library.ingest([photos])
    picture = path.read_bytes()
    library.edit([path], EDIT)
    facts = shown(library, path)
    assert len(library.write_xmp([path]).written) == 1
    report = library.ingest([photos])
    assert (report.added, report.updated, len(report.skipped)) == (0, 1, 0)
    assert shown(library, path) == facts
    again = library.write_xmp()
    assert (again.written, again.unchanged, again.left) == ((), 1, ())
    assert path.read_bytes() == picture
    library.edit([path], revert=["date", "gps", "place", "rating", "title", "caption", "keywords"])
    files = shown(library, path)
    assert (files.title, files.rating, files.keywords) == ("Temple", 5, facts.keywords)
    assert files.place == Place(city="Kyoto", country="Japan")
    assert {files.sources[name] for name in ("taken_at", "gps", "caption")} == {Source.SIDECAR}


def test_another_library_reads_what_was_written(
    library: Library, paint: Paint, photos: Path, tmp_path: Path
) -> None:
    path = paint("red.png", "red")
    library.ingest([photos])
    library.edit([path], EDIT)
    library.write_xmp()
    with Library.open(tmp_path / "other", settings=library.settings) as other:
        other.ingest([photos])
        [hit] = other.search("rating:5 keyword:holiday date:1987-06").hits
    assert hit.photo.path == str(path)


def test_all_that_was_said_is_written_and_what_cannot_be_is_told(
    library: Library, paint: Paint, photos: Path
) -> None:
    names = ("red", "blue", "green", "yellow", "white")
    paths = {name: paint(f"{name}.png", name) for name in names}
    (photos / "blue.png.xmp").write_text("no xml")
    library.ingest([photos])
    library.edit([path for name, path in paths.items() if name != "white"], Edit(rating=4))
    library.edit([paths["yellow"]], Edit(favourite=True), revert=["rating"])
    shutil.move(paths["green"], photos.parent / "elsewhere.png")
    report = library.write_xmp()
    assert [sidecar.path for sidecar in report.written] == [f"{paths['red']}.xmp"]
    assert {left.path for left in report.left} == {str(paths["blue"]), str(paths["green"])}
    reasons = {Path(left.path).name: left.reason for left in report.left}
    assert "not XML" in reasons["blue.png"]
    assert "the photo is not there" in reasons["green.png"]
    assert (photos / "blue.png.xmp").read_text() == "no xml"
    assert not (photos / "green.png.xmp").exists()
    assert (report.unsaid, report.unchanged) == (1, 0)
    assert library.write_xmp([paths["white"]]).unsaid == 1


def test_a_folder_that_may_not_be_written_does_not_stop_the_others(
    library: Library, paint: Paint, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [paint("a/red.png", "red"), paint("b/blue.png", "blue")]
    library.ingest([photos])
    library.edit(paths, Edit(rating=4))
    really = tempfile.mkstemp

    def refused(*, dir: Path, **more: Any) -> tuple[int, str]:  # noqa: A002 - as it is called
        # Root may write anywhere, so that rights alone would prove nothing where tests run as root.
        if dir == photos / "a":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return really(dir=dir, **more)

    monkeypatch.setattr(tempfile, "mkstemp", refused)
    report = library.write_xmp(paths)
    assert report.left == (
        Skipped(str(paths[0]), "the sidecar cannot be written: Permission denied"),
    )
    assert [sidecar.path for sidecar in report.written] == [f"{paths[1]}.xmp"]


def test_what_another_program_wrote_since_the_ingest_stays(
    library: Library, paint: Paint, photos: Path
) -> None:
    path = paint("red.png", "red")
    library.ingest([photos])
    library.edit([path], Edit(add_keywords=("holiday",), place=Place(city="Nara")))
    (photos / "red.xmp").write_bytes(
        LIGHTROOM.replace(b'xmp:Rating="2"', b'xmp:Rating="2" photoshop:State="Kansai"')
    )
    library.write_xmp([path])
    found = read_packet((photos / "red.xmp").read_bytes())
    assert found.keywords == ("Japan", "Kyoto", "Places", "holiday")
    assert found.place == Place(city="Nara", region="Kansai")
    assert found.rating == 2


def test_a_raw_beside_keeps_its_own_words(library: Library, paint: Paint, photos: Path) -> None:
    path = paint("a.png", "red")
    shutil.copy(paint("other/a.png", "blue"), photos / "a.tiff")
    (photos / "a.xmp").write_bytes(LIGHTROOM)
    library.ingest([photos])
    library.edit([path], Edit(rating=5))
    library.write_xmp([path])
    assert (photos / "a.xmp").read_bytes() == LIGHTROOM
    own = read_packet((photos / "a.png.xmp").read_bytes())
    assert (own.rating, own.title) == (5, "Temple")


def test_a_cancelled_run_stops_and_is_gone_on_with(
    library: Library, paint: Paint, photos: Path
) -> None:
    paths = [paint(f"{name}.png", name) for name in ("red", "green", "blue")]
    library.ingest([photos])
    library.edit(paths, Edit(rating=4))
    cancel = Event()
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        cancel.set()

    report = library.write_xmp(paths, observer=stop, cancel=cancel)
    assert (len(report.written), report.cancelled, told) == (1, True, [(1, 3)])
    rest = library.write_xmp(paths)
    assert (len(rest.written), rest.unchanged, rest.cancelled) == (2, 1, False)


def test_a_photo_that_is_not_there_means_that_none_is_written(
    library: Library, paint: Paint, photos: Path
) -> None:
    path = paint("red.png", "red")
    library.ingest([photos])
    library.edit([path], Edit(rating=4))
    with pytest.raises(NotFound):
        library.write_xmp([path, 999])
    assert names_in(photos) == ["red.png"]


def test_names_that_are_not_utf8_have_sidecars(
    library: Library, paint: Paint, photos: Path
) -> None:
    odd = paint("red.png", "red").rename(photos / os.fsdecode(b"caf\xe9.png"))
    library.ingest([photos])
    [hit] = library.search("").hits
    library.edit([hit.photo.id], Edit(rating=4))
    library.write_xmp()
    assert Path(f"{odd}.xmp").is_file()
