"""Text in pictures is read newest first, once for each content, and gone on with after a stop."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest
from filelock import FileLock
from tests.conftest import Paint

from mindseye.config import load_settings
from mindseye.errors import MissingExtra, NotFound, RecognitionError, StoreBusy
from mindseye.ingest import work
from mindseye.ingest.options import Progress
from mindseye.library import Library
from mindseye.query.passages import mentions
from mindseye.stores.base import Batch
from mindseye.testing.reader import ColourReader
from mindseye.testing.samples import record
from mindseye.types import (
    Album,
    Mention,
    Metadata,
    PictureText,
    Pixels,
    TextRegion,
    TextReport,
)


@dataclass
class NotedReader:
    """Reads colours, notes in which order, and refuses one of them."""

    name: str = "test-colours"
    refuses: str = "none"
    resolution: int = ColourReader().resolution
    seen: list[str] = field(default_factory=list)

    def read(self, pixels: Pixels) -> list[TextRegion]:
        regions = ColourReader().read(pixels)
        colours = " ".join(region.text for region in regions)
        if colours == self.refuses:
            raise RecognitionError(f"{colours} hurts")
        self.seen.append(colours)
        return regions


Read = Callable[..., tuple[list[str], TextReport]]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[NotedReader], None]:
    """Has all text read by this reader."""
    return lambda reader: monkeypatch.setattr(work, "open_text_reader", lambda _: reader)


@pytest.fixture
def read(library: Library, use: Callable[[NotedReader], None]) -> Read:
    """Reads, and says what was read in which order."""

    def read(by: str = "test-colours", refuses: str = "none", **options: object):
        reader = NotedReader(by, refuses)
        use(reader)
        report = library.read_text(**options)
        return reader.seen, report

    return read


@pytest.fixture
def taken(library: Library, paint: Paint, photos: Path) -> Library:
    """Four photos of 2020 to 2023 in the library; nothing was decoded yet."""
    root = library.store.files.add_root(str(photos)).id
    records = []
    for year, colour in enumerate(("red", "grey", "green", "blue"), 2020):
        path = paint(f"{year}.png", colour)
        metadata = Metadata(taken_at=datetime(year, 1, 1))
        digest = sha256(path.read_bytes()).hexdigest()
        given = replace(record(root, path.name, year), digest=digest, metadata=metadata)
        records.append(replace(given, vector=None))
    library.store.put(Batch(photos=records))
    return library


def found(library: Library, query: str) -> list[str]:
    return sorted(Path(hit.photo.path).stem for hit in library.search(query).hits)


def test_what_is_read_while_an_ingest_runs_is_found_by_words_and_filters(
    taken: Library, read: Read
) -> None:
    with FileLock(taken.settings.library / "ingest.lock"):
        seen, report = read()
    assert seen == ["blue", "green", "", "red"]
    assert (report.read, report.with_text, report.waiting, report.left) == (4, 3, 0, ())
    assert report.reader == "test-colours"
    assert found(taken, "text:red") == ["2020"]
    assert found(taken, "has:text") == ["2020", "2022", "2023"]
    assert found(taken, "-has:text") == ["2021"]
    assert mentions(taken.store.catalog.get(3), "green") == (Mention("text", "green"),)


def test_what_a_limit_or_a_cancel_stops_is_gone_on_with(taken: Library, read: Read) -> None:
    cancel, told = Event(), list[Progress]()

    def stop_at_one(progress: Progress) -> None:
        if progress.done == 1:
            cancel.set()

    seen, report = read(limit=2, observer=told.append)
    assert (seen, report.waiting, report.cancelled) == (["blue", "green"], 2, False)
    assert [(each.done, each.total) for each in told] == [(0, 2), (1, 2), (2, 2)]
    assert {(each.what, each.scanned) for each in told} == {("texts", True)}
    seen, report = read(observer=stop_at_one, cancel=cancel)
    assert (seen, report.waiting, report.cancelled) == ([""], 1, True)
    assert read()[0] == ["red"]
    assert read()[0] == []


def test_what_cannot_be_read_is_left_with_its_reason_and_holds_up_no_other(
    taken: Library, paint: Paint, photos: Path, read: Read
) -> None:
    (photos / "2023.png").unlink()
    (photos / "2021.png").write_bytes(paint("another.png", "orange").read_bytes())
    told: list[Progress] = []
    seen, report = read(refuses="green", limit=1, observer=told.append)
    assert (seen, report.read, report.waiting) == (["red"], 1, 3)
    reasons = {Path(skipped.path).stem: skipped.reason for skipped in report.left}
    assert sorted(reasons) == ["2021", "2022", "2023"]
    assert reasons["2022"] == "green hurts"
    assert "ingest it again first" in reasons["2021"]
    assert (told[-1].done, told[-1].total, told[-1].skipped) == (4, 4, 3)
    assert found(taken, "has:text") == ["2020"]


def test_an_album_is_read_alone(taken: Library, read: Read) -> None:
    taken.store.albums.put(Album("Later", search="date:2022.."))
    seen, report = read(album="later")
    assert (seen, report.waiting) == (["blue", "green"], 0)
    with pytest.raises(NotFound, match="Latest"):
        read(album="Latest")


def test_another_reader_reads_again_when_it_is_asked_to(taken: Library, read: Read) -> None:
    photos = taken.store.catalog.photos([1, 2, 3, 4])
    for photo, reader in zip(photos, ["new", "old", "new", "old"], strict=True):
        taken.store.picture_texts.put(photo.digest, PictureText(reader))
    assert read("new")[0] == []
    assert read("new", again=True)[0] == ["blue", ""]
    assert read("new", again=True)[0] == []


def test_two_readings_at_once_are_refused(taken: Library, read: Read) -> None:
    with (
        FileLock(taken.settings.library / "read-text.lock"),
        pytest.raises(StoreBusy, match="another reading of text"),
    ):
        read()


def test_without_the_extra_nothing_is_read(taken: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(MissingExtra):
        taken.read_text()


@pytest.fixture
def reading(library: Library) -> Iterator[Library]:
    """The library, with the setting that has every ingest read text."""
    with Library.open(settings=replace(library.settings, read_text=True)) as opened:
        yield opened


def test_an_ingest_reads_text_where_the_setting_says_so(
    reading: Library, paint: Paint, photos: Path, use: Callable[[NotedReader], None]
) -> None:
    use(NotedReader())
    shutil.copyfile(paint("2020.png", "red"), photos / "2021.png")
    report = reading.ingest([photos])
    assert report.texts is not None
    assert (report.added, report.texts.read) == (2, 1)
    assert found(reading, "text:red") == ["2020", "2021"]


def test_an_ingest_that_may_not_read_says_why(
    reading: Library, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    report = reading.ingest([photos])
    assert report.texts is None
    [notice] = report.notices
    assert 'pip install "mindseye[ocr]"' in notice


def test_the_setting_is_off_unless_it_is_set() -> None:
    assert not load_settings({}).read_text
    assert load_settings({}, environment={"MINDSEYE_READ_TEXT": "true"}).read_text
