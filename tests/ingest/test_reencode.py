"""A change of encoder never darkens search: built beside, swapped when complete, old one kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest
from filelock import FileLock
from sqlalchemy import text
from tests.conftest import Paint

from mindseye.config import load_settings
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import (
    NotFound,
    QueryError,
    SpaceMismatch,
    SpecError,
    StoreBusy,
    StoreUnavailable,
    UsageError,
)
from mindseye.ingest.options import Progress
from mindseye.library import Library
from mindseye.query.parse import Parsed
from mindseye.stores.base import ENCODER, Batch
from mindseye.testing.encoder import ColourEncoder, load
from mindseye.types import Album, EmbeddingSpace, Pixels, Vectors

OLD, NEW, THIRD = "test-colours", "test-colours:new", "test-colours:third"

Opener = Callable[..., Library]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Opens the library again, with an encoder asked for by the environment or by a flag."""
    with ExitStack() as stack:

        def open_library(encoder: str = "", *, flag: str | None = None) -> Library:
            settings = load_settings(
                {"library": tmp_path / "library", "workers": 1, "batch": 4, "encoder": flag},
                environment={"MINDSEYE_ENCODER": encoder, "MINDSEYE_CONFIG": "/dev/null"},
            )
            return stack.enter_context(Library.open(settings=settings))

        yield open_library


@pytest.fixture
def library(opened: Opener, paint: Paint, photos: Path) -> Library:
    """Nine photos in two folders, encoded by the old encoder; nothing asks for any now."""
    for place, colour in enumerate(["red", "green", "blue"] * 3):
        paint(f"{'ab'[place % 2]}/{place}-{colour}.png", colour, seed=place + 1)
    opened(OLD).ingest([photos])
    return opened()


def found(library: Library, query: str = "red", **options: str) -> list[str]:
    return sorted(Path(hit.photo.path).name for hit in library.search(query, **options).hits)


def spaces(library: Library) -> dict[str, int]:
    return {info.space.encoder: info.vectors for info in library.store.spaces()}


REDS = ["0-red.png", "3-red.png", "6-red.png"]


def test_a_new_library_records_its_encoder_and_keeps_to_it(
    opened: Opener, library: Library
) -> None:
    assert library.store.choices.find(ENCODER) == OLD
    assert library.encoder.space.encoder == OLD
    assert found(library) == REDS
    assert opened(OLD).search("red").notices == ()


def test_photos_without_colours_get_them_while_they_are_decoded_anyway(
    library: Library,
) -> None:
    ids = {hit.photo.id: hit.photo.picture.colours for hit in library.search("width:>0").hits}
    assert all(ids.values())
    library.store.put(Batch(colours={photo: {} for photo in ids}))
    assert library.status().coverage.without_colours == len(ids)
    library.reencode(NEW)
    again = {hit.photo.id: hit.photo.picture.colours for hit in library.search("width:>0").hits}
    assert again == ids


def test_an_encoder_that_leads_nowhere_is_not_recorded(opened: Opener, photos: Path) -> None:
    with pytest.raises(SpecError):
        opened("nonsense").ingest([photos])
    assert opened().store.choices.find(ENCODER) is None


def test_a_library_without_vectors_takes_the_encoder_asked_for(
    opened: Opener, paint: Paint, photos: Path
) -> None:
    opened(OLD).ingest([photos])
    paint("a.png", "red")
    opened(NEW).ingest([photos])
    assert opened().encoder.space.encoder == NEW
    assert spaces(opened())[NEW] == 1


def test_settings_that_ask_for_another_encoder_are_announced_and_change_nothing(
    opened: Opener, library: Library, paint: Paint, photos: Path
) -> None:
    other = opened(NEW)
    [notice] = other.search("red").notices
    assert NEW in notice
    assert f"mindseye reencode --encoder {NEW}" in notice
    assert found(other) == REDS
    assert other.status().notices == (notice,)
    paint("a/9-red.png", "red", seed=99)
    report = other.ingest([photos])
    assert (report.added, report.notices, report.reencoded) == (1, (notice,), None)
    assert spaces(library) == {OLD: 10}


def test_an_encoder_named_by_a_flag_is_the_only_one_that_will_do(
    opened: Opener, library: Library
) -> None:
    strict = opened(flag=NEW)
    with pytest.raises(SpaceMismatch) as caught:
        strict.search("red")
    assert caught.value.hint == f"mindseye reencode --encoder {NEW}"
    library.reencode(NEW)
    assert found(strict) == REDS
    assert strict.search("red").notices == ()
    assert found(opened(flag=OLD)) == REDS


def test_a_change_is_seen_by_libraries_that_are_open_already(
    opened: Opener, library: Library
) -> None:
    elsewhere, wanting = opened(), opened(NEW)
    seen: list[list[str]] = []

    def look(progress: Progress) -> None:
        del progress
        assert elsewhere.encoder.space.encoder == OLD
        seen.append(found(elsewhere))

    report = library.reencode(NEW, observer=look)
    assert (report.encoder, report.before, report.encoded) == (NEW, OLD, 9)
    assert report.swapped
    assert len(seen) > 2
    assert all(names == REDS for names in seen)
    assert elsewhere.encoder.space.encoder == NEW
    assert found(elsewhere) == REDS
    assert wanting.search("red").notices == ()
    assert spaces(library) == {OLD: 9, NEW: 9}


def test_going_back_to_a_kept_space_encodes_nothing(library: Library) -> None:
    library.reencode(NEW)
    told: list[Progress] = []
    report = library.reencode(OLD, observer=told.append)
    assert (report.encoded, report.swapped, report.before) == (0, True, NEW)
    assert told == []
    assert library.encoder.space.encoder == OLD


def test_progress_counts_frames_from_where_the_run_began(library: Library) -> None:
    told: list[Progress] = []
    library.reencode(NEW, observer=told.append)
    assert {(progress.what, progress.total, progress.scanned) for progress in told} == {
        ("frames", 9, True)
    }
    done = [progress.done for progress in told]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 9)


def test_a_cancelled_change_goes_on_where_it_stopped(opened: Opener, library: Library) -> None:
    cancel = Event()

    def stop(progress: Progress) -> None:
        if progress.done >= 4:
            cancel.set()

    first = library.reencode(NEW, observer=stop, cancel=cancel)
    assert first.cancelled
    assert not first.swapped
    assert 4 <= first.encoded < 9
    assert library.encoder.space.encoder == OLD
    assert found(library) == REDS
    second = opened().reencode(NEW)
    assert (second.encoded, second.swapped) == (9 - first.encoded, True)
    assert list(library.check()) == []


def test_photos_taken_in_between_two_runs_are_caught_up_before_the_swap(
    library: Library, paint: Paint, photos: Path
) -> None:
    cancel = Event()
    library.reencode(NEW, observer=lambda progress: cancel.set(), cancel=cancel)
    paint("b/9-red.png", "red", seed=99)
    assert library.ingest([photos]).added == 1
    assert library.encoder.space.encoder == OLD
    library.reencode(NEW)
    assert spaces(library) == {OLD: 10, NEW: 10}
    assert found(library) == [*REDS, "9-red.png"]


def test_files_that_cannot_be_encoded_are_listed_and_hold_nothing_up(
    library: Library, paint: Paint, photos: Path
) -> None:
    (photos / "a/0-red.png").unlink()
    (photos / "a/6-red.png").write_bytes(b"no picture any more")
    changed = paint("b/3-red.png", "red", seed=77)
    report = library.reencode(NEW)
    assert report.swapped
    assert report.encoded == 6
    reasons = {Path(left.path).name: left.reason for left in report.left}
    assert set(reasons) == {"0-red.png", "6-red.png", changed.name}
    assert "cannot be read" in reasons["0-red.png"]
    assert "changed" in reasons["3-red.png"]
    assert all(reasons.values())
    library.ingest([photos])
    assert found(library) == ["3-red.png"]


@pytest.mark.parametrize("how", ["empty", "absent"])
def test_an_unplugged_drive_holds_the_swap_up_until_it_is_back(
    library: Library, photos: Path, tmp_path: Path, how: str
) -> None:
    photos.rename(tmp_path / "unplugged")
    if how == "empty":
        photos.mkdir()
    report = library.reencode(NEW)
    assert not report.swapped
    assert [entry.path for entry in report.unavailable] == [str(photos)]
    assert found(library) == REDS
    if how == "empty":
        photos.rmdir()
    (tmp_path / "unplugged").rename(photos)
    assert library.reencode(NEW).swapped
    assert found(library) == REDS


def test_a_drive_that_will_not_come_back_can_be_left_behind(
    library: Library, photos: Path, tmp_path: Path
) -> None:
    photos.rename(tmp_path / "lost")
    report = library.reencode(NEW, anyway=True)
    assert report.swapped
    assert len(report.left) == 9
    assert library.encoder.space.encoder == NEW


def test_old_vectors_are_dropped_when_told_to(library: Library) -> None:
    report = library.reencode(NEW, drop=True)
    assert (report.dropped, report.swapped) == (9, True)
    assert spaces(library) == {NEW: 9}
    assert found(library) == REDS
    assert len(list((library.settings.library / "index").glob("*"))) == 1
    assert list(library.check()) == []
    assert library.reencode(OLD, drop=True).encoded == 9
    assert found(library) == REDS


def test_vectors_by_which_nothing_is_searched_can_be_forgotten_later(library: Library) -> None:
    library.reencode(NEW)
    with pytest.raises(UsageError, match="the library is searched by"):
        library.forget_encoder(NEW)
    with pytest.raises(NotFound, match="nothing was encoded"):
        library.forget_encoder(THIRD)
    assert library.forget_encoder(OLD) == 9
    assert spaces(library) == {NEW: 9}


def test_an_ingest_with_a_flag_changes_the_encoder_when_all_is_encoded(
    opened: Opener, library: Library, paint: Paint, photos: Path
) -> None:
    paint("a/9-red.png", "red", seed=99)
    looked: list[list[str]] = []

    def look(progress: Progress) -> None:
        if progress.what == "frames":
            looked.append(found(library))

    report = opened(flag=NEW).ingest([photos], observer=look)
    assert report.added == 1
    assert report.reencoded is not None
    assert (report.reencoded.encoded, report.reencoded.swapped) == (10, True)
    assert all(names == [*REDS, "9-red.png"] for names in looked)
    assert library.encoder.space.encoder == NEW
    again = opened(flag=NEW).ingest([photos])
    assert (again.unchanged, again.reencoded) == (10, None)


class Wrapped:
    """The colour encoder in a space of its own, with something done before each batch."""

    def __init__(self, space: EmbeddingSpace, before: Callable[[], None] = lambda: None) -> None:
        self._inner = ColourEncoder()
        self._before = before
        self.space = space
        self.resolution = self._inner.resolution
        self.calibration = self._inner.calibration

    def warm(self) -> None:
        self._inner.warm()

    def encode_images(self, images: list[Pixels]) -> Vectors:
        self._before()
        return self._inner.encode_images(images)

    def encode_texts(self, texts: list[str]) -> Vectors:
        return self._inner.encode_texts(texts)

    def release(self) -> None:
        self._inner.release()


def test_an_encoder_whose_weights_changed_is_brought_up_to_date(library: Library) -> None:
    updated = Library(
        library.store,
        library.settings,
        Wrapped(EmbeddingSpace(OLD, "colours-9", ColourEncoder().space.dim)),
    )
    with pytest.raises(SpaceMismatch, match=r"\(colours-9\)") as caught:
        updated.search("red")
    assert caught.value.hint == f"mindseye reencode --encoder {OLD}"
    report = updated.reencode(OLD, drop=True)
    assert (report.encoded, report.dropped, report.swapped) == (9, 9, True)
    assert found(updated) == REDS


def let_the_disk_be_full(library: Library, *, full: bool) -> None:
    """SQLite's own limit of pages says the same as a disk without room."""
    with library.store._session.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        most = pages if full else 2**30
        connection.execute(text(f"PRAGMA max_page_count = {most}"))


def test_a_full_disk_loses_nothing(library: Library, photos: Path, paint: Paint) -> None:
    for place in range(300):
        paint(f"a/more/{place}.png", "blue", seed=place + 100)
    library.ingest([photos])
    batches = iter(range(1000))
    new = Wrapped(
        load(EncoderSpec.parse(NEW)).space,
        before=lambda: let_the_disk_be_full(library, full=next(batches) >= 3),
    )
    with pytest.raises(StoreUnavailable, match="no room left"):
        Library(library.store, library.settings, new).reencode(NEW)
    let_the_disk_be_full(library, full=False)
    assert library.encoder.space.encoder == OLD
    assert found(library) == REDS
    assert list(library.check()) == []
    written = spaces(library)[NEW]
    assert 0 < written < 309
    assert library.reencode(NEW).encoded == 309 - written


def test_only_one_change_or_ingest_runs_at_a_time(library: Library, photos: Path) -> None:
    with FileLock(library.settings.library / "ingest.lock"):
        for work in (
            lambda: library.reencode(NEW),
            lambda: library.ingest([photos]),
            lambda: library.forget_encoder(OLD),
        ):
            with pytest.raises(StoreBusy, match="is running"):
                work()


@pytest.mark.parametrize(
    ("encoder", "error"), [("", UsageError), ("nonsense", SpecError), (":", SpecError)]
)
def test_a_change_to_nothing_is_refused(
    library: Library, encoder: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        library.reencode(encoder)
    assert library.store.choices.find(ENCODER) == OLD


def test_the_encoder_that_the_settings_ask_for_need_not_be_named(
    opened: Opener, library: Library
) -> None:
    assert opened(NEW).reencode().encoder == NEW
    assert library.encoder.space.encoder == NEW


# Albums


@pytest.fixture
def album(library: Library, photos: Path) -> Album:
    return library.put_album(Album("Part", (str(photos / "a"),)))


IN_A = ["0-red.png", "6-red.png"]


def test_an_album_is_searched_alone(library: Library, album: Album, photos: Path) -> None:
    assert found(library, album="part") == IN_A
    assert library.search("red", album="Part").candidates == 5
    assert {Path(hit.photo.path).parent for hit in library.search("", album="Part").hits} == {
        photos / "a"
    }
    with pytest.raises(NotFound, match="no album"):
        library.search("red", album="Parts")


def test_an_album_that_asks_for_another_encoder_is_searched_by_the_old_one_and_says_so(
    library: Library, album: Album
) -> None:
    wishing = library.put_album(Album(**{**_fields(album), "encoder": NEW}))
    assert (wishing.encoder, wishing.searched_by) == (NEW, "")
    answer = library.search("red", album="Part")
    [notice] = answer.notices
    assert "mindseye reencode --album Part" in notice
    assert found(library, album="Part") == IN_A
    assert library.search("red").notices == ()
    assert library.status().notices == (notice,)


def _fields(album: Album) -> dict[str, object]:
    return {name: getattr(album, name) for name in album.__dataclass_fields__}


def test_an_album_lives_in_a_space_of_its_own_after_a_change(
    library: Library, album: Album, paint: Paint, photos: Path
) -> None:
    report = library.reencode(NEW, album="Part")
    assert (report.album, report.encoded, report.swapped, report.before) == ("Part", 5, True, OLD)
    assert spaces(library) == {OLD: 9, NEW: 5}
    assert library.scope("Part").encoder == NEW
    assert library.scope().encoder == OLD
    assert found(library, album="Part") == IN_A
    assert found(library) == REDS
    paint("a/9-red.png", "red", seed=99)
    paint("b/10-red.png", "red", seed=98)
    library.ingest([photos])
    assert spaces(library) == {OLD: 11, NEW: 6}
    assert found(library, album="Part") == [*IN_A, "9-red.png"]
    [entry] = library.status().albums
    assert (entry.encoder, entry.frames, entry.waiting) == (NEW, 6, 0)
    assert album.id == entry.album.id


def test_an_album_may_go_back_to_the_librarys_encoder(library: Library, album: Album) -> None:
    library.reencode(NEW, album="Part")
    report = library.reencode(OLD, album="Part", drop=True)
    assert (report.encoded, report.swapped, report.dropped) == (0, True, 5)
    assert spaces(library) == {OLD: 9}
    assert found(library, album="Part") == IN_A


def test_vectors_that_an_album_is_searched_by_are_not_dropped(
    library: Library, album: Album
) -> None:
    library.put_album(Album(**{**_fields(album), "encoder": OLD}))
    report = library.reencode(NEW, drop=True)
    assert report.swapped
    assert report.dropped == 0
    assert "the album 'Part'" in report.notices[0]
    assert library.scope("Part").encoder == OLD
    assert library.scope("Part").notices == ()
    assert found(library, album="Part") == IN_A
    with pytest.raises(UsageError, match="the album 'Part' is searched by"):
        library.forget_encoder(OLD)


def test_a_change_of_the_library_fulfils_the_wishes_of_albums(
    library: Library, album: Album
) -> None:
    library.put_album(Album(**{**_fields(album), "encoder": NEW}))
    library.reencode(NEW)
    assert library.scope("Part").encoder == NEW
    assert library.search("red", album="Part").notices == ()
    assert found(library, album="Part") == IN_A


def test_an_album_whose_encoder_cannot_be_opened_stops_no_ingest(
    library: Library, album: Album, paint: Paint, photos: Path
) -> None:
    gone = Album(**{**_fields(album), "encoder": "nonsense:x", "searched_by": "nonsense:x"})
    library.store.albums.put(gone)
    paint("a/9-red.png", "red", seed=99)
    report = library.ingest([photos])
    assert report.added == 1
    assert "new photos of the album 'Part' were not encoded" in report.notices[0]
    assert any("cannot be used here" in notice for notice in library.status().notices)
    assert found(library) == [*REDS, "9-red.png"]


def test_an_album_decides_where_its_list_ends(
    library: Library, album: Album, opened: Opener
) -> None:
    library.put_album(Album(**{**_fields(album), "max_results": 1, "optimise": True}))
    assert len(library.search("red", album="Part").hits) == 1
    assert len(library.search("red", album="Part", limit=2).hits) == 2
    assert library.query(Parsed(), album="Part").optimise
    assert not library.query(Parsed()).optimise
    library.put_album(Album(**{**_fields(album), "min_score": 1.5}))
    assert library.search("red", album="Part").hits == ()
    assert len(library.search(library.query(Parsed(), album="Part", min_score=0.1)).hits) == 9


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": "  "}, UsageError),
        ({"search": "score:>0.2"}, UsageError),
        ({"search": "camra:x"}, QueryError),
        ({"max_results": 0}, UsageError),
        ({"encoder": ":"}, SpecError),
        ({"name": "PART"}, UsageError),
    ],
)
def test_an_album_that_makes_no_sense_is_refused(
    library: Library, album: Album, fields: dict[str, object], error: type[Exception]
) -> None:
    fresh = {"name": "other", "folders": album.folders, **fields}
    with pytest.raises(error):
        library.put_album(Album(**fresh))
    assert [each.name for each in library.store.albums] == ["Part"]


def test_folders_of_an_album_are_absolute_and_lie_beside_each_other(
    library: Library, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(photos)
    stray = os.fsdecode(b"caf\xe9")
    made = library.put_album(Album("relative", ("a", "./a/deep", "b/../a", stray)))
    assert made.folders == (f"{photos}/a", f"{photos}/caf\U0010fee9")
    assert found(library, album="relative") == IN_A
