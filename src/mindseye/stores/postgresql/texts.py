"""The words of photos in a table with an inverted index (GIN), and their texts folded.

Words are arrays, looked up by containment: no query language is involved, so nothing that is asked
for is an operator, and characters of scripts without blanks are words like others.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, select, text
from sqlalchemy import column as column_of
from sqlalchemy import table as table_of

from mindseye.fold import fold
from mindseye.query.segment import Sought
from mindseye.stores.schema import Id
from mindseye.stores.sql.expressions import ids_from, one_of
from mindseye.stores.sql.foldings import (
    LONGEST_WORD,
    compared_texts,
    digest_of,
    words_by_weight,
)
from mindseye.stores.sql.words import Words
from mindseye.types import Ids, Photo

_MAKE: Final = (
    "DROP TABLE IF EXISTS photo_words, foldings",
    """CREATE TABLE photo_words (
        photo_id BIGINT NOT NULL REFERENCES photos ON DELETE CASCADE,
        weight DOUBLE PRECISION NOT NULL,
        words TEXT[] COLLATE "C" NOT NULL,
        PRIMARY KEY (photo_id, weight)
    )""",
    "CREATE INDEX ix_photo_words_words ON photo_words USING gin (words)",
    """CREATE TABLE foldings (
        digest VARCHAR(32) COLLATE "C" PRIMARY KEY,
        folded TEXT COLLATE "C" NOT NULL
    )""",
)

_words = table_of("photo_words", column_of("photo_id", Id), column_of("weight"), column_of("words"))

_WRITE: Final = text("INSERT INTO photo_words VALUES (:photo_id, :weight, :words)")
_FOLD: Final = text("INSERT INTO foldings VALUES (:digest, :folded) ON CONFLICT DO NOTHING")
_FIND: Final = text(
    "SELECT string_agg(photo_id::text, ',') FROM photo_words"
    " WHERE weight = :weight AND (words @> :whole OR words @> :parts)"
)


class PostgresWords(Words):
    """The words of photos, a row for each photo and weight."""

    def make(self, connection: Connection) -> None:
        """Make the tables anew, without any words."""
        for statement in _MAKE:
            connection.execute(text(statement))

    def insert(self, connection: Connection, listed: Sequence[Photo]) -> None:
        """Write the words of photos of which none are written, and their texts folded."""
        rows = [
            {"photo_id": photo.id, "weight": weight, "words": said}
            for photo in listed
            for weight, said in words_by_weight(photo).items()
        ]
        if rows:
            connection.execute(_WRITE, rows)
        texts = {said for photo in listed for said in compared_texts(photo) if not said.isascii()}
        if texts:
            rows = [{"digest": digest_of(said), "folded": fold(said)} for said in texts]
            connection.execute(_FOLD, rows)

    def forget(self, connection: Connection, photo_ids: Iterable[int]) -> None:
        """Take the words of these photos out; texts stay folded, others may say the same."""
        connection.execute(_words.delete().where(one_of(_words.c.photo_id, photo_ids)))

    def holding(self, connection: Connection, one: Sought, weight: float) -> Ids:
        """The photos that say a word where it weighs so much, each once."""
        whole = [one.whole[:LONGEST_WORD]]
        parts = [part[:LONGEST_WORD] for part in one.parts] or whole
        asked = {"weight": weight, "whole": whole, "parts": parts}
        return ids_from(connection.execute(_FIND, asked).scalar())

    def row_of(self, photo: Photo) -> Hashable:
        """What `kept` should give for a photo."""
        return frozenset((weight, *said) for weight, said in words_by_weight(photo).items())

    def kept(self, connection: Connection) -> dict[int, Hashable]:
        """What is written of each photo, by its id."""
        found: dict[int, frozenset[tuple[object, ...]]] = {}
        for photo_id, weight, said in connection.execute(select(_words)):
            found[photo_id] = found.get(photo_id, frozenset()) | {(weight, *said)}
        return dict(found)

    def settle(self, connection: Connection) -> None:
        """Let the server know how many words there are."""
        connection.execute(text("ANALYZE photo_words, foldings"))
