"""Whether a photo passes a filter, in Python: the meaning that every store's SQL must share.

A comparison with what is not known is no; NOT makes a yes of it. So `-camera:canon` finds photos of
which no camera is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, cast

from mindseye.errors import QueryError
from mindseye.fold import fold
from mindseye.query.bounds import (
    TimeBounds,
    box_around,
    metres_between,
    number_bounds,
    spec_of,
    time_bounds,
)
from mindseye.query.facts import fact
from mindseye.query.fields import FieldSpec, Kind
from mindseye.query.model import Among, And, Below, Field, Filter, Not, Or
from mindseye.query.values import Circle
from mindseye.types import Photo


def matches(filter_: Filter, photo: Photo, now: datetime) -> bool:
    """Whether a photo passes; `now` is the local wall time. Raises `QueryError`."""
    match filter_:
        case And(parts):
            return all(matches(part, photo, now) for part in parts)
        case Or(parts):
            return any(matches(part, photo, now) for part in parts)
        case Not(part):
            return not matches(part, photo, now)
        case Below(folders):
            return any(_lies_below(photo.path, folder) for folder in folders)
        case Among(ids):
            return photo.id in ids
        case Field():
            spec = spec_of(filter_)
            return _TESTS[spec.kind](spec, filter_, photo, now)


def _lies_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/") + "/")


def needle_of(field: Field) -> str:
    """The text a filter looks for, folded."""
    return fold(str(field.value)) or ""


def unresolved(field: Field) -> QueryError:
    """What is raised where only photos are known, and albums are not."""
    return QueryError(
        f"{field} names an album, and only a library knows its albums",
        hint="ask through Library.search",
    )


def must_equal(spec: FieldSpec, needle: str) -> bool:
    """Whether a text must be all of a fact: one or two Latin letters are a code."""
    return bool(spec.codes) and len(needle) <= 2 and needle.isascii()


def _text(spec: FieldSpec, field: Field, photo: Photo, _: datetime) -> bool:
    needle = needle_of(field)
    if needle in _folded(photo, spec.codes):
        return True
    folded = _folded(photo, spec.facts)
    if must_equal(spec, needle):
        return needle in folded
    return any(needle in text for text in folded) or _is_named(spec, needle, photo)


def _is_named(spec: FieldSpec, needle: str, photo: Photo) -> bool:
    """Whether the text is all of a name; no text is no name."""
    named = (cast("tuple[str, ...]", fact(photo, name)) for name in spec.names)
    return bool(needle) and any(needle == fold(text) for texts in named for text in texts)


def _words(spec: FieldSpec, field: Field, photo: Photo, _: datetime) -> bool:
    needle = f" {needle_of(field)} "
    texts = (text for name in spec.facts for text in cast("tuple[str, ...]", fact(photo, name)))
    return any(needle in f" {fold(text)} " for text in texts)


def _ending(spec: FieldSpec, field: Field, photo: Photo, _: datetime) -> bool:
    ending = f".{needle_of(field)}"
    folded = _folded(photo, spec.facts)
    return any(text.endswith(ending) and len(text) > len(ending) for text in folded)


def _choice(spec: FieldSpec, field: Field, photo: Photo, _: datetime) -> bool:
    return needle_of(field) in _folded(photo, spec.facts)


def _member(spec: FieldSpec, field: Field, photo: Photo, _: datetime) -> bool:
    return any(field.value in cast("tuple[str, ...]", fact(photo, name)) for name in spec.facts)


def _presence(spec: FieldSpec, field: Field, photo: Photo, _: datetime) -> bool:
    names = spec.choices[str(field.value)]
    return any(fact(photo, name) not in (None, "", ()) for name in names)


def _number(spec: FieldSpec, field: Field, photo: Photo, _: datetime) -> bool:
    bounds = number_bounds(spec, field)
    known = (cast("float | None", fact(photo, name)) for name in spec.facts)
    return any(value is not None and bounds.hold(value) for value in known)


def _date(spec: FieldSpec, field: Field, photo: Photo, now: datetime) -> bool:
    moment = cast("datetime | None", fact(photo, spec.facts[0]))
    if moment is None:
        return False
    bounds = time_bounds(spec, field, now)
    if bounds.start is not None and moment < bounds.start:
        return False
    end = bounds.end if spec.utc else _end_for(photo, bounds)
    return end is None or moment < end


def _end_for(photo: Photo, bounds: TimeBounds) -> datetime | None:
    ends = {"year": bounds.year_end, "month": bounds.month_end}
    return ends.get(str(fact(photo, "precision")), bounds.end)


def _album(_: FieldSpec, field: Field, __: Photo, ___: datetime) -> bool:
    raise unresolved(field)


def _circle(spec: FieldSpec, field: Field, photo: Photo, _: datetime) -> bool:
    latitude, longitude = (cast("float | None", fact(photo, name)) for name in spec.facts)
    if latitude is None or longitude is None:
        return False
    circle = cast("Circle", field.value)
    box = box_around(circle)
    if not box.south <= latitude <= box.north:
        return False
    distance = metres_between(latitude, longitude, circle.latitude, circle.longitude)
    return distance <= circle.metres


def _folded(photo: Photo, names: tuple[str, ...]) -> list[str]:
    texts = (fold(cast("str | None", fact(photo, name))) for name in names)
    return [text for text in texts if text is not None]


_TESTS: Final[Mapping[Kind, Callable[[FieldSpec, Field, Photo, datetime], bool]]] = {
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
