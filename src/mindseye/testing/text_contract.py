"""The contract of `Texts`: what is written about photos finds them, however it changes."""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from mindseye.stores.base import Batch, Move, PhotoRecord, Store
from mindseye.testing.samples import as_ids, frames_of, put_some, record
from mindseye.testing.store_fixtures import Opener, StoreFixtures
from mindseye.types import FileStamp, Generation, Location, Metadata, Place

SAID = Metadata(
    title="Das Fest",
    caption="A birthday cake with three candles, from the Café de l'Été",
    keywords=("family", "größer", "生日"),
    people=("Ørsted Smith",),
    place=Place("Lisboa", "Estremadura", "Portugal"),
    generation=Generation("ComfyUI", "an astronaut on a horse", "blurry"),
)

HOSTILE = (
    '"',
    "'",
    '" OR "',
    "NEAR(a b)",
    "a AND OR NOT",
    "-cake",
    "^cake*",
    "name : cake",
    "{name} : cake",
    "cake + -",
    "(((",
    ")",
    "%_\\",
    "'; DROP TABLE photos; --",
    "\0",
    "a\0b",
    "\ud800",
    "x" * 10_000,
    "w " * 5_000,
    "🎂" * 100,
)


def found(store: Store, words: str, within: Sequence[int] | None = None) -> list[int]:
    """The photos that say any of these words, best first."""
    frames = None if within is None else as_ids(frames_of(store, within))
    ids: list[int] = store.texts.search(words, 50, frames).ids.tolist()
    return ids


def said(root_id: int, number: int, **metadata: object) -> PhotoRecord:
    """A photo with these metadata, and a name that says nothing else."""
    given = record(root_id, f"{number}.jpg", number, folder="below")
    return replace(given, metadata=Metadata(**metadata), vector=None)  # type: ignore[arg-type]


class TextContract(StoreFixtures):
    """Every text of a photo finds it, and no text that it has no longer."""

    @pytest.mark.parametrize(
        "words",
        [
            *("fest", "birthday", "CAKE", "cafe", "ete", "l'ete", "family", "grosser", "生日"),
            *("orsted", "lisboa", "estremadura portugal", "astronaut horse"),
            *("IMG_2041", "img 2041", "2041", "img2041", "IMG_2041.jpg", "jpg"),
            *("urlaub italien", "2023", "Holiday", "beach party", "BeachParty", "beachparty"),
            "photos",
        ],
    )
    def test_a_photo_is_found_by_every_text_of_it(self, store: Store, words: str) -> None:
        root = store.files.add_root("/home/photos").id
        folder = "2023-Urlaub_Italien/holiday BeachParty"
        whole = replace(record(root, "IMG_2041.jpg", 1, folder=folder), metadata=SAID, vector=None)
        [photo_id, _] = store.put(Batch(photos=[whole, said(root, 2)]))
        assert photo_id in found(store, words)

    @pytest.mark.parametrize(
        "words", ["blurry", "comfyui", "home", "birth", "日", "204", "the", ""]
    )
    def test_a_photo_is_not_found_by_what_its_texts_do_not_say(
        self, store: Store, words: str
    ) -> None:
        root = store.files.add_root("/home/photos").id
        keywords = ("party", "生活")
        given = replace(SAID, keywords=keywords, caption="A birthday")
        whole = replace(record(root, "IMG_2041.jpg", 1), metadata=given, vector=None)
        store.put(Batch(photos=[whole]))
        assert found(store, words) == []

    @pytest.mark.parametrize(
        ("text", "asked"),
        [
            ("我们的生日蛋糕很好吃", ("生日", "蛋糕", "生日蛋糕", "蛋", "我们的生日")),
            ("誕生日ケーキを食べる", ("誕生日", "ケーキ", "食べる")),
            ("서울에서 찍은 사진", ("서울", "사진", "서울에서")),
            ("เค้กวันเกิด", ("เค้ก", "วันเกิด")),
            ("iPhone拍摄2023年", ("拍摄", "iphone", "2023", "iPhone拍摄")),
            ("हिन्दी में जन्मदिन", ("जन्मदिन", "हिन्दी")),
        ],
    )
    def test_scripts_without_blanks_are_found_by_any_part_of_a_text(
        self, store: Store, text: str, asked: Sequence[str]
    ) -> None:
        root = store.files.add_root("/photos").id
        [photo_id, _] = store.put(
            Batch(photos=[said(root, 1, caption=text), said(root, 2, caption="别的东西")])
        )
        for words in asked:
            assert found(store, words) == [photo_id], words

    def test_characters_that_stand_apart_are_no_word(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        store.put(Batch(photos=[said(root, 1, caption="糕点和蛋黄")]))
        assert found(store, "蛋糕") == []

    @pytest.mark.parametrize("words", HOSTILE)
    def test_nothing_that_is_asked_for_is_an_operator(self, store: Store, words: str) -> None:
        ids = put_some(store, 2)
        assert set(found(store, words)) <= set(ids)

    def test_a_photo_that_says_more_of_it_comes_first_and_rare_words_count_most(
        self, store: Store
    ) -> None:
        root = store.files.add_root("/photos").id
        captions = ["red dog", "red cat", "blue dog", *["red car"] * 30, "nothing of it"]
        photos = [said(root, place, caption=text) for place, text in enumerate(captions)]
        ids = store.put(Batch(photos=photos))
        matches = store.texts.search("a red dog", 50)
        assert matches.ids.tolist()[:2] == [ids[0], ids[2]]
        assert ids[-1] not in matches.ids
        assert (np.diff(matches.scores) <= 0).all()
        assert 0.0 < matches.scores[-1] < 0.5 < matches.scores[0] <= 1.0

    def test_what_every_photo_says_tells_nothing(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        photos = [record(root, f"IMG_{place:04}.jpg", place) for place in range(600)]
        ids = store.put(Batch(photos=[replace(photo, vector=None) for photo in photos]))
        assert store.texts.search("img jpg", 1).scores[0] < 0.3
        best = store.texts.search("IMG_0217", 2)
        assert best.ids[0] == ids[217]
        assert best.scores[0] > 0.9
        assert best.scores[1] < 0.1

    def test_words_given_to_a_photo_weigh_more_than_those_of_its_folder(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        shared = replace(record(root, "1.jpg", 1, folder="Beach"), vector=None)
        ids = store.put(Batch(photos=[shared, said(root, 2, caption="the beach")]))
        assert found(store, "beach") == ids[::-1]

    def test_of_equals_the_newest_come_first_and_no_more_than_the_limit(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        ids = store.put(Batch(photos=[said(root, n, caption="dog") for n in range(9)]))
        assert store.texts.search("dog", 3).ids.tolist() == ids[:5:-1]
        assert store.texts.search("dog").ids.tolist() == ids[::-1]

    def test_only_photos_within_are_found(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        ids = store.put(Batch(photos=[said(root, n, caption="dog") for n in range(9)]))
        assert found(store, "dog", within=ids[:2]) == ids[1::-1]
        assert found(store, "dog", within=[]) == []
        assert found(store, "cat", within=ids) == []

    def test_new_metadata_replace_the_words_of_the_old(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        [photo_id] = store.put(Batch(photos=[said(root, 1, caption="dog", keywords=("pet",))]))
        edited = replace(said(root, 1, caption="cat", keywords=("tame",)), photo_id=photo_id)
        store.put(Batch(photos=[edited]))
        assert [found(store, word) for word in ("dog", "pet")] == [[], []]
        assert [found(store, word) for word in ("cat", "tame")] == [[photo_id]] * 2

    def test_a_moved_photo_is_found_by_its_new_place_only(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        [photo_id] = store.put(Batch(photos=[said(root, 1, caption="dog")]))
        place = Location(root, "elsewhere", "renamed.jpg")
        store.put(Batch(moves=[Move(photo_id, place, FileStamp(1, 1))]))
        assert found(store, "below") == []
        assert [found(store, word) for word in ("elsewhere", "renamed", "dog")] == [[photo_id]] * 3

    def test_photos_that_change_names_with_each_other_are_found_by_the_new_ones(
        self, store: Store
    ) -> None:
        root = store.files.add_root("/photos").id
        names = ("first.jpg", "second.jpg")
        ids = store.put(Batch(photos=[record(root, name, 1) for name in names]))
        places = [Location(root, "", name) for name in reversed(names)]
        moves = [
            Move(known, place, FileStamp(1, 1)) for known, place in zip(ids, places, strict=True)
        ]
        store.put(Batch(moves=moves))
        assert (found(store, "first"), found(store, "second")) == ([ids[1]], [ids[0]])

    def test_a_missing_photo_is_found_again_when_it_is_back(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        ids = store.put(Batch(photos=[said(root, n, caption="dog") for n in range(2)]))
        store.put(Batch(missing=ids[:1]))
        assert found(store, "dog") == ids[1:]
        store.put(Batch(seen=ids[:1]))
        assert sorted(found(store, "dog")) == ids

    def test_a_forgotten_photo_is_found_no_more(self, store: Store) -> None:
        root = store.files.add_root("/photos").id
        ids = store.put(Batch(photos=[said(root, n, caption="dog") for n in range(2)]))
        store.forget(ids[:1])
        assert found(store, "dog") == ids[1:]

    def test_a_root_further_up_gives_its_photos_the_folders_between(self, store: Store) -> None:
        inner = store.files.add_root("/photos/holidays/2023").id
        [photo_id] = store.put(Batch(photos=[said(inner, 1)]))
        assert (found(store, "2023"), found(store, "holidays")) == ([photo_id], [])
        store.files.add_root("/photos")
        assert [found(store, word) for word in ("2023", "holidays", "photos", "below")] == [
            [photo_id]
        ] * 4
        assert list(store.check()) == []

    def test_words_are_there_after_opening_again(self, opener: Opener) -> None:
        with closing(opener()) as store:
            root = store.files.add_root("/photos").id
            [photo_id] = store.put(Batch(photos=[said(root, 1, caption="dog")]))
        with closing(opener()) as store:
            assert found(store, "dog") == [photo_id]
