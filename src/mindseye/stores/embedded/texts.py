"""The words of photos in an FTS5 table beside the catalog.

FTS5 is used as what it is at heart, an index from words to rows. The table keeps the words it was
given: with them a row can be taken out, and be compared with the catalog.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, column, select, table, text
from sqlalchemy.exc import DatabaseError

from mindseye.query.passages import PASSAGES, words_of
from mindseye.query.segment import Sought
from mindseye.stores.sql.expressions import ids_from, one_of
from mindseye.stores.sql.words import WEIGHTS, Words
from mindseye.types import Ids, Photo

_NAMES: Final = tuple(PASSAGES)

# Words hold letters and digits only, and "ascii" takes whatever is not ASCII for a letter: it cuts
# at the blanks that were put between words, and nowhere else. No word is looked up by its place in
# a text, so none is kept.
_MAKE: Final = (
    f"CREATE VIRTUAL TABLE photo_texts USING fts5({', '.join(_NAMES)}, "
    "tokenize = 'ascii', detail = 'column', columnsize = 0)"
)

_table = table("photo_texts", column("rowid"), *(column(name) for name in _NAMES))

_COLUMNS: Final = {
    weight: " ".join(name for name in _NAMES if PASSAGES[name].weight == weight)
    for weight in WEIGHTS
}
"""What words may weigh -> the columns in which they weigh so much."""


class EmbeddedWords(Words):
    """The words of photos, a row for each photo and a column for each passage."""

    def make(self, connection: Connection) -> None:
        """Make the table anew, without any words."""
        connection.execute(text("DROP TABLE IF EXISTS photo_texts"))
        connection.execute(text(_MAKE))

    def insert(self, connection: Connection, listed: Sequence[Photo]) -> None:
        """Write the words of photos of which none are written."""
        if listed:
            rows = [{"rowid": photo.id, **_said(photo)} for photo in listed]
            connection.execute(_table.insert(), rows)

    def forget(self, connection: Connection, photo_ids: Iterable[int]) -> None:
        """Take the words of these photos out."""
        connection.execute(_table.delete().where(one_of(_table.c.rowid, photo_ids)))

    def holding(self, connection: Connection, one: Sought, weight: float) -> Ids:
        """The photos that say a word where it weighs so much, each once."""
        expression = f"{{{_COLUMNS[weight]}}} : {_expression(one)}"
        listed = text("SELECT group_concat(rowid) FROM photo_texts WHERE photo_texts MATCH :words")
        return ids_from(connection.execute(listed, {"words": expression}).scalar_one())

    def row_of(self, photo: Photo) -> Hashable:
        """What `kept` should give for a photo."""
        return tuple(_said(photo).values())

    def kept(self, connection: Connection) -> dict[int, Hashable]:
        """What is written of each photo, by its id."""
        return {row[0]: tuple(row[1:]) for row in connection.execute(select(_table))}

    def sound(self, connection: Connection) -> bool:
        """Whether the table can be read and its index says what it holds."""
        check = "INSERT INTO photo_texts(photo_texts) VALUES ('integrity-check')"
        try:
            connection.execute(text(check))
        except DatabaseError:
            return False
        return True

    def settle(self, connection: Connection) -> None:
        """Join the pieces in which the index was written."""
        connection.execute(text("INSERT INTO photo_texts(photo_texts) VALUES ('optimize')"))


def _said(photo: Photo) -> dict[str, str]:
    """For each passage its words between blanks."""
    return {name: " ".join(said) for name, said in words_of(photo).items()}


def _expression(one: Sought) -> str:
    """A word as FTS5 is asked for it. Words hold no quotes: between two, nothing is an operator."""
    whole, *parts = (f'"{word}"' for word in (one.whole, *one.parts))
    return f"({whole} OR ({' AND '.join(parts)}))" if parts else whole
