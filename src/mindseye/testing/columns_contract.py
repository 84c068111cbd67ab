"""The contract of columns: they say of many photos what is said of each of them."""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest

from mindseye.query.model import Field, Operator
from mindseye.stores.base import NO_DATE, NO_TINT, Batch, Selection, Store
from mindseye.testing.samples import SPACE, put_some, record
from mindseye.testing.store_fixtures import Opener, StoreFixtures
from mindseye.types import Edit, Gps, Metadata, PictureFacts

_MOMENTS = (
    datetime(2024, 5, 3, 12, 0, 1),
    None,
    datetime(1871, 1, 1),
    datetime(2024, 5, 3, 12, 0, 59),
    datetime(2099, 12, 31, 23, 59),
)


class ColumnsContract(StoreFixtures):
    """Timelines and positions, and whether they are still true."""

    def test_a_timeline_holds_the_photos_in_the_order_of_their_dates(self, store: Store) -> None:
        _put_dated(store)
        timeline = store.columns.timeline()
        photos = store.catalog.by_date(99)
        assert timeline.ids.tolist() == [photo.id for photo in photos]
        for place, photo in enumerate(photos):
            taken = photo.metadata.taken_at
            minutes = int(timeline.minutes[place])
            assert minutes == (NO_DATE if taken is None else _minutes(taken))
            assert timeline.widths[place] == photo.picture.width
            assert timeline.heights[place] == photo.picture.height
            assert f"{timeline.tags[place]:08x}" == photo.digest[:8]

    def test_a_tint_is_the_mean_of_the_colours(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        shares = ({"white": 1.0}, {"white": 0.5, "black": 0.5}, None)
        store.put(
            Batch(
                photos=[
                    replace(
                        record(root.id, f"{n}.jpg", n), picture=PictureFacts(4, 3, "JPEG", 1, s)
                    )
                    for n, s in enumerate(shares)
                ],
                space=SPACE,
            )
        )
        unknown, mixed, white = store.columns.timeline().tints.tolist()
        assert unknown == NO_TINT
        assert 0 < mixed & 0xFF < white & 0xFF <= 0xFF
        assert mixed >> 16 == mixed & 0xFF

    def test_only_photos_that_are_chosen_and_not_missing_are_in_columns(self, store: Store) -> None:
        ids = _put_placed(store)
        chosen = Selection(filter=Field("name", Operator.IS, "1.jpg"))
        assert store.columns.timeline(chosen).ids.tolist() == [ids[1]]
        assert store.columns.positions(chosen).ids.tolist() == [ids[1]]
        store.put(Batch(missing=[ids[1]]))
        assert store.columns.timeline(chosen).ids.tolist() == []
        assert store.columns.positions().ids.tolist() == [ids[0]]

    def test_positions_hold_photos_with_a_position_only(self, store: Store) -> None:
        ids = _put_placed(store)
        found = store.columns.positions()
        assert found.ids.tolist() == ids[:2]
        assert found.latitudes.tolist() == pytest.approx([0.0, -33.5])
        assert found.longitudes.tolist() == pytest.approx([0.0, 151.25])

    def test_an_empty_library_has_empty_columns(self, store: Store) -> None:
        timeline = store.columns.timeline()
        columns = (timeline.ids, timeline.minutes, timeline.tags, timeline.tints)
        assert [len(column) for column in columns] == [0, 0, 0, 0]
        assert len(store.columns.positions().ids) == 0

    def test_the_generation_changes_with_every_write_of_whoever(self, opener: Opener) -> None:
        with closing(opener()) as store, closing(opener()) as other:
            seen = [store.columns.generation()]
            ids = put_some(other, 2)
            seen.append(store.columns.generation())
            store.edits.put(ids, Edit(rating=3))
            seen.append(store.columns.generation())
            other.forget(ids[:1])
            seen.append(store.columns.generation())
            assert len(set(seen)) == len(seen)

    def test_the_generation_stays_while_nothing_is_written(self, store: Store) -> None:
        put_some(store, 2)
        before = store.columns.generation()
        store.columns.timeline()
        assert store.columns.generation() == before


def _put_dated(store: Store) -> list[int]:
    root = store.files.add_root("/photos")
    photos = [
        replace(
            record(root.id, f"{number}.jpg", number),
            metadata=Metadata(taken_at=moment),
            picture=PictureFacts(300 + number, 200, "JPEG"),
        )
        for number, moment in enumerate(_MOMENTS)
    ]
    return store.put(Batch(photos=photos, space=SPACE))


def _put_placed(store: Store) -> list[int]:
    root = store.files.add_root("/photos")
    places = (Gps(0.0, 0.0), Gps(-33.5, 151.25), None)
    photos = [
        replace(record(root.id, f"{number}.jpg", number), metadata=Metadata(gps=place))
        for number, place in enumerate(places)
    ]
    return store.put(Batch(photos=photos, space=SPACE))


def _minutes(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1)).days * 1440 + moment.hour * 60 + moment.minute
