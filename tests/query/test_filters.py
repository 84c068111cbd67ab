"""Filters are typed in the same box as words, and written back as they can be typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.query.test_parse import words

from mindseye.errors import QueryError
from mindseye.query.model import And, Field, Filter, Not, Operator, Or, Term
from mindseye.query.parse import parse, valid
from mindseye.query.values import Ago, Circle, Day, Span, Value
from mindseye.testing.filters import filters

IS = Operator.IS


def field(name: str, value: Value, operator: Operator = IS) -> Field:
    return Field(name, operator, value)


CANON, NIKON = field("camera", "canon"), field("camera", "nikon")
YEAR = field("date", Day(2023))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date:2023", YEAR),
        ("Taken:2023", YEAR),
        ("date:2023-3-31", field("date", Day(2023, 3, 31))),
        ("date:2023/03", field("date", Day(2023, 3))),
        ("date:2023-03..2023-05", field("date", Span(Day(2023, 3), Day(2023, 5)))),
        ("date:-3w..", field("date", Ago(3, "w"), Operator.AT_LEAST)),
        ("date:..2020", field("date", Day(2020), Operator.AT_MOST)),
        ("date:-1y..-6m", field("date", Span(Ago(1, "y"), Ago(6, "m")))),
        ("date:yesterday", field("date", Ago(1, "d"))),
        ("after:2023-06", field("date", Day(2023, 6), Operator.AT_LEAST)),
        ("before:2023", field("date", Day(2023), Operator.BELOW)),
        ("iso:200..800", field("iso", Span(200.0, 800.0))),
        ("f:<2.8", field("f", 2.8, Operator.BELOW)),
        ("shutter:>1/60", field("shutter", 1 / 60, Operator.ABOVE)),
        ("shutter:>=2s", field("shutter", 2.0, Operator.AT_LEAST)),
        ("size:>5MB", field("size", 5e6, Operator.ABOVE)),
        ("mm:50mm", field("mm", 50.0)),
        ("rating:-1", field("rating", -1.0)),
        ("camera:canon", CANON),
        ("camera:canon,nikon", Or((CANON, NIKON))),
        ("camera:canon,", CANON),
        ('camera:"EOS R5, mark II"', field("camera", "EOS R5, mark II")),
        ('caption:"a ""b"""', field("caption", 'a "b"')),
        ("place:“San José”", field("place", "San José")),
        ("name:IMG(1).jpg", field("name", "IMG(1).jpg")),
        ("ext:.JPG", field("ext", "JPG")),
        ("type:RAW", field("type", "raw")),
        ("has:keyword", field("has", "keywords")),
        ("near:35.01,135.77,20km", field("near", Circle(35.01, 135.77, 20_000.0))),
        ("near:-35,-13.5", field("near", Circle(-35.0, -13.5, 10_000.0))),
        ("near:0.25,-0.125,0.25m", field("near", Circle(0.25, -0.125, 0.25))),
        ("near:1,2,500m", field("near", Circle(1.0, 2.0, 500.0))),
        ("-camera:canon", Not(CANON)),
        ("NOT camera:canon", Not(CANON)),
        ("NOT -camera:canon", Not(Not(CANON))),
        ("date:2023 camera:canon", And((YEAR, CANON))),
        ("date:2023 AND camera:canon", And((YEAR, CANON))),
        ("camera:canon OR camera:nikon", Or((CANON, NIKON))),
        ("date:2023 camera:canon OR camera:nikon", And((YEAR, Or((CANON, NIKON))))),
        ("(date:2023 camera:canon) OR camera:nikon", Or((And((YEAR, CANON)), NIKON))),
        ("(date:2023 AND camera:canon)", And((YEAR, CANON))),
        ("-(camera:canon OR camera:nikon)", Not(Or((CANON, NIKON)))),
        ("( ( camera:canon ) )", CANON),
    ],
)
def test_a_query_is_this_filter(text: str, expected: Filter) -> None:
    parsed = parse(text)
    assert parsed.filter == expected
    assert parsed.terms == ()
    assert parse(str(expected)).filter == expected


@pytest.mark.parametrize(
    ("text", "terms", "filter_"),
    [
        ("beach date:2023 -camera:canon", (words("beach"),), And((YEAR, Not(CANON)))),
        ("beach date:2023 at sunset", (words("beach at sunset"),), YEAR),
        ("date:2023 2:dog - people", (words("dog", 2), words("people", -1)), YEAR),
        ("dog - people camera:canon", (words("dog"), words("people", -1)), CANON),
        ('camera:canon "a - b" + c', (words("a - b"), words("c")), CANON),
        ("beach AND date:2023", (words("beach"),), YEAR),
        ("date:2023 AND beach", (words("beach"),), YEAR),
        ("(dog date:2023)", (words("(dog )"),), YEAR),
        ("date:2023, sunny", (words("sunny"),), YEAR),
    ],
)
def test_filters_stand_among_words(text: str, terms: tuple[Term, ...], filter_: Filter) -> None:
    parsed = parse(text)
    assert (parsed.terms, parsed.filter) == (terms, filter_)


@pytest.mark.parametrize(
    ("text", "offset", "message", "hint"),
    [
        ("dat:2023", 0, "no field 'dat'", "date:"),
        ("dog camra:x", 4, "no field 'camra'", "camera:"),
        ("dog zzz:x", 4, "no field 'zzz'", "--literal"),
        ("dog date:soon", 9, "found 'soon'", "date:2023"),
        ("date:2023-13", 5, "day of the calendar", ""),
        ("date:2023-02-30", 5, "day of the calendar", ""),
        ("date:0999", 5, "a year from 1000", ""),
        ("date:2023..2022", 5, "backwards", ""),
        ("date:2023..x", 11, "found 'x'", ""),
        ("date:..", 5, "a span with an end", ""),
        ("after:>2023", 6, "found '>2023'", ""),
        ("iso:200,many", 8, "found 'many'", ""),
        ("iso:12.5", 4, "a whole number", ""),
        ("iso:800..200", 4, "backwards", ""),
        ("shutter:1/0", 8, "a number", "1/60"),
        ("size:5tb", 5, "with or without k", ""),
        ("rating:9", 7, "from -1 to 5", ""),
        ("type:rwa", 5, "knows no 'rwa'", "type:raw"),
        ("has:wings", 4, "knows no 'wings'", "gps, date"),
        ("near:91,0", 5, "degrees from -90 to 90", ""),
        ("near:1", 5, "latitude, longitude", ""),
        ("near:1,2,3parsec", 9, "a radius", ""),
        ('camera:"canon', 7, "never closed", ""),
        ('camera:"canon"eos', 14, "a blank is missing", ""),
        ("camera:canon,,x", 13, "a value is missing", ""),
        ('camera:" "', 8, "a value is missing", ""),
        ("camera:a\0b", 7, "stray bytes", ""),
        ("camera:\u0301", 7, "something to compare", ""),
        ("(camera:canon", 0, "never closed", ""),
        ("(camera:canon dog)", 14, "only filters", ""),
        ("dog OR date:2023", 4, "OR joins filters", "quotes"),
        ("date:2023 OR dog", 10, "OR joins filters", "quotes"),
        ("dog - date:2023", 4, "a filter follows", "-date:2023"),
        ("dog + date:2023", 4, "a filter follows", "leave it out"),
        ("dog score:<0.2", 4, "lower end", "score:>0.2"),
        ("dog -score:>0.2", 4, "cannot be part", ""),
        ("dog date:2023 OR score:>0.2", 4, "cannot be part", ""),
        ("(" * 60 + "iso:1" + ")" * 60, 41, "too deeply", ""),
        ("iso:1 " * 251, 1500, "more than 250", ""),
        ("date:2023 - people", 0, "nothing to look for", ""),
    ],
)
def test_trouble_with_a_filter_is_pointed_at(
    text: str, offset: int, message: str, hint: str
) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        parse(text)
    assert caught.value.offset == offset
    assert hint in caught.value.hint


def test_a_score_ends_the_list() -> None:
    parsed = parse("dog score:>0.2 score:>=.25 date:2023")
    assert (parsed.min_score, parsed.filter) == (0.25, YEAR)


def test_each_part_says_where_it_was_typed() -> None:
    text = "dog date:2023 running - people -camera:canon"
    typed = [text[part.start : part.end] for part in parse(text).parts]
    assert typed == ["dog date:2023 running", "date:2023", "people", "-camera:canon"]


@given(filters())
@settings(max_examples=300, deadline=None)
def test_a_filter_is_written_as_it_can_be_typed(filter_: Filter) -> None:
    assert parse(str(filter_)).filter == filter_
    assert valid(filter_) is filter_


@pytest.mark.parametrize(
    "filter_",
    [
        field("mood", "good"),
        field("iso", "many"),
        field("iso", Span(2.0, 1.0)),
        field("taken", Day(2023)),
        field("camera", "  x "),
        field("date", Day(2023, 13)),
        field("score", 0.2, Operator.ABOVE),
    ],
    ids=str,
)
def test_a_filter_that_cannot_be_typed_is_not_valid(filter_: Filter) -> None:
    with pytest.raises(QueryError):
        valid(filter_)


@pytest.mark.parametrize("kind", [And, Or])
def test_one_filter_alone_is_not_joined(kind: type[And] | type[Or]) -> None:
    with pytest.raises(ValueError, match="two filters or more"):
        kind((CANON,))
