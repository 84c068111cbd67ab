"""The seam of an index: vectors in, nearest ids out, higher scores first."""

from __future__ import annotations

from typing import Protocol

from mindseye.types import Ids, Matches, Vectors


class VectorIndex(Protocol):
    """Finds the nearest of many vectors of one space by cosine."""

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add unit rows under their ids; an id that is there already is replaced."""

    def remove(self, ids: Ids) -> None:
        """Forget these ids; an id that is not there is passed over."""

    def search(self, queries: Vectors, k: int, within: Ids | None = None) -> list[Matches]:
        """The `k` best ids for each row of `queries`, only among `within` where it is given."""

    def flush(self) -> None:
        """Make what was added and removed durable."""

    def __len__(self) -> int: ...
