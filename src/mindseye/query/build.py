"""Queries built in Python instead of typed: one step after another, each checked as it is taken.

    ask("golden retriever", weight=2).plus(Path("pool.jpg")).minus("people")
        .where(date="2023-03..2023-05", place=("kyoto", "nara"), rating=at_least(3))
        .near(35.01, 135.77, km=20)
        .without(camera="canon")
        .limit(50)

An `Ask` never changes: every step gives a new one, so that one can be the beginning of many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final, Literal, TypeAlias, TypedDict, Unpack

from mindseye.errors import QueryError
from mindseye.query.fields import BY_NAME, FieldSpec, Kind, near_names
from mindseye.query.model import (
    And,
    Filter,
    Like,
    Link,
    Not,
    Operator,
    Or,
    Pasted,
    Picture,
    Query,
    Sort,
    Term,
    TermValue,
    Words,
    all_of,
    as_typed,
)
from mindseye.query.parse import Parsed, parse, valid
from mindseye.query.read import Typed, read
from mindseye.query.split import QUOTES
from mindseye.query.values import Ago, Circle, Day, decimal, number
from mindseye.types import Photo

TermLike: TypeAlias = str | Path | Photo | TermValue
"""Words, a picture file, a photo of the library, or a term's value as the model has it."""

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


@dataclass(frozen=True, slots=True)
class Ask:
    """A query in the making; `ask` begins one, `Library.search` answers it.

    What is left open (None) is settled by the album and the settings, as for a typed query.
    """

    terms: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    most: int | None = None
    least: float | None = None
    whole: bool = False
    reworded: bool | None = None
    order: Sort | None = None

    def plus(self, value: TermLike, weight: float = 1.0) -> Ask:
        """Look for this as well; raises `QueryError` for a picture that is not there."""
        return replace(self, terms=(*self.terms, _term(value, weight)))

    def minus(self, value: TermLike, weight: float = 1.0) -> Ask:
        """Push away from this; raises `QueryError` for a picture that is not there."""
        term = _term(value, weight)
        return replace(self, terms=(*self.terms, replace(term, weight=-term.weight)))

    def where(self, **fields: Unpack[Fields]) -> Ask:
        """Only photos of which all of these hold; of several values for a field any will do.

        Raises `QueryError` for a field that is not there, naming the nearest, or a value that it
        cannot have.
        """
        return self._and(*_filters(fields))

    def without(self, **fields: Unpack[Fields]) -> Ask:
        """Only photos of which none of these is known to hold; raises as `where` does."""
        return self._and(*map(Not, _filters(fields)))

    def either(self, **fields: Unpack[Fields]) -> Ask:
        """Only photos of which at least one of these holds; raises as `where` does."""
        found = _filters(fields)
        return self._and(found[0] if len(found) == 1 else Or(tuple(found)))

    def near(self, latitude: float, longitude: float, km: float = 10.0) -> Ask:
        """Only photos taken so near to a point in WGS 84 degrees."""
        return self.where(near=(latitude, longitude, km))

    def passing(self, filter_: Filter | str) -> Ask:
        """Only photos that pass a filter, ready or as it is typed: "has:gps OR rating:>=4"."""
        return self._and(_read_filter(filter_) if isinstance(filter_, str) else valid(filter_))

    def limit(self, most: int) -> Ask:
        """At most so many photos."""
        if most < 1:
            raise QueryError(f"a limit is 1 or more, found {most}")
        return replace(self, most=most)

    def min_score(self, least: float) -> Ask:
        """End the list at this score instead of the encoder's own cut-off."""
        return replace(self, least=float(least))

    def everything(self) -> Ask:
        """Do not cut the list: `Found.relevant` says where it would be cut."""
        return replace(self, whole=True)

    def optimised(self, *, optimise: bool = True) -> Ask:
        """Say each text in several wordings and search by their mean, or do not."""
        return replace(self, reworded=optimise)

    def sorted(self, order: Sort | Literal["relevance", "newest", "oldest"]) -> Ask:
        """In this order: "relevance", "newest" or "oldest"; raises `QueryError` for another."""
        try:
            return replace(self, order=Sort(order))
        except ValueError:
            known = ", ".join(Sort)
            raise QueryError(f"hits are sorted by {known}, not by {order!r}") from None

    @property
    def filter(self) -> Filter | None:
        """All that was asked of a photo, as one filter."""
        return all_of(self.filters)

    def parsed(self) -> Parsed:
        """What typing the same would be understood as; raises `QueryError` as that would."""
        if self.terms and all(term.weight < 0 for term in self.terms):
            raise QueryError(
                "there is only something to push away from, nothing to look for",
                hint="begin with ask(...) or add plus(...)",
            )
        return Parsed(self.terms, self.filter, self.least, sort=self.order)

    def query(self) -> Query:
        """The query by itself: what was left open is as `Query` has it."""
        parsed = self.parsed()
        query = Query(
            parsed.terms,
            min_score=parsed.min_score,
            everything=self.whole,
            optimise=bool(self.reworded),
            filter=parsed.filter,
            sort=parsed.sort,
        )
        return query if self.most is None else replace(query, limit=self.most)

    def typed(self) -> str:
        """Terms, filters and least score as they can be typed into the search box; not the order.

        Raises `QueryError` for a pasted picture, and for words in all kinds of quotes.
        """
        pieces = [_typed_term(term, first=not place) for place, term in enumerate(self.terms)]
        pieces += [] if self.filter is None else [as_typed(self.filter)]
        pieces += [] if self.least is None else [f"score:>={decimal(self.least)}"]
        return " ".join(pieces)

    def _and(self, *filters: Filter) -> Ask:
        parts: list[Filter] = []
        for one in filters:
            parts += one.parts if isinstance(one, And) else [one]
        return replace(self, filters=(*self.filters, *parts))


def ask(value: TermLike | None = None, weight: float = 1.0) -> Ask:
    """Begin a query with something to look for; without it the newest photos come first."""
    return Ask() if value is None else Ask().plus(value, weight)


def _term(value: TermLike, weight: float) -> Term:
    if not 0 < weight < float("inf"):
        raise QueryError(f"a weight is a number above 0, found {weight}", hint="minus pushes away")
    match value:
        case str():
            found: TermValue = _words(value)
        case Path():
            found = _picture(value)
        case Photo():
            found = Like(value.id)
        case _:
            found = value
    return Term(found, float(weight))


def _words(text: str) -> Words:
    if not text.strip():
        raise QueryError("there are no words to look for", hint="ask() alone begins without any")
    return Words(text.strip())


def _picture(path: Path) -> Picture:
    there = path.expanduser()
    if not there.is_file():
        raise QueryError(f"there is no picture at {path}")
    return Picture(there)


def _filters(fields: Mapping[str, object]) -> list[Filter]:
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


def _read_filter(text: str) -> Filter:
    parsed = parse(text)
    if parsed.filter is None or parsed.terms or parsed.min_score is not None:
        raise QueryError(
            f"expected filters alone, found {text!r}", hint="words go into ask(...) and plus(...)"
        )
    return parsed.filter


_AFTER: Final = {True: "- ", False: "+ "}


def _typed_term(term: Term, *, first: bool) -> str:
    negative = term.weight < 0
    sign = "" if first and not negative else _AFTER[negative]
    weight = "" if abs(term.weight) == 1 else f"{decimal(abs(term.weight))}:"
    return f"{sign}{weight}{_typed_term_value(term.value)}"


def _typed_term_value(value: TermValue) -> str:
    match value:
        case Words(text):
            for opening, closing in QUOTES.items():
                if opening not in text and closing not in text:
                    return f"{opening}{text}{closing}"
            raise QueryError(f"words with all kinds of quotes cannot be typed: {text}")
        case Picture(path):
            # As a URI nothing in it can be taken for a sign, a blank or a filter.
            return path.absolute().as_uri()
        case Like(photo_id):
            return f"photo:{photo_id}"
        case Link(url):
            return url
        case Pasted():
            raise QueryError("a pasted picture cannot be typed as a term")
