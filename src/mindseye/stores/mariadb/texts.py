"""The words of photos in a table that is ordered by them, and their texts folded.

The server's own index over texts knows no words of one or two letters, and no words in scripts
without blanks between them; here each word that `mindseye.query.segment` cuts is a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, text
from sqlalchemy import column as column_of
from sqlalchemy import table as table_of

from mindseye.fold import fold
from mindseye.query.segment import Sought
from mindseye.stores.mariadb.expressions import COLLATION
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

_KIND: Final = f"ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={COLLATION}"

_MAKE: Final = (
    "DROP TABLE IF EXISTS photo_words",
    "DROP TABLE IF EXISTS foldings",
    f"""CREATE TABLE photo_words (
        word VARCHAR({LONGEST_WORD}) NOT NULL,
        weight DOUBLE NOT NULL,
        photo_id BIGINT NOT NULL,
        PRIMARY KEY (word, weight, photo_id),
        INDEX ix_photo_words_photo_id (photo_id)
    ) {_KIND}""",
    f"""CREATE TABLE foldings (
        digest VARCHAR(32) PRIMARY KEY,
        folded LONGTEXT NOT NULL
    ) {_KIND}""",
)

_words = table_of("photo_words", column_of("photo_id", Id), column_of("word"), column_of("weight"))

_WRITE: Final = text("INSERT INTO photo_words VALUES (:word, :weight, :photo_id)")
_FOLD: Final = text(
    "INSERT INTO foldings VALUES (:digest, :folded) ON DUPLICATE KEY UPDATE digest = digest"
)
_HOLD: Final = text(
    "SELECT group_concat(photo_id) FROM photo_words WHERE weight = :weight AND word = :whole"
)
_HOLD_PARTS: Final = text(
    "SELECT group_concat(photo_id) FROM ("
    " SELECT photo_id FROM photo_words WHERE weight = :weight AND word = :whole UNION"
    " SELECT photo_id FROM photo_words WHERE weight = :weight AND word IN :parts"
    " GROUP BY photo_id HAVING count(*) = :count"
    ") AS found"
).bindparams(bindparam("parts", expanding=True))


class MariaWords(Words):
    """The words of photos, a row for each photo, word and weight."""

    def make(self, connection: Connection) -> None:
        """Make the tables anew, without any words."""
        for statement in _MAKE:
            connection.execute(text(statement))

    def insert(self, connection: Connection, listed: Sequence[Photo]) -> None:
        """Write the words of photos of which none are written, and their texts folded."""
        rows = [
            {"photo_id": photo.id, "weight": weight, "word": word}
            for photo in listed
            for weight, said in words_by_weight(photo).items()
            for word in said
        ]
        if rows:
            connection.execute(_WRITE, rows)
        texts = {said for photo in listed for said in compared_texts(photo) if not said.isascii()}
        if texts:
            folded = [{"digest": digest_of(said), "folded": fold(said)} for said in texts]
            connection.execute(_FOLD, folded)

    def forget(self, connection: Connection, photo_ids: Iterable[int]) -> None:
        """Take the words of these photos out; texts stay folded, others may say the same."""
        connection.execute(_words.delete().where(one_of(_words.c.photo_id, photo_ids)))

    def holding(self, connection: Connection, one: Sought, weight: float) -> Ids:
        """The photos that say a word where it weighs so much, each once."""
        asked = {"weight": weight, "whole": one.whole[:LONGEST_WORD]}
        parts = {part[:LONGEST_WORD] for part in one.parts}
        if not parts:
            return ids_from(connection.execute(_HOLD, asked).scalar())
        both = {**asked, "parts": sorted(parts), "count": len(parts)}
        return ids_from(connection.execute(_HOLD_PARTS, both).scalar())

    def row_of(self, photo: Photo) -> Hashable:
        """What `kept` should give for a photo."""
        return frozenset(
            (weight, word) for weight, said in words_by_weight(photo).items() for word in said
        )

    def kept(self, connection: Connection) -> dict[int, Hashable]:
        """What is written of each photo, by its id."""
        found: defaultdict[int, set[tuple[float, str]]] = defaultdict(set)
        listed = text("SELECT photo_id, weight, word FROM photo_words")
        for photo_id, weight, word in connection.execute(listed):
            found[photo_id].add((weight, word))
        return {photo_id: frozenset(said) for photo_id, said in found.items()}

    def settle(self, connection: Connection) -> None:
        """Nothing: the server counts words by itself."""
        del connection
