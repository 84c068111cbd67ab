"""Filters for photos from the same day or place as one that is known."""

from __future__ import annotations

from typing import Final, Literal

from mindseye.errors import NotFound
from mindseye.query.model import And, Field, Filter, Operator
from mindseye.query.values import Circle, Day
from mindseye.types import Photo, Place, Precision

METRES: Final = 1000.0
"""Photos taken so near to each other are from the same place."""

_FAMILIAR: Final = ("city", "region", "country")


def same(photo: Photo, what: Literal["day", "place"]) -> Filter:
    """The filter that photos from the same day or place pass; raises `NotFound` for neither."""
    found = _day(photo) if what == "day" else _place(photo)
    if found is None:
        raise NotFound(
            f"of {photo.path} no {what} is known", hint="`mindseye show` prints what is known"
        )
    return found


def _day(photo: Photo) -> Filter | None:
    taken, precision = photo.metadata.taken_at, photo.metadata.precision
    if taken is None or precision in (Precision.YEAR, Precision.MONTH):
        return None
    return Field("date", Operator.IS, Day(taken.year, taken.month, taken.day))


def _place(photo: Photo) -> Filter | None:
    gps, place = photo.metadata.gps, photo.metadata.place or Place()
    if gps is not None:
        return Field("near", Operator.IS, Circle(gps.latitude, gps.longitude, METRES))
    if place.city is None:
        return None
    known = [Field(name, Operator.IS, name_of) for name in _FAMILIAR
             if (name_of := getattr(place, name)) is not None]  # fmt: skip
    return known[0] if len(known) == 1 else And(tuple(known))
