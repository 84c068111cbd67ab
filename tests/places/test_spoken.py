"""Places are found by what people call them in their languages."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mindseye.places.gazetteer import Gazetteer
from mindseye.places.spoken import Spoken

LANGUAGES = ("zh", "ja", "de", "fr", "es")
FOUND = 0.95


def usual_names() -> list[dict[str, str]]:
    """Large and well-known cities and the states of the USA, by name; "=" where it is the first."""
    text = (Path(__file__).parent / "usual_names.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["city", "region"])
def test_places_are_found_by_their_usual_names(
    gazetteer: Gazetteer, kind: str, language: str
) -> None:
    rows = [row for row in usual_names() if row["kind"] == kind]
    missed = []
    for row in rows:
        called = row["name"] if row[language] == "=" else row[language]
        named = [(place.kind, place.name) for place in gazetteer.named(called)]
        if (kind, row["name"]) not in named:
            missed.append(f"{row['name']}: {called}")
    least = FOUND if kind == "city" else 0.9
    assert len(missed) <= (1 - least) * len(rows), missed


def test_every_place_of_the_table_of_names_is_one(gazetteer: Gazetteer) -> None:
    table = Spoken(zones={}).table
    assert [number for number in table if gazetteer.place(number) is None] == []


@pytest.mark.parametrize(
    ("code", "listed", "added"),
    [
        ("US", ("紐約",), {"纽约"}),
        ("CN", ("麗江市",), {"丽江市", "丽江", "麗江"}),
        ("JP", ("神戶",), {"神户"}),
        ("JP", ("広島県",), {"広島", "广岛县", "广岛"}),
        ("KR", ("大邱廣域市",), {"大邱", "大邱广域市"}),
        ("CN", ("大市",), set()),
        ("DE", ("Köln",), set()),
    ],
)
def test_a_han_name_is_known_simplified_and_without_its_kind(
    code: str, listed: tuple[str, ...], added: set[str]
) -> None:
    spoken = Spoken(table={}, zones={})
    assert added <= set(spoken.of_place(0, code, listed)) - set(listed)
    assert bool(added) == (spoken.of_place(0, code, listed) != listed)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Mallorca", "Balearic Islands"),
        ("Toskana", "Tuscany"),
        ("ハワイ", "Hawaii"),
        ("佛羅里達", "Florida"),
        ("普罗旺斯", "Provence-Alpes-Côte d'Azur"),
    ],
)
def test_regions_and_islands_have_the_names_in_use(
    gazetteer: Gazetteer, text: str, region: str
) -> None:
    assert region in [place.name for place in gazetteer.named(text) if place.kind == "region"]
