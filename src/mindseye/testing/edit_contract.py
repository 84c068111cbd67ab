"""The part of a store's contract that edits need: what users say wins, and can be taken back."""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mindseye.errors import NotFound
from mindseye.stores.base import Batch, Move, PhotoRecord, Store
from mindseye.stores.edits import FIELDS
from mindseye.testing.samples import (
    FULL_METADATA,
    METADATA,
    SPACE,
    digest_of,
    frames_of,
    put_some,
    record,
)
from mindseye.testing.store_fixtures import Opener, StoreFixtures
from mindseye.types import Edit, FileStamp, Gps, Location, Metadata, Place, Precision, Source

FULL_EDIT = Edit(
    taken_at=datetime(1987, 6, 1),
    offset=timedelta(hours=-3, minutes=-30),
    precision=Precision.MONTH,
    gps=Gps(35.01, 135.77, 50.0),
    place=Place("京都", "", "Japan", "JP"),
    rating=-1,
    favourite=True,
    title="",
    caption="two\nlines 海",
    add_keywords=("temple",),
    remove_keywords=("SEA",),
)

SHOWN = replace(
    FULL_METADATA,
    taken_at=datetime(1987, 6, 1),
    offset=timedelta(hours=-3, minutes=-30),
    precision=Precision.MONTH,
    gps=Gps(35.01, 135.77, 50.0),
    place=Place("京都", None, "Japan", "JP"),
    rating=-1,
    favourite=True,
    title=None,
    caption="two\nlines 海",
    keywords=("海", "temple"),
    sources=dict.fromkeys((part for parts in FIELDS.values() for part in parts), Source.USER),
)
"""What is shown of `FULL_METADATA` under `FULL_EDIT`."""


def rated(root_id: int, rating: int, source: Source = Source.XMP) -> PhotoRecord:
    """The one photo a.jpg whose file says this of its rating."""
    said = Metadata(rating=rating, sources={"rating": source})
    return replace(record(root_id, "a.jpg", 1), metadata=said)


class EditContract(StoreFixtures):
    """What users say of photos."""

    @pytest.fixture
    def photo_id(self, store: Store) -> int:
        root = store.files.add_root("/photos")
        [photo_id] = store.put(Batch(photos=[rated(root.id, 3)], space=SPACE))
        return photo_id

    def again(self, store: Store, photo_id: int, rating: int, number: int = 1) -> Metadata:
        """What is shown once an ingest has found this rating in the file, of content `number`."""
        root = store.files.add_root("/photos")
        found = replace(
            rated(root.id, rating, Source.SIDECAR), digest=digest_of(number), photo_id=photo_id
        )
        store.put(Batch(photos=[found], space=SPACE))
        return store.catalog.get(photo_id).metadata

    def test_every_field_is_shown_as_the_user_says_and_survives_a_restart(
        self, store: Store, opener: Opener
    ) -> None:
        root = store.files.add_root("/photos")
        given = replace(record(root.id, "a.jpg", 1), metadata=FULL_METADATA)
        [photo_id] = store.put(Batch(photos=[given]))
        store.edits.put([photo_id], FULL_EDIT)
        with closing(opener()) as other:
            assert other.catalog.get(photo_id).metadata == SHOWN
            assert other.edits.find(photo_id) == FULL_EDIT

    @pytest.mark.parametrize("metadata", METADATA.values(), ids=METADATA)
    def test_an_edit_that_is_taken_back_leaves_what_the_files_say(
        self, store: Store, metadata: Metadata
    ) -> None:
        root = store.files.add_root("/photos")
        given = replace(record(root.id, "a.jpg", 1), metadata=metadata)
        [photo_id] = store.put(Batch(photos=[given]))
        store.edits.put([photo_id], FULL_EDIT)
        store.edits.put([photo_id], Edit(), revert=tuple(FIELDS))
        assert store.catalog.get(photo_id).metadata == metadata
        assert store.edits.find(photo_id) is None

    def test_fields_are_taken_back_one_by_one(self, store: Store, photo_id: int) -> None:
        store.edits.put([photo_id], Edit(rating=5, caption="mine"))
        store.edits.put([photo_id], Edit(title="named"), revert=["rating"])
        shown = store.catalog.get(photo_id).metadata
        assert (shown.rating, shown.caption, shown.title) == (3, "mine", "named")
        assert shown.sources == {
            "rating": Source.XMP,
            "caption": Source.USER,
            "title": Source.USER,
        }
        assert store.edits.find(photo_id) == Edit(caption="mine", title="named")

    def test_a_file_that_changes_does_not_undo_an_edit(self, store: Store, photo_id: int) -> None:
        store.edits.put([photo_id], Edit(rating=5))
        shown = self.again(store, photo_id, rating=1, number=2)
        assert (shown.rating, shown.sources["rating"]) == (5, Source.USER)
        store.edits.put([photo_id], Edit(), revert=["rating"])
        shown = store.catalog.get(photo_id).metadata
        assert (shown.rating, shown.sources["rating"]) == (1, Source.SIDECAR)

    def test_new_words_of_the_file_are_shown_where_nothing_was_edited(
        self, store: Store, photo_id: int
    ) -> None:
        store.edits.put([photo_id], Edit(caption="mine", add_keywords=("x",)))
        root = store.files.add_root("/photos")
        said = Metadata(caption="theirs", keywords=("y", "X"), rating=2)
        found = replace(record(root.id, "a.jpg", 1), metadata=said, photo_id=photo_id)
        store.put(Batch(photos=[found]))
        shown = store.catalog.get(photo_id).metadata
        assert (shown.caption, shown.keywords, shown.rating) == ("mine", ("y", "X"), 2)

    def test_words_of_the_user_find_a_photo_and_hidden_ones_do_not(
        self, store: Store, photo_id: int
    ) -> None:
        def found(words: str) -> list[int]:
            ids: list[int] = store.texts.search(words, 9).ids.tolist()
            return ids

        root = store.files.add_root("/photos")
        said = replace(rated(root.id, 1), metadata=Metadata(keywords=("beach",)), photo_id=photo_id)
        store.put(Batch(photos=[said]))
        store.edits.put([photo_id], Edit(caption="a birthday", remove_keywords=("beach",)))
        assert (found("birthday"), found("beach")) == ([photo_id], [])
        store.put(Batch(photos=[said]))
        assert (found("birthday"), found("beach")) == ([photo_id], [])
        store.edits.put([photo_id], Edit(), revert=["caption", "keywords"])
        assert (found("birthday"), found("beach")) == ([], [photo_id])

    def test_a_record_for_the_same_place_lies_below_the_edit_too(
        self, store: Store, photo_id: int
    ) -> None:
        store.edits.put([photo_id], Edit(rating=5))
        [root] = store.files.roots()
        assert store.put(Batch(photos=[rated(root.id, 2)])) == [photo_id]
        assert store.catalog.get(photo_id).metadata.rating == 5

    def test_a_photo_that_moves_or_goes_missing_keeps_its_edit(
        self, store: Store, photo_id: int
    ) -> None:
        store.edits.put([photo_id], Edit(rating=5))
        [root] = store.files.roots()
        moved = Location(root.id, "elsewhere", "b.jpg")
        store.put(Batch(missing=[photo_id]))
        store.put(Batch(moves=[Move(photo_id, moved, FileStamp(1, 1))]))
        photo = store.catalog.get(photo_id)
        assert (photo.location, photo.metadata.rating) == (moved, 5)

    def test_a_forgotten_photo_that_comes_back_has_its_edit_again(
        self, store: Store, photo_id: int
    ) -> None:
        store.edits.put([photo_id], Edit(rating=5))
        self.again(store, photo_id, rating=2, number=7)
        store.forget([photo_id])
        root = store.files.add_root("/photos")
        back = replace(rated(root.id, 4), digest=digest_of(7))
        other = replace(back, location=Location(root.id, "", "copy.jpg"))
        stranger = record(root.id, "stranger.jpg", 1)
        ids = store.put(Batch(photos=[stranger, back, other]))
        shown = [photo.metadata.rating for photo in store.catalog.photos(ids)]
        assert shown == [None, 5, 4]
        assert ids[1] != photo_id
        store.edits.put([ids[1]], Edit(), revert=["rating"])
        assert store.catalog.get(ids[1]).metadata.rating == 4

    def test_a_copy_of_an_edited_photo_is_not_edited(self, store: Store, photo_id: int) -> None:
        store.edits.put([photo_id], Edit(rating=5))
        [root] = store.files.roots()
        copy = replace(rated(root.id, 4), location=Location(root.id, "", "copy.jpg"))
        [copied] = store.put(Batch(photos=[copy]))
        assert store.catalog.get(copied).metadata.rating == 4
        assert store.catalog.get(photo_id).metadata.rating == 5

    def test_many_photos_are_edited_at_once_each_over_what_it_had(self, store: Store) -> None:
        ids = put_some(store, 5)
        store.edits.put(ids[:2], Edit(add_keywords=("a",)))
        store.edits.put(ids, Edit(add_keywords=("b",), rating=1))
        assert [photo.metadata.keywords for photo in store.catalog.photos(ids)] == [
            *[("a", "b")] * 2,
            *[("b",)] * 3,
        ]
        assert frames_of(store, ids)

    def test_an_unknown_photo_is_refused_and_nothing_is_edited(
        self, store: Store, photo_id: int
    ) -> None:
        with pytest.raises(NotFound):
            store.edits.put([photo_id, 10_000], Edit(rating=5))
        assert store.edits.find(photo_id) is None
        assert store.edits.find(10_000) is None
        assert store.catalog.get(photo_id).metadata.rating == 3
