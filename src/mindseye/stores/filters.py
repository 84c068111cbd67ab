"""A filter as SQL: the same yes or no for every row as `mindseye.query.evaluate` gives the photo.

What databases say in their own ways is in `mindseye.stores.sql.expressions`.

NOT is pushed down to the comparisons, and only there is an unknown made a no first. Elsewhere an
unknown ends as a no by itself, and a plain comparison can use an index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import (
    ColumnElement,
    Float,
    String,
    and_,
    case,
    exists,
    extract,
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
from mindseye.query.colours import LEAST_SHARES
from mindseye.query.evaluate import must_equal, needle_of, unresolved
from mindseye.query.facts import ANIMATED_FORMATS, REJECTED
from mindseye.query.fields import FieldSpec, Kind
from mindseye.query.model import Among, And, Below, Field, Filter, Not, Or
from mindseye.query.values import Circle
from mindseye.stores.below import photos_below
from mindseye.stores.schema import colours, edits, photos, picture_texts
from mindseye.stores.sql.expressions import characters, metres_between, one_of
from mindseye.stores.texts import LISTS, TextTest, any_with, folder_with, named_so, words_in
from mindseye.types import Precision, Source

Test: TypeAlias = ColumnElement[bool]


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
        case Below(folders):
            return not_(photos_below(folders)) if negated else photos_below(folders)
        case Among(ids):
            among = one_of(photos.c.id, sorted(ids))
            return not_(among) if negated else among


def _album(_: FieldSpec, field: Field, __: datetime) -> Test:
    raise unresolved(field)


def _text(spec: FieldSpec, field: Field, _: datetime) -> Test:
    needle = needle_of(field)
    equal, part = TextTest(needle, _equals), TextTest(needle, _holds)
    test = equal if must_equal(spec, needle) else part
    return or_(
        *(_any_with(name, equal) for name in spec.codes),
        *(_any_with(name, test) for name in spec.facts),
        *(named_so(name, needle) for name in spec.names if needle and test is part),
    )


def _any_with(name: str, test: TextTest) -> Test:
    return folder_with(test) if name == "folder_path" else any_with(name, column(name), test)


def _equals(text: ColumnElement[str], needle: str) -> Test:
    return text == needle


def _holds(text: ColumnElement[str], needle: str) -> Test:
    return text.contains(needle, autoescape=True)


def _ends(text: ColumnElement[str], ending: str) -> Test:
    return and_(text.endswith(ending, autoescape=True), characters(text) > len(ending))


def _words(spec: FieldSpec, field: Field, _: datetime) -> Test:
    return or_(*(words_in(name, needle_of(field)) for name in spec.facts))


def _ending(spec: FieldSpec, field: Field, _: datetime) -> Test:
    test = TextTest(f".{needle_of(field)}", _ends)
    return or_(*(_any_with(name, test) for name in spec.facts))


def _choice(spec: FieldSpec, field: Field, _: datetime) -> Test:
    return or_(*(func.lower(column(name)) == needle_of(field) for name in spec.facts))


def _member(_: FieldSpec, field: Field, __: datetime) -> Test:
    name = str(field.value)
    enough = and_(colours.c.colour == name, colours.c.share >= LEAST_SHARES[name])
    return photos.c.id.in_(select(colours.c.photo_id).where(enough))


def _presence(spec: FieldSpec, field: Field, _: datetime) -> Test:
    return or_(*(_known(name) for name in spec.choices[str(field.value)]))


def _known(name: str) -> Test:
    if name in LISTS:
        return photos.c.id.in_(select(LISTS[name].table.c.photo_id))
    if name in STATES:
        return STATES[name]
    known = column(name)
    return known != "" if isinstance(known.type, String) else known.is_not(None)


def _has_copies() -> Test:
    """Whether another photo that is not missing has the same bytes."""
    twin = photos.alias()
    same = and_(
        twin.c.digest == photos.c.digest,
        twin.c.id != photos.c.id,
        twin.c.missing_since.is_(None),
    )
    # The index over digests tells at once which occur twice: only their photos are looked at.
    every = photos.alias()
    twice = select(every.c.digest).group_by(every.c.digest).having(func.count() > 1)
    return and_(photos.c.digest.in_(twice), exists().where(same))


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
    distance = metres_between(latitude, longitude, circle.latitude, circle.longitude)
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


def _kind() -> ColumnElement[str]:
    name = func.lower(photos.c.format)
    moving = and_(photos.c.frame_count > 1, name.in_(ANIMATED_FORMATS))
    return case((name == "raw", "raw"), (moving, "animated"), else_="photo")


def _calendar(part: str, *vague: Precision) -> ColumnElement[int]:
    """A part of the date taken, unless the date is known no better than one of these."""
    known = func.coalesce(photos.c.precision, "").not_in([str(each) for each in vague])
    return case((known, extract(part, photos.c.taken_at)), else_=None)


_DERIVED: Final[Mapping[str, ColumnElement[Any]]] = {
    # By way of floats: servers multiply integers of 32 bits to one of 32 bits.
    "megapixels": photos.c.width * literal(1.0, Float) * photos.c.height / literal(1e6, Float),
    "orientation": case(
        (photos.c.height > photos.c.width, "portrait"),
        (photos.c.width > photos.c.height, "landscape"),
        else_="square",
    ),
    "kind": _kind(),
    "month": _calendar("month", Precision.YEAR),
    "day": _calendar("day", Precision.YEAR, Precision.MONTH),
    "own_date": case(
        (photos.c.sources["taken_at"].as_string() == Source.MTIME.value, None),
        else_=photos.c.taken_at,
    ),
    "stars": func.nullif(photos.c.rating, 0),
    "prompt": _generation("prompt"),
    "model": _generation("model"),
    "text": select(picture_texts.c.text)
    .where(picture_texts.c.digest == photos.c.digest)
    .scalar_subquery(),
}
"""Facts that are no columns of `photos` -> what they are worked out from."""

STATES: Final[Mapping[str, Test]] = {
    "favourite": photos.c.favourite.is_(true()),
    "rejected": photos.c.rating == REJECTED,
    "edited": photos.c.id.in_(select(edits.c.photo_id).where(edits.c.photo_id.is_not(None))),
    "duplicate": _has_copies(),
}
"""Facts that are known of a photo when this holds of it."""

_TESTS: Final[Mapping[Kind, Callable[[FieldSpec, Field, datetime], Test]]] = {
    Kind.TEXT: _text,
    Kind.WORDS: _words,
    Kind.ENDING: _ending,
    Kind.CHOICE: _choice,
    Kind.MEMBER: _member,
    Kind.PRESENCE: _presence,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.CIRCLE: _circle,
    Kind.ALBUM: _album,
}
