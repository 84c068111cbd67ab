"""The words of photos in an FTS5 table beside the catalog.

FTS5 is used as what it is at heart, an index from words to rows: words are cut, folded and weighed
by Mindseye (`mindseye.query.segment`, `mindseye.query.evidence`), so that every database finds the
same, and so that scripts without blanks are found by a SQLite without extensions. The table keeps
the words it was given: with them a row can be taken out, and be compared with the catalog.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from sqlalchemy import ColumnElement, Connection, column, func, select, table, text
from sqlalchemy.exc import DatabaseError

from mindseye.query.evidence import Said, evidence
from mindseye.query.passages import PASSAGES, mentions, words_of
from mindseye.query.segment import Sought, sought
from mindseye.stores.embedded.catalog import load_photos
from mindseye.stores.embedded.database import ids_from, one_of
from mindseye.stores.embedded.session import Session
from mindseye.stores.schema import frames, photos
from mindseye.types import Ids, Matches, Mention, Photo

_NAMES: Final = tuple(PASSAGES)

# Words hold letters and digits only, and "ascii" takes whatever is not ASCII for a letter: it cuts
# at the blanks that were put between words, and nowhere else. No word is looked up by its place in
# a text, so none is kept.
_MAKE: Final = (
    f"CREATE VIRTUAL TABLE photo_texts USING fts5({', '.join(_NAMES)}, "
    "tokenize = 'ascii', detail = 'column', columnsize = 0)"
)

_table = table("photo_texts", column("rowid"), *(column(name) for name in _NAMES))

_BY_WEIGHT: Final = tuple(
    (weight, " ".join(name for name in _NAMES if PASSAGES[name].weight == weight))
    for weight in sorted({passage.weight for passage in PASSAGES.values()}, reverse=True)
)
"""The weights of passages, greatest first, each with its columns."""

_AT_ONCE: Final = 2000
"""Photos in memory at a time while all of them are looked at."""


class EmbeddedTexts:
    """Looks words up; every method is one short transaction of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def search(
        self, words: str, limit: int, within: Ids | None = None, beside: Sequence[int] = ()
    ) -> Matches:
        """The photos whose texts say most of `words`, best first, and those of `beside`."""
        with self._session.read() as connection:
            said = [_said(connection, one) for one in sought(words)]
            count = connection.execute(select(func.count()).select_from(photos)).scalar_one()
            found = evidence(said, count)
            if within is not None:
                found = _among(found, _owners(connection, found.ids, within))
        return _best(found, limit, beside)

    def mentions(self, words: str, photo_ids: Sequence[int]) -> dict[int, tuple[Mention, ...]]:
        """Where the texts of these photos say any of `words`, for those that do."""
        with self._session.read() as connection:
            listed = load_photos(connection, one_of(photos.c.id, photo_ids))
        told = {photo_id: mentions(photo, words) for photo_id, photo in listed.items()}
        return {photo_id: where for photo_id, where in told.items() if where}


def write_texts(connection: Connection, photo_ids: Iterable[int]) -> None:
    """Bring the words of these photos up to what the catalog says now, in its transaction."""
    ids = list(photo_ids)
    if ids:
        forget_texts(connection, ids)
        _insert(connection, _visible(connection, one_of(photos.c.id, ids)))


def forget_texts(connection: Connection, photo_ids: Iterable[int]) -> None:
    """Take the words of these photos out."""
    connection.execute(_table.delete().where(one_of(_table.c.rowid, photo_ids)))


def rebuild_texts(connection: Connection) -> None:
    """Make the table anew from the catalog."""
    connection.execute(text("DROP TABLE IF EXISTS photo_texts"))
    connection.execute(text(_MAKE))
    for some in _all_visible(connection):
        _insert(connection, some)
    connection.execute(text("INSERT INTO photo_texts(photo_texts) VALUES ('optimize')"))


def differing_texts(connection: Connection) -> int:
    """How many photos have other words in the table than the catalog says."""
    kept = {row[0]: row[1:] for row in connection.execute(select(_table))}
    wrong = 0
    for some in _all_visible(connection):
        wrong += sum(kept.pop(photo.id, None) != tuple(_row(photo).values())[1:] for photo in some)
    return wrong + len(kept)


def sound(connection: Connection) -> bool:
    """Whether the table can be read and its index says what it holds; needs a writer's lock."""
    try:
        connection.execute(text("INSERT INTO photo_texts(photo_texts) VALUES ('integrity-check')"))
    except DatabaseError:
        return False
    return True


def _row(photo: Photo) -> dict[str, object]:
    """What is kept of a photo: its id, and for each passage its words between blanks."""
    return {"rowid": photo.id, **{name: " ".join(said) for name, said in words_of(photo).items()}}


def _insert(connection: Connection, listed: Sequence[Photo]) -> None:
    if listed:
        connection.execute(_table.insert(), [_row(photo) for photo in listed])


def _visible(connection: Connection, where: ColumnElement[bool]) -> list[Photo]:
    return list(load_photos(connection, where & photos.c.missing_since.is_(None)).values())


def _all_visible(connection: Connection) -> Iterator[list[Photo]]:
    last = connection.execute(select(func.max(photos.c.id))).scalar() or 0
    for first in range(0, last + 1, _AT_ONCE):
        yield _visible(connection, photos.c.id.between(first, first + _AT_ONCE - 1))


def _said(connection: Connection, one: Sought) -> Said:
    """The photos that say a word, each with the weight of its weightiest passage that does."""
    ids, weights = np.empty(0, np.int64), np.empty(0, np.float32)
    for weight, columns in _BY_WEIGHT:
        more = _holding(connection, f"{{{columns}}} : {_expression(one)}")
        more = np.setdiff1d(more, ids, assume_unique=True)
        ids = np.concatenate([ids, more])
        weights = np.concatenate([weights, np.full(len(more), weight, np.float32)])
    return Said(ids, weights)


def _expression(one: Sought) -> str:
    """A word as FTS5 is asked for it. Words hold no quotes: between two, nothing is an operator."""
    whole, *parts = (f'"{word}"' for word in (one.whole, *one.parts))
    return f"({whole} OR ({' AND '.join(parts)}))" if parts else whole


def _holding(connection: Connection, expression: str) -> Ids:
    listed = text("SELECT group_concat(rowid) FROM photo_texts WHERE photo_texts MATCH :expression")
    return ids_from(connection.execute(listed, {"expression": expression}).scalar_one())


def _owners(connection: Connection, photo_ids: Ids, frame_ids: Ids) -> Ids:
    """Those of these photos that own any of these frames."""
    listed = select(func.group_concat(frames.c.photo_id), func.group_concat(frames.c.id)).where(
        one_of(frames.c.photo_id, photo_ids.tolist())
    )
    owners, owned = map(ids_from, connection.execute(listed).one())
    return np.unique(owners[np.isin(owned, frame_ids)])


def _among(found: Matches, photo_ids: Ids) -> Matches:
    kept = np.isin(found.ids, photo_ids, assume_unique=True)
    return Matches(found.ids[kept], found.scores[kept])


def _best(found: Matches, limit: int, beside: Sequence[int]) -> Matches:
    """The `limit` best, of equals the newest, and those of `beside`."""
    order = np.lexsort((-found.ids, -found.scores))
    kept = np.isin(found.ids[order], np.asarray(beside, np.int64))
    kept[:limit] = True
    order = order[kept]
    return Matches(found.ids[order], found.scores[order])
