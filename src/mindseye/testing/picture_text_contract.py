"""The contract of `PictureTexts`: what was read in pictures belongs to their content."""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest

from mindseye.query.model import Among
from mindseye.query.passages import mentions
from mindseye.stores.base import Batch, Move, Store
from mindseye.testing.samples import digest_of, put_some, record
from mindseye.testing.store_fixtures import Opener, StoreFixtures
from mindseye.types import FileStamp, Location, Mention, Metadata, PictureText, TextRegion

_CORNERS = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.2), (0.1, 0.2))


def shows(*lines: str, reader: str = "reader-1") -> PictureText:
    """What a reader found, of which no line is quite sure."""
    return PictureText(reader, tuple(TextRegion(line, 0.875, _CORNERS) for line in lines))


INVOICE = shows("Invoice 4711", "合計 1,200円")


class PictureTextContract(StoreFixtures):
    """What was read in a picture is found, shared by copies, and gone with the content."""

    def found(self, store: Store, words: str) -> list[int]:
        ids: list[int] = store.texts.search(words, 50).ids.tolist()
        return sorted(ids)

    def test_what_was_read_comes_back_whole(self, opener: Opener) -> None:
        with closing(opener()) as store:
            [photo_id] = put_some(store, 1)
            photo = store.catalog.get(photo_id)
            assert photo.text is None
            assert store.picture_texts.find(photo.digest) is None
            store.picture_texts.put(photo.digest, INVOICE)
        with closing(opener()) as store:
            assert store.picture_texts.find(photo.digest) == INVOICE
            assert store.catalog.get(photo_id).text == "Invoice 4711\n合計 1,200円"

    def test_words_in_a_picture_find_it_and_are_mentioned(self, store: Store) -> None:
        ids = put_some(store, 3)
        store.picture_texts.put(store.catalog.get(ids[1]).digest, INVOICE)
        for words in ("invoice", "4711", "合計"):
            assert self.found(store, words) == [ids[1]], words
        mention = Mention("text", "Invoice 4711 合計 1,200円")
        assert mentions(store.catalog.get(ids[1]), "invoice") == (mention,)
        assert mentions(store.catalog.get(ids[0]), "invoice") == ()
        assert list(store.check()) == []

    def test_what_somebody_said_of_a_photo_weighs_more_than_what_was_read_in_it(
        self, store: Store
    ) -> None:
        root = store.files.add_root("/photos").id
        captioned = replace(record(root, "1.jpg", 1), metadata=Metadata(caption="a dog"))
        ids = store.put(Batch(photos=[replace(captioned, vector=None)]))
        ids += store.put(Batch(photos=[replace(record(root, "2.jpg", 2), vector=None)]))
        store.picture_texts.put(digest_of(2), shows("beware of the dog"))
        assert store.texts.search("dog", 50).ids.tolist() == ids

    def test_a_later_reading_takes_the_place_of_an_earlier_one(self, store: Store) -> None:
        [photo_id] = put_some(store, 1)
        digest = store.catalog.get(photo_id).digest
        store.picture_texts.put(digest, INVOICE)
        store.picture_texts.put(digest, shows(reader="reader-2"))
        assert store.picture_texts.find(digest) == PictureText("reader-2")
        assert store.catalog.get(photo_id).text == ""
        assert self.found(store, "invoice") == []

    def test_copies_share_what_was_read_also_those_that_come_later(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        [first] = store.put(Batch(photos=[record(root, "a.jpg", 1)]))
        store.picture_texts.put(digest_of(1), INVOICE)
        [copy] = store.put(Batch(photos=[record(root, "b.jpg", 1)]))
        assert self.found(store, "invoice") == [first, copy]
        assert store.catalog.get(copy).text == INVOICE.text
        coverage = store.catalog.coverage()
        assert (coverage.read, coverage.with_text) == (2, 2)
        store.forget([first])
        assert store.picture_texts.find(digest_of(1)) == INVOICE

    def test_a_photo_that_is_moved_keeps_what_was_read(self, store: Store) -> None:
        [photo_id] = put_some(store, 1)
        photo = store.catalog.get(photo_id)
        store.picture_texts.put(photo.digest, INVOICE)
        place = Location(photo.location.root_id, "elsewhere", "renamed.jpg")
        store.put(Batch(moves=[Move(photo_id, place, FileStamp(1, 1))]))
        assert self.found(store, "invoice") == [photo_id]

    def test_a_content_that_no_photo_has_any_more_takes_its_text_along(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        ids = store.put(Batch(photos=[record(root, f"{n}.jpg", n) for n in (1, 2)]))
        for number in (1, 2):
            store.picture_texts.put(digest_of(number), INVOICE)
        changed = replace(record(root, "1.jpg", 9), photo_id=ids[0])
        store.put(Batch(photos=[changed]))
        store.forget(ids[1:])
        assert self.found(store, "invoice") == []
        assert store.catalog.get(ids[0]).text is None
        assert [store.picture_texts.find(digest_of(number)) for number in (1, 2)] == [None, None]
        assert store.picture_texts.waiting().tolist() == ids[:1]

    def test_new_metadata_leave_what_was_read(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        [photo_id] = store.put(Batch(photos=[record(root, "a.jpg", 1)]))
        store.picture_texts.put(digest_of(1), INVOICE)
        again = replace(record(root, "a.jpg", 1), metadata=Metadata(title="x"), photo_id=photo_id)
        store.put(Batch(photos=[again]))
        assert self.found(store, "invoice x") == [photo_id]
        assert store.catalog.get(photo_id).text == INVOICE.text

    def test_a_content_that_no_photo_has_is_not_written(self, store: Store) -> None:
        put_some(store, 1)
        store.picture_texts.put(digest_of(99), INVOICE)
        assert store.picture_texts.find(digest_of(99)) is None

    def test_a_missing_photo_is_not_counted_and_found_again_when_it_is_back(
        self, store: Store
    ) -> None:
        ids = put_some(store, 2)
        store.picture_texts.put(store.catalog.get(ids[0]).digest, INVOICE)
        store.put(Batch(missing=ids))
        coverage = store.catalog.coverage()
        assert (coverage.read, coverage.with_text) == (0, 0)
        assert store.picture_texts.waiting().tolist() == []
        assert self.found(store, "invoice") == []
        store.put(Batch(seen=ids))
        assert self.found(store, "invoice") == ids[:1]
        assert store.picture_texts.waiting().tolist() == ids[1:]

    @pytest.fixture
    def dated(self, store: Store) -> list[int]:
        """Photos of 2001, 2003 and 2002, one without a date, and a copy of the first."""
        root = store.files.add_root("/photos").id
        days = [datetime(year, 1, 1) for year in (2001, 2003, 2002)]
        given = [
            replace(record(root, f"{n}.jpg", number), metadata=Metadata(taken_at=taken))
            for n, (number, taken) in enumerate(
                zip([1, 2, 3, 4, 1], [*days, None, days[0]], strict=True)
            )
        ]
        return store.put(Batch(photos=given))

    def test_what_waits_comes_newest_first_each_content_once(
        self, store: Store, dated: list[int]
    ) -> None:
        latest, undated = [dated[1], dated[2], dated[4]], dated[3]
        assert store.picture_texts.waiting().tolist() == [*latest, undated]
        store.picture_texts.put(digest_of(3), shows())
        assert store.picture_texts.waiting().tolist() == [dated[1], dated[4], undated]

    def test_a_filter_leaves_only_what_passes_it(self, store: Store, dated: list[int]) -> None:
        only = Among(frozenset(dated[:2]))
        assert store.picture_texts.waiting(only).tolist() == [dated[1], dated[0]]

    def test_what_another_reader_has_read_waits_only_when_a_reader_is_named(
        self, store: Store, dated: list[int]
    ) -> None:
        for number in (1, 2, 3, 4):
            reader = "reader-2" if number == 2 else "reader-1"
            store.picture_texts.put(digest_of(number), shows("x", reader=reader))
        assert store.picture_texts.waiting().tolist() == []
        assert store.picture_texts.waiting(reader="reader-1").tolist() == [dated[1]]
        assert len(store.picture_texts.waiting(reader="reader-3")) == 4
