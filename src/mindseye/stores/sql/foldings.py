"""What a server keeps that cannot fold texts or cut them into words: both done by Mindseye."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import md5
from itertools import chain
from typing import Final

from mindseye.query.facts import fact
from mindseye.query.fields import FIELDS, Kind
from mindseye.query.passages import PASSAGES, words_of
from mindseye.stores.sql.words import WEIGHTS
from mindseye.types import Photo

LONGEST_WORD: Final = 255
"""Of a longer word so many characters are looked up: a key of a server's index holds some kB."""

_COMPARED: Final = tuple(
    {
        name
        for spec in FIELDS
        if spec.kind in {Kind.TEXT, Kind.WORDS, Kind.ENDING}
        for name in (*spec.facts, *spec.codes)
    }
)
"""Facts that are texts and compared without case and accents."""


def words_by_weight(photo: Photo) -> dict[float, list[str]]:
    """For each weight the words that weigh so much, in order; a photo always has a name."""
    said = words_of(photo)
    found = {}
    for weight in WEIGHTS:
        names = [name for name in PASSAGES if PASSAGES[name].weight == weight]
        words = chain.from_iterable(said[name] for name in names)
        found[weight] = sorted({word[:LONGEST_WORD] for word in words})
    return found


def compared_texts(photo: Photo) -> Iterator[str]:
    """Every text of a photo that a filter may compare folded (`mindseye.stores.texts`)."""
    for name in _COMPARED:
        known = fact(photo, name)
        if isinstance(known, str):
            yield known
        elif isinstance(known, tuple):
            yield from known


def digest_of(text: str) -> str:
    """The key under which a text is found folded: a server can work it out too."""
    return md5(text.encode(), usedforsecurity=False).hexdigest()
