"""Searches that are kept as albums, and searches inside what an earlier one found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from mindseye.errors import NotFound, UsageError
from mindseye.library import Library
from mindseye.media import paths
from mindseye.query.build import Ask
from mindseye.query.plain.base import Chip
from mindseye.query.values import written
from mindseye.types import Album

_MOST_BYTES = 256 << 20
"""A longer list of photos is a mistake, and would fill the memory."""

_UNSAID = {
    "images": "--image",
    "liked": "--like",
    "disliked": "--unlike",
    "literal": "--literal",
    "within": "--within",
    "sort": "--sort",
}
"""What a search is told besides its text, and no album keeps."""


def save(library: Library, text: str, options: dict[str, Any]) -> str:
    """Keep a search as the new album that `--save` names; returns a notice of it.

    Raises `UsageError` for what a text alone cannot say again.
    """
    for flag, name in _UNSAID.items():
        if options[flag]:
            raise UsageError(
                f"a search with {name} cannot be saved: an album keeps the text of its search",
                hint="write pictures into the text by their whole paths, and words in quotes",
            )
    if not text.strip():
        raise UsageError("there is no search to save", hint="write words or filters before --save")
    asked = library.sentences.parse(text)
    if any(isinstance(part, Chip) for part in asked.parts):
        # An album keeps the dates that were meant, not words that mean others next year.
        filters = () if asked.filter is None else (asked.filter,)
        text = Ask(asked.terms, filters, least=asked.min_score).typed()
    inside = f"album:{written(options['album'])} " if options["album"] else ""
    most = library.settings.limit if library.settings.source.get("limit") == "flag" else None
    album = Album(
        options["save"], search=inside + text, min_score=options["min_score"], max_results=most
    )
    name = library.put_album(album).name
    return f"saved as the album {name!r}: `mindseye album show {written(name)}` shows it"


def photos_in(library: Library, file: Path) -> tuple[list[int], list[str]]:
    """The photos that a file names, "-" for standard input, and notices of those not known.

    It holds paths, one a line or each ended by NUL, or what a search printed with `--json`. Raises
    `NotFound` where the library knows none of them, `UsageError` for a file that cannot be read.
    """
    listed = list(_listed(_contents(file)))
    known = _by_id(library, [entry for entry in listed if entry[0] is not None])
    ids, unknown = [], 0
    for photo_id, path in listed:
        if known.get(photo_id) == path and photo_id is not None:
            ids.append(photo_id)
        elif (photo := library.store.catalog.find(path)) is not None:
            ids.append(photo.id)
        else:
            unknown += 1
    if unknown and not ids:
        raise NotFound(
            f"none of the {unknown} paths in {file} is a photo of the library",
            hint="one path a line is read, or what `mindseye search --json` prints",
        )
    return ids, [f"{unknown} of {len(listed)} paths are no photos of the library"] * bool(unknown)


def _by_id(library: Library, listed: list[tuple[int | None, str]]) -> dict[int | None, str]:
    """The paths of photos: an id may be that of another library, or of a photo that moved."""
    ids = [photo_id for photo_id, _ in listed if photo_id is not None]
    return {photo.id: photo.path for photo in library.store.catalog.photos(ids)}


def _contents(file: Path) -> bytes:
    try:
        with click.open_file(str(file), "rb") as stream:
            data: bytes = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from error
    if len(data) > _MOST_BYTES:
        raise UsageError(f"{file} has more than {_MOST_BYTES >> 20} MiB: no list of photos")
    return data


def _listed(data: bytes) -> Iterator[tuple[int | None, str]]:
    """The photos a list names: the id where it is given, and the absolute path as text."""
    if data.lstrip().startswith(b"{"):
        yield from _hits(data)
        return
    for line in data.split(b"\0" if b"\0" in data else b"\n"):
        path = line.removesuffix(b"\r")
        if path:
            yield None, paths.to_text(paths.absolute(path))


def _hits(data: bytes) -> Iterator[tuple[int | None, str]]:
    try:
        for hit in json.loads(data)["hits"]:
            yield int(hit["id"]), paths.to_text(str(hit["path"]))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UsageError(
            "the JSON is not what `mindseye search --json` prints",
            hint="its key `hits` lists objects with an `id` and a `path`",
        ) from error
