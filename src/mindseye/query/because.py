"""Why a photo passed a filter: what is known of it under each comparison that let it pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from mindseye.fold import fold
from mindseye.query.evaluate import matches, needle_of
from mindseye.query.facts import Fact, fact
from mindseye.query.fields import BY_NAME, FieldSpec, Kind
from mindseye.query.model import And, Field, Filter, Or
from mindseye.query.values import number
from mindseye.types import Photo, Reason

_LONG: Final = 160
"""A text of more characters is not shown whole."""


def reasons(filter_: Filter, photo: Photo, now: datetime) -> tuple[Reason, ...]:
    """The comparisons that a photo passes, each with what is known of it; none of a NOT.

    `now` is the local wall time. Of an OR those are named that let it pass.
    """
    return tuple(
        Reason(str(field), _known(BY_NAME[field.name], field, photo))
        for field in _passed(filter_, photo, now)
    )


def _passed(filter_: Filter, photo: Photo, now: datetime) -> Iterator[Field]:
    match filter_:
        case Field():
            if matches(filter_, photo, now):
                yield filter_
        case And(parts) | Or(parts):
            for part in parts:
                if matches(part, photo, now):
                    yield from _passed(part, photo, now)
        case _:
            return


def _known(spec: FieldSpec, field: Field, photo: Photo) -> str:
    names = spec.choices[str(field.value)] if spec.kind is Kind.PRESENCE else spec.facts
    known = (fact(photo, name) for name in (*names, *spec.codes))
    needle = needle_of(field) if spec.kind is Kind.TEXT else ""
    return ", ".join(_shown(value, needle) for value in known if value not in (None, ()))


def _shown(value: Fact, needle: str) -> str:
    match value:
        case str():
            return _piece(value, needle)
        case tuple():
            return ", ".join(value)
        case datetime():
            return value.isoformat(sep=" ")
        case bool() | int() | float():
            return number(float(value))
    return str(value)


def _piece(text: str, needle: str) -> str:
    """A text on one line, and of a long one the lines that hold what was looked for."""
    lines = [line.strip() for line in text.splitlines()]
    if len(text) > _LONG:
        lines = [line for line in lines if needle in (fold(line) or "")] or lines
    shown = " ".join(lines)
    return shown if len(shown) <= _LONG else f"{shown[: _LONG - 1]}…"
