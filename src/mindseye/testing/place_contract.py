"""The contract of `Places`: what the gazetteer says of photos is kept, and asked for once."""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from mindseye.fold import fold
from mindseye.stores.base import Batch, Placed, Store
from mindseye.testing.samples import put_some, record
from mindseye.testing.store_fixtures import StoreFixtures
from mindseye.types import Edit, Gps, LocalNames, Located, Metadata, Place, Precision, Source

FLORENCE = Located(
    "Europe/Rome",
    "Florence",
    "Tuscany",
    "Italy",
    "IT",
    LocalNames("Firenze", "Toscana", "Italia"),
    ("Florence", "Firenze", "Φλωρεντία"),
    ("Tuscany", "Toscana"),
    ("Italy", "Italia", "Italien"),
)


def folded(located: Located) -> Located:
    """As a store gives it back: its names are folded and in order."""
    return replace(
        located,
        city_names=_folded(located.city_names),
        region_names=_folded(located.region_names),
        country_names=_folded(located.country_names),
    )


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(fold(name) or "" for name in names))


def placed(store: Store, located: Mapping[int, Located | None]) -> list[Placed]:
    """What the gazetteer says of photos that wait, by id; their metadata stay as they are."""
    waiting = dict(store.places.waiting(1000))
    return [Placed(known, waiting[known], here, waiting[known]) for known, here in located.items()]


class PlacesContract(StoreFixtures):
    """Where photos were taken."""

    def test_what_was_placed_comes_back_with_its_photo(self, store: Store) -> None:
        ids = put_some(store, 3)
        here = Metadata(
            place=Place("Florence", "Tuscany", "Italy", "IT"),
            offset=timedelta(hours=2),
            sources={"place": Source.GPS, "offset": Source.GPS},
        )
        given = placed(store, {ids[0]: FLORENCE, ids[1]: None})
        assert store.places.put([replace(given[0], metadata=here), given[1]]) == 2
        first, second, third = store.catalog.photos(ids)
        assert first.located == folded(FLORENCE)
        assert first.metadata.place == here.place
        assert first.metadata.offset == here.offset
        assert first.metadata.sources == here.sources
        assert second.located is None
        assert third.located is None

    def test_only_place_offset_and_sources_are_written(self, store: Store) -> None:
        [photo_id] = put_some(store, 1)
        before = store.catalog.get(photo_id).metadata
        other = Metadata(title="another", gps=Gps(1, 2), taken_at=datetime(1999, 1, 1))
        [given] = placed(store, {photo_id: FLORENCE})
        store.places.put([replace(given, metadata=other)])
        after = store.catalog.get(photo_id).metadata
        assert after == replace(before, place=None, offset=None, sources={})

    def test_photos_wait_until_they_are_placed_even_nowhere(self, store: Store) -> None:
        ids = put_some(store, 3)
        assert [photo_id for photo_id, _ in store.places.waiting(10)] == ids
        assert [photo_id for photo_id, _ in store.places.waiting(2)] == ids[:2]
        store.places.put(placed(store, {ids[0]: FLORENCE, ids[2]: None}))
        assert [photo_id for photo_id, _ in store.places.waiting(10)] == [ids[1]]

    def test_who_waits_is_told_with_time_position_and_place(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        given = Metadata(
            taken_at=datetime(2023, 7, 1, 12),
            precision=Precision.SECOND,
            gps=Gps(43.7, 11.2, 50.0),
            place=Place(country="Italia"),
            sources={"taken_at": Source.EXIF, "place": Source.IPTC},
        )
        told = replace(given, title="not told", keywords=("nor", "these"))
        [photo_id] = store.put(Batch(photos=[replace(record(root.id, "a.jpg", 1), metadata=told)]))
        assert store.places.waiting(10) == [(photo_id, given)]

    def test_a_photo_that_is_written_anew_waits_again(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        given = record(root.id, "a.jpg", 1)
        [photo_id] = store.put(Batch(photos=[given]))
        store.places.put(placed(store, {photo_id: FLORENCE}))
        store.put(Batch(photos=[replace(given, photo_id=photo_id)]))
        assert [waiting for waiting, _ in store.places.waiting(10)] == [photo_id]
        assert store.catalog.get(photo_id).located is None

    def test_an_edited_photo_waits_again(self, store: Store) -> None:
        ids = put_some(store, 2)
        store.places.put(placed(store, dict.fromkeys(ids, FLORENCE)))
        store.edits.put(ids[:1], Edit(gps=Gps(35.0, 135.7)))
        [(waiting, metadata)] = store.places.waiting(10)
        assert (waiting, metadata.gps) == (ids[0], Gps(35.0, 135.7))
        assert store.catalog.get(ids[0]).located is None

    def test_an_edit_that_came_between_is_not_written_over(self, store: Store) -> None:
        ids = put_some(store, 2)
        given = placed(store, dict.fromkeys(ids, FLORENCE))
        store.edits.put(ids[:1], Edit(place=Place("Siena")))
        assert store.places.put(given) == 1
        first, second = store.catalog.photos(ids)
        assert first.metadata.place is not None
        assert first.metadata.place.city == "Siena"
        assert first.located is None
        assert second.located == folded(FLORENCE)

    def test_a_place_is_among_the_words_of_a_photo_as_people_there_call_it(
        self, store: Store
    ) -> None:
        ids = put_some(store, 2)
        assert len(store.texts.search("firenze", 10)) == 0
        store.places.put(placed(store, {ids[1]: FLORENCE}))
        assert store.texts.search("firenze", 10).ids.tolist() == [ids[1]]
        assert not list(store.check())

    def test_placing_again_replaces_what_was_known(self, store: Store) -> None:
        [photo_id] = put_some(store, 1)
        for located in (FLORENCE, Located("Etc/GMT+2"), None, FLORENCE):
            store.places.put(placed(store, {photo_id: located}))
            known = store.catalog.get(photo_id).located
            assert known == (None if located is None else folded(located))
            store.places.forget()

    def test_after_forgetting_all_photos_wait(self, store: Store) -> None:
        ids = put_some(store, 3)
        store.places.put(placed(store, dict.fromkeys(ids, FLORENCE)))
        assert store.places.waiting(10) == []
        assert store.places.forget() == 3
        assert [photo_id for photo_id, _ in store.places.waiting(10)] == ids
        assert store.catalog.get(ids[0]).located is None

    def test_photos_that_are_gone_are_passed_over(self, store: Store) -> None:
        ids = put_some(store, 2)
        given = placed(store, dict.fromkeys(ids, FLORENCE))
        store.forget(ids[:1])
        assert store.places.put(given) == 1
        assert store.places.put([]) == store.places.put(given[:1]) == 0
        assert [photo.id for photo in store.catalog.photos(ids)] == ids[1:]
