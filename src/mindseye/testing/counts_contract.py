"""The contract of what a store answers about many photos: orders by date, facets, samples."""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from mindseye.errors import QueryError
from mindseye.query.facets import FACETS, Facet
from mindseye.query.model import Field, Filter, Operator
from mindseye.stores.base import Batch, Count, DateOrder, DatePlace, Selection, Store
from mindseye.testing.samples import SPACE, as_ids, frames_of, put_some, record
from mindseye.testing.store_fixtures import StoreFixtures
from mindseye.types import Metadata, Place, Precision

NOW = datetime(2025, 6, 30, 12)
DAYS = (3, None, 1, 3, None, 2)


class CountsContract(StoreFixtures):
    """Orders, pages, counts and samples of the photos chosen."""

    @pytest.mark.parametrize(
        ("oldest_first", "expected"), [(False, (3, 0, 5, 2, 4, 1)), (True, (2, 5, 0, 3, 1, 4))]
    )
    def test_photos_come_by_date_then_id_and_undated_ones_last(
        self, store: Store, oldest_first: bool, expected: tuple[int, ...]
    ) -> None:
        ids = _put_days(store)
        photos = store.catalog.by_date(99, DateOrder(oldest_first))
        assert [photo.id for photo in photos] == [ids[place] for place in expected]
        assert _paged(store, DateOrder(oldest_first)) == [photo.id for photo in photos]

    @pytest.mark.parametrize("gone", range(6))
    def test_a_page_goes_on_behind_a_photo_that_went_meanwhile(
        self, store: Store, gone: int
    ) -> None:
        ids = _put_days(store)
        whole = store.catalog.by_date(99)
        place = [photo.id for photo in whole].index(ids[gone])
        store.put(Batch(missing=[ids[gone]]))
        after = DatePlace(whole[place].metadata.taken_at, ids[gone])
        rest = store.catalog.by_date(99, DateOrder(after=after))
        assert [photo.id for photo in rest] == [photo.id for photo in whole[place + 1 :]]

    @pytest.mark.parametrize(
        ("filter_", "within", "expected"),
        [
            (None, None, {0, 1, 2, 3, 4, 5}),
            (None, (0, 5), {0, 5}),
            (None, (), set()),
            (Field("name", Operator.IS, "3.jpg"), None, {3}),
            (Field("name", Operator.IS, ".jpg"), (1, 3), {1, 3}),
            (Field("name", Operator.IS, "3.jpg"), (1,), set()),
        ],
    )
    def test_only_photos_that_are_chosen_are_ordered_and_counted(
        self,
        store: Store,
        filter_: Filter | None,
        within: tuple[int, ...] | None,
        expected: set[int],
    ) -> None:
        ids = _put_days(store)
        chosen_ids = None if within is None else [ids[place] for place in within]
        frames = None if chosen_ids is None else as_ids(frames_of(store, chosen_ids))
        chosen = Selection(frames, filter_, NOW)
        found = {photo.id for photo in store.catalog.by_date(99, chosen=chosen)}
        assert found == {ids[place] for place in expected}
        assert store.counts.photos(chosen) == len(expected)

    def test_missing_photos_are_neither_ordered_nor_counted(self, store: Store) -> None:
        ids = _put_days(store)
        store.put(Batch(missing=ids[1:]))
        assert [photo.id for photo in store.catalog.by_date(99)] == ids[:1]
        assert store.counts.photos(Selection()) == 1
        assert [photo.id for photo in store.counts.sample(99)] == ids[:1]
        assert store.counts.facet("year", Selection()) == [Count("2024", 1)]

    def test_a_filter_is_asked_among_some_frames(self, store: Store) -> None:
        ids = put_some(store, 6)
        frames = as_ids(frames_of(store, ids))
        named = Field("name", Operator.IS, "3.jpg")
        assert store.catalog.matching(named, NOW, frames[3:]).tolist() == [frames[3]]
        assert store.catalog.matching(named, NOW, frames[:3]).tolist() == []

    def test_every_frame_has_an_owner_unless_it_is_missing(self, store: Store) -> None:
        ids = put_some(store, 4)
        frames = frames_of(store, ids)
        store.put(Batch(missing=ids[1:2]))
        asked = as_ids([frames[3], 999, frames[1], frames[0], frames[3]])
        assert store.catalog.owners(asked).tolist() == [ids[3], -1, -1, ids[0], ids[3]]

    @pytest.mark.parametrize(("count", "expected"), [(0, 0), (3, 3), (7, 7), (99, 20)])
    def test_a_sample_is_drawn_evenly_and_always_the_same(
        self, store: Store, count: int, expected: int
    ) -> None:
        put_some(store, 20)
        sample = [photo.id for photo in store.counts.sample(count)]
        assert len(set(sample)) == len(sample) == expected
        assert sample == [photo.id for photo in store.counts.sample(count)]

    @pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.name)
    def test_a_facet_counts_what_its_filter_finds(self, store: Store, facet: Facet) -> None:
        _put_varied(store)
        counts = store.counts.facet(facet.name, Selection())
        assert counts
        for count in counts:
            found = store.catalog.matching(facet.filter(count.value), NOW)
            assert len(found) == count.photos

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("year", [Count("2024", 3), Count("2023", 1)]),
            ("month", [Count("2024-05", 2), Count("2023-12", 1)]),
            ("country", [Count("Japan", 3), Count("Peru", 1)]),
            ("keyword", [Count("family", 2), Count("sea", 1)]),
            ("person", [Count("Ann", 1), Count("Bo", 1)]),
            ("rating", [Count("5", 1)]),
        ],
    )
    def test_facets_come_with_the_commonest_or_the_latest_first(
        self, store: Store, name: str, expected: list[Count]
    ) -> None:
        _put_varied(store)
        assert store.counts.facet(name, Selection()) == expected
        assert store.counts.facet(name, Selection(), most=1) == expected[:1]

    def test_a_facet_counts_the_photos_chosen_only(self, store: Store) -> None:
        ids = _put_varied(store)
        frames = as_ids(frames_of(store, ids[:1]))
        assert store.counts.facet("country", Selection(frames)) == [Count("Japan", 1)]
        in_peru = Field("country", Operator.IS, "peru")
        assert store.counts.facet("year", Selection(filter=in_peru)) == [Count("2024", 1)]

    def test_an_unknown_facet_is_refused_and_the_nearest_named(self, store: Store) -> None:
        with pytest.raises(QueryError, match="no facet 'yaer'") as caught:
            store.counts.facet("yaer", Selection())
        assert "year" in caught.value.hint


def _put_days(store: Store) -> list[int]:
    """Six photos taken on `DAYS` of one month; returns their ids."""
    root = store.files.add_root("/photos")
    taken = [None if day is None else datetime(2024, 1, day) for day in DAYS]
    photos = [
        replace(record(root.id, f"{place}.jpg", place), metadata=Metadata(taken_at=moment))
        for place, moment in enumerate(taken)
    ]
    return store.put(Batch(photos=photos, space=SPACE))


def _put_varied(store: Store) -> list[int]:
    """Four photos that differ in what facets count; returns their ids."""
    root = store.files.add_root("/photos")
    japan, peru = Place("Kyoto", "Kyoto", "Japan", "JP"), Place("Lima", "Lima", "Peru", "PE")
    known = [
        Metadata(
            datetime(2024, 5, 3), precision=Precision.DAY, place=japan, keywords=("family", "sea")
        ),
        Metadata(
            datetime(2024, 5, 31, 23, 59), place=japan, camera="Canon R5", people=("Ann", "Bo")
        ),
        Metadata(
            datetime(2024, 1, 1), precision=Precision.YEAR, place=peru, rating=5, lens="RF 50mm"
        ),
        Metadata(datetime(2023, 12, 31, 23, 59), place=japan, keywords=("family",)),
    ]
    photos = [
        replace(record(root.id, f"{place}.jpg", place), metadata=metadata)
        for place, metadata in enumerate(known)
    ]
    return store.put(Batch(photos=photos, space=SPACE))


def _paged(store: Store, order: DateOrder) -> list[int]:
    """The ids of all photos, asked for two at a time."""
    ids: list[int] = []
    while page := store.catalog.by_date(2, order):
        assert len(Counter(ids)) == len(ids)
        ids += [photo.id for photo in page]
        order = replace(order, after=DatePlace(page[-1].metadata.taken_at, page[-1].id))
    return ids
