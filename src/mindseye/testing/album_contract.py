"""The part of a store's contract that albums and a change of encoder need."""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mindseye.errors import NotFound, UsageError
from mindseye.query.model import Among, Below, Not
from mindseye.stores.base import Batch, Selection, Store
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import (
    OTHER_SPACE,
    SPACE,
    as_ids,
    frames_of,
    put_some,
    record,
    search_ids,
)
from mindseye.testing.store_fixtures import Opener, StoreFixtures
from mindseye.types import Album

FULL_ALBUM = Album(
    name="Ünï & 海",
    folders=("/photos/a", "/elsewhere/\U0010fee9"),
    description="two\nlines",
    encoder="test-two",
    searched_by="test-one",
    min_score=0.25,
    max_results=40,
    optimise=True,
    search="a dog rating:>=4",
)

PLACES = ("", "a", "a/b", "a/b/c", "ab", "a b", "a0", "A", "Ä/ö")
"""Folders that share beginnings, and characters around the one that separates folders."""


def frames_in(store: Store, folders: list[str]) -> list[int]:
    """Frames of the photos below these folders, as filtering finds them."""
    frames: list[int] = store.catalog.matching(Below(tuple(folders)), datetime(2024, 1, 1)).tolist()
    return frames


class AlbumContract(StoreFixtures):
    """Albums, choices, restrictions to folders, and spaces that go."""

    @pytest.mark.parametrize("album", [FULL_ALBUM, Album("plain", ("/x",), optimise=False)])
    def test_an_album_comes_back_as_it_was_put(self, opener: Opener, album: Album) -> None:
        before = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=2)
        with closing(opener()) as store:
            written = store.albums.put(album)
        assert written == replace(album, id=written.id, created_at=written.created_at)
        assert written.id > 0
        assert written.created_at is not None
        assert before <= written.created_at <= datetime.now(UTC).replace(tzinfo=None)
        with closing(opener()) as store:
            assert list(store.albums) == [written]

    def test_albums_come_by_name_and_are_found_however_it_is_written(self, store: Store) -> None:
        for name in ("beach", "Émile", "Alps"):
            store.albums.put(Album(name, ("/photos",)))
        assert [album.name for album in store.albums] == ["Alps", "beach", "Émile"]
        assert store.albums.get("ALPS").name == "Alps"
        assert store.albums.get("e\u0301MILE").name == "Émile"
        assert store.albums.find("alp") is None

    def test_an_unknown_album_is_answered_with_the_nearest(self, store: Store) -> None:
        store.albums.put(Album("Holidays", ("/photos",)))
        for verb in (store.albums.get, store.albums.remove):
            with pytest.raises(NotFound, match="no album 'holiday'") as caught:
                verb("holiday")
            assert "'Holidays'" in caught.value.hint

    def test_two_albums_never_share_a_name(self, store: Store) -> None:
        store.albums.put(Album("one", ("/photos",)))
        two = store.albums.put(Album("two", ("/photos",)))
        for album in (Album("ONE", ("/x",)), replace(two, name="One")):
            with pytest.raises(UsageError, match="already"):
                store.albums.put(album)
        assert [album.name for album in store.albums] == ["one", "two"]

    def test_an_album_is_changed_and_renamed_in_place(self, store: Store) -> None:
        first = store.albums.put(Album("one", ("/photos",)))
        changed = replace(first, name="ONE", min_score=0.5, folders=("/a", "/b"))
        assert store.albums.put(changed) == changed
        assert list(store.albums) == [changed]
        store.albums.remove("one")
        assert list(store.albums) == []
        with pytest.raises(NotFound):
            store.albums.put(changed)

    def test_photos_are_picked_by_hand_and_taken_out_again(self, opener: Opener) -> None:
        with closing(opener()) as store:
            ids = put_some(store, 4)
            one, two = (store.albums.put(Album(name)) for name in ("one", "two"))
            assert store.albums.pick(one.id, ids[:3]) == 3
            assert store.albums.pick(one.id, [*ids[1:], ids[3]]) == 1
            assert store.albums.unpick(one.id, [ids[0], ids[1], 999]) == 2
            assert store.albums.pick(two.id, []) == 0
        with closing(opener()) as store:
            assert store.albums.picked(one.id) == set(ids[2:])
            assert store.albums.picked(two.id) == frozenset()
            assert store.albums.put(replace(one, name="uno")).id == one.id
            assert store.albums.picked(one.id) == set(ids[2:])

    def test_nothing_is_picked_where_one_of_them_is_not_there(self, store: Store) -> None:
        ids = put_some(store, 2)
        album = store.albums.put(Album("one"))
        for album_id, photos in ((album.id, [*ids, ids[-1] + 1]), (album.id + 1, ids)):
            with pytest.raises(NotFound):
                store.albums.pick(album_id, photos)
        assert store.albums.picked(album.id) == frozenset()

    def test_what_was_picked_goes_with_its_photo_and_its_album(self, store: Store) -> None:
        ids = put_some(store, 3)
        album = store.albums.put(Album("one"))
        store.albums.pick(album.id, ids)
        store.put(Batch(missing=ids[:1]))
        assert store.albums.picked(album.id) == set(ids)
        store.forget(ids[:1])
        assert store.albums.picked(album.id) == set(ids[1:])
        store.albums.remove("one")
        assert store.albums.picked(album.id) == frozenset()
        assert list(store.check()) == []

    @pytest.mark.parametrize("chosen", [[], [0], [0, 2, 4], list(range(5))])
    def test_photos_are_found_by_their_ids(self, store: Store, chosen: list[int]) -> None:
        ids = put_some(store, 5)
        wanted = [ids[place] for place in chosen]
        others = [photo_id for photo_id in ids if photo_id not in wanted]
        among, now = Among(frozenset([*wanted, 999])), datetime(2024, 1, 1)
        assert store.catalog.matching(among, now).tolist() == frames_of(store, wanted)
        assert store.catalog.matching(Not(among), now).tolist() == frames_of(store, others)
        assert store.vectors(OTHER_SPACE).waiting_count(among) == len(wanted)

    def test_a_choice_and_albums_are_written_as_one(self, opener: Opener) -> None:
        with closing(opener()) as store, closing(opener()) as other:
            assert store.choices.find("encoder") is None
            album = store.albums.put(Album("one", ("/photos",)))
            gone = replace(album, id=album.id + 1, name="gone")
            store.choices.put("encoder", "test-one", [replace(album, searched_by="test-two")])
            assert other.choices.find("encoder") == "test-one"
            assert other.albums.get("one").searched_by == "test-two"
            with pytest.raises(NotFound):
                store.choices.put("encoder", "test-two", [album, gone])
            assert other.choices.find("encoder") == "test-one"
            assert other.albums.get("one").searched_by == "test-two"
            store.choices.put("encoder", "test-two")
            assert other.choices.find("encoder") == "test-two"

    @pytest.mark.parametrize(
        ("folders", "places"),
        [
            (["/photos/a"], {"a", "a/b", "a/b/c"}),
            (["/photos/a/"], {"a", "a/b", "a/b/c"}),
            (["/photos/a/b", "/photos/ab"], {"a/b", "a/b/c", "ab"}),
            (["/photos/a", "/photos/a/b"], {"a", "a/b", "a/b/c"}),
            (["/photos/Ä"], {"Ä/ö"}),
            (["/photos"], set(PLACES)),
            (["/"], set(PLACES)),
            (["/photo", "/photos/none", "/elsewhere"], set()),
            ([], set()),
        ],
    )
    def test_frames_below_folders_are_those_of_photos_in_them(
        self, store: Store, folders: list[str], places: set[str]
    ) -> None:
        root = store.files.add_root("/photos")
        photos = [record(root.id, "x.jpg", n, folder=f) for n, f in enumerate(PLACES)]
        frames = frames_of(store, store.put(Batch(photos=photos, space=SPACE)))
        expected = [frame for frame, place in zip(frames, PLACES, strict=True) if place in places]
        assert frames_in(store, folders) == expected
        newest = store.catalog.by_date(99, chosen=Selection(as_ids(expected)))
        assert {photo.location.folder for photo in newest} == places
        other, of = store.vectors(OTHER_SPACE), Below(tuple(folders))
        assert [frame for frame, _ in other.waiting(99, of=of)] == expected
        assert other.waiting_count(of) == len(expected)

    def test_missing_photos_are_below_no_folder(self, store: Store) -> None:
        ids = put_some(store, 3, folder="in")
        store.put(Batch(missing=ids[:1]))
        assert frames_in(store, ["/photos/in"]) == frames_of(store, ids[1:])
        assert store.vectors(OTHER_SPACE).waiting_count(Below(("/photos/in",))) == 2
        assert store.vectors(OTHER_SPACE).waiting_count() == 2
        assert store.vectors(SPACE).waiting_count() == 0

    def test_a_dropped_space_takes_nothing_else_along(self, opener: Opener) -> None:
        with closing(opener()) as store:
            ids = put_some(store, 5)
            frames = frames_of(store, ids)
            store.vectors(OTHER_SPACE).put(frames, unit_rows(5, dim=OTHER_SPACE.dim))
            store.vectors(OTHER_SPACE).refresh()
            assert store.drop_space(OTHER_SPACE) == 5
            assert store.drop_space(OTHER_SPACE) == 0
            assert [info.space for info in store.spaces()] == [SPACE]
            assert not store.has_vectors(OTHER_SPACE)
            assert search_ids(store, unit_rows(1, seed=2)[0], 1) == [ids[2]]
            assert list(store.check()) == []

    def test_a_space_that_is_dropped_and_made_anew_is_seen_by_every_open_store(
        self, opener: Opener
    ) -> None:
        with closing(opener()) as one, closing(opener()) as other:
            ids = put_some(one, 3)
            assert search_ids(other, unit_rows(1, seed=1)[0], 1) == [ids[1]]
            one.drop_space(SPACE)
            assert search_ids(other, unit_rows(1, seed=1)[0], 1) == []
            one.vectors(SPACE).put(frames_of(one, ids), unit_rows(3, seed=9))
            query = unit_rows(3, seed=9)[2]
            assert search_ids(other, query, 1) == [ids[2]]
            assert search_ids(one, query, 1) == [ids[2]]
