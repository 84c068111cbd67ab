"""What a Python program gives a field becomes the filter that typing it would be.

Values are written as they are typed and read by `mindseye.query.read`, so both mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, TypedDict

from mindseye.errors import QueryError
from mindseye.query.fields import BY_NAME, FieldSpec, Kind, near_names
from mindseye.query.model import Filter, Operator
from mindseye.query.read import Typed, read
from mindseye.query.values import Ago, Circle, Day, decimal, number

Ordered: TypeAlias = float | str | date | Day | Ago
"""What has a less and a more. Texts are read as they are typed: "5mb", "1/60", "2023-05", "-3w"."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Less or more than a value."""

    operator: Operator
    value: Ordered


@dataclass(frozen=True, slots=True)
class Between:
    """From one value to another, both included."""

    low: Ordered
    high: Ordered


def at_least(value: Ordered) -> Compared:
    """The value or more; of days, then or later."""
    return Compared(Operator.AT_LEAST, value)


def at_most(value: Ordered) -> Compared:
    """The value or less."""
    return Compared(Operator.AT_MOST, value)


def above(value: Ordered) -> Compared:
    """More than this."""
    return Compared(Operator.ABOVE, value)


def below(value: Ordered) -> Compared:
    """Less than this."""
    return Compared(Operator.BELOW, value)


def between(low: Ordered, high: Ordered) -> Between:
    """From `low` to `high`, both included."""
    return Between(low, high)


Text: TypeAlias = str | Sequence[str]
"""A text, taken as it is, or several of which any will do."""

_Number: TypeAlias = float | str | Compared | Between
Number: TypeAlias = _Number | Sequence[_Number]
"""A number, a comparison, a number as it is typed ("200..800"), or several of which any will do."""

_When: TypeAlias = int | str | date | Day | Ago | Compared | Between
When: TypeAlias = _When | Sequence[_When]
"""A year, a day, a time as it is typed ("2023-03..", "-3w"), or several of which any will do.

A `datetime` counts as its day: filters compare days.
"""

Point: TypeAlias = str | Circle | tuple[float, float] | tuple[float, float, float]
"""Latitude and longitude in degrees, and a radius in kilometres (10)."""


class Fields(TypedDict, total=False):
    """Every field of `mindseye.query.fields` and every alias, with what it may be given.

    A name that means something to Python itself ends in an underscore here: `is_="duplicate"`.
    """

    date: When
    taken: When
    after: When
    since: When
    before: When
    month: Number
    day: Number
    added: When
    place: Text
    location: Text
    city: Text
    region: Text
    state: Text
    country: Text
    near: Point
    album: Text
    has: Text
    is_: Text
    camera: Text
    lens: Text
    iso: Number
    f: Number
    aperture: Number
    shutter: Number
    exposure: Number
    mm: Number
    focal: Number
    rating: Number
    stars: Number
    keyword: Text
    keywords: Text
    tag: Text
    person: Text
    people: Text
    who: Text
    color: Text
    colour: Text
    colors: Text
    colours: Text
    caption: Text
    title: Text
    description: Text
    text: Text
    ocr: Text
    folder: Text
    path: Text
    name: Text
    file: Text
    filename: Text
    ext: Text
    extension: Text
    suffix: Text
    type: Text
    kind: Text
    format: Text
    orientation: Text
    width: Number
    height: Number
    mp: Number
    megapixels: Number
    size: Number
    prompt: Text
    model: Text


def filters_of(fields: Mapping[str, object]) -> list[Filter]:
    """A filter for each field, any of whose values will do.

    Raises `QueryError` for a field that is not there, naming the nearest, or a value that it cannot
    have.
    """
    if not fields:
        raise QueryError("no field is named", hint="for example where(date=2023)")
    return [_filter(name, value) for name, value in fields.items()]


def _filter(name: str, value: object) -> Filter:
    name = name.removesuffix("_")
    spec = BY_NAME.get(name)
    if spec is None:
        near = near_names(name)
        hint = f"did you mean {' or '.join(near)}?" if near else "`mindseye explain --fields`"
        raise QueryError(f"there is no field {name!r}", hint=hint)
    if spec.kind is Kind.CUT:
        raise QueryError("a score cannot be part of a filter", hint="use min_score(0.2)")
    several = list(value) if isinstance(value, tuple | list) else [value]
    if not several:
        raise QueryError(f"{name}: a value is missing", hint=f"for example {spec.example}")
    if spec.kind is Kind.CIRCLE:
        return read(spec, _point(spec, several))
    return read(spec, [_typed_value(spec, one) for one in several])


def _point(spec: FieldSpec, values: Sequence[object]) -> list[Typed]:
    """The pieces of a circle as they are typed; a radius without a unit is in kilometres."""
    only = values[0]
    if len(values) == 1 and isinstance(only, str | Circle):
        return [Typed(piece, 0) for piece in str(only).split(",")]
    if not all(isinstance(value, int | float) for value in values):
        raise _strange(spec, values)
    return [Typed(decimal(value), 0) for value in values if isinstance(value, int | float)]


def _typed_value(spec: FieldSpec, value: object) -> Typed:
    """A value as it would be typed after the field's colon."""
    if spec.kind not in (Kind.DATE, Kind.NUMBER):
        if not isinstance(value, str):
            raise _strange(spec, value)
        return Typed(value, 0, quoted=True)
    match value:
        case Compared(operator, inner):
            return Typed(f"{operator}{_ordered(spec, inner)}", 0)
        case Between(low, high):
            return Typed(f"{_ordered(spec, low)}..{_ordered(spec, high)}", 0)
        case _:
            return Typed(_ordered(spec, value), 0)


def _ordered(spec: FieldSpec, value: object) -> str:
    of_days = spec.kind is Kind.DATE
    match value:
        case str():
            return value
        case bool():
            raise _strange(spec, value)
        case int() if of_days:
            return f"{value:04d}"
        case int() | float() if not of_days:
            return number(value)
        case date() if of_days:
            return str(Day(value.year, value.month, value.day))
        case Day() | Ago() if of_days:
            return str(value)
        case _:
            raise _strange(spec, value)


def _strange(spec: FieldSpec, value: object) -> QueryError:
    return QueryError(
        f"{spec.name}: cannot be compared with {value!r}", hint=f"as typed: {spec.example}"
    )
