"""The words by which photos are found, kept beside the catalog: what a database must do for it.

A database is asked for one thing, which photos hold a word. Words are cut, folded and weighed by
Mindseye (`mindseye.query.segment`, `mindseye.query.evidence`), so that every database finds the
same, and scripts without blanks are found by all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from mindseye.query.passages import PASSAGES
from mindseye.query.segment import Sought
from mindseye.stores.schema import photos
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.load import load_photos
from mindseye.types import Ids, Photo

WEIGHTS: Final = tuple(sorted({passage.weight for passage in PASSAGES.values()}, reverse=True))
"""What words may weigh, the greatest first."""

_AT_ONCE: Final = 2000
"""Photos in memory at a time while all of them are looked at."""


class Words(ABC):
    """The words of all photos that are not missing, in one database."""

    @abstractmethod
    def make(self, connection: Connection) -> None:
        """Make the tables anew, without any words."""

    @abstractmethod
    def insert(self, connection: Connection, listed: Sequence[Photo]) -> None:
        """Write the words of photos of which none are written."""

    @abstractmethod
    def forget(self, connection: Connection, photo_ids: Iterable[int]) -> None:
        """Take the words of these photos out."""

    @abstractmethod
    def holding(self, connection: Connection, one: Sought, weight: float) -> Ids:
        """The photos that say a word where it weighs so much, each once."""

    @abstractmethod
    def row_of(self, photo: Photo) -> Hashable:
        """What `kept` should give for a photo."""

    @abstractmethod
    def kept(self, connection: Connection) -> dict[int, Hashable]:
        """What is written of each photo, by its id."""

    @abstractmethod
    def settle(self, connection: Connection) -> None:
        """Bring the tables into a good shape after all words were written."""

    def sound(self, connection: Connection) -> bool:
        """Whether the tables can be read at all; needs a writer's transaction."""
        del connection
        return True

    def write(self, connection: Connection, photo_ids: Iterable[int]) -> None:
        """Bring the words of these photos up to what the catalog says now, in its transaction."""
        ids = list(photo_ids)
        if ids:
            self.forget(connection, ids)
            self.insert(connection, _visible(connection, one_of(photos.c.id, ids)))

    def rebuild(self, connection: Connection) -> None:
        """Write the words of all photos anew."""
        self.make(connection)
        for some in _all_visible(connection):
            self.insert(connection, some)
        self.settle(connection)

    def differing(self, connection: Connection) -> int:
        """How many photos have other words than the catalog says."""
        kept = self.kept(connection)
        wrong = 0
        for some in _all_visible(connection):
            wrong += sum(kept.pop(photo.id, None) != self.row_of(photo) for photo in some)
        return wrong + len(kept)


def _visible(connection: Connection, where: ColumnElement[bool]) -> list[Photo]:
    return list(load_photos(connection, where & photos.c.missing_since.is_(None)).values())


def _all_visible(connection: Connection) -> Iterator[list[Photo]]:
    last = connection.execute(select(func.max(photos.c.id))).scalar() or 0
    for first in range(0, last + 1, _AT_ONCE):
        yield _visible(connection, photos.c.id.between(first, first + _AT_ONCE - 1))
