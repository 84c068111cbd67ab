"""What a user types into the one search box becomes terms, a filter and a cut-off.

beach date:2023 -camera:canon                     a term and two filters, both of which must hold
2:"golden retriever" + ./pool.jpg - people        three terms
has:gps rating:>=3                                filters alone: the newest first

`mindseye.query.split` holds the grammar of filters, `mindseye.query.terms` that of terms, and
`mindseye.query.plain` reads the words that are left as a sentence, where that is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from mindseye.errors import QueryError
from mindseye.query.fields import BY_NAME, Kind
from mindseye.query.model import (
    Among,
    And,
    Below,
    Field,
    Filter,
    Not,
    Operator,
    Or,
    Sort,
    Term,
    Words,
    all_of,
)
from mindseye.query.plain.base import Chip, Plain
from mindseye.query.split import FilterPart, split
from mindseye.query.terms import TermPart, read_terms

Part: TypeAlias = TermPart | FilterPart | Chip


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was understood; `parts` say which characters each piece of it came from."""

    terms: tuple[Term, ...] = ()
    filter: Filter | None = None
    min_score: float | None = None
    parts: tuple[Part, ...] = ()
    text: str = field(default="", compare=False)
    """What was typed, for an error that is found later to point at."""
    sort: Sort | None = None
    unvisited: tuple[str, ...] = ()
    """Places that a sentence names and no photo is known to be from; they are among the terms."""


def parse(text: str, *, literal: bool = False, plain: Plain | None = None) -> Parsed:
    """Understand a query; with `literal` the whole text is one term of words.

    With `plain` dates, places and orders said in its words become filters; typed ones stand.
    Raises `QueryError` with the offset of the trouble.
    """
    if not text.strip():
        return Parsed()
    if literal:
        term = Term(Words(text.strip()))
        return Parsed((term,), parts=(TermPart(term, 0, len(text)),), text=text)
    try:
        return _parsed(text, plain)
    except QueryError as error:
        error.query = text
        raise


def _parsed(text: str, plain: Plain | None) -> Parsed:
    filters, words = split(text)
    _forbid_inner_cuts(filters)
    terms, chips, unvisited = read_terms(words), list[Chip](), tuple[str, ...]()
    if plain is not None and terms:
        # A language takes milliseconds to load, which queries without sentences need not pay.
        from mindseye.query.plain.apply import apply

        applied = apply(words, terms, plain)
        terms, chips, unvisited = applied.terms, applied.chips, applied.unvisited
    cuts = [part for part in filters if _is_cut(part.filter)]
    kept = [part.filter for part in filters if part not in cuts]
    said = [chip.filter for chip in chips if chip.filter is not None]
    parts: list[Part] = [*filters, *terms, *chips]
    parts.sort(key=lambda part: part.start)
    return Parsed(
        tuple(part.term for part in terms),
        all_of([*kept, *_flat(said)]),
        max((_least_score(part) for part in cuts), default=None),
        tuple(parts),
        text,
        next((chip.sort for chip in chips if chip.sort is not None), None),
        unvisited,
    )


def _flat(filters: list[Filter]) -> Iterator[Filter]:
    """Filters that must all hold, with none of them such a list itself."""
    for node in filters:
        yield from node.parts if isinstance(node, And) else (node,)


def valid(node: Filter) -> Filter:
    """The filter, if it is one that can be typed; raises `QueryError` where it is not.

    For filters made by a program: unknown fields, values of the wrong kind.
    """
    typed = _typed(node)
    again = parse(str(typed)).filter
    if again != typed:
        raise QueryError(f"the filter {node} would be read as {again}")
    return node


def _typed(node: Filter) -> Filter:
    """The filter with something that can be typed in place of what cannot."""
    match node:
        case Below() | Among():
            return Field("folder", Operator.IS, "x")
        case And(parts):
            return And(tuple(map(_typed, parts)))
        case Or(parts):
            return Or(tuple(map(_typed, parts)))
        case Not(part):
            return Not(_typed(part))
        case Field():
            return node


def _forbid_inner_cuts(filters: list[FilterPart]) -> None:
    """A cut-off is no property of a photo: nothing can be negated or be an alternative to it."""
    for part in filters:
        if not isinstance(part.filter, Field) and any(map(_is_cut, fields_of(part.filter))):
            raise QueryError(
                "a score cannot be part of a filter",
                offset=part.start,
                hint="let score:>0.2 stand by itself",
            )


def fields_of(node: Filter) -> Iterator[Field]:
    """Every comparison in a filter, from left to right."""
    match node:
        case Field():
            yield node
        case Not(part):
            yield from fields_of(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from fields_of(part)
        case Below() | Among():
            return


def _is_cut(node: Filter) -> bool:
    return isinstance(node, Field) and BY_NAME[node.name].kind is Kind.CUT


def _least_score(part: FilterPart) -> float:
    node = part.filter
    lower = (Operator.ABOVE, Operator.AT_LEAST)
    if isinstance(node, Field) and isinstance(node.value, float) and node.operator in lower:
        return node.value
    raise QueryError(
        "a score can only be a lower end",
        offset=part.start,
        hint="write score:>0.2",
    )
