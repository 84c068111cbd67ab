"""A filter as SQL: the same yes or no for every row as `mindseye.query.evaluate` gives the photo.

The database must know two functions, which a store gives it: `fold(text)`, that of
`mindseye.query.fold`, and `metres_between(latitude, longitude, latitude, longitude)`, that of
`mindseye.query.bounds`.

NOT is pushed down to the comparisons, and only there is an unknown made a no first. Elsewhere an
unknown ends as a no by itself, and a plain comparison can use an index.

Texts of which many photos share one, such as cameras, are not folded row by row: a recursive query
jumps through the index from one different text to the next, and the rows with those that fit are
looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Float,
    String,
    Text,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from mindseye.query.bounds import (
    NumberBounds,
    TimeBounds,
    box_around,
    number_bounds,
    spec_of,
    time_bounds,
)
from mindseye.query.evaluate import must_equal, needle_of
from mindseye.query.facts import ANIMATED_FORMATS
from mindseye.query.fields import FieldSpec, Kind
from mindseye.query.model import And, Field, Filter, Not, Or
from mindseye.query.values import Circle
from mindseye.stores.schema import keywords, photos, roots
from mindseye.types import Source

Test: TypeAlias = ColumnElement[bool]
TextTest: TypeAlias = Callable[[ColumnElement[str]], Test]


def where(filter_: Filter, now: datetime) -> Test:
    """The condition on a row of `photos` under which its photo passes.

    `now` is the local wall time. Raises `QueryError` for a field that is not there.
    """
    return _where(filter_, now, negated=False)


def _where(filter_: Filter, now: datetime, *, negated: bool) -> Test:
    match filter_:
        case Not(part):
            return _where(part, now, negated=not negated)
        case And(parts) | Or(parts):
            # By De Morgan: not all of them is any of them not.
            join = and_ if isinstance(filter_, And) is not negated else or_
            return join(*(_where(part, now, negated=negated) for part in parts))
        case Field():
            spec = spec_of(filter_)
            test = _TESTS[spec.kind](spec, filter_, now)
            return not_(func.coalesce(test, false())) if negated else test


def _folded(name: str) -> ColumnElement[str]:
    return func.fold(column(name), type_=Text)


def _text(spec: FieldSpec, field: Field, _: datetime) -> Test:
    needle = needle_of(field)

    def equals(text: ColumnElement[str]) -> Test:
        return text == needle

    def holds(text: ColumnElement[str]) -> Test:
        return text.contains(needle, autoescape=True)

    test = equals if must_equal(spec, needle) else holds
    return or_(
        *(_any_with(name, equals) for name in spec.codes),
        *(_any_with(name, test) for name in spec.facts),
    )


def _any_with(name: str, test: TextTest) -> Test:
    """Whether a fact passes a test once it is folded."""
    if name == "folder_path":
        return _folders_with(test)
    if name in _SHARED:
        value = _SHARED[name].c.value
        return photos.c[name].in_(select(value).where(test(func.fold(value, type_=Text))))
    if name == "name":
        return _names_with(test)
    # Most photos know nothing here, and a look is cheaper than a call.
    return and_(column(name).is_not(None), test(_folded(name)))


def _folders_with(test: TextTest) -> Test:
    below = case((_FOLDERS.c.folder == "", ""), else_=_FOLDERS.c.folder.concat("/"))
    path = func.rtrim(roots.c.path, "/", type_=Text).concat("/").concat(below)
    inside = photos.alias()
    here = and_(inside.c.root_id == _FOLDERS.c.root_id, inside.c.folder == _FOLDERS.c.folder)
    return photos.c.id.in_(
        select(inside.c.id)
        .select_from(_FOLDERS)
        .join(roots, roots.c.id == _FOLDERS.c.root_id)
        .join(inside, here)
        .where(test(func.fold(path, type_=Text)))
    )


def _names_with(test: TextTest) -> Test:
    # A query of its own reads the index over names and no rows.
    named = photos.alias()
    return photos.c.id.in_(select(named.c.id).where(test(func.fold(named.c.name, type_=Text))))


def _words(_: FieldSpec, field: Field, __: datetime) -> Test:
    value = _KEYWORDS.c.value
    padded = literal(" ").concat(func.fold(value, type_=Text)).concat(" ")
    fitting = select(value).where(padded.contains(f" {needle_of(field)} ", autoescape=True))
    owners = select(keywords.c.photo_id).where(keywords.c.keyword.in_(fitting))
    return photos.c.id.in_(owners)


def _ending(spec: FieldSpec, field: Field, _: datetime) -> Test:
    ending = f".{needle_of(field)}"

    def ends(text: ColumnElement[str]) -> Test:
        return and_(text.endswith(ending, autoescape=True), func.length(text) > len(ending))

    return or_(*(_any_with(name, ends) for name in spec.facts))


def _choice(spec: FieldSpec, field: Field, _: datetime) -> Test:
    return or_(*(func.lower(column(name)) == needle_of(field) for name in spec.facts))


def _presence(spec: FieldSpec, field: Field, _: datetime) -> Test:
    return or_(*(_known(name) for name in spec.choices[str(field.value)]))


def _known(name: str) -> Test:
    if name == "keywords":
        return photos.c.id.in_(select(keywords.c.photo_id))
    known = column(name)
    return known != "" if isinstance(known.type, String) else known.is_not(None)


def _number(spec: FieldSpec, field: Field, _: datetime) -> Test:
    bounds = number_bounds(spec, field)
    return or_(*(_between(column(name), bounds) for name in spec.facts))


def _between(value: ColumnElement[Any], bounds: NumberBounds) -> Test:
    tests: list[Test] = []
    if bounds.low is not None:
        low = literal(bounds.low, Float)
        tests.append(value >= low if bounds.with_low else value > low)
    if bounds.high is not None:
        high = literal(bounds.high, Float)
        tests.append(value <= high if bounds.with_high else value < high)
    return and_(*tests)


def _date(spec: FieldSpec, field: Field, now: datetime) -> Test:
    moment, bounds = column(spec.facts[0]), time_bounds(spec, field, now)
    tests: list[Test] = []
    if bounds.start is not None:
        tests.append(moment >= bounds.start)
    if bounds.end is not None:
        tests.append(moment < bounds.end)
        if not spec.utc:
            tests.extend(_whole(moment, bounds))
    return and_(*tests)


def _whole(moment: ColumnElement[datetime], bounds: TimeBounds) -> list[Test]:
    """Tests by which what is known only to the year or month must lie inside as a whole."""
    ends = {"year": bounds.year_end, "month": bounds.month_end}
    within = {name: moment < end for name, end in ends.items() if end != bounds.end}
    return [case(within, value=column("precision"), else_=true())] if within else []


def _circle(spec: FieldSpec, field: Field, _: datetime) -> Test:
    circle = cast("Circle", field.value)
    latitude, longitude = (column(name) for name in spec.facts)
    box = box_around(circle)
    west, east = longitude >= box.west, longitude <= box.east
    distance: ColumnElement[float] = func.metres_between(
        latitude, longitude, circle.latitude, circle.longitude, type_=Float
    )
    return and_(
        latitude.between(box.south, box.north),
        and_(west, east) if box.west <= box.east else or_(west, east),
        distance <= circle.metres,
    )


def column(name: str) -> ColumnElement[Any]:
    """The SQL for one fact of `mindseye.query.facts`."""
    made = _DERIVED.get(name)
    return photos.c[name] if made is None else made


def _generation(name: str) -> ColumnElement[str]:
    return cast("ColumnElement[str]", photos.c.generation[name].as_string())


def _different(known: Column[str]) -> CTE:
    """Every different text of an indexed column, each once, and NULL."""
    table = known.table.alias()
    first = select(func.min(table.c[known.name]).label("value"))
    found = first.cte(f"different_{known.table.name}_{known.name}", recursive=True)
    table = known.table.alias()
    following = select(func.min(table.c[known.name])).where(table.c[known.name] > found.c.value)
    after = select(following.scalar_subquery()).where(found.c.value.is_not(None))
    return found.union_all(after)


def _different_folders() -> CTE:
    """Every folder of every root, each once, and NULL."""
    table = photos.alias()
    lowest = select(func.min(table.c.folder)).where(table.c.root_id == roots.c.id)
    first = select(roots.c.id.label("root_id"), lowest.scalar_subquery().label("folder"))
    found = first.cte("different_folders", recursive=True)
    table = photos.alias()
    following = select(func.min(table.c.folder)).where(
        table.c.root_id == found.c.root_id, table.c.folder > found.c.folder
    )
    after = select(found.c.root_id, following.scalar_subquery())
    return found.union_all(after.where(found.c.folder.is_not(None)))


def _kind() -> ColumnElement[str]:
    name = func.lower(photos.c.format)
    moving = and_(photos.c.frame_count > 1, name.in_(ANIMATED_FORMATS))
    return case((name == "raw", "raw"), (moving, "animated"), else_="photo")


_SHARED: Final = {
    name: _different(photos.c[name])
    for name in ("camera", "lens", "city", "region", "country", "country_code")
}
"""Columns of which many photos share a value -> their different values."""

_KEYWORDS: Final = _different(keywords.c.keyword)
_FOLDERS: Final = _different_folders()

_DERIVED: Final[Mapping[str, ColumnElement[Any]]] = {
    "megapixels": photos.c.width * photos.c.height / literal(1e6, Float),
    "orientation": case(
        (photos.c.height > photos.c.width, "portrait"),
        (photos.c.width > photos.c.height, "landscape"),
        else_="square",
    ),
    "kind": _kind(),
    "own_date": case(
        (photos.c.sources["taken_at"].as_string() == Source.MTIME.value, None),
        else_=photos.c.taken_at,
    ),
    "stars": func.nullif(photos.c.rating, 0),
    "prompt": _generation("prompt"),
    "model": _generation("model"),
}
"""Facts that are no columns of `photos` -> what they are worked out from."""

_TESTS: Final[Mapping[Kind, Callable[[FieldSpec, Field, datetime], Test]]] = {
    Kind.TEXT: _text,
    Kind.WORDS: _words,
    Kind.ENDING: _ending,
    Kind.CHOICE: _choice,
    Kind.PRESENCE: _presence,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.CIRCLE: _circle,
}
