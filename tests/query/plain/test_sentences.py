"""Sentences become the filters, the order and the words that a person would read in them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mindseye.places.gazetteer import Gazetteer
from mindseye.query.model import And, Filter
from mindseye.query.parse import Parsed, parse
from mindseye.query.plain.base import Plain

TODAY = date(2026, 11, 21)
"""A Saturday in autumn: this summer is over, this autumn is not."""

HERE = Path(__file__).parent
RIGHT = 0.95
LANGUAGES = {"en": 100, "zh": 70, "de": 25, "fr": 25, "es": 25, "ja": 25}
"""Language -> the fewest sentences of it in the table."""

Answer = tuple[frozenset[str], str, str]


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


SENTENCES, CAPTIONS = rows("sentences.jsonl"), rows("captions.jsonl")


@pytest.fixture(scope="module")
def plain() -> Iterator[Plain]:
    with Gazetteer.open() as gazetteer:
        yield Plain(TODAY, gazetteer)


def filters(node: Filter | None) -> frozenset[str]:
    """What must hold, without regard to order and case."""
    parts = node.parts if isinstance(node, And) else () if node is None else (node,)
    return frozenset(str(part).casefold() for part in parts)


def answer(asked: Parsed) -> Answer:
    words = " + ".join(str(term.value) for term in asked.terms)
    return filters(asked.filter), asked.sort or "", words


def expected(row: dict[str, Any]) -> Answer:
    return filters(parse(row["filters"]).filter), row["sort"], row["words"]


def test_the_table_is_large_enough() -> None:
    counts = Counter(row["lang"] for row in SENTENCES)
    assert len(SENTENCES) >= 320
    assert {lang: counts[lang] >= least for lang, least in LANGUAGES.items()} == dict.fromkeys(
        LANGUAGES, True
    )
    assert len(CAPTIONS) >= 120


@pytest.mark.parametrize("language", [*LANGUAGES, "all"])
def test_sentences_are_understood(plain: Plain, language: str) -> None:
    asked = [row for row in SENTENCES if language in (row["lang"], "all")]
    wrong = [
        f"{row['say']}: {found}, not {expected(row)}"
        for row in asked
        if (found := answer(parse(row["say"], plain=plain))) != expected(row)
    ]
    assert len(wrong) <= (1 - RIGHT) * len(asked), "\n".join(wrong)


@pytest.mark.parametrize("row", CAPTIONS, ids=lambda row: row["say"])
def test_what_only_describes_a_picture_stays_words(plain: Plain, row: dict[str, Any]) -> None:
    assert answer(parse(row["say"], plain=plain)) == (frozenset(), "", row["say"])


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("captions.jsonl", 0.0007),
        ("captions_de.jsonl", 0.0004),
        ("captions_fr_translated.jsonl", 0.0012),
        ("captions_zh_human.jsonl", 0.0002),
    ],
)
def test_real_captions_hardly_ever_get_a_filter(
    shared_data: Path, plain: Plain, name: str, most: float
) -> None:
    """Those that do name a place or date in words: "a crowded street in Italy"."""
    lines = (shared_data / "flickr8k" / name).read_text(encoding="utf-8").splitlines()[::4]
    captions = [caption for line in lines for caption in json.loads(line)["captions"] if caption]
    got = [text for text in captions if understand_filters(text, plain)]
    assert len(got) <= most * len(captions) + 3, "\n".join(got)


def understand_filters(text: str, plain: Plain) -> bool:
    from mindseye.query.plain.understand import understand

    return any(chip.filter or chip.sort for chip in understand(text, plain).chips)
