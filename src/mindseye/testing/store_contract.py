"""The contract of a `Store`: what every database behind a library must do."""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from mindseye.errors import EncoderError, NotFound, SpaceMismatch, VectorSearchUnsupported
from mindseye.query.model import Field, Operator
from mindseye.stores.base import Batch, Move, Selection, SkippedFile, Store
from mindseye.testing.album_contract import AlbumContract
from mindseye.testing.columns_contract import ColumnsContract
from mindseye.testing.counts_contract import CountsContract
from mindseye.testing.edit_contract import EditContract
from mindseye.testing.index_contract import TOLERANCE, unit_rows
from mindseye.testing.picture_text_contract import PictureTextContract
from mindseye.testing.place_contract import PlacesContract
from mindseye.testing.samples import (
    FULL_METADATA,
    METADATA,
    NAMES,
    OTHER_SPACE,
    SPACE,
    as_ids,
    digest_of,
    frames_of,
    put_some,
    record,
    search_ids,
    skipped_files,
)
from mindseye.testing.store_fixtures import Opener, StoreFixtures
from mindseye.testing.text_contract import TextContract
from mindseye.types import FileStamp, Location, Metadata, PictureFacts, Vectors

__all__ = [
    "CatalogContract",
    "FilesContract",
    "Opener",
    "PutContract",
    "StoreContract",
    "VectorTableContract",
]


class CatalogContract(StoreFixtures):
    """Photos go in and come out as they were."""

    @pytest.mark.parametrize("metadata", METADATA.values(), ids=METADATA)
    def test_a_photo_comes_back_as_it_was_put(self, store: Store, metadata: Metadata) -> None:
        root = store.files.add_root("/photos")
        given = replace(
            record(root.id, "a.jpg", 1, folder="2024/02"),
            metadata=metadata,
            picture=PictureFacts(8256, 5504, "HEIF", 3, {"blue": 0.625, "white": 0.25}),
            stamp=FileStamp(2**40, -1),
        )
        before = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=2)
        [photo_id] = store.put(Batch(photos=[given], space=SPACE))
        photo = store.catalog.get(photo_id)
        assert photo.metadata == metadata
        assert (photo.location, photo.stamp) == (given.location, given.stamp)
        assert (photo.digest, photo.picture) == (given.digest, given.picture)
        assert photo.copies == 0
        assert (photo.id, photo.path) == (photo_id, "/photos/2024/02/a.jpg")
        assert before <= photo.added_at <= datetime.now(UTC).replace(tzinfo=None)
        assert photo.missing_since is None

    def test_names_are_kept_apart_byte_by_byte(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        photos = [record(root.id, name, number) for number, name in enumerate(NAMES)]
        ids = store.put(Batch(photos=photos, space=SPACE))
        assert len(set(ids)) == len(NAMES)
        for name, photo_id in zip(NAMES, ids, strict=True):
            found = store.catalog.find(f"/photos/{name}")
            assert found is not None
            assert (found.id, found.location.name) == (photo_id, name)

    @pytest.mark.parametrize("path", ["/photos/none.jpg", "/elsewhere/0.jpg", "/photos", "0.jpg"])
    def test_find_returns_none_for_a_path_that_is_not_there(self, store: Store, path: str) -> None:
        put_some(store, 1)
        assert store.catalog.find(path) is None

    def test_get_raises_not_found_for_an_unknown_id(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.catalog.get(7)

    def test_photos_come_in_the_order_asked_for_without_unknown_ones(self, store: Store) -> None:
        ids = put_some(store, 3)
        asked = [ids[2], 10_000, ids[0]]
        assert [photo.id for photo in store.catalog.photos(asked)] == [ids[2], ids[0]]
        assert store.catalog.photos([]) == []

    def test_many_ids_may_be_asked_for_at_once(self, store: Store) -> None:
        ids = put_some(store, 3)
        many = [*ids, *range(10_000, 110_000)]
        assert len(store.catalog.photos(many)) == 3
        assert len(store.catalog.frames(many)) == 3
        assert store.catalog.of_frames([*range(10_000, 110_000)]) == {}

    def test_copies_are_other_photos_of_the_same_bytes_that_are_not_missing(
        self, store: Store
    ) -> None:
        root = store.files.add_root("/photos")
        photos = [
            replace(record(root.id, f"{number}.jpg", number), digest=digest_of(number % 4))
            for number in range(9)
        ]
        ids = store.put(Batch(photos=photos))
        store.put(Batch(missing=[ids[4], ids[5]]))
        copies = [photo.copies for photo in store.catalog.photos(ids)]
        assert copies == [1, 0, 1, 1, 2, 1, 1, 1, 1]

    def test_colours_may_be_written_later_and_go_with_the_content(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        given = record(root.id, "a.jpg", 1)
        [photo_id] = store.put(Batch(photos=[given]))
        assert store.catalog.get(photo_id).picture.colours is None
        for colours in ({"red": 0.75, "black": 0.25}, {"blue": 1.0}):
            store.put(Batch(colours={photo_id: colours}))
            assert store.catalog.get(photo_id).picture.colours == colours
        store.put(Batch(photos=[replace(given, digest=digest_of(2), photo_id=photo_id)]))
        assert store.catalog.get(photo_id).picture.colours is None

    def test_every_photo_has_a_frame_and_every_frame_its_photo(self, store: Store) -> None:
        ids = put_some(store, 4)
        frames = frames_of(store, ids)
        photos = store.catalog.of_frames(frames)
        assert [photos[frame].id for frame in frames] == ids

    def test_frames_of_missing_photos_are_left_out(self, store: Store) -> None:
        ids = put_some(store, 2)
        store.put(Batch(missing=ids[:1]))
        photos = store.catalog.of_frames(frames_of(store, ids))
        assert [photo.id for photo in photos.values()] == ids[1:]

    def test_coverage_counts_what_there_is(self, store: Store) -> None:
        ids = put_some(store, 5)
        store.put(Batch(missing=ids[:2], skipped=skipped_files(1, ["torn", "torn", "odd"])))
        store.put(Batch(colours={ids[2]: {"red": 0.5}, ids[1]: {"red": 0.5}}))
        coverage = store.catalog.coverage()
        assert (coverage.photos, coverage.frames, coverage.without_colours) == (5, 3, 2)
        assert (coverage.missing, coverage.skipped) == (2, 3)
        assert coverage.failed == {"torn": 2, "odd": 1}

    def test_an_empty_library_answers_everything(self, store: Store) -> None:
        assert store.catalog.by_date(5) == []
        assert store.counts.sample(5) == []
        assert store.catalog.owners(as_ids([1])).tolist() == [-1]
        assert store.catalog.missing() == []
        assert store.catalog.skipped() == []
        assert store.files.roots() == []
        assert store.spaces() == []
        assert store.catalog.coverage().photos == 0
        assert len(store.vectors(SPACE)) == 0
        assert len(store.vectors(SPACE).search(unit_rows(1), 5)[0]) == 0


class PutContract(StoreFixtures):
    """One batch is one transaction, and every rule about replacing, moving and going holds."""

    def test_what_was_put_is_there_after_opening_again(self, opener: Opener) -> None:
        with closing(opener()) as store:
            ids = put_some(store, 3)
            before = store.catalog.photos(ids)
        with closing(opener()) as store:
            assert store.catalog.photos(ids) == before
            assert search_ids(store, unit_rows(1, seed=1)[0], 1) == [ids[1]]

    def test_a_store_that_rested_works_on(self, store: Store) -> None:
        ids = put_some(store, 5)
        before = search_ids(store, unit_rows(1, seed=3)[0], 3)
        store.rest()
        assert search_ids(store, unit_rows(1, seed=3)[0], 3) == before
        assert [photo.id for photo in store.catalog.photos(ids)] == ids
        store.rest()
        [added] = put_some(store, 1, first=9)
        assert search_ids(store, unit_rows(1, seed=9)[0], 1) == [added]

    def test_a_replaced_photo_keeps_its_id_and_when_it_was_added(self, store: Store) -> None:
        [photo_id] = put_some(store, 1)
        before = store.catalog.get(photo_id)
        changed = replace(
            record(before.location.root_id, "new.jpg", 9),
            photo_id=photo_id,
            metadata=Metadata(title="changed", keywords=("k",)),
        )
        assert store.put(Batch(photos=[changed], space=SPACE)) == [photo_id]
        after = store.catalog.get(photo_id)
        assert (after.digest, after.metadata.title) == (digest_of(9), "changed")
        assert after.metadata.keywords == ("k",)
        assert after.added_at == before.added_at
        assert store.catalog.find(before.path) is None

    def test_an_edited_picture_loses_its_vectors_of_every_space(self, store: Store) -> None:
        [photo_id] = put_some(store, 1)
        [frame] = frames_of(store, [photo_id])
        store.vectors(OTHER_SPACE).put([frame], unit_rows(1, dim=OTHER_SPACE.dim))
        edited = replace(record(1, "0.jpg", 50), photo_id=photo_id)
        store.put(Batch(photos=[edited], space=SPACE))
        frames = frames_of(store, [photo_id])
        assert len(store.vectors(OTHER_SPACE)) == 0
        ids, rows = store.vectors(SPACE).get(frames)
        assert ids.tolist() == frames
        assert rows[0] == pytest.approx(edited.vector, abs=TOLERANCE)

    def test_new_metadata_leave_all_vectors_alone(self, store: Store) -> None:
        [photo_id] = put_some(store, 1)
        [frame] = frames_of(store, [photo_id])
        store.vectors(OTHER_SPACE).put([frame], unit_rows(1, dim=OTHER_SPACE.dim))
        touched = replace(
            record(1, "0.jpg", 0), photo_id=photo_id, vector=None, metadata=FULL_METADATA
        )
        store.put(Batch(photos=[touched], space=SPACE))
        assert store.catalog.get(photo_id).metadata == FULL_METADATA
        assert frames_of(store, [photo_id]) == [frame]
        assert len(store.vectors(SPACE)) == len(store.vectors(OTHER_SPACE)) == 1

    def test_a_photo_without_a_vector_waits_to_be_encoded(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        photos = [replace(record(root.id, f"{n}.jpg", n), vector=None) for n in range(5)]
        ids = store.put(Batch(photos=photos, space=SPACE))
        store.put(Batch(missing=ids[4:]))
        table = store.vectors(SPACE)
        first = table.waiting(3)
        rest = table.waiting(3, after=first[-1][0])
        assert [photo.id for _, photo in first + rest] == ids[:4]
        table.put([frame for frame, _ in first], unit_rows(3))
        assert [photo.id for _, photo in table.waiting(9)] == [ids[3]]

    def test_a_new_photo_at_a_known_place_replaces_the_one_there(self, store: Store) -> None:
        [photo_id] = put_some(store, 1)
        again = store.put(Batch(photos=[record(1, "0.jpg", 70)], space=SPACE))
        assert again == [photo_id]
        assert store.catalog.get(photo_id).digest == digest_of(70)
        assert store.catalog.coverage().photos == 1

    def test_two_photos_may_be_copies_of_each_other(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        photos = [record(root.id, name, 3) for name in ("a.jpg", "b.jpg")]
        ids = store.put(Batch(photos=photos, space=SPACE))
        twins = store.files.with_digests([digest_of(3), digest_of(4)])
        assert [photo.id for photo in twins[digest_of(3)]] == ids
        assert digest_of(4) not in twins
        assert search_ids(store, unit_rows(1, seed=3)[0], 2) == ids

    def test_a_moved_photo_keeps_everything_but_its_place(self, store: Store) -> None:
        [photo_id] = put_some(store, 1)
        before = store.catalog.get(photo_id)
        store.put(Batch(missing=[photo_id]))
        place = Location(before.location.root_id, "elsewhere", "b.jpg")
        store.put(Batch(moves=[Move(photo_id, place, FileStamp(1, 2))]))
        after = store.catalog.get(photo_id)
        assert (after.location, after.stamp) == (place, FileStamp(1, 2))
        assert after.path == "/photos/elsewhere/b.jpg"
        assert after.missing_since is None
        assert (after.digest, after.added_at) == (before.digest, before.added_at)
        assert len(store.vectors(SPACE)) == 1

    def test_photos_that_change_places_in_one_batch_keep_their_ids(self, store: Store) -> None:
        ids = put_some(store, 3)
        before = store.catalog.photos(ids)
        swap = [
            Move(one.id, other.location, one.stamp)
            for one, other in zip(before, [*before[1:], before[0]], strict=True)
        ]
        store.put(Batch(moves=swap))
        after = store.catalog.photos(ids)
        assert [photo.path for photo in after] == [move_path(move.location) for move in swap]

    def test_a_missing_photo_is_remembered_and_comes_back(self, store: Store) -> None:
        ids = put_some(store, 2)
        store.put(Batch(missing=ids[:1]))
        assert store.catalog.missing() == ids[:1]
        since = store.catalog.get(ids[0]).missing_since
        assert since is not None
        store.put(Batch(missing=ids[:1]))
        assert store.catalog.get(ids[0]).missing_since == since
        store.put(Batch(seen=ids[:1]))
        assert store.catalog.missing() == []
        assert store.catalog.get(ids[0]).missing_since is None

    def test_a_skipped_file_that_becomes_a_photo_is_skipped_no_more(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        place = Location(root.id, "", "0.jpg")
        store.put(Batch(skipped=[SkippedFile(place, FileStamp(1, 1), "torn")]))
        assert store.catalog.skipped() == [
            ("/photos/0.jpg", SkippedFile(place, FileStamp(1, 1), "torn"))
        ]
        put_some(store, 1)
        assert store.catalog.skipped() == []

    def test_a_file_skipped_again_has_only_its_last_reason(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        place = Location(root.id, "", "0.jpg")
        for reason in ("torn", "too large"):
            store.put(Batch(skipped=[SkippedFile(place, FileStamp(1, 1), reason)]))
        assert [file.reason for _, file in store.catalog.skipped()] == ["too large"]

    def test_a_photo_that_went_bad_stays_and_is_marked_as_skipped(self, store: Store) -> None:
        [photo_id] = put_some(store, 1)
        place = store.catalog.get(photo_id).location
        store.put(Batch(skipped=[SkippedFile(place, FileStamp(5, 5), "torn")]))
        assert store.catalog.get(photo_id).digest == digest_of(0)
        [known] = store.files.in_folders(1, [""])
        assert (known.photo_id, known.stamp, known.skipped) == (photo_id, FileStamp(5, 5), True)

    def test_a_skipped_file_that_vanished_is_dropped(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        files = skipped_files(root.id, ["torn", "odd"])
        store.put(Batch(skipped=files))
        store.put(Batch(vanished=[files[0].location]))
        assert [file for _, file in store.catalog.skipped()] == files[1:]

    def test_a_forgotten_photo_takes_its_frames_and_vectors_along(self, store: Store) -> None:
        ids = put_some(store, 3)
        assert store.forget([ids[0], ids[1], 99_999]) == 2
        assert store.catalog.photos(ids) == store.catalog.photos(ids[2:])
        assert store.catalog.coverage().frames == 1
        assert len(store.vectors(SPACE)) == 1
        assert search_ids(store, unit_rows(1, seed=0)[0], 5) == ids[2:]

    @pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
    def test_a_vector_without_a_direction_is_refused_and_nothing_of_its_batch_is_written(
        self, store: Store, value: float
    ) -> None:
        root = store.files.add_root("/photos")
        good = record(root.id, "good.jpg", 1)
        bad = replace(
            record(root.id, "bad.jpg", 2), vector=np.full(SPACE.dim, value, dtype=np.float32)
        )
        with pytest.raises(EncoderError):
            store.put(Batch(photos=[good, bad], space=SPACE))
        assert store.catalog.coverage().photos == 0

    def test_a_vector_of_another_length_is_refused(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        wrong = record(root.id, "a.jpg", 1, space=OTHER_SPACE)
        with pytest.raises(SpaceMismatch):
            store.put(Batch(photos=[wrong], space=SPACE))
        assert store.catalog.coverage().photos == 0

    def test_a_sound_library_has_no_problems(self, store: Store) -> None:
        ids = put_some(store, 5)
        store.put(Batch(missing=ids[:1], skipped=skipped_files(1, ["torn"])))
        store.vectors(SPACE).refresh()
        assert list(store.check()) == []


def move_path(location: Location) -> str:
    """Where a location of the root /photos lies."""
    return f"/photos/{location.name}"


class FilesContract(StoreFixtures):
    """Roots and folders, as an ingest sees them."""

    def test_a_root_is_made_once(self, store: Store) -> None:
        first = store.files.add_root("/photos")
        assert store.files.add_root("/photos") == first
        assert store.files.roots() == [first]

    def test_roots_come_by_path(self, store: Store) -> None:
        for path in ("/z", "/a", "/m/n"):
            store.files.add_root(path)
        assert [root.path for root in store.files.roots()] == ["/a", "/m/n", "/z"]

    def test_a_folder_inside_a_root_belongs_to_that_root(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        assert store.files.add_root("/photos/2024") == root
        assert store.files.add_root("/photos-of-others") != root

    @pytest.mark.parametrize("parent", ["/home", "/"])
    def test_a_root_above_others_takes_them_in(self, store: Store, parent: str) -> None:
        roots = [store.files.add_root(path) for path in ("/home/a", "/home/b/c", "/homeward")]
        photos = [record(root.id, "x.jpg", n, folder="f") for n, root in enumerate(roots)]
        photos.append(record(roots[0].id, "y.jpg", 7))
        ids = store.put(Batch(photos=photos, space=SPACE))
        store.put(Batch(skipped=skipped_files(roots[1].id, ["torn"])))
        paths = [photo.path for photo in store.catalog.photos(ids)]
        above = store.files.add_root(parent)
        assert [photo.path for photo in store.catalog.photos(ids)] == paths
        assert store.catalog.get(ids[1]).location.root_id == above.id
        assert store.catalog.skipped()[0][0] == "/home/b/c/bad/0.jpg"
        left = [parent] if parent == "/" else [parent, "/homeward"]
        assert [root.path for root in store.files.roots()] == left
        found = store.catalog.find("/home/a/y.jpg")
        assert found is not None
        assert found.id == ids[3]

    def test_folders_are_those_that_hold_a_known_file(self, store: Store) -> None:
        root = store.files.add_root("/photos")
        places = ["", "a", "a/b", "ab", "a_", "A", "a/c/d"]
        photos = [record(root.id, "x.jpg", n, folder=f) for n, f in enumerate(places)]
        store.put(Batch(photos=photos, space=SPACE))
        store.put(
            Batch(skipped=[SkippedFile(Location(root.id, "a/s", "t"), FileStamp(1, 1), "torn")])
        )
        assert store.files.folders(root.id) == {*places, "a/s"}
        assert store.files.folders(root.id, "a") == {"a", "a/b", "a/c/d", "a/s"}
        assert store.files.folders(root.id, "a_") == {"a_"}
        assert store.files.folders(root.id + 1) == set()

    def test_in_folders_tells_the_state_of_every_file_there(self, store: Store) -> None:
        ids = put_some(store, 3, folder="in")
        put_some(store, 1, folder="in/deeper", first=10)
        root = store.files.add_root("/photos")
        unencoded = replace(record(root.id, "w.jpg", 20, folder="in"), vector=None)
        [waiting] = store.put(Batch(photos=[unencoded], space=SPACE))
        torn = SkippedFile(Location(root.id, "in", "torn.jpg"), FileStamp(3, 4), "torn")
        store.put(Batch(missing=ids[:1], skipped=[torn]))
        known = {file.location.name: file for file in store.files.in_folders(1, ["in"])}
        assert set(known) == {"0.jpg", "1.jpg", "2.jpg", "w.jpg", "torn.jpg"}
        assert known["0.jpg"].missing
        assert not known["1.jpg"].missing
        assert not known["1.jpg"].skipped
        assert known["1.jpg"].photo_id == ids[1]
        assert known["1.jpg"].location == Location(root.id, "in", "1.jpg")
        assert known["1.jpg"].stamp == store.catalog.get(ids[1]).stamp
        assert known["w.jpg"].photo_id == waiting
        assert (known["torn.jpg"].photo_id, known["torn.jpg"].stamp) == (None, torn.stamp)
        assert known["torn.jpg"].skipped

    def test_thousands_of_folders_may_be_asked_for_at_once(self, store: Store) -> None:
        put_some(store, 2, folder="in")
        folders = ["in", *(f"none/{number}" for number in range(40_000))]
        assert len(store.files.in_folders(1, folders)) == 2
        assert store.files.in_folders(1, []) == []

    def test_sizes_lead_to_digests(self, store: Store) -> None:
        put_some(store, 3)
        assert store.files.with_sizes([1001, 1002, 5]) == {
            1001: [digest_of(1)],
            1002: [digest_of(2)],
        }
        assert store.files.with_sizes([]) == {}

    def test_missing_photos_are_found_by_digest_too(self, store: Store) -> None:
        ids = put_some(store, 1)
        store.put(Batch(missing=ids))
        [photo] = store.files.with_digests([digest_of(0)])[digest_of(0)]
        assert (photo.id, photo.missing_since is not None) == (ids[0], True)


class VectorTableContract(StoreFixtures):
    """Vectors of one space are stored, searched and kept apart from those of others."""

    def test_a_space_is_made_once_and_counts_its_vectors(self, store: Store) -> None:
        ids = put_some(store, 3)
        store.vectors(OTHER_SPACE).put(frames_of(store, ids[:1]), unit_rows(1, dim=8))
        told = [(info.space, info.vectors) for info in store.spaces()]
        assert told == [(SPACE, 3), (OTHER_SPACE, 1)]
        assert store.vectors(SPACE).space == SPACE
        assert (len(store.vectors(SPACE)), len(store.vectors(OTHER_SPACE))) == (3, 1)

    def test_get_gives_the_rows_of_those_that_have_one(self, store: Store) -> None:
        frames = frames_of(store, put_some(store, 3))
        ids, rows = store.vectors(SPACE).get([frames[2], 99_999, frames[0]])
        by_frame = dict(zip(ids.tolist(), rows, strict=True))
        assert set(by_frame) == {frames[0], frames[2]}
        assert by_frame[frames[2]] == pytest.approx(unit_rows(1, seed=2)[0], abs=TOLERANCE)
        assert rows.dtype == np.float32
        assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(2), abs=TOLERANCE)
        ids, rows = store.vectors(SPACE).get([])
        assert (ids.shape, rows.shape) == ((0,), (0, SPACE.dim))

    def test_a_sample_spreads_over_the_whole_table(self, store: Store) -> None:
        put_some(store, 40)
        table = store.vectors(SPACE)
        rows = np.concatenate([unit_rows(1, seed=number) for number in range(40)])
        sample = table.sample(4)
        assert sample == pytest.approx(rows[[0, 13, 26, 39]], abs=TOLERANCE)
        assert table.sample(4) == pytest.approx(sample)
        assert table.sample(100) == pytest.approx(rows, abs=TOLERANCE)
        assert store.vectors(OTHER_SPACE).sample(5).shape == (0, OTHER_SPACE.dim)

    def test_a_sample_holds_no_vector_that_is_gone(self, store: Store) -> None:
        ids = put_some(store, 40)
        table = store.vectors(SPACE)
        table.refresh()
        store.forget(ids[:36])
        table.put(frames_of(store, ids[36:37]), unit_rows(1, seed=500))
        rows = np.concatenate([unit_rows(1, seed=seed) for seed in (37, 38, 39, 500)])
        assert table.sample(4) == pytest.approx(rows, abs=TOLERANCE)

    def test_search_ranks_by_exact_cosine(self, store: Store) -> None:
        ids = put_some(store, 40)
        rows = np.concatenate([unit_rows(1, seed=number) for number in range(40)])
        query = unit_rows(1, seed=77)
        [matches] = store.vectors(SPACE).search(query, 5)
        order = np.argsort(-(rows @ query[0]))[:5]
        assert matches.ids.tolist() == frames_of(store, [ids[place] for place in order])
        assert matches.scores == pytest.approx((rows @ query[0])[order], abs=TOLERANCE)

    def test_a_new_vector_is_found_at_once_by_every_open_store(self, opener: Opener) -> None:
        with closing(opener()) as one, closing(opener()) as other:
            ids = put_some(one, 2)
            assert search_ids(other, unit_rows(1, seed=1)[0], 1) == [ids[1]]
            more = put_some(one, 1, first=8)
            assert search_ids(other, unit_rows(1, seed=8)[0], 1) == more
            one.forget(more)
            assert search_ids(other, unit_rows(1, seed=8)[0], 9)[:2] != more
            assert len(search_ids(other, unit_rows(1, seed=8)[0], 9)) == 2

    def test_within_considers_every_qualifying_frame(self, store: Store) -> None:
        ids = put_some(store, 60)
        rows = np.concatenate([unit_rows(1, seed=number) for number in range(60)])
        worst = np.argsort(rows @ rows[0])[:6]
        allowed = [ids[place] for place in worst]
        within = as_ids(frames_of(store, allowed))
        assert sorted(search_ids(store, rows[0], 6, within)) == sorted(allowed)
        assert search_ids(store, rows[0], 6, as_ids([])) == []
        assert search_ids(store, rows[0], 6, as_ids([123_456])) == []

    def test_filtering_while_comparing_finds_the_same_or_is_refused(self, store: Store) -> None:
        ids = put_some(store, 40)
        store.put(Batch(missing=ids[10:12]))
        query, table = unit_rows(1, seed=5), store.vectors(SPACE)
        named = Field("name", Operator.IS, "1")
        frames = as_ids(frames_of(store, ids[:20]))
        chosen = Selection(frames, named)
        if not store.filters_vectors:
            with pytest.raises(VectorSearchUnsupported):
                table.filtered(query, 5, chosen)
            return
        listed = store.catalog.matching(named, chosen.now, frames)
        [expected] = table.search(query, 5, listed)
        found = table.filtered(query, 5, chosen)
        assert len(listed) == 9
        assert found.ids.tolist() == expected.ids.tolist()
        assert found.scores == pytest.approx(expected.scores)

    @pytest.mark.parametrize(("count", "all_seen"), [(30, False), (60, True)])
    def test_probing_keeps_of_the_nearest_those_that_pass(
        self, store: Store, count: int, all_seen: bool
    ) -> None:
        ids = put_some(store, 40)
        store.put(Batch(missing=ids[10:12]))
        query, table = unit_rows(1, seed=5), store.vectors(SPACE)
        chosen = Selection(filter=Field("name", Operator.IS, "1"))
        [nearest] = table.search(query, count)
        passing = store.catalog.matching(Field("name", Operator.IS, "1"), chosen.now)
        found, ended = table.probed(query, count, chosen)
        expected = [frame for frame in nearest.ids.tolist() if frame in set(passing.tolist())]
        # Missing photos may take places among the nearest, never among those found.
        assert found.ids.tolist() == expected[: len(found)]
        assert len(found) >= len(expected) - 2
        assert ended == all_seen

    @pytest.mark.parametrize("refreshed", [False, True])
    def test_missing_photos_never_take_the_place_of_others(
        self, store: Store, refreshed: bool
    ) -> None:
        ids = put_some(store, 50)
        if refreshed:
            store.vectors(SPACE).refresh()
        store.put(Batch(missing=ids[:45]))
        assert sorted(search_ids(store, unit_rows(1, seed=0)[0], 5)) == ids[45:]
        within = as_ids(frames_of(store, ids[40:47]))
        assert sorted(search_ids(store, unit_rows(1, seed=0)[0], 5, within)) == ids[45:47]
        store.put(Batch(seen=ids[:1]))
        assert search_ids(store, unit_rows(1, seed=0)[0], 1) == ids[:1]

    def test_a_replaced_vector_is_searched_as_it_is_now(self, store: Store) -> None:
        ids = put_some(store, 5)
        table = store.vectors(SPACE)
        table.refresh()
        table.put(frames_of(store, ids[:1]), unit_rows(1, seed=500))
        [matches] = table.search(unit_rows(1, seed=500), 1)
        assert matches.ids.tolist() == frames_of(store, ids[:1])
        assert matches.scores[0] == pytest.approx(1.0, abs=TOLERANCE)
        [matches] = table.search(unit_rows(1, seed=0), 1)
        assert matches.scores[0] < 1 - TOLERANCE
        table.refresh()
        assert len(table) == 5

    def test_refresh_changes_no_answer(self, store: Store) -> None:
        ids = put_some(store, 30)
        store.forget(ids[3:6])
        table = store.vectors(SPACE)
        queries = unit_rows(4, seed=9)
        before = [matches.ids.tolist() for matches in table.search(queries, 30)]
        table.refresh()
        assert [matches.ids.tolist() for matches in table.search(queries, 30)] == before

    def test_rows_of_another_space_are_refused(self, store: Store) -> None:
        frames = frames_of(store, put_some(store, 2))
        table = store.vectors(SPACE)
        wrong: Vectors = unit_rows(2, dim=OTHER_SPACE.dim)
        with pytest.raises(SpaceMismatch):
            table.search(wrong, 1)
        with pytest.raises(SpaceMismatch):
            table.put(frames, wrong)

    def test_a_fingerprint_belongs_to_one_dimension(self, store: Store) -> None:
        put_some(store, 1)
        with pytest.raises(SpaceMismatch):
            store.vectors(replace(SPACE, dim=8)).search(unit_rows(1, dim=8), 1)

    @pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
    def test_rows_without_a_direction_are_refused(self, store: Store, value: float) -> None:
        frames = frames_of(store, put_some(store, 1))
        rows = np.full((1, SPACE.dim), value, dtype=np.float32)
        with pytest.raises(EncoderError):
            store.vectors(SPACE).put(frames, rows)


class StoreContract(
    CatalogContract,
    PutContract,
    FilesContract,
    VectorTableContract,
    TextContract,
    AlbumContract,
    EditContract,
    ColumnsContract,
    CountsContract,
    PlacesContract,
    PictureTextContract,
):
    """Every test of a `Store`; the fixture `opener` says how to open one."""
