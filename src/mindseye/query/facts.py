"""What a filter may ask of a photo, each fact under one name that a store knows as well.

Most names are columns of `mindseye.stores.schema.photos`; the others are worked out here from a
photo and in `mindseye.stores.filters` from its row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from mindseye.query.colours import salient
from mindseye.types import Exposure, Generation, Metadata, Photo, Place, Precision, Source

Fact: TypeAlias = str | float | datetime | tuple[str, ...] | None

ANIMATED_FORMATS: Final = ("gif", "png", "webp", "avif", "jxl")
"""Formats whose further frames move; those of TIFF are pages, those of HEIC other pictures."""


REJECTED: Final = -1
"""The rating of a photo that was rejected."""


def fact(photo: Photo, name: str) -> Fact:
    """One fact of a photo; None where it is not known."""
    return FACTS[name](photo)


def _meta(name: str) -> Callable[[Photo], Fact]:
    def read(photo: Photo) -> Fact:
        value: Fact = getattr(photo.metadata, name)
        return value

    return read


def _inside(part: str, name: str, empty: Place | Exposure) -> Callable[[Photo], Fact]:
    """A field of a part of the metadata that may be missing as a whole."""

    def read(photo: Photo) -> Fact:
        value: Fact = getattr(getattr(photo.metadata, part) or empty, name)
        return value

    return read


def _named(name: str) -> Callable[[Photo], Fact]:
    """Names the gazetteer knows; none where it was not asked."""

    def read(photo: Photo) -> Fact:
        names: tuple[str, ...] = () if photo.located is None else getattr(photo.located, name)
        return names

    return read


def _folder_path(photo: Photo) -> str:
    return photo.path[: len(photo.path) - len(photo.location.name)]


def _orientation(photo: Photo) -> str:
    width, height = photo.picture.width, photo.picture.height
    return "portrait" if height > width else "landscape" if width > height else "square"


def _kind(photo: Photo) -> str:
    if photo.picture.format.lower() == "raw":
        return "raw"
    moving = photo.picture.frames > 1 and photo.picture.format.lower() in ANIMATED_FORMATS
    return "animated" if moving else "photo"


def _own_date(metadata: Metadata) -> datetime | None:
    """When the photo was taken, unless only the file's own time is known."""
    return None if metadata.sources.get("taken_at") == Source.MTIME else metadata.taken_at


def _month(metadata: Metadata) -> int | None:
    """The month it was taken in, from 1 to 12, unless only the year is known."""
    moment, precision = metadata.taken_at, metadata.precision
    return None if moment is None or precision == Precision.YEAR else moment.month


def _day(metadata: Metadata) -> int | None:
    """The day of the month, unless only the month or the year is known."""
    moment, precision = metadata.taken_at, metadata.precision
    vague = precision in (Precision.YEAR, Precision.MONTH)
    return None if moment is None or vague else moment.day


def _generated(metadata: Metadata) -> Generation:
    return metadata.generation or Generation("")


_NOWHERE, _UNEXPOSED = Place(), Exposure()

FACTS: Final[Mapping[str, Callable[[Photo], Fact]]] = {
    "name": lambda photo: photo.location.name,
    "folder_path": _folder_path,
    "size": lambda photo: photo.stamp.size,
    "width": lambda photo: photo.picture.width,
    "height": lambda photo: photo.picture.height,
    "megapixels": lambda photo: photo.picture.width * photo.picture.height / 1e6,
    "orientation": _orientation,
    "format": lambda photo: photo.picture.format,
    "kind": _kind,
    "added_at": lambda photo: photo.added_at,
    "taken_at": _meta("taken_at"),
    "precision": _meta("precision"),
    "month": lambda photo: _month(photo.metadata),
    "day": lambda photo: _day(photo.metadata),
    "own_date": lambda photo: _own_date(photo.metadata),
    "latitude": lambda photo: None if photo.metadata.gps is None else photo.metadata.gps.latitude,
    "longitude": lambda photo: None if photo.metadata.gps is None else photo.metadata.gps.longitude,
    **{name: _inside("place", name, _NOWHERE) for name in ("city", "region", "country")},
    "country_code": _inside("place", "country_code", _NOWHERE),
    **{name: _named(name) for name in ("city_names", "region_names", "country_names")},
    "camera": _meta("camera"),
    "lens": _meta("lens"),
    "exposure_seconds": _inside("exposure", "seconds", _UNEXPOSED),
    "f_number": _inside("exposure", "f_number", _UNEXPOSED),
    "iso": _inside("exposure", "iso", _UNEXPOSED),
    "focal_length": _inside("exposure", "focal_length", _UNEXPOSED),
    "focal_length_35mm": _inside("exposure", "focal_length_35mm", _UNEXPOSED),
    "title": _meta("title"),
    "caption": _meta("caption"),
    "keywords": _meta("keywords"),
    "people": _meta("people"),
    "colours": lambda photo: salient(photo.picture.colours or {}),
    "duplicate": lambda photo: photo.copies or None,
    "favourite": lambda photo: photo.metadata.favourite or None,
    "edited": lambda photo: Source.USER in photo.metadata.sources.values() or None,
    "rejected": lambda photo: photo.metadata.rating == REJECTED or None,
    "rating": _meta("rating"),
    # A rating of 0 says that nobody rated the photo.
    "stars": lambda photo: photo.metadata.rating or None,
    "prompt": lambda photo: _generated(photo.metadata).prompt,
    "model": lambda photo: _generated(photo.metadata).model,
    "text": lambda photo: photo.text,
}
