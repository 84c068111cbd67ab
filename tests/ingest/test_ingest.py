"""An ingest takes in what is new or changed, knows what moved, and forgets nothing on doubt."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from filelock import FileLock
from tests.conftest import Paint

from mindseye.config import load_settings
from mindseye.encoders.base import Calibration
from mindseye.errors import NotFound, StoreBusy
from mindseye.ingest.options import Progress
from mindseye.library import Library
from mindseye.stores.base import Batch
from mindseye.testing.encoder import ColourEncoder
from mindseye.types import Edit, EmbeddingSpace, IngestReport, Pixels, Place, Vectors


class CountingEncoder:
    """The colour encoder in a space of its own, counting the pictures it is given."""

    def __init__(self, fingerprint: str = "colours-1") -> None:
        self._inner = ColourEncoder()
        self.space = EmbeddingSpace("test-colours", fingerprint, self._inner.space.dim)
        self.resolution = self._inner.resolution
        self.images = self.warmed = 0

    @property
    def calibration(self) -> Calibration | None:
        return self._inner.calibration

    def encode_images(self, images: list[Pixels]) -> Vectors:
        self.images += len(images)
        return self._inner.encode_images(images)

    def encode_texts(self, texts: list[str]) -> Vectors:
        return self._inner.encode_texts(texts)

    def warm(self) -> None:
        self.warmed += 1

    def release(self) -> None:
        pass


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def library(library: Library, encoder: CountingEncoder) -> Library:
    return Library(library.store, library.settings, encoder)


def counts(report: IngestReport) -> dict[str, int]:
    names = ("added", "updated", "moved", "unchanged", "missing")
    found = {name: getattr(report, name) for name in names}
    found["skipped"] = len(report.skipped)
    return {name: count for name, count in found.items() if count}


def names(library: Library, query: str = "") -> list[str]:
    return [Path(hit.photo.path).name for hit in library.search(query).hits]


def rewrite(path: Path, source: Path) -> None:
    """Give a file other content and a later time."""
    shutil.copyfile(source, path)
    later = path.stat().st_mtime_ns + 2_000_000_000
    os.utime(path, ns=(later, later))


def test_a_second_run_finds_everything_unchanged(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path
) -> None:
    for place, colour in enumerate(["red", "green", "blue", "red", "green"]):
        paint(f"trip/{place}-{colour}.png", colour, seed=place)
    assert counts(library.ingest([photos])) == {"added": 5}
    assert counts(library.ingest([photos])) == {"unchanged": 5}
    assert encoder.images == 5


def test_an_edited_file_is_encoded_again_under_the_same_id(
    library: Library, paint: Paint, photos: Path
) -> None:
    path = paint("a.png", "red")
    library.ingest([photos])
    before = library.photo(path)
    rewrite(path, paint("b.png", "blue"))
    assert counts(library.ingest([photos])) == {"added": 1, "updated": 1}
    assert library.photo(path).id == before.id
    assert library.photo(path).digest != before.digest
    assert names(library, "red") == []


def test_a_touched_file_is_read_but_not_encoded(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path
) -> None:
    path = paint("a.png", "red")
    library.ingest([photos])
    os.utime(path, ns=(10**18, 10**18))
    assert counts(library.ingest([photos])) == {"updated": 1}
    assert encoder.images == 1
    assert names(library, "red") == ["a.png"]


def test_unchanged_files_are_read_again_on_request_and_not_encoded(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path
) -> None:
    path = paint("a.png", "red", "blue")
    paint("b.png", "green")
    library.ingest([photos])
    shares = {"red": 0.5, "blue": 0.5}
    before = library.photo(path)
    assert before.picture.colours == shares
    # A version without colours took this one in.
    library.store.put(Batch(colours={before.id: {}}))
    assert library.status().coverage.without_colours == 1
    assert counts(library.ingest([photos])) == {"unchanged": 2}
    assert counts(library.ingest([photos], again=True)) == {"updated": 2}
    assert library.photo(path) == before
    assert encoder.images == 2
    assert library.status().coverage.without_colours == 0


def test_a_file_edited_meanwhile_is_encoded_when_all_are_read_again(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path
) -> None:
    path = paint("a.png", "red")
    library.ingest([photos])
    path.write_bytes(paint("b.png", "blue").read_bytes())
    assert counts(library.ingest([photos], again=True)) == {"added": 1, "updated": 1}
    assert sorted(names(library, "blue")) == ["a.png", "b.png"]
    assert encoder.images == 3


def test_a_copy_shows_the_colours_of_its_twin(library: Library, paint: Paint, photos: Path) -> None:
    shutil.copyfile(paint("a.png", "red"), photos / "b.png")
    library.ingest([photos])
    assert sorted(names(library, "color:red is:duplicate")) == ["a.png", "b.png"]


def test_what_the_user_says_survives_sidecars_edits_and_moves_of_the_file(
    library: Library, paint: Paint, photos: Path
) -> None:
    path = paint("a.png", "red")
    library.ingest([photos])
    assert library.edit([path], Edit(rating=5, place=Place(country="JP"))) == 1
    sidecar = photos / "a.png.xmp"
    sidecar.write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="2" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="Kyoto" '
        'photoshop:Country="Germany"/></rdf:RDF></x:xmpmeta>'
    )
    rewrite(path, paint("b.png", "blue"))
    (photos / "b.png").unlink()
    library.ingest([photos])
    path = path.rename(photos / "moved.png")
    sidecar.unlink()
    assert counts(library.ingest([photos])) == {"moved": 1}
    shown = library.photo(path).metadata
    assert (shown.rating, shown.place) == (5, Place("Kyoto", None, None, "JP"))
    assert shown.sources["rating"] == shown.sources["place"] == "user"
    assert names(library, "is:edited country:jp rating:5") == ["moved.png"]
    library.edit([path], revert=["rating", "place"])
    shown = library.photo(path).metadata
    assert (shown.rating, shown.sources["rating"]) == (2, "sidecar")
    assert shown.place == Place("Kyoto", None, "Germany", None)


def test_a_forgotten_photo_has_its_edit_again_when_it_comes_back(
    library: Library, paint: Paint, photos: Path, tmp_path: Path
) -> None:
    path, away = paint("a.png", "red"), tmp_path / "away.png"
    paint("b.png", "blue")
    library.ingest([photos])
    library.edit([path], Edit(favourite=True))
    shutil.move(path, away)
    library.ingest([photos])
    assert library.forget_missing() == 1
    shutil.move(away, photos / "back.png")
    library.ingest([photos])
    assert names(library, "is:favourite") == ["back.png"]


def test_nothing_is_edited_where_one_photo_is_unknown(
    library: Library, paint: Paint, photos: Path
) -> None:
    path = paint("a.png", "red")
    library.ingest([photos])
    with pytest.raises(NotFound):
        library.edit([path, photos / "none.png"], Edit(rating=1))
    assert names(library, "is:edited") == []


def test_a_sidecar_that_is_written_later_is_read(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path
) -> None:
    path = paint("a.png", "red")
    library.ingest([photos])
    sidecar = photos / "a.png.xmp"
    sidecar.write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/>'
        "</rdf:RDF></x:xmpmeta>"
    )
    later = path.stat().st_mtime_ns + 2_000_000_000
    os.utime(sidecar, ns=(later, later))
    assert counts(library.ingest([photos])) == {"updated": 1}
    metadata = library.photo(path).metadata
    assert (metadata.rating, metadata.sources["rating"]) == (4, "sidecar")
    assert encoder.images == 1
    assert counts(library.ingest([photos])) == {"unchanged": 1}


@pytest.mark.parametrize("target", ["b.png", "other/a.png"])
def test_a_moved_file_is_the_same_photo(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path, target: str
) -> None:
    path = paint("a.png", "red")
    paint("stays.png", "blue")
    library.ingest([photos])
    before = library.photo(path).id
    (photos / target).parent.mkdir(exist_ok=True)
    path.rename(photos / target)
    assert counts(library.ingest([photos])) == {"moved": 1, "unchanged": 1}
    assert library.photo(photos / target).id == before
    assert encoder.images == 2


def test_a_renamed_folder_keeps_its_photos(library: Library, paint: Paint, photos: Path) -> None:
    for place in range(6):
        paint(f"2023/trip/{place}.png", "red", seed=place + 1)
    library.ingest([photos])
    ids = {photo.id for photo in library.store.catalog.by_date(10)}
    (photos / "2023").rename(photos / "2024")
    assert counts(library.ingest([photos])) == {"moved": 6}
    assert {photo.id for photo in library.store.catalog.by_date(10)} == ids


def test_a_copy_is_a_photo_of_its_own_and_not_encoded(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path
) -> None:
    path = paint("a.png", "red")
    library.ingest([photos])
    shutil.copyfile(path, photos / "copy.png")
    assert counts(library.ingest([photos])) == {"added": 1, "unchanged": 1}
    assert encoder.images == 1
    assert sorted(names(library, "red")) == ["a.png", "copy.png"]


def test_a_photo_whose_file_is_gone_is_hidden_until_it_is_back(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path, tmp_path: Path
) -> None:
    path = paint("a.png", "red")
    paint("b.png", "red", "blue")
    library.ingest([photos])
    path.rename(tmp_path / "aside.png")
    assert counts(library.ingest([photos])) == {"unchanged": 1, "missing": 1}
    assert names(library, "red") == ["b.png"]
    (tmp_path / "aside.png").rename(path)
    assert counts(library.ingest([photos])) == {"unchanged": 2}
    assert names(library, "red") == ["a.png", "b.png"]
    assert encoder.images == 2


@pytest.mark.parametrize("how", ["empty", "absent"])
def test_an_unmounted_root_forgets_nothing(
    library: Library, paint: Paint, photos: Path, tmp_path: Path, how: str
) -> None:
    paint("sub/a.png", "red")
    library.ingest([photos])
    photos.rename(tmp_path / "unplugged")
    if how == "empty":
        photos.mkdir()
    report = library.ingest([photos])
    assert counts(report) == {}
    assert len(report.unavailable) == 1
    assert names(library, "red") == ["a.png"]


def test_a_copy_of_a_photo_on_an_unplugged_drive_is_not_a_move(
    library: Library, paint: Paint, photos: Path, tmp_path: Path
) -> None:
    path = paint("a.png", "red")
    library.ingest([photos])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copyfile(path, elsewhere / "copy.png")
    photos.rename(tmp_path / "unplugged")
    assert counts(library.ingest([elsewhere])) == {"added": 1}
    (tmp_path / "unplugged").rename(photos)
    assert counts(library.ingest([photos])) == {"unchanged": 1}


def test_a_broken_file_is_recorded_and_left_alone_until_it_changes(
    library: Library, paint: Paint, photos: Path
) -> None:
    good = paint("good.png", "red")
    broken = photos / "broken.png"
    broken.write_bytes(good.read_bytes()[:60])
    report = library.ingest([photos])
    assert counts(report) == {"added": 1, "skipped": 1}
    assert report.skipped[0].path == str(broken)
    assert report.skipped[0].reason
    report = library.ingest([photos])
    assert (counts(report), report.skipped_before) == ({"unchanged": 1}, 1)
    rewrite(broken, good)
    assert counts(library.ingest([photos])) == {"added": 1, "unchanged": 1}
    assert library.skipped() == []


def test_a_skipped_file_that_is_deleted_is_no_longer_listed(
    library: Library, paint: Paint, photos: Path
) -> None:
    paint("good.png", "red")
    (photos / "broken.jpg").write_bytes(b"no picture at all")
    library.ingest([photos])
    assert len(library.skipped()) == 1
    (photos / "broken.jpg").unlink()
    library.ingest([photos])
    assert library.skipped() == []


def test_a_cancelled_ingest_goes_on_where_it_stopped(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path
) -> None:
    for place in range(30):
        paint(f"{place}.png", "red", seed=place + 1)
    cancel = Event()

    def stop(progress: Progress) -> None:
        if progress.done >= 9:
            cancel.set()

    first = library.ingest([photos], observer=stop, cancel=cancel)
    assert first.cancelled
    assert 9 <= first.added < 30
    second = library.ingest([photos])
    assert counts(second) == {"added": 30 - first.added, "unchanged": first.added}
    assert encoder.images == 30


def test_an_ingest_of_a_subfolder_looks_only_there(
    library: Library, paint: Paint, photos: Path
) -> None:
    paint("a/1.png", "red", seed=1)
    paint("b/2.png", "red", seed=2)
    library.ingest([photos])
    (photos / "a/1.png").unlink()
    paint("b/3.png", "red", seed=3)
    assert counts(library.ingest([photos / "b"])) == {"added": 1, "unchanged": 1}
    assert sorted(names(library, "red")) == ["1.png", "2.png", "3.png"]
    assert [root.path for root in library.store.files.roots()] == [str(photos)]


def test_a_root_above_known_roots_takes_them_in(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path
) -> None:
    paint("a/1.png", "red", seed=1)
    paint("b/deep/2.png", "red", seed=2)
    library.ingest([photos / "a", photos / "b" / "deep"])
    assert counts(library.ingest([photos])) == {"unchanged": 2}
    assert encoder.images == 2
    assert [root.path for root in library.store.files.roots()] == [str(photos)]


def test_folders_inside_each_other_are_taken_in_once(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path
) -> None:
    paint("a/1.png", "red", seed=1)
    paint("a/b/2.png", "red", seed=2)
    library.ingest([photos / "a" / "b"])
    report = library.ingest([photos / "a" / "b", photos, photos / "a"])
    assert counts(report) == {"added": 1, "unchanged": 1}
    assert encoder.images == 2


def test_another_encoder_builds_a_space_beside_the_old_one(
    library: Library, paint: Paint, photos: Path
) -> None:
    for place in range(6):
        paint(f"{place}.png", "red", seed=place + 1)
    library.ingest([photos])
    other = CountingEncoder("colours-2")
    changed = Library(library.store, library.settings, other)
    assert counts(changed.ingest([photos])) == {"unchanged": 6}
    assert other.images == 6
    assert [info.vectors for info in library.store.spaces()] == [6, 6]
    assert len(names(library, "red")) == len(names(changed, "red")) == 6


def test_only_one_ingest_runs_at_a_time(library: Library, photos: Path) -> None:
    library.settings.library.mkdir(exist_ok=True)
    with FileLock(library.settings.library / "ingest.lock"), pytest.raises(StoreBusy):
        library.ingest([photos])


def test_a_folder_that_is_not_there_is_refused(library: Library, photos: Path) -> None:
    with pytest.raises(NotFound, match="no folder"):
        library.ingest([photos / "typo"])


def test_originals_and_their_folders_are_never_written(
    library: Library, paint: Paint, photos: Path
) -> None:
    for place, colour in enumerate(["red", "blue"]):
        paint(f"sub/{place}.jpg", colour)

    def state() -> dict[str, tuple[int, int, bytes]]:
        return {
            str(path): (
                path.stat().st_mtime_ns,
                path.stat().st_mode,
                path.read_bytes() if path.is_file() else b"",
            )
            for path in sorted(photos.rglob("*"))
        }

    before = state()
    library.ingest([photos])
    library.search("red")
    assert state() == before


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("海 & ünï–code 🐕.png".encode(), id="unicode"),
        pytest.param(b"latin-\xe9\xff.png", id="not-utf-8"),
        pytest.param(b"new\nline.png", id="new-line"),
        pytest.param(b"quote'\" % _ ;--.png", id="sql"),
    ],
)
def test_any_file_name_survives(library: Library, paint: Paint, photos: Path, name: bytes) -> None:
    path = os.fsencode(photos) + b"/" + name
    paint("a.png", "red").rename(os.fsdecode(path))
    assert counts(library.ingest([photos])) == {"added": 1}
    assert library.photo(os.fsdecode(path)).digest
    assert len(names(library, "red")) == 1
    assert counts(library.ingest([photos])) == {"unchanged": 1}


def test_vectors_do_not_depend_on_how_pictures_are_batched(
    library: Library, paint: Paint, photos: Path
) -> None:
    for place in range(5):
        paint(f"{place}.png", "red", "blue", seed=place + 1)
    library.ingest([photos])
    table = library.store.vectors(library.encoder.space)
    owned = library.store.catalog.frames(range(1, 6)).values()
    _, vectors = table.get([frame for frames in owned for frame in frames])
    assert len(vectors) == 5
    assert np.allclose(vectors, vectors[0], atol=1e-2)


def test_settings_reach_the_decoders(tmp_path: Path, paint: Paint, photos: Path) -> None:
    paint("big.png", "red", size=300)
    settings = load_settings(
        {"library": tmp_path / "l", "encoder": "test-colours", "workers": 1, "max_pixels": 1000}
    )
    with Library.open(settings=settings) as library:
        report = library.ingest([photos])
    assert counts(report) == {"skipped": 1}
    assert "pixels" in report.skipped[0].reason


def test_the_encoder_is_loaded_once_and_only_for_new_pictures(
    library: Library, encoder: CountingEncoder, paint: Paint, photos: Path
) -> None:
    for number in range(6):
        paint(f"{number}.png", "red", seed=number)
    library.ingest([photos])
    assert encoder.warmed == 1
    library.ingest([photos])
    assert encoder.warmed == 1
