"""Photos become table rows and rows become photos, in one place for all databases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping

from mindseye.fold import fold
from mindseye.media import paths
from mindseye.stores.base import PhotoRecord
from mindseye.types import (
    Exposure,
    FileStamp,
    Generation,
    Gps,
    LocalNames,
    Located,
    Location,
    Metadata,
    Photo,
    PictureFacts,
    Place,
    Precision,
    Source,
)

_PARTS = ("city", "region", "country")
_PLACE = (*_PARTS, "country_code")
_EXPOSURE = {
    "exposure_seconds": "seconds",
    "f_number": "f_number",
    "iso": "iso",
    "focal_length": "focal_length",
    "focal_length_35mm": "focal_length_35mm",
}
"""Column of the photos table -> field of `Exposure`."""


def now() -> datetime:
    """The present moment in UTC without a zone: how the library stores its own moments."""
    return datetime.now(UTC).replace(tzinfo=None)


def location_row(location: Location) -> dict[str, Any]:
    """The columns that say where a file lies."""
    return {"root_id": location.root_id, "folder": location.folder, "name": location.name}


def stamp_row(stamp: FileStamp) -> dict[str, Any]:
    """The columns that say when a file must be looked at again."""
    return {"size": stamp.size, "mtime_ns": stamp.mtime_ns}


def record_row(record: PhotoRecord) -> dict[str, Any]:
    """All columns of a photo but its id and when it was added; a written photo is not missing."""
    picture = record.picture
    return {
        **location_row(record.location),
        **stamp_row(record.stamp),
        "digest": record.digest,
        "width": picture.width,
        "height": picture.height,
        "format": picture.format,
        "frame_count": picture.frames,
        "missing_since": None,
        **metadata_row(record.metadata),
    }


def metadata_row(metadata: Metadata) -> dict[str, Any]:
    """The columns of the metadata; keywords and people have tables of their own."""
    gps, place, exposure = metadata.gps, metadata.place, metadata.exposure
    offset = metadata.offset
    return {
        "taken_at": metadata.taken_at,
        "offset_minutes": None if offset is None else round(offset.total_seconds() / 60),
        "precision": None if metadata.precision is None else metadata.precision.value,
        "latitude": gps and gps.latitude,
        "longitude": gps and gps.longitude,
        "altitude": gps and gps.altitude,
        **{name: place and getattr(place, name) for name in _PLACE},
        **{column: exposure and getattr(exposure, name) for column, name in _EXPOSURE.items()},
        "camera": metadata.camera,
        "lens": metadata.lens,
        "title": metadata.title,
        "caption": metadata.caption,
        "rating": metadata.rating,
        "favourite": metadata.favourite,
        "generation": metadata.generation and _generation_row(metadata.generation),
        "sources": {name: source.value for name, source in metadata.sources.items()},
    }


@dataclass(frozen=True, slots=True)
class Lists:
    """What a photo has several of, each in a table of its own."""

    keywords: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    colours: Mapping[str, float] | None = None


def photo_from(row: RowMapping, lists: Lists) -> Photo:
    """The photo of a row of `photos`, with `root_path`, `copies`, `text` and its place besides.

    The columns of its place begin with `at_`; they are NULL where none is known.
    """
    location = Location(row["root_id"], row["folder"], row["name"])
    return Photo(
        id=row["id"],
        path=paths.join(row["root_path"], location),
        location=location,
        stamp=FileStamp(row["size"], row["mtime_ns"]),
        digest=row["digest"],
        picture=PictureFacts(
            row["width"], row["height"], row["format"], row["frame_count"], lists.colours
        ),
        metadata=_metadata(row, lists),
        added_at=row["added_at"],
        missing_since=row["missing_since"],
        copies=row["copies"],
        located=_located(row),
        text=row["text"],
    )


def located_row(located: Located) -> dict[str, Any]:
    """The columns of a place but its id; `key` is the same for the same facts."""
    facts = {
        **{name: getattr(located, name) for name in ("timezone", *_PLACE)},
        **{f"local_{part}": getattr(located.local, part) for part in _PARTS},
        **{f"{part}_names": _framed(getattr(located, f"{part}_names")) for part in _PARTS},
    }
    key = sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    return {"key": key, **facts}


def _framed(names: Iterable[str]) -> str:
    """Folded names, each between line breaks: so that whole ones can be looked for."""
    folded = sorted({name for text in names if (name := fold(text))})
    return "".join(f"\n{name}" for name in folded) + "\n" if folded else ""


def _located(row: RowMapping) -> Located | None:
    if row["at_key"] is None:
        return None
    facts: dict[str, Any] = {name: row[f"at_{name}"] for name in ("timezone", *_PLACE)}
    for part in _PARTS:
        facts[f"{part}_names"] = tuple(row[f"at_{part}_names"].split("\n")[1:-1])
    return Located(**facts, local=LocalNames(*(row[f"at_local_{part}"] for part in _PARTS)))


def where_and_when(row: RowMapping) -> Metadata:
    """Time, gps, place and all sources, out of a row of `photos`."""
    place = Place(**{name: row[name] for name in _PLACE})
    latitude, longitude, minutes = row["latitude"], row["longitude"], row["offset_minutes"]
    has_gps = latitude is not None and longitude is not None
    return Metadata(
        taken_at=row["taken_at"],
        offset=None if minutes is None else timedelta(minutes=minutes),
        precision=None if row["precision"] is None else Precision(row["precision"]),
        gps=Gps(latitude, longitude, row["altitude"]) if has_gps else None,
        place=None if place == Place() else place,
        sources=MappingProxyType({name: Source(source) for name, source in row["sources"].items()}),
    )


def placed_row(metadata: Metadata) -> dict[str, Any]:
    """The columns of `photos` that follow from where a photo was taken."""
    row = metadata_row(metadata)
    return {name: row[name] for name in (*_PLACE, "offset_minutes", "sources")}


def _metadata(row: RowMapping, lists: Lists) -> Metadata:
    exposure = Exposure(**{name: row[column] for column, name in _EXPOSURE.items()})
    return replace(
        where_and_when(row),
        camera=row["camera"],
        lens=row["lens"],
        exposure=None if exposure == Exposure() else exposure,
        title=row["title"],
        caption=row["caption"],
        keywords=lists.keywords,
        people=lists.people,
        rating=row["rating"],
        favourite=row["favourite"],
        generation=_generation(row["generation"]),
    )


def _generation_row(generation: Generation) -> dict[str, Any]:
    row = {entry.name: getattr(generation, entry.name) for entry in fields(generation)}
    return {**row, "parameters": dict(generation.parameters)}


def _generation(row: Mapping[str, Any] | None) -> Generation | None:
    if row is None:
        return None
    return Generation(**{**row, "parameters": MappingProxyType(dict(row["parameters"]))})
