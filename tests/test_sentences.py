"""Settings, today and the names of places meet what a user types."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.conftest import Paint

from mindseye.config import load_settings
from mindseye.library import Library
from mindseye.query.parse import Parsed
from mindseye.sentences import Sentences

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
