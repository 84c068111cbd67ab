"""What a user types of a photo (a date, a place, a position) as values, checked and made clean."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Final

from mindseye.errors import UsageError
from mindseye.media.readers import text
from mindseye.media.readers.moments import Moment, parse
from mindseye.media.readers.numbers import position
from mindseye.types import Edit, Gps, Place

_DATE: Final = re.compile(
    r"""\d{4}(-(0?[1-9]|1[0-2])(-(0?[1-9]|[12]\d|3[01])
        ([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(?P<zone>Z|[+-]\d{1,2}:?\d{2})?)?)?)?""",
    re.VERBOSE,
)
_DEGREES: Final = re.compile(r"[+-]?\d+(\.\d+)?")
_CODE: Final = re.compile("[A-Z]{2}")
"""A country by its code (ISO 3166-1 alpha-2)."""


def moment(typed: str) -> Moment:
    """A year, a month, a day or a time, with its distance from UTC or without.

    Raises `UsageError`.
    """
    match = _DATE.fullmatch(typed.strip())
    found = parse(match[0]) if match else None
    if match is None or found is None or (match["zone"] and found.offset is None):
        raise UsageError(
            f"{typed!r} is no date of the calendar from 1826 to 2099",
            hint="write 2023, 2023-04, 2023-04-05, 2023-04-05T12:30 or 2023-04-05T12:30+09:00",
        )
    return found


def place(typed: str) -> Place:
    """A place as "city, region, country", "city, country" or "city"; it replaces what was known.

    A country of two capitals is a code. Raises `UsageError`.
    """
    parts = [text.name(part) for part in typed.split(",")]
    if not 1 <= len(parts) <= 3 or None in parts:
        raise UsageError(
            f"{typed!r} is no place of one to three names",
            hint='write "City, Region, Country", "City, Country" or "City"',
        )
    city, *between, country = parts if len(parts) > 1 else [*parts, ""]
    return whole(Place(city, between[0] if between else "", country))


def whole(said: Place) -> Place:
    """A place whose country, where it is given, is a name or a code, and the other of them none."""
    if said.country is None:
        return said
    if _CODE.fullmatch(said.country):
        return replace(said, country="", country_code=said.country)
    return replace(said, country_code=said.country_code or "")


def gps(typed: str) -> Gps:
    """A position as "latitude,longitude" in degrees; raises `UsageError`."""
    parts = [part.strip() for part in typed.split(",")]
    numbers = [float(part) for part in parts if _DEGREES.fullmatch(part)]
    if len(parts) != 2 or len(numbers) != 2:
        raise UsageError(
            f"{typed!r} is no position", hint="write latitude,longitude in degrees: 35.01,135.77"
        )
    return _on_earth(Gps(numbers[0], numbers[1]))


def checked(edit: Edit) -> Edit:
    """The edit with its texts made clean; raises `UsageError` for what no photo can have."""
    if edit.rating is not None and not -1 <= edit.rating <= 5:
        raise UsageError(
            f"a rating goes from -1 (rejected) to 5 stars, found {edit.rating}",
            hint="0 takes the stars away",
        )
    if (edit.taken_at is None) is not (edit.precision is None) or (
        edit.taken_at is None and edit.offset is not None
    ):
        raise UsageError("a date is said together with its precision")
    return replace(
        edit,
        gps=None if edit.gps is None else _on_earth(edit.gps),
        place=None if edit.place is None else whole(_clean_place(edit.place)),
        title=_emptied(edit.title, text.name),
        caption=_emptied(edit.caption, text.clean),
        add_keywords=text.keywords(edit.add_keywords),
        remove_keywords=text.keywords(edit.remove_keywords),
    )


def _on_earth(said: Gps) -> Gps:
    found = position(said.latitude, said.longitude, said.altitude)
    if found is None:
        raise UsageError(
            f"{said.latitude},{said.longitude} is no position on Earth",
            hint="latitude goes from -90 to 90, longitude from -180 to 180",
        )
    return found


def _clean_place(said: Place) -> Place:
    return Place(**{part: _emptied(value, text.name) for part, value in asdict(said).items()})


def _emptied(value: str | None, clean: Callable[[object], str | None]) -> str | None:
    """A text made clean; one of which nothing is left says that there is none."""
    return None if value is None else clean(value) or ""
