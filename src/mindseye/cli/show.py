"""`mindseye show`: everything known of one photo, and where each field came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import byte_text, offset_text, print_json, shown
from mindseye.library import Library
from mindseye.types import Gps, Located, Metadata, Photo, Source


@click.command()
@click.argument("photo")
@with_settings()
def show(settings: Settings, photo: str, *, as_json: bool) -> None:
    """Show all metadata of PHOTO (a path or an id) and where each field came from."""
    with Library.open(settings=settings, create=False) as library:
        found = library.photo(photo)
    if as_json:
        print_json(found)
        return
    for name, value, source in _rows(found):
        click.echo(f"{name:14} {value}" + (f"   [{source}]" if source else ""))


def _rows(photo: Photo) -> Iterator[tuple[str, str, str]]:
    picture = photo.picture
    yield "photo", str(photo.id), ""
    yield "path", shown(photo.path), ""
    if photo.missing_since:
        yield "missing since", photo.missing_since.isoformat(timespec="seconds"), ""
    yield "file", f"{byte_text(photo.stamp.size)}, {picture.format}", ""
    yield "picture", f"{picture.width} x {picture.height}, {_plural(picture.frames)}", ""
    if picture.colours:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in picture.colours.items())
        yield "colours", shares, ""
    yield "digest", photo.digest, ""
    if photo.copies:
        yield "copies", f"{photo.copies} more with the same bytes", ""
    yield from _metadata_rows(photo.metadata)
    if photo.located is not None:
        yield from _located_rows(photo.located)
    yield from _text_rows(photo.text)


def _located_rows(located: Located) -> Iterator[tuple[str, str, str]]:
    local = located.local
    there = ", ".join(name for name in (local.city, local.region, local.country) if name)
    if there:
        yield "known there as", there, ""
    if located.timezone:
        yield "time zone", located.timezone, Source.GPS


def _text_rows(text: str | None) -> Iterator[tuple[str, str, str]]:
    """The text in the picture, line by line; nothing where nobody has looked for any."""
    if text is not None:
        first, *others = text.splitlines() or ["none in the picture"]
        yield "text", first, ""
        yield from (("", line, "") for line in others)


def _plural(frames: int) -> str:
    return "1 frame" if frames == 1 else f"{frames} frames"


def _metadata_rows(metadata: Metadata) -> Iterator[tuple[str, str, str]]:
    for entry in fields(metadata):
        value = getattr(metadata, entry.name)
        if entry.name in {"sources", "offset", "precision"} or value in (None, ()):
            continue
        yield (
            entry.name.replace("_", " "),
            _text(metadata, entry.name),
            _source(metadata, entry.name),
        )


def _source(metadata: Metadata, name: str) -> str:
    """Where a field came from; an offset may come from elsewhere than the time it belongs to."""
    source = metadata.sources.get(name) or ""
    offset = metadata.sources.get("offset") or source
    return f"{source}, offset: {offset}" if name == "taken_at" and offset != source else source


def _text(metadata: Metadata, name: str) -> str:
    value = getattr(metadata, name)
    if name == "taken_at":
        zone = offset_text(metadata.offset) if metadata.offset is not None else "local time"
        precision = f", to the {metadata.precision}" if metadata.precision else ""
        return f"{value.isoformat(sep=' ')} {zone}{precision}"
    if isinstance(value, Gps):
        height = "" if value.altitude is None else f", {value.altitude:.0f} m"
        return f"{value.latitude:.6f}, {value.longitude:.6f}{height}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if is_dataclass(value):
        parts = ((part.name, getattr(value, part.name)) for part in fields(value))
        return ", ".join(f"{part} {known}" for part, known in parts if known not in (None, {}))
    return str(value)
