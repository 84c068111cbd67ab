"""Settings, today and the names of places meet what a user types."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.conftest import Paint

from mindseye.config import load_settings
from mindseye.library import Library
from mindseye.places.gazetteer import Gazetteer
from mindseye.query.model import Filter
from mindseye.query.parse import Parsed
from mindseye.sentences import Sentences
from mindseye.types import Edit, Place

TODAY = date(2026, 11, 21)


def asked(text: str, **settings: object) -> Parsed:
    with Sentences(load_settings(settings), today=lambda: TODAY) as sentences:
        return sentences.parse(text)


def test_settings_say_whether_and_how_sentences_are_read() -> None:
    assert str(asked("dog last summer").filter) == "date:2026-06..2026-08"
    assert str(asked("dog last summer", southern=True).filter) == "date:2025-12..2026-02"
    assert asked("dog last summer", plain=False).filter is None


def test_places_are_read_once_their_names_are_compiled() -> None:
    with Sentences(load_settings({})) as sentences:
        known = str(sentences.parse("temple in Japan").filter)
        assert (known, bool(sentences.notice)) in {("country:jp", False), ("None", True)}


def test_without_names_of_places_they_stay_words_and_the_notice_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mindseye.places.gazetteer.gazetteer_file", lambda: tmp_path / "none.db")
    with Sentences(load_settings({}), today=lambda: TODAY) as sentences:
        found = sentences.parse("temple in Japan last spring")
        assert [str(term.value) for term in found.terms] == ["temple in Japan"]
        assert str(found.filter) == "date:2026-03..2026-05"
        assert "places in sentences stay words" in sentences.notice
    assert not Sentences(load_settings({"plain": False})).notice


def test_a_library_reads_sentences_by_its_own_clock(library: Library, paint: Paint) -> None:
    red = paint("2025-06-01 10.00.00.png", "red")
    paint("2024-06-01 10.00.00.png", "red", seed=1)
    library.ingest([red.parent])
    library.sentences.today = lambda: TODAY
    found = library.search("red last year")
    assert [hit.photo.path for hit in found.hits] == [str(red)]
    assert found.filter == "date:2025"
    assert len(library.search("red last year", literal=True).hits) == 2


@pytest.fixture
def reader(library: Library, paint: Paint) -> Library:
    """A library that knows of one photo where it was taken, Japan; names of places are compiled."""
    Gazetteer.open().close()
    library.sentences.today = lambda: TODAY
    there = paint("2025-04-01 10.00.00.png", "red")
    paint("2024-06-01 10.00.00.png", "red", seed=1)
    paint("2024-06-02 10.00.00.png", "blue")
    library.ingest([there.parent])
    library.edit([there], Edit(place=Place("Kyoto", None, "Japan", "JP")))
    return library


@pytest.mark.parametrize(
    ("text", "filter_", "words", "unvisited", "hits"),
    [
        ("red in Japan", "country:jp", "red", (), 1),
        ("red in Paris", None, "red in Paris", ("Paris",), 2),
        ("red in Paris, Texas", None, "red in Paris, Texas", ("Paris, Texas",), 2),
        ("red in Japan and in Paris", "(country:jp OR place:Paris)", "red", (), 1),
        ("red in Paris or Kyoto", "(place:Paris OR place:Kyoto)", "red", (), 1),
        ("Italy 2024", "date:2024", "Italy", ("Italy",), None),
        ("red in Paris last year", "date:2025", "red in Paris", ("Paris",), 1),
        ("red place:paris", "place:paris", "red", (), 0),
        ('red + "in Paris"', None, "red + in Paris", (), None),
    ],
)
def test_a_place_that_no_photo_is_from_is_looked_for_in_pictures(
    reader: Library,
    text: str,
    filter_: str | None,
    words: str,
    unvisited: tuple[str, ...],
    hits: int | None,
) -> None:
    parsed = reader.sentences.parse(text)
    assert " + ".join(str(term.value) for term in parsed.terms) == words
    assert parsed.unvisited == unvisited
    found = reader.search(text)
    assert found.filter == filter_
    assert [notice for notice in found.notices if "no photo is known" in notice] == [
        f"no photo is known to be from {place}: it was looked for in pictures and texts"
        for place in unvisited
    ]
    if hits is not None:
        assert len(found.hits) == hits


def test_no_photo_is_asked_for_where_a_sentence_names_no_place() -> None:
    asked: list[Filter] = []

    def visited(filter_: Filter) -> bool:
        asked.append(filter_)
        return True

    with Sentences(load_settings({}), today=lambda: TODAY, visited=visited) as sentences:
        for text in (
            "red dog",
            "dog last summer",
            "place:paris dog",
            '"in Japan"',
            "newest photos",
        ):
            sentences.parse(text)
        assert asked == []
        assert str(sentences.parse("dog in Japan").filter) == "country:jp"
        assert len(asked) == 1
