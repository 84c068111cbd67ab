"""The photos a command is to do something with: named, piped, or found by a query."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mindseye.library import Library


def chosen_photos(library: Library, photos: Sequence[str], query: str | None) -> list[int | str]:
    """Those that are named, "-" being those on standard input, or all that a query finds."""
    if query is None:
        return [one for given in photos for one in (_piped() if given == "-" else [given])]
    most = max(1, library.store.catalog.coverage().photos)
    return [hit.photo.id for hit in library.search(query, limit=most).hits]


def counted(count: int) -> str:
    """So many photos, in words."""
    return "1 photo" if count == 1 else f"{count} photos"


def _piped() -> list[str]:
    """Paths from standard input, one a line or, as `--paths -0` prints them, ended by NUL."""
    text = sys.stdin.buffer.read().decode(errors="surrogateescape")
    return [path for path in text.split("\0" if "\0" in text else "\n") if path]
