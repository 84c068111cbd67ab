"""Values become lines for people or JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mindseye.media import paths
from mindseye.types import Album, Hit, Located, Photo, PictureFacts

if TYPE_CHECKING:
    from mindseye.search.status import AlbumStatus


def to_plain(value: object) -> object:
    """A value as JSON knows it: dataclasses become objects, moments ISO 8601, offsets "+09:00"."""
    if isinstance(value, Photo):
        return photo_facts(value)
    if isinstance(value, Album):
        return album_facts(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: to_plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(entry) for entry in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return offset_text(value)
    if isinstance(value, Path):
        return str(value)
    return value


def print_json(value: object) -> None:
    """Print a value as one JSON object; names that are not UTF-8 keep their bytes escaped."""
    text = json.dumps(to_plain(value), ensure_ascii=False, indent=2)
    if any("\ud800" <= character <= "\udfff" for character in text):
        text = json.dumps(to_plain(value), indent=2)
    click.echo(text)


def photo_facts(photo: Photo) -> dict[str, object]:
    """Everything known of a photo, with its path as the file system knows it."""
    facts: dict[str, object] = {"id": photo.id, "path": shown(photo.path)}
    facts["size"] = photo.stamp.size
    facts["modified_ns"] = photo.stamp.mtime_ns
    facts["digest"] = photo.digest
    facts["copies"] = photo.copies
    facts |= {entry.name: getattr(photo.picture, entry.name) for entry in fields(PictureFacts)}
    facts["text"] = photo.text
    facts["added_at"] = to_plain(photo.added_at)
    facts["missing_since"] = to_plain(photo.missing_since)
    facts["metadata"] = to_plain(photo.metadata)
    facts["located"] = None if photo.located is None else located_facts(photo.located)
    return facts


def located_facts(located: Located) -> dict[str, object]:
    """What the gazetteer knows of a place, without the many names by which it is found."""
    told = ("timezone", "city", "region", "country", "country_code", "local")
    return {name: to_plain(getattr(located, name)) for name in told}


def album_facts(album: Album) -> dict[str, object]:
    """An album with its folders as the file system knows them."""
    facts: dict[str, object] = {
        entry.name: to_plain(getattr(album, entry.name)) for entry in fields(album)
    }
    return {**facts, "folders": [shown(folder) for folder in album.folders]}


def held(entry: AlbumStatus) -> str:
    """How much an album holds, as far as that is known without an encoder."""
    picked = f" ({entry.picked} picked by hand)" if entry.picked else ""
    if entry.trouble:
        return f"unknown{picked}"
    return (
        f"what its search finds{picked}"
        if entry.frames is None
        else f"{entry.frames} pictures{picked}"
    )


def hit_facts(hit: Hit, rank: int, *, relevant: bool) -> dict[str, object]:
    """A hit for `--json`; `relevant` says on which side of the cut-off it lies."""
    return {
        "rank": rank,
        "score": round(hit.score, 6),
        "probability": None if hit.probability is None else round(hit.probability, 6),
        "relevant": relevant,
        "id": hit.photo.id,
        "path": shown(hit.photo.path),
        "taken_at": to_plain(hit.photo.metadata.taken_at),
        "why": [to_plain(reason) for reason in hit.why],
        "mentions": [to_plain(mention) for mention in hit.mentions],
        "passed": [to_plain(reason) for reason in hit.passed],
    }


def shown(path: str) -> str:
    """A path of the library as the file system spells it."""
    return paths.from_text(path)


def offset_text(offset: timedelta) -> str:
    """An offset from UTC as "+09:00"."""
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def byte_text(count: int) -> str:
    """A number of bytes for people: "12.3 MB"."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def on_terminal() -> bool:
    """Whether a person is watching standard output."""
    return sys.stdout.isatty()
