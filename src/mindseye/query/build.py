"""Queries built in Python instead of typed: one step after another, each checked as it is taken.

    ask("golden retriever", weight=2).plus(Path("pool.jpg")).minus("people")
        .where(date="2023-03..2023-05", place=("kyoto", "nara"), rating=at_least(3))
        .near(35.01, 135.77, km=20)
        .without(camera="canon")
        .limit(50)

An `Ask` never changes: every step gives a new one, so that one can be the beginning of many.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias, Unpack

from mindseye.errors import QueryError
from mindseye.query.given import Fields, filters_of
from mindseye.query.model import (
    And,
    Filter,
    Like,
    Link,
    Not,
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
from mindseye.query.split import QUOTES
from mindseye.query.values import decimal
from mindseye.types import Photo

TermLike: TypeAlias = str | Path | Photo | TermValue
"""Words, a picture file, a photo of the library, or a term's value as the model has it."""


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
        return self._and(*filters_of(fields))

    def without(self, **fields: Unpack[Fields]) -> Ask:
        """Only photos of which none of these is known to hold; raises as `where` does."""
        return self._and(*map(Not, filters_of(fields)))

    def either(self, **fields: Unpack[Fields]) -> Ask:
        """Only photos of which at least one of these holds; raises as `where` does."""
        found = filters_of(fields)
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
