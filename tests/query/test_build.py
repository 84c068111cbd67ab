"""What is built in Python is what typing the same would be."""

from __future__ import annotations

import os
from datetime import date, datetime
from keyword import iskeyword
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import Paint

from mindseye.errors import QueryError
from mindseye.library import Library
from mindseye.query.build import Ask, ask
from mindseye.query.fields import BY_NAME, FIELDS, FieldSpec, Kind
from mindseye.query.given import Fields, above, at_least, at_most, below, between
from mindseye.query.model import And, Not, Pasted, Picture, Query, Sort, Term, Words
from mindseye.query.parse import parse, valid
from mindseye.query.values import Ago, Circle, Day
from mindseye.testing.filters import TEXTS, filters


def test_the_types_name_every_field_there_is() -> None:
    names = {f"{name}_" if iskeyword(name) else name for name in BY_NAME}
    assert set(Fields.__annotations__) == names - {"score"}


@pytest.mark.parametrize(
    ("built", "typed"),
    [
        (ask().where(date=2023), "date:2023"),
        (ask().where(date="2023-03..2023-05"), "date:2023-03..2023-05"),
        (ask().where(date=date(2023, 3, 31)), "date:2023-03-31"),
        (ask().where(date=datetime(2023, 3, 31, 23, 59)), "date:2023-03-31"),
        (ask().where(date=Day(2023, 3)), "date:2023-03"),
        (ask().where(date=at_least(Ago(3, "w"))), "date:>=-3w"),
        (ask().where(date=between(2020, date(2023, 1, 2))), "date:2020..2023-01-02"),
        (ask().where(taken=(2021, "2023-05")), "date:2021,2023-05"),
        (ask().where(after="2023-06"), "after:2023-06"),
        (ask().where(added="yesterday"), "added:yesterday"),
        (ask().where(rating=at_least(3)), "rating:>=3"),
        (ask().where(rating=[-1, 5]), "rating:-1,5"),
        (ask().where(iso=between(200, 800.0)), "iso:200..800"),
        (ask().where(shutter=above("1/60")), "shutter:>1/60"),
        (ask().where(shutter=above(1 / 60)), "shutter:>1/60"),
        (ask().where(size=above("5mb")), "size:>5mb"),
        (ask().where(f=below(2.8)), "f:<2.8"),
        (ask().where(mm=at_most(35)), "mm:<=35"),
        (ask().where(camera="EOS R5, mark II"), 'camera:"EOS R5, mark II"'),
        (ask().where(place=("kyoto", "San José")), 'place:kyoto,"San José"'),
        (ask().where(caption='a "b"'), 'caption:"a ""b"""'),
        (ask().where(caption=">=3..5"), 'caption:">=3..5"'),
        (ask().where(has="gps", type="RAW"), "has:gps type:raw"),
        (ask().where(is_="duplicate", colour=["red", "bw"]), "is:duplicate color:red,bw"),
        (ask().near(35.01, 135.77, km=20), "near:35.01,135.77,20km"),
        (ask().near(0.25, -0.125), "near:0.25,-0.125"),
        (ask().where(near=(1, 2)), "near:1,2"),
        (ask().where(near="1,2,500m"), "near:1,2,500m"),
        (ask().where(near=Circle(1.0, 2.0, 500.0)), "near:1,2,500m"),
        (ask().where(date=2023).where(camera="canon"), "date:2023 camera:canon"),
        (ask().without(camera="canon", has="gps"), "-camera:canon -has:gps"),
        (ask().without(camera=("canon", "nikon")), "-(camera:canon OR camera:nikon)"),
        (ask().either(camera="canon", rating=5), "camera:canon OR rating:5"),
        (ask().either(camera="canon"), "camera:canon"),
        (ask().passing("has:gps OR rating:>=4").where(date=2023),
         "(has:gps OR rating:>=4) date:2023"),
        (ask().passing("has:gps date:2023").where(iso=100), "has:gps date:2023 iso:100"),
    ],
)  # fmt: skip
def test_a_step_means_what_is_typed_so(built: Ask, typed: str) -> None:
    assert built.filter == parse(typed).filter
    assert parse(built.typed()).filter == built.filter


@pytest.fixture
def picture(paint: Paint) -> Path:
    return paint("a - b + date:2023 é.png", "red")


def test_terms_are_joined_with_weights_and_signs(picture: Path) -> None:
    built = ask("golden retriever", weight=2).plus(picture).minus("people", 0.5).min_score(0.2)
    assert built.terms == (
        Term(Words("golden retriever"), 2.0),
        Term(Picture(picture)),
        Term(Words("people"), -0.5),
    )
    again = parse(built.where(date=2023).typed())
    assert (again.terms, again.min_score) == (built.terms, 0.2)
    assert again.filter == parse("date:2023").filter


def test_a_step_leaves_the_one_before_as_it_was() -> None:
    first = ask("dog")
    second = first.where(date=2023)
    assert first.filter is None
    assert second.limit(5).query() == Query(
        (Term(Words("dog")),), limit=5, filter=parse("date:2023").filter
    )
    assert second == first.where(date=2023)


def test_what_is_left_open_is_as_a_query_has_it() -> None:
    assert ask().query() == Query()
    assert ask("x").everything().optimised().sorted("oldest").query() == Query(
        (Term(Words("x")),), everything=True, optimise=True, sort=Sort.OLDEST
    )


@pytest.mark.parametrize(
    ("steps", "message", "hint"),
    [
        (lambda: ask().where(camra="canon"), "no field 'camra'", "camera"),
        (lambda: ask().where(zzz="canon"), "no field 'zzz'", "--fields"),
        (lambda: ask().where(), "no field is named", "where"),
        (lambda: ask().where(score=0.2), "cannot be part of a filter", "min_score"),
        (lambda: ask().where(date="soon"), "found 'soon'", "date:2023"),
        (lambda: ask().where(date=2.5), "cannot be compared with 2.5", "date:2023"),
        (lambda: ask().where(iso=True), "cannot be compared with True", "iso:200"),
        (lambda: ask().where(iso=date(2023, 1, 1)), "cannot be compared with", "iso:200"),
        (lambda: ask().where(iso=float("inf")), "wants a number", "iso:200"),
        (lambda: ask().where(iso=12.5), "wants a whole number", ""),
        (lambda: ask().where(iso=between(800, 200)), "backwards", ""),
        (lambda: ask().where(iso=at_least("3..5")), "wants a number", ""),
        (lambda: ask().where(camera=5), "cannot be compared with 5", "camera:canon"),
        (lambda: ask().where(camera=at_least("a")), "cannot be compared with", "camera:canon"),
        (lambda: ask().where(camera=()), "a value is missing", "camera:canon"),
        (lambda: ask().where(camera=" "), "something to compare with", ""),
        (lambda: ask().where(type="rwa"), "knows no 'rwa'", "type:raw"),
        (lambda: ask().near(91, 0), "degrees from -90 to 90", ""),
        (lambda: ask().near(1, 0, km=0), "a radius", ""),
        (lambda: ask().where(near=("a", "b")), "cannot be compared with", "near:"),
        (lambda: ask().passing("dog date:2023"), "expected filters alone", "ask"),
        (lambda: ask(" "), "no words", "ask()"),
        (lambda: ask(Path("nowhere.png")), "no picture at nowhere.png", ""),
        (lambda: ask("x", weight=0), "a number above 0", "minus"),
        (lambda: ask("x").sorted("size"), "relevance, newest, oldest, not by 'size'", ""),
        (lambda: ask("x").limit(0), "1 or more", ""),
        (lambda: ask().minus("x").query(), "nothing to look for", "plus"),
        (lambda: ask(Pasted(b"x")).typed(), "cannot be typed", ""),
        (lambda: ask('"“「').typed(), "all kinds of quotes", ""),
    ],
)
def test_a_mistake_is_answered_where_it_is_made(steps: object, message: str, hint: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        steps()  # type: ignore[operator]
    assert hint in caught.value.hint


DAYS = st.one_of(
    st.dates(date(1000, 1, 1), date(9000, 12, 31)),
    st.integers(1000, 9000),
    st.builds(Ago, st.integers(0, 99), st.sampled_from(["d", "w", "m", "y"])),
)
DEGREES = st.tuples(st.floats(-90, 90), st.floats(-180, 180), st.floats(0.001, 20_000))


def ordered(spec: FieldSpec) -> st.SearchStrategy[object]:
    if spec.kind is Kind.DATE:
        return DAYS
    least = max(0, int(spec.least))
    return (
        st.integers(least, 5) if spec.whole else st.floats(0, min(spec.most, 1e12), allow_nan=False)
    )


def one_value(spec: FieldSpec) -> st.SearchStrategy[object]:
    if spec.choices:
        return st.sampled_from(sorted(spec.choices))
    if spec.kind not in (Kind.DATE, Kind.NUMBER):
        return TEXTS
    values = ordered(spec)
    if spec.stands_for is not None:
        return values
    steps = st.sampled_from([at_least, at_most, above, below])
    compared = st.builds(lambda step, value: step(value), steps, values)
    return st.one_of(values, compared)


@st.composite
def named(draw: st.DrawFn) -> dict[str, object]:
    """Some fields under any of their names, with one value or several."""
    found: dict[str, object] = {}
    chosen = st.sampled_from([spec for spec in FIELDS if spec.kind is not Kind.CUT])
    for spec in draw(st.lists(chosen, min_size=1, max_size=3)):
        name = draw(st.sampled_from([spec.name, *spec.aliases]))
        name = f"{name}_" if iskeyword(name) else name
        if spec.kind is Kind.CIRCLE:
            found[name] = draw(DEGREES)
        else:
            one = one_value(spec)
            found[name] = draw(st.one_of(one, st.lists(one, min_size=1, max_size=3)))
    return found


@given(named(), named(), st.booleans(), filters())
@settings(max_examples=300, deadline=None)
def test_whatever_is_built_can_be_typed(
    first: dict[str, object], second: dict[str, object], alone: bool, ready: object
) -> None:
    built = ask("dog").either(**first).without(**second)  # type: ignore[arg-type]
    if not alone:
        built = built.where(**second).passing(ready)  # type: ignore[arg-type]
    assert built.filter is not None
    assert valid(built.filter) == built.filter
    again = parse(built.typed())
    assert (again.filter, again.terms) == (built.filter, built.terms)


def test_a_library_answers_it(library: Library, paint: Paint, photos: Path) -> None:
    paint("red.png", "red")
    os.utime(paint("red-blue.png", "red", "blue"), (1e9, 1e9))
    paint("blue.png", "blue")
    library.ingest([photos])

    def names(asked: Ask, limit: int | None = None) -> list[str]:
        return [Path(hit.photo.path).stem for hit in library.search(asked, limit=limit).hits]

    assert names(ask("red")) == ["red", "red-blue"]
    assert names(ask("red").minus("blue")) == ["red"]
    assert names(ask("red").without(name="red-blue")) == ["red"]
    assert names(ask("red").limit(1)) == ["red"]
    assert names(ask("red").limit(2), limit=1) == ["red"]
    assert names(ask("red").everything()) == ["red", "red-blue", "blue"]
    assert names(ask(photos / "blue.png")) == ["blue", "red-blue"]
    assert names(ask("red").sorted("oldest")) == ["red-blue", "red"]
    assert names(ask("red").sorted("newest")) == ["red", "red-blue"]
    red = library.photo(photos / "red.png")
    assert "red" not in names(ask(red))
    assert sorted(names(ask().where(name="red"))) == ["red", "red-blue"]


def test_filters_are_joined_flat() -> None:
    built = ask().where(iso=100).passing("has:gps date:2023").without(f=2.8).filter
    assert isinstance(built, And)
    assert len(built.parts) == 4
    assert isinstance(built.parts[-1], Not)
