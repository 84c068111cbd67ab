"""The vectors of many photos, a part at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mindseye.search.members import EVERYONE
from mindseye.stores.base import Selection, Store
from mindseye.types import EmbeddingSpace, Ids, Vectors

_AT_ONCE: Final = 20_000
"""Vectors in memory at once: 40 MB of 512 dimensions."""


def photo_vectors(
    store: Store, space: EmbeddingSpace, chosen: Selection
) -> Iterator[tuple[Ids, Vectors]]:
    """Of the photos chosen the ids, and the vectors of their frames in `space`, row by row.

    A photo of several frames comes several times; an id below 0 is that of a frame whose photo is
    gone meanwhile.
    """
    table = store.vectors(space)
    frames = chosen.within
    if frames is None:
        frames = store.catalog.matching(chosen.filter or EVERYONE, chosen.now)
    for start in range(0, len(frames), _AT_ONCE):
        known, rows = table.get(frames[start : start + _AT_ONCE].tolist())
        yield store.catalog.owners(known), rows
