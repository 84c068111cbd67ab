"""The value typed after a field's colon becomes a filter, or an error that points at it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Final, cast

from mindseye.errors import QueryError
from mindseye.fold import fold
from mindseye.query.fields import FieldSpec, Kind
from mindseye.query.model import Field, Filter, Operator, Or
from mindseye.query.values import FIRST_YEAR, LAST_YEAR, Ago, Circle, Day, Moment, Span, Unit

_LONGEST_TEXT = 1000
_OPERATOR = re.compile("<=|>=|<|>|")
_NUMBER = re.compile(r"(-?(?:\d+(?:\.\d+)?|\.\d+))(?:/(\d+(?:\.\d+)?))?([a-z]*)")
_DAY = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?", re.ASCII)
_AGO = re.compile(r"-(\d{1,6})([dwmy])", re.ASCII)
_DAYS_BY_NAME = {"today": Ago(0, "d"), "yesterday": Ago(1, "d")}
_METRES = {"": 1000.0, "km": 1000.0, "m": 1.0, "mi": 1609.344}
_DEFAULT_RADIUS = 10_000.0
_FARTHEST = 20_038_000.0
"""Half the length of the equator: no two points lie further apart."""
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Typed:
    """A piece of a query and where it begins; what stood in quotes is taken as it is."""

    text: str
    offset: int
    quoted: bool = False

    def part(self, start: int, end: int | None = None) -> Typed:
        """A piece of this piece."""
        return Typed(self.text[start:end], self.offset + start, self.quoted)


def read(spec: FieldSpec, items: Sequence[Typed]) -> Filter:
    """The filter for a field and the values typed after it, any of which will do.

    Raises `QueryError` at the value that cannot be read.
    """
    if spec.kind is Kind.CIRCLE:
        return Field(spec.name, Operator.IS, _circle(spec, items))
    reader = _READERS[spec.kind]
    found = tuple(reader(spec, item) for item in items)
    return found[0] if len(found) == 1 else Or(found)


def _text(spec: FieldSpec, item: Typed) -> Filter:
    text = item.text.strip()
    if _UNWRITABLE.search(text):
        raise _refused(spec, item, "text without stray bytes")
    if len(text) > _LONGEST_TEXT:
        raise _refused(spec, item.part(0, 20), f"at most {_LONGEST_TEXT} characters")
    if not fold(text):
        raise _refused(spec, item, "something to compare with")
    return Field(spec.name, Operator.IS, text)


def _album(spec: FieldSpec, item: Typed) -> Filter:
    named = _text(spec, item)
    assert isinstance(named, Field), "a text is one comparison"
    # Which albums there are is known to a library alone: it points here when there is none.
    return replace(named, offset=item.offset)


def _ending(spec: FieldSpec, item: Typed) -> Filter:
    dots = len(item.text) - len(item.text.lstrip("."))
    return _text(spec, item.part(dots))


def _choice(spec: FieldSpec, item: Typed) -> Filter:
    typed = item.text.strip().lower()
    name = spec.synonyms.get(typed, typed)
    if name in spec.not_yet:
        known = ", ".join(spec.choices)
        raise QueryError(
            f"{spec.name}:{name} finds nothing: {spec.not_yet[name]}",
            offset=item.offset,
            hint=f"it knows {known}",
        )
    if name not in spec.choices:
        near = get_close_matches(typed, spec.choices, n=1)
        known = ", ".join(spec.choices)
        raise QueryError(
            f"{spec.name}: knows no {item.text!r}",
            offset=item.offset,
            hint=f"did you mean {spec.name}:{near[0]}?" if near else f"it knows {known}",
        )
    return Field(spec.name, Operator.IS, name)


def _number_test(spec: FieldSpec, item: Typed) -> Filter:
    return _compared(spec, item, _number)


def _date_test(spec: FieldSpec, item: Typed) -> Filter:
    if spec.stands_for is None:
        return _compared(spec, item, _moment)
    name, operator = spec.stands_for
    return Field(name, operator, _moment(spec, item))


def _compared(
    spec: FieldSpec, item: Typed, value_of: Callable[[FieldSpec, Typed], float | Moment]
) -> Filter:
    """A comparison, a span with one or two ends, or a single value."""
    low, dots, high = item.text.partition("..")
    if item.quoted or not dots:
        match = None if item.quoted else _OPERATOR.match(item.text)
        skip = match.end() if match else 0
        value = value_of(spec, item.part(skip))
        return Field(spec.name, Operator(item.text[:skip]), value)
    first = value_of(spec, item.part(0, len(low))) if low else None
    last = value_of(spec, item.part(len(low) + 2)) if high else None
    if first is not None and last is not None:
        return Field(spec.name, Operator.IS, _span(item, first, last))
    if first is not None:
        return Field(spec.name, Operator.AT_LEAST, first)
    if last is not None:
        return Field(spec.name, Operator.AT_MOST, last)
    raise _refused(spec, item, "a span with an end")


def _span(item: Typed, low: float | Moment, high: float | Moment) -> Span:
    if isinstance(low, Day) and isinstance(high, Day):
        backwards = low.start() >= high.end()
    elif isinstance(low, Ago) and isinstance(high, Ago):
        backwards = low.unit == high.unit and low.count < high.count
    else:
        numbers = isinstance(low, float) and isinstance(high, float)
        backwards = numbers and cast("float", low) > cast("float", high)
    if backwards:
        raise QueryError(
            f"the span {item.text} runs backwards",
            offset=item.offset,
            hint="the smaller or earlier end comes first",
        )
    return Span(low, high)


def _number(spec: FieldSpec, item: Typed) -> float:
    match = _NUMBER.fullmatch(item.text.strip().lower())
    scale = spec.units.get(match[3], 1.0 if not match[3] else None) if match else None
    divisor = float(match[2] or 1) if match else 0.0
    if match is None or scale is None or divisor == 0.0:
        units = f", with or without {', '.join(spec.units)}" if spec.units else ""
        raise _refused(spec, item, f"a number{units}")
    value = float(match[1]) / divisor * scale
    if spec.whole and value != round(value, 0):
        raise _refused(spec, item, "a whole number")
    if not spec.least <= value <= spec.most:
        raise _refused(spec, item, f"a number from {spec.least:g} to {spec.most:g}")
    return value + 0.0  # no minus before nought


def _moment(spec: FieldSpec, item: Typed) -> Moment:
    typed = item.text.strip().lower()
    if typed in _DAYS_BY_NAME:
        return _DAYS_BY_NAME[typed]
    ago = _AGO.fullmatch(typed)
    if ago is not None:
        return Ago(int(ago[1]), cast("Unit", ago[2]))
    match = _DAY.fullmatch(typed)
    if match is None:
        raise _refused(spec, item, "a year, month or day, or a time ago such as -3w")
    day = Day(*(None if part is None else int(part) for part in match.groups()))  # type: ignore[arg-type]
    try:
        date(day.year, 1 if day.month is None else day.month, 1 if day.day is None else day.day)
    except ValueError:
        raise _refused(spec, item, "a day of the calendar") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _refused(spec, item, f"a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _circle(spec: FieldSpec, items: Sequence[Typed]) -> Circle:
    if len(items) not in (2, 3):
        raise _refused(spec, items[0], "latitude, longitude and radius")
    latitude = _degrees(spec, items[0], 90)
    longitude = _degrees(spec, items[1], 180)
    metres = _radius(spec, items[2]) if len(items) == 3 else _DEFAULT_RADIUS
    return Circle(latitude, longitude, metres)


def _degrees(spec: FieldSpec, item: Typed, most: int) -> float:
    match = _NUMBER.fullmatch(item.text.strip())
    value = float(match[1]) if match and not match[2] and not match[3] else None
    if value is None or abs(value) > most:
        raise _refused(spec, item, f"degrees from -{most} to {most}")
    return value + 0.0


def _radius(spec: FieldSpec, item: Typed) -> float:
    match = _NUMBER.fullmatch(item.text.strip().lower())
    scale = _METRES.get(match[3]) if match and not match[2] else None
    metres = float(match[1]) * scale if match and scale else 0.0
    if not 0 < metres <= _FARTHEST:
        raise _refused(spec, item, "a radius such as 500m, 20km or 5mi")
    return metres


def _refused(spec: FieldSpec, item: Typed, wanted: str) -> QueryError:
    return QueryError(
        f"{spec.name}: wants {wanted}, found {item.text!r}",
        offset=item.offset,
        hint=f"for example {spec.example}",
    )


_READERS: Final[Mapping[Kind, Callable[[FieldSpec, Typed], Filter]]] = {
    Kind.TEXT: _text,
    Kind.WORDS: _text,
    Kind.ENDING: _ending,
    Kind.ALBUM: _album,
    Kind.CHOICE: _choice,
    Kind.MEMBER: _choice,
    Kind.PRESENCE: _choice,
    Kind.NUMBER: _number_test,
    Kind.CUT: _number_test,
    Kind.DATE: _date_test,
}
