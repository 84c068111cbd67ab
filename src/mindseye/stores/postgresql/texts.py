"""The words of photos in a table with an inverted index (GIN), and their texts folded.

Words are arrays, looked up by containment: no query language is involved, so nothing that is asked
for is an operator, and characters of scripts without blanks are words like others.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from hashlib import md5
from itertools import chain
from typing import Final

from sqlalchemy import Connection, select, text
from sqlalchemy import column as column_of
from sqlalchemy import table as table_of

from mindseye.fold import fold
from mindseye.query.facts import fact
from mindseye.query.fields import FIELDS, Kind
from mindseye.query.passages import PASSAGES, words_of
from mindseye.query.segment import Sought
from mindseye.stores.schema import Id
from mindseye.stores.sql.expressions import ids_from, one_of
from mindseye.stores.sql.words import WEIGHTS, Words
from mindseye.types import Ids, Photo

_LONGEST: Final = 255
"""Of a longer word so many characters are looked up: an entry of the index holds 2.7 kB."""

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

_COMPARED: Final = tuple(
    {
        name
        for spec in FIELDS
        if spec.kind in {Kind.TEXT, Kind.WORDS, Kind.ENDING}
        for name in (*spec.facts, *spec.codes)
    }
)
"""Facts that are texts and compared without case and accents."""

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
            for weight, said in _said(photo).items()
        ]
        if rows:
            connection.execute(_WRITE, rows)
        texts = {said for photo in listed for said in _texts(photo) if not said.isascii()}
        if texts:
            rows = [{"digest": _digest(said), "folded": fold(said)} for said in texts]
            connection.execute(_FOLD, rows)

    def forget(self, connection: Connection, photo_ids: Iterable[int]) -> None:
        """Take the words of these photos out; texts stay folded, others may say the same."""
        connection.execute(_words.delete().where(one_of(_words.c.photo_id, photo_ids)))

    def holding(self, connection: Connection, one: Sought, weight: float) -> Ids:
        """The photos that say a word where it weighs so much, each once."""
        whole = [one.whole[:_LONGEST]]
        parts = [part[:_LONGEST] for part in one.parts] or whole
        asked = {"weight": weight, "whole": whole, "parts": parts}
        return ids_from(connection.execute(_FIND, asked).scalar())

    def row_of(self, photo: Photo) -> Hashable:
        """What `kept` should give for a photo."""
        return frozenset((weight, *said) for weight, said in _said(photo).items())

    def kept(self, connection: Connection) -> dict[int, Hashable]:
        """What is written of each photo, by its id."""
        found: dict[int, frozenset[tuple[object, ...]]] = {}
        for photo_id, weight, said in connection.execute(select(_words)):
            found[photo_id] = found.get(photo_id, frozenset()) | {(weight, *said)}
        return dict(found)

    def settle(self, connection: Connection) -> None:
        """Let the server know how many words there are."""
        connection.execute(text("ANALYZE photo_words, foldings"))


def _said(photo: Photo) -> dict[float, list[str]]:
    """For each weight the words that weigh so much, in order; a photo always has a name."""
    said = words_of(photo)
    found = {}
    for weight in WEIGHTS:
        names = [name for name in PASSAGES if PASSAGES[name].weight == weight]
        words = chain.from_iterable(said[name] for name in names)
        found[weight] = sorted({word[:_LONGEST] for word in words})
    return found


def _texts(photo: Photo) -> Iterator[str]:
    """Every text of a photo that a filter may compare folded (`mindseye.stores.texts`)."""
    for name in _COMPARED:
        known = fact(photo, name)
        if isinstance(known, str):
            yield known
        elif isinstance(known, tuple):
            yield from known


def _digest(said: str) -> str:
    return md5(said.encode(), usedforsecurity=False).hexdigest()
