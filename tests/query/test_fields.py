"""The table of fields fits the catalog, the formats that are read, and itself."""

from __future__ import annotations

from collections import Counter

import pytest

from mindseye.errors import QueryError
from mindseye.media import palette
from mindseye.media.formats import FORMATS, Family
from mindseye.query.facts import ANIMATED_FORMATS, FACTS
from mindseye.query.fields import BY_NAME, FIELDS, FieldSpec, Kind, completions, near_names
from mindseye.query.parse import parse
from mindseye.stores.filters import STATES, column
from mindseye.stores.texts import LISTS


@pytest.mark.parametrize("spec", FIELDS, ids=lambda spec: spec.name)
def test_a_field_reads_facts_that_photos_and_stores_know(spec: FieldSpec) -> None:
    names = [*spec.facts, *spec.codes]
    if spec.kind is Kind.PRESENCE:
        names += [name for choice in spec.choices.values() for name in choice]
    for name in names:
        assert name in FACTS
        if name not in ("folder_path", "colours", *STATES, *LISTS):
            assert column(name) is not None


@pytest.mark.parametrize("spec", FIELDS, ids=lambda spec: spec.name)
def test_the_example_of_a_field_can_be_typed(spec: FieldSpec) -> None:
    parsed = parse(spec.example)
    assert (parsed.filter is None) == (spec.kind is Kind.CUT)
    assert not parsed.terms


def test_no_two_fields_share_a_name() -> None:
    names = Counter(name for spec in FIELDS for name in (spec.name, *spec.aliases))
    assert max(names.values()) == 1
    assert set(names) == set(BY_NAME)


def test_the_formats_are_those_that_are_read() -> None:
    read = {row.name for row in FORMATS if row.family is not Family.VIDEO}
    assert set(BY_NAME["format"].choices) == read
    assert set(ANIMATED_FORMATS) <= read


def test_the_colours_are_those_that_are_told_apart() -> None:
    assert set(BY_NAME["color"].choices) == {*palette.NAMES, palette.MONOCHROME}
    assert set(BY_NAME["color"].synonyms.values()) <= set(BY_NAME["color"].choices)


def test_a_choice_that_is_still_to_come_says_so() -> None:
    with pytest.raises(QueryError, match="videos are not taken in yet") as caught:
        parse("beach type:video")
    assert (caught.value.offset, caught.value.hint) == (11, "it knows photo, raw, animated")


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("cam", ["camera:"]),
        ("-cam", ["-camera:"]),
        ("has:k", ["has:keywords"]),
        ("-type:", ["-type:photo", "-type:raw", "-type:animated"]),
        ("camera:", []),
        ("is:", ["is:favourite", "is:rejected", "is:edited", "is:duplicate"]),
        ("-colour:b", ["-colour:blue", "-colour:brown", "-colour:black"]),
        ("nothing", []),
        ("nothing:", []),
    ],
)
def test_the_beginning_of_a_filter_is_completed(typed: str, completed: list[str]) -> None:
    assert completions(typed) == completed


@pytest.mark.parametrize(
    ("typed", "near"), [("camra", "camera"), ("Datum", "date"), ("lense", "lens"), ("qqq", "")]
)
def test_a_mistyped_field_has_a_near_name(typed: str, near: str) -> None:
    assert (near_names(typed) or [""])[0] == near
