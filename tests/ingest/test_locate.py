"""An ingest says where photos were taken and which time was kept there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from mindseye.config import load_settings
from mindseye.errors import MissingExtra, StoreUnavailable
from mindseye.ingest import locate
from mindseye.ingest.locate import GAZETTEER, Locating, completed, ready_names, without_guesses
from mindseye.ingest.options import Progress
from mindseye.library import Library
from mindseye.places import build, gazetteer
from mindseye.places.gazetteer import Gazetteer, current_stamp, gazetteer_file
from mindseye.places.sources import versions
from mindseye.stores.base import Batch
from mindseye.testing.samples import record
from mindseye.types import Edit, Gps, Located, Metadata, Photo, Place, Precision, Source

FLORENCE, KYOTO, SEA = Gps(43.7678, 11.2553), Gps(35.0394, 135.7292), Gps(0.0, -30.0)

Take = Callable[[Metadata], Photo]


@pytest.fixture
def take(library: Library) -> Take:
    """The photo that has this metadata, located."""

    def take(metadata: Metadata) -> Photo:
        root = library.store.files.add_root("/photos")
        given = replace(record(root.id, "a.jpg", 1), metadata=metadata, vector=None)
        [photo_id] = library.store.put(Batch(photos=[given]))
        library.locate()
        return library.photo(photo_id)

    return take


def found(library: Library, query: str) -> int:
    return len(library.search(query).hits)


def test_a_position_gives_the_place_and_says_so(take: Take) -> None:
    photo = take(Metadata(gps=FLORENCE))
    assert photo.metadata.place == Place("Florence", "Tuscany", "Italy", "IT")
    assert photo.metadata.sources["place"] is Source.GPS
    assert photo.located is not None
    assert (photo.located.timezone, photo.located.local.city) == ("Europe/Rome", "Firenze")


@pytest.mark.parametrize(
    "query",
    "place:florence place:firenze city:Florenz city:フィレンツェ city:佛罗伦萨 region:toscana "
    "place:tuscany country:italien country:意大利 country:it place:it".split(),
)
def test_a_photo_is_found_by_every_name_of_its_place(
    take: Take, library: Library, query: str
) -> None:
    take(Metadata(gps=FLORENCE))
    assert found(library, query) == 1
    assert found(library, f"-{query}") == 0


@pytest.mark.parametrize(
    "query", ["city:firenzi-no", "city:toscana", "country:florence", "place:fi"]
)
def test_a_name_of_something_else_does_not_find_it(
    take: Take, library: Library, query: str
) -> None:
    take(Metadata(gps=FLORENCE))
    assert found(library, query) == 0


@pytest.mark.parametrize("source", [Source.IPTC, Source.XMP, Source.USER])
def test_a_place_that_was_named_stays_and_is_found_by_its_other_names(
    take: Take, library: Library, source: Source
) -> None:
    photo = take(Metadata(gps=FLORENCE, place=Place("Firenze"), sources={"place": source}))
    assert photo.metadata.place == Place("Firenze")
    assert photo.metadata.sources["place"] is source
    assert found(library, "place:florence") == 1


def test_a_user_who_names_another_place_wins_over_the_position(
    take: Take, library: Library
) -> None:
    siena = Place("Siena", "Toscana", "Italia")
    photo = take(Metadata(gps=FLORENCE, place=siena, sources={"place": Source.USER}))
    assert photo.metadata.place == siena
    assert found(library, "place:firenze") == found(library, "place:florence") == 0
    assert found(library, "place:sienne") == found(library, "region:tuscany") == 1
    assert photo.located is not None
    assert photo.located.timezone == "Europe/Rome"


def test_a_user_who_took_the_place_away_keeps_it_away(take: Take) -> None:
    photo = take(Metadata(gps=FLORENCE, sources={"place": Source.USER}))
    assert photo.metadata.place is None


@pytest.mark.parametrize(
    ("place", "query"),
    [
        (Place("Firenze", None, "Italia"), "place:florence"),
        (Place("Wien", None, None, "AT"), "place:vienna"),
        (Place("京都市", "京都府", "日本"), "country:japan"),
        (Place(None, "Bayern", "Deutschland"), "region:bavaria"),
        (Place(None, None, "Deutschland"), "country:allemagne"),
    ],
)
def test_words_with_a_country_are_found_by_other_names_without_any_position(
    take: Take, library: Library, place: Place, query: str
) -> None:
    photo = take(Metadata(place=place))
    assert found(library, query) == 1
    assert photo.metadata.place == place
    assert photo.located is not None
    assert photo.located.timezone == ""
    assert photo.metadata.offset is None


def test_a_city_without_a_country_may_be_anywhere(take: Take) -> None:
    assert take(Metadata(place=Place("Paris"))).located is None


def test_at_sea_there_is_a_time_zone_and_no_place(take: Take) -> None:
    photo = take(Metadata(gps=SEA))
    assert photo.metadata.place is None
    assert photo.located == Located(timezone="Etc/GMT+2")


@pytest.mark.parametrize(
    ("gps", "wall", "hours"),
    [
        (FLORENCE, datetime(2023, 7, 1, 12), 2),
        (FLORENCE, datetime(2023, 1, 1, 12), 1),
        # Clocks went from 2:00 to 3:00: this hour never came, and counts as before.
        (FLORENCE, datetime(2023, 3, 26, 2, 30), 1),
        # Clocks went from 3:00 to 2:00: this hour came twice, and the first is taken.
        (FLORENCE, datetime(2023, 10, 29, 2, 30), 2),
        (KYOTO, datetime(2023, 7, 1, 12), 9),
        (SEA, datetime(2023, 7, 1, 12), -2),
    ],
)
def test_a_time_without_an_offset_takes_that_of_the_place(
    take: Take, gps: Gps, wall: datetime, hours: int
) -> None:
    photo = take(Metadata(gps=gps, taken_at=wall, precision=Precision.SECOND))
    assert photo.metadata.offset == timedelta(hours=hours)
    assert photo.metadata.sources["offset"] is Source.GPS
    assert photo.metadata.taken_at == wall


@pytest.mark.parametrize(
    "metadata",
    [
        Metadata(gps=KYOTO),
        Metadata(gps=KYOTO, taken_at=datetime(2023, 7, 1), precision=Precision.DAY),
        Metadata(
            gps=KYOTO,
            taken_at=datetime(2023, 7, 1, 12),
            precision=Precision.SECOND,
            sources={"taken_at": Source.MTIME},
        ),
        Metadata(taken_at=datetime(2023, 7, 1, 12), precision=Precision.SECOND),
    ],
)
def test_what_is_no_time_of_the_place_takes_no_offset(take: Take, metadata: Metadata) -> None:
    assert take(metadata).metadata.offset is None


def test_an_offset_that_was_read_stays(take: Take) -> None:
    photo = take(
        Metadata(
            gps=KYOTO,
            taken_at=datetime(2023, 7, 1, 12),
            precision=Precision.SECOND,
            offset=timedelta(hours=1),
            sources={"taken_at": Source.EXIF, "offset": Source.EXIF},
        )
    )
    assert photo.metadata.offset == timedelta(hours=1)
    assert photo.metadata.sources["offset"] is Source.EXIF


def test_what_a_pass_filled_in_is_taken_away_again_by_the_next() -> None:
    given = Metadata(
        gps=KYOTO,
        taken_at=datetime(2023, 7, 1, 12),
        precision=Precision.SECOND,
        sources={"taken_at": Source.EXIF},
    )
    there = Located("Asia/Tokyo", "Kyoto", "Kyoto", "Japan", "JP")
    assert completed(given, there) != given
    assert without_guesses(completed(given, there)) == given


def test_an_ingest_locates_new_photos_and_a_library_of_before_without_reading_files(
    library: Library, photos: Path
) -> None:
    path = photos / "a.jpg"
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (43.0, 46.0, 4.0), 3: "E", 4: (11.0, 15.0, 19.0)}
    exif[0x8769] = {0x9003: "2023:07:01 12:00:00"}
    Image.new("RGB", (64, 64), "red").save(path, exif=exif)
    assert library.ingest([photos]).notices == ()
    taken = library.photo(path)
    assert taken.metadata.place == Place("Florence", "Tuscany", "Italy", "IT")
    assert taken.metadata.offset == timedelta(hours=2)

    # As a library of an earlier Mindseye, or of an earlier gazetteer, would be.
    library.store.choices.put(GAZETTEER, "an older one")
    library.store.places.forget()
    assert library.photo(path).located is None
    path.unlink()
    path.write_bytes(b"")
    report = Locating(library.store).run()
    assert report == 1
    assert library.photo(taken.id).located == taken.located
    assert library.store.choices.find(GAZETTEER) == current_stamp()


def test_a_photo_whose_metadata_change_is_located_anew(take: Take) -> None:
    assert take(Metadata(gps=FLORENCE)).metadata.place == Place(
        "Florence", "Tuscany", "Italy", "IT"
    )
    moved = take(Metadata(gps=KYOTO)).metadata.place
    assert moved is not None
    assert moved.city == "Kyoto"


def test_a_pass_that_finds_nothing_waiting_opens_no_gazetteer(
    take: Take, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(Metadata(gps=FLORENCE))
    monkeypatch.delattr(locate, "Gazetteer")
    assert library.locate() == 0
    take(Metadata(title="neither a place nor a position"))


def test_without_the_extra_an_ingest_says_what_would_help(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, paint: Callable[..., Path]
) -> None:
    def missing() -> str:
        raise MissingExtra("timezonefinder", "places")

    monkeypatch.setattr(locate, "current_stamp", missing)
    picture = paint("a.jpg", "red")
    assert library.ingest([picture.parent]).notices == ()
    root = library.store.files.add_root(str(picture.parent))
    given = replace(record(root.id, "b.jpg", 1), metadata=Metadata(gps=FLORENCE), vector=None)
    library.store.put(Batch(photos=[given]))
    [notice] = Locating(library.store).notices()
    assert 'pip install "mindseye[places]"' in notice


def test_an_edited_position_is_looked_up_at_once_and_taken_back_as_well(
    take: Take, library: Library
) -> None:
    photo = take(Metadata(gps=FLORENCE, taken_at=datetime(2023, 7, 1), precision=Precision.MINUTE))
    library.edit([photo.id], Edit(gps=KYOTO))
    edited = library.photo(photo.id)
    assert edited.metadata.place == Place("Kyoto", "Kyoto", "Japan", "JP")
    assert edited.metadata.offset == timedelta(hours=9)
    assert found(library, "place:florence") == 0
    library.edit([photo.id], revert=["gps"])
    assert library.photo(photo.id) == photo


def test_an_edited_place_wins_until_it_is_taken_back(take: Take, library: Library) -> None:
    photo = take(Metadata(gps=FLORENCE))
    library.edit([photo.id], Edit(place=Place("Siena", "", "Italia", "")))
    assert (found(library, "place:sienne"), found(library, "place:firenze")) == (1, 0)
    library.store.places.forget()
    library.locate(again=True)
    edited = library.photo(photo.id).metadata
    assert edited.place == Place("Siena", None, "Italia")
    assert edited.sources["place"] is Source.USER
    library.edit([photo.id], revert=["place"])
    assert library.photo(photo.id) == photo


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What a gazetteer was compiled from since; there is none, and compiling one copies it."""
    Gazetteer.open().close()
    ready, told = gazetteer_file().resolve(), list[str]()

    def copy(file: Path, wanted: str) -> None:
        told.append(wanted)
        shutil.copy(ready, file)

    monkeypatch.setattr(build, "compile_alone", copy)
    monkeypatch.setattr(gazetteer, "gazetteer_file", lambda: tmp_path / "gazetteer.db")
    return told


def test_an_ingest_has_the_names_of_places_compiled_once(
    library: Library, paint: Callable[..., Path], compiled: list[str]
) -> None:
    assert library.sentences.parse("temple in Japan").unvisited == ()
    told: list[Progress] = []
    for _ in range(2):
        assert library.ingest([paint("a.jpg", "red").parent], observer=told.append).notices == ()
    assert compiled == [versions()]
    assert [progress.done for progress in told if progress.what == "names"] == [0, 1]
    assert library.sentences.parse("temple in Japan").unvisited == ("Japan",)


def test_no_names_are_compiled_for_who_reads_no_sentences_or_stops(
    tmp_path: Path, paint: Callable[..., Path], compiled: list[str]
) -> None:
    stopped = Event()
    stopped.set()
    given = {"library": tmp_path / "library", "encoder": "test-colours", "workers": 1}
    with Library.open(settings=load_settings({**given, "plain": False})) as library:
        library.ingest([paint("a.jpg", "red").parent])
    assert ready_names(lambda _: None, stopped) == ()
    assert compiled == []


def test_names_that_cannot_be_compiled_are_told_and_stop_no_ingest(
    library: Library,
    paint: Callable[..., Path],
    compiled: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(file: Path, wanted: str) -> None:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(build, "compile_alone", full)
    report = library.ingest([paint("a.jpg", "red").parent])
    assert report.added == 1
    assert report.notices == ("names of places stay unknown: the disk is full",)
