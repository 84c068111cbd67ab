"""One box: names, words in texts and words about pictures find photos side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import Paint

from mindseye.encoders.base import Calibration, Logistic
from mindseye.errors import UsageError
from mindseye.library import Library
from mindseye.query.model import Picture, Query, Sort, Term, Words
from mindseye.query.parse import parse
from mindseye.testing.encoder import ColourEncoder
from mindseye.types import Album, Hit, Mention


@pytest.fixture
def filled(library: Library, paint: Paint, photos: Path) -> Library:
    """Colours that names speak of, colours that they do not, and names of other things."""
    paint("2019/IMG_2041.png", "red")
    paint("2019/IMG_2042.png", "blue", seed=1)
    paint("2019/IMG_2043.png", "red", "blue", seed=2)
    paint("papers/invoice march.png", "white")
    paint("papers/scan.png", "white", "grey", seed=3)
    paint("2020/birthday cake.png", "yellow")
    paint("2020/birthday_garden.png", "green", seed=4)
    paint("green door.png", "purple")
    library.ingest([photos])
    return library


def names(hits: tuple[Hit, ...]) -> list[str]:
    return [Path(hit.photo.path).name for hit in hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("IMG_2041", ["IMG_2041.png"]),
        ("2042", ["IMG_2042.png"]),
        ("invoice", ["invoice march.png"]),
        ("birthday cake", ["birthday cake.png"]),
        ("birthday", ["birthday cake.png", "birthday_garden.png"]),
        ("red", ["IMG_2041.png", "IMG_2043.png"]),
        ("green", ["birthday_garden.png", "green door.png"]),
        ("the invoice of march", ["invoice march.png"]),
        ("qwertzuiop", []),
        ("the", []),
        ("march past of the royal guards in a parade", []),
    ],
)
def test_one_box_finds_names_texts_and_what_pictures_show(
    filled: Library, query: str, expected: list[str]
) -> None:
    assert sorted(names(filled.search(query).hits)[: len(expected)]) == sorted(expected)
    assert bool(filled.search(query).hits) == bool(expected)


def test_a_hit_by_text_says_which_text_and_how_likely_it_is(filled: Library) -> None:
    hit = filled.search("invoice").hits[0]
    assert hit.mentions == (Mention("name", "invoice march.png"),)
    assert hit.probability == pytest.approx(0.9, abs=0.06)
    assert hit.score == pytest.approx(0.0, abs=0.01)
    assert [reason.term for reason in hit.why] == ["invoice"]


def test_what_texts_and_pictures_both_say_comes_first(filled: Library) -> None:
    hits = filled.search("green").hits
    chances = [hit.probability or 0.0 for hit in hits]
    assert chances == sorted(chances, reverse=True)
    by_name = {Path(hit.photo.path).name: hit for hit in hits}
    assert by_name["birthday_garden.png"].mentions == ()
    assert by_name["green door.png"].mentions == (Mention("name", "green door.png"),)


def test_words_that_are_pushed_away_do_not_find(filled: Library) -> None:
    assert len(filled.search("green").hits) == 2
    assert names(filled.search("green - door").hits) == ["birthday_garden.png"]


def test_a_picture_alone_asks_no_text(
    filled: Library, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("no text may be searched")

    monkeypatch.setattr(type(filled.store.texts), "search", refuse)
    found = filled.search(Query((Term(Picture(photos / "green door.png")),)))
    assert names(found.hits) == ["green door.png"]
    assert names(filled.search("", limit=3).hits)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("birthday name:garden", ["birthday_garden.png"]),
        ("birthday -name:garden", ["birthday cake.png"]),
        ("invoice width:<10", []),
        ("birthday type:photo", ["birthday cake.png", "birthday_garden.png"]),
    ],
)
def test_only_what_passes_a_filter_is_found_by_its_texts(
    filled: Library, query: str, expected: list[str]
) -> None:
    assert sorted(names(filled.search(query).hits)) == expected


def test_only_photos_of_an_album_are_found_by_their_texts(filled: Library, photos: Path) -> None:
    filled.put_album(Album("Papers", (str(photos / "papers"),)))
    assert names(filled.search("birthday cake", album="Papers").hits) == []
    assert names(filled.search("invoice", album="Papers").hits) == ["invoice march.png"]


def test_a_least_score_that_was_asked_for_holds_for_every_hit(filled: Library) -> None:
    found = filled.search(Query((Term(Words("green")),), min_score=0.9))
    assert names(found.hits) == ["birthday_garden.png"]


def test_a_least_score_of_the_encoder_does_not_hide_what_texts_say(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ColourEncoder().calibration
    assert own is not None
    strict = replace(own, least_score=0.5)
    monkeypatch.setattr(ColourEncoder, "calibration", property(lambda _: strict))
    assert names(filled.search("invoice").hits) == ["invoice march.png"]


@pytest.mark.parametrize("least_score", [None, 0.5])
def test_texts_are_believed_where_nothing_is_known_of_the_encoder(
    filled: Library, monkeypatch: pytest.MonkeyPatch, least_score: float | None
) -> None:
    unknown = Calibration(None, None, None, least_score=least_score)
    monkeypatch.setattr(ColourEncoder, "calibration", property(lambda _: unknown))
    hits = filled.search("IMG_2042").hits
    assert names(hits)[0] == "IMG_2042.png"
    assert hits[0].probability is None
    assert (len(hits) == 1) == (least_score is not None)


@pytest.mark.parametrize("query", ["birthday green", "red 2019 img", "papers garden cake red"])
def test_pages_show_each_photo_once_and_in_the_order_of_one_page(
    filled: Library, query: str
) -> None:
    whole = replace(filled.query(parse(query)), everything=True, limit=50)
    expected = names(filled.search(whole).hits)
    assert len(expected) == 8
    paged: list[str] = []
    after = None
    while True:
        found = filled.search(replace(whole, limit=3, after=after))
        paged += names(found.hits)
        after = found.more
        if after is None:
            break
    assert paged == expected


def test_hits_by_text_are_sorted_by_date_and_counted_too(filled: Library) -> None:
    query = replace(filled.query(parse("birthday")), sort=Sort.NEWEST)
    found = filled.search(query)
    assert sorted(names(found.hits)) == ["birthday cake.png", "birthday_garden.png"]
    assert found.total == 2
    assert all(hit.mentions for hit in found.hits)


@pytest.mark.parametrize(("cutoff", "count"), [(0.24, 3), (0.8, 0)])
def test_a_word_of_the_folder_alone_is_weak_evidence(
    filled: Library, monkeypatch: pytest.MonkeyPatch, cutoff: float, count: int
) -> None:
    plain = Logistic(score=20.0, bias=-11.0, cutoff=cutoff)
    known = Calibration(None, plain, plain)
    monkeypatch.setattr(ColourEncoder, "calibration", property(lambda _: known))
    assert len(filled.search("2019").hits) == count


@pytest.fixture
def unloaded(filled: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """The library with an encoder that may not be used."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing may be encoded")

    monkeypatch.setattr(ColourEncoder, "encode_texts", refuse)
    monkeypatch.setattr(ColourEncoder, "encode_images", refuse)
    return filled


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("green", ["green door.png"]),
        ("birthday", ["birthday_garden.png", "birthday cake.png"]),
        ("birthday -name:garden", ["birthday cake.png"]),
        ("birthday - garden", ["birthday cake.png"]),
        ("red", []),
    ],
)
def test_texts_alone_find_without_encoding_anything(
    unloaded: Library, query: str, expected: list[str]
) -> None:
    found = unloaded.search(query, balance=0.0)
    assert sorted(names(found.hits)) == sorted(expected)
    assert all(hit.mentions and hit.score == 0.0 for hit in found.hits)


def test_texts_alone_are_paged_sorted_and_counted(unloaded: Library) -> None:
    whole = names(unloaded.search("2019 img", balance=0.0, everything=True).hits)
    first = unloaded.search("2019 img", balance=0.0, everything=True, limit=2)
    rest = unloaded.search("2019 img", balance=0.0, everything=True, limit=2, after=first.more)
    assert names(first.hits) + names(rest.hits) == whole
    assert sorted(whole) == ["IMG_2041.png", "IMG_2042.png", "IMG_2043.png"]
    newest = unloaded.search("birthday", balance=0.0, sort=Sort.NEWEST)
    assert (len(newest.hits), newest.total) == (2, 2)
    assert (
        sum(count.photos for count in unloaded.facets("birthday", ["type"], balance=0.0)["type"])
        == 2
    )


@pytest.mark.parametrize("query", ["photo:1", "green + photo:1"])
def test_pictures_cannot_be_looked_for_in_texts(unloaded: Library, query: str) -> None:
    with pytest.raises(UsageError, match="pictures are not compared"):
        unloaded.search(query, balance=0.0)


def test_the_balance_moves_the_order_and_not_the_hits(filled: Library) -> None:
    assert names(filled.search("green").hits) == ["birthday_garden.png", "green door.png"]
    texts = filled.search("green", balance=0.1)
    assert names(texts.hits) == ["green door.png", "birthday_garden.png"]
    assert names(filled.search("green", balance=1.0).hits) == ["birthday_garden.png"]
