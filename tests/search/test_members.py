"""Who belongs to an album: folders, searches, photos picked by hand, and albums of albums."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import Paint

from mindseye.errors import NotFound, QueryError, UsageError
from mindseye.library import Library
from mindseye.query.evaluate import matches
from mindseye.query.model import Among, Field, Filter, Operator, Query, Term, Words
from mindseye.query.parse import parse
from mindseye.search.members import Members, all_relevant
from mindseye.search.status import AlbumStatus
from mindseye.stores.albums import reach
from mindseye.types import Album, Hit

NAMES = ("red.png", "red-blue.png", "blue.png", "trip/red.png", "trip/green.png")


@pytest.fixture
def filled(library: Library, paint: Paint, photos: Path) -> Library:
    for place, name in enumerate(NAMES):
        colours = Path(name).stem.split("-")
        paint(name, *colours, size=64 + place, seed=place)
    library.ingest([photos])
    return library


def put(library: Library, name: str, search: str = "", **facts: object) -> Album:
    return library.put_album(Album(name, search=search, **facts))  # type: ignore[arg-type]


def pick(library: Library, album: Album, photos: Path, *names: str) -> None:
    library.store.albums.pick(album.id, [library.photo(photos / name).id for name in names])


def names(hits: tuple[Hit, ...], photos: Path) -> set[str]:
    return {Path(hit.photo.path).relative_to(photos).as_posix() for hit in hits}


def held(library: Library, album: str, photos: Path) -> set[str]:
    return names(library.members(album).hits, photos)


def status_of(library: Library, album: Album) -> AlbumStatus:
    return next(entry for entry in library.status().albums if entry.album.id == album.id)


@pytest.mark.parametrize(
    ("folders", "search", "picked", "expected"),
    [
        ((), "", (), set()),
        ((), "", ("blue.png",), {"blue.png"}),
        (("trip",), "", (), {"trip/red.png", "trip/green.png"}),
        (("trip",), "", ("red.png", "trip/red.png"), {"trip/red.png", "trip/green.png", "red.png"}),
        ((), "red", (), {"red.png", "red-blue.png", "trip/red.png"}),
        (("trip",), "red", (), {"trip/red.png"}),
        (("trip",), "red", ("blue.png",), {"trip/red.png", "blue.png"}),
        ((), "name:green", (), {"trip/green.png"}),
        ((), "-name:red", ("red.png",), {"blue.png", "trip/green.png", "red.png"}),
        ((), "red - blue", (), {"red.png", "trip/red.png"}),
        ((), "red width:>64", (), {"red-blue.png", "trip/red.png"}),
        ((), "date:1999", (), set()),
        ((), "something else entirely", (), set()),
    ],
)  # fmt: skip
def test_an_album_holds_what_its_search_finds_in_its_folders_and_what_was_picked(
    filled: Library,
    photos: Path,
    folders: tuple[str, ...],
    search: str,
    picked: tuple[str, ...],
    expected: set[str],
) -> None:
    album = put(filled, "one", search, folders=tuple(str(photos / folder) for folder in folders))
    pick(filled, album, photos, *picked)
    assert held(filled, "one", photos) == expected
    entry = status_of(filled, album)
    takes_encoder = bool(parse(search).terms)
    assert entry.frames == (None if takes_encoder else len(expected))
    assert entry.picked == len(picked)
    frames = filled.store.catalog.frames([filled.photo(photos / name).id for name in expected])
    within = reach(filled.store, album)
    reached = None if within is None else filled.store.catalog.matching(within, datetime.now())
    assert reached is None or {frame for ids in frames.values() for frame in ids} <= set(
        reached.tolist()
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("album:trip", {"trip/red.png", "trip/green.png"}),
        ("album:TRIP", {"trip/red.png", "trip/green.png"}),
        ("-album:trip", {"red.png", "red-blue.png", "blue.png"}),
        ('album:"all reds"', {"red.png", "red-blue.png", "trip/red.png"}),
        ('album:trip,"all reds"', {"red.png", "red-blue.png", "trip/red.png", "trip/green.png"}),
        ('album:trip album:"all reds"', {"trip/red.png"}),
        ("album:nested", {"trip/red.png", "blue.png"}),
        ("album:nested OR name:green", {"trip/red.png", "blue.png", "trip/green.png"}),
        ("-(album:nested OR name:green)", {"red.png", "red-blue.png"}),
        ("album:empty", set()),
        ("-album:empty album:trip", {"trip/red.png", "trip/green.png"}),
        ("red album:nested", {"trip/red.png"}),
        ("blue -album:nested", {"red-blue.png"}),
    ],
)
def test_albums_are_fields_like_any_other(
    filled: Library, photos: Path, query: str, expected: set[str]
) -> None:
    put(filled, "trip", folders=(str(photos / "trip"),))
    put(filled, "all reds", "red")
    pick(filled, put(filled, "nested", 'album:"all reds" album:trip'), photos, "blue.png")
    put(filled, "empty")
    assert names(filled.search(query).hits, photos) == expected


def test_a_search_inside_an_album_finds_its_members_only(filled: Library, photos: Path) -> None:
    put(filled, "reds", "red")
    assert names(filled.search("blue", album="reds").hits, photos) == {"red-blue.png"}
    assert names(filled.search("name:trip OR name:blue", album="reds").hits, photos) == {
        "red-blue.png"
    }


def test_what_is_found_is_the_set_that_the_next_search_looks_in(
    filled: Library, photos: Path
) -> None:
    found = filled.search("red")
    assert names(filled.search("blue", within=found).hits, photos) == {"red-blue.png"}
    ids = [filled.photo(photos / name).id for name in ("blue.png", "red.png")]
    assert names(filled.search("blue", within=ids).hits, photos) == {"blue.png"}
    assert filled.search("blue", within=[]).hits == ()
    green = filled.search(Query((Term(Words("green")),), everything=True), within=ids)
    assert names(green.hits, photos) == {"blue.png", "red.png"}


def test_an_album_is_up_to_date_without_being_saved_again(
    filled: Library, photos: Path, paint: Paint
) -> None:
    put(filled, "new", "added:-1d.. name:green")
    reds = put(filled, "reds", "red", folders=(str(photos / "trip"),))
    paint("trip/green2.png", "green")
    paint("trip/red2.png", "red")
    filled.ingest([photos])
    assert held(filled, "new", photos) == {"trip/green.png", "trip/green2.png"}
    assert held(filled, "reds", photos) == {"trip/red.png", "trip/red2.png"}
    assert filled.store.albums.get("reds").search == reds.search == "red"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [({"max_results": 1}, 1), ({"min_score": 0.99}, 2), ({"min_score": -1.0}, 5), ({}, 3)],
)
def test_the_limits_of_an_album_cut_its_own_search(
    filled: Library, facts: dict[str, object], expected: int
) -> None:
    put(filled, "reds", "red", **facts)
    assert len(filled.search("album:reds").hits) == expected


def test_the_setting_for_hits_shown_cuts_no_album(filled: Library, photos: Path) -> None:
    put(filled, "reds", "red")
    short = Library(filled.store, replace(filled.settings, limit=1))
    assert len(held(short, "reds", photos)) == 3
    assert len(short.search("album:reds").hits) == 1


@pytest.mark.parametrize("count", [3, 999, 1000, 1001, 4000, 5000])
def test_however_many_photos_are_relevant_all_of_them_belong(filled: Library, count: int) -> None:
    found = filled.search("red")
    photo = found.hits[0].photo

    def search(query: Query) -> object:
        shown = min(count, query.limit)
        hits = tuple(Hit(replace(photo, id=place), 1.0, None, place) for place in range(shown))
        return replace(found, hits=hits, relevant=shown, cutoff=0.5)

    assert all_relevant(search, Query(), None) == frozenset(range(count))  # type: ignore[arg-type]
    assert len(all_relevant(search, Query(), 1000)) == min(count, 1000)  # type: ignore[arg-type]


def test_where_nothing_cuts_the_list_as_many_belong_as_a_search_shows(filled: Library) -> None:
    found = replace(filled.search("red"), cutoff=None)
    assert len(all_relevant(lambda _: found, Query(limit=2), None)) == 2
    assert len(all_relevant(lambda _: found, Query(limit=2), 3)) == 3


@pytest.mark.parametrize(
    ("searches", "told"),
    [
        ([("a", "album:a")], "'a' names 'a'"),
        ([("a", "red"), ("b", "album:a"), ("a", "red album:B")], "'a' names 'b' names 'a'"),
        (
            [("a", "red"), ("b", "album:a"), ("c", "-(album:b OR name:x)"), ("a", "album:c")],
            "'a' names 'c' names 'b' names 'a'",
        ),
    ],
)
def test_albums_that_name_each_other_are_refused(
    filled: Library, searches: list[tuple[str, str]], told: str
) -> None:
    *made, (name, last) = searches
    for other, text in made:
        put(filled, other, text)
    known = filled.store.albums.find(name)
    with pytest.raises(UsageError, match=f"go in circles: {told}"):
        filled.put_album(replace(known or Album(name), search=last))


def test_circles_that_got_into_the_store_are_refused_and_reported(filled: Library) -> None:
    one, two = put(filled, "one", "red"), put(filled, "two", "album:one")
    filled.store.albums.put(replace(one, search="album:two"))
    for ask in (lambda: filled.members("one"), lambda: filled.search("album:two")):
        with pytest.raises(UsageError, match="go in circles"):
            ask()
    assert "go in circles" in status_of(filled, two).trouble
    assert filled.search("red").hits


def test_an_album_that_is_not_there_is_pointed_at(filled: Library) -> None:
    put(filled, "holidays", "red")
    text = "red (name:x OR -album:holiday)"
    for ask in (lambda: filled.search(text), lambda: filled.query(parse(text))):
        with pytest.raises(QueryError, match="no album 'holiday'") as caught:
            ask()
        assert caught.value.query[caught.value.offset :].startswith("holiday)")
        assert "'holidays'" in caught.value.hint


@pytest.mark.parametrize("broken", ["red camra:x", "red album:gone"])
def test_a_search_that_is_no_longer_understood_is_reported_and_breaks_nothing_else(
    filled: Library, broken: str
) -> None:
    album = put(filled, "old", "red", encoder="test-colours:new")
    filled.store.albums.put(replace(album, search=broken))
    entry = status_of(filled, album)
    assert "the search of the album 'old' cannot be understood" in entry.trouble
    assert entry.frames is None
    assert entry.trouble in filled.status().notices
    with pytest.raises(QueryError) as caught:
        filled.search("red album:old")
    assert caught.value.query == broken
    assert reach(filled.store, filled.store.albums.get("old")) is None
    assert filled.search("red").hits
    assert filled.reencode(album="old").swapped


def test_an_encoder_of_an_album_knows_what_was_picked_and_nothing_needless(
    filled: Library, photos: Path
) -> None:
    album = put(filled, "one", "name:green", encoder="test-colours:new")
    pick(filled, album, photos, "blue.png")
    assert filled.reencode(album="one").encoded == 2
    assert names(filled.search("blue", album="one").hits, photos) == {"blue.png"}


def test_a_picture_in_a_search_that_is_kept_needs_its_whole_path(
    filled: Library, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(photos)
    with pytest.raises(QueryError, match="whole path") as caught:
        put(filled, "one", "red + ./blue.png")
    assert caught.value.offset == 6
    assert str(photos / "blue.png") in caught.value.hint
    put(filled, "one", f"{photos}/blue.png")
    assert held(filled, "one", photos) == {"blue.png", "red-blue.png"}


def test_only_a_library_knows_albums(filled: Library) -> None:
    field = Field("album", Operator.IS, "one")
    [photo] = filled.store.catalog.by_date(1)
    with pytest.raises(QueryError, match="only a library"):
        filled.store.catalog.matching(field, datetime.now())
    with pytest.raises(QueryError, match="only a library"):
        matches(field, photo, datetime.now())
    with pytest.raises(NotFound):
        filled.members("one")


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    query=st.recursive(
        st.sampled_from(["album:a", "album:b", "album:c", "name:red", "width:>66"]),
        lambda inner: st.one_of(
            inner.map("-({})".format),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' '.join(parts)})"),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        ),
        max_leaves=6,
    )
)
def test_members_said_as_a_filter_mean_the_same_to_python_and_to_the_store(
    filled: Library, photos: Path, query: str
) -> None:
    if filled.store.albums.find("a") is None:
        put(filled, "a", folders=(str(photos / "trip"),))
        put(filled, "b", "red")
        pick(filled, put(filled, "c", "-album:a width:<67"), photos, "trip/green.png")
    resolved = Members(filled.store, _reds).resolved(parse(query).filter)
    assert resolved is not None
    everything = filled.store.catalog.by_date(99)
    expected = {photo.id for photo in everything if matches(resolved, photo, datetime.now())}
    found = filled.store.catalog.matching(resolved, datetime.now())
    assert {
        photo.id for photo in filled.store.catalog.of_frames(found.tolist()).values()
    } == expected


def _reds(album: Album, filter_: Filter | None) -> frozenset[int]:
    assert (album.name, filter_) == ("b", None)
    return Among(frozenset({1, 2})).photos
