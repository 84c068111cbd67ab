"""What may stand in place of the last word of a query, with how many photos it would find."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, TypeAlias, get_args

from pydantic import BaseModel

from mindseye.fold import fold
from mindseye.library import Library
from mindseye.query.facets import BY_NAME
from mindseye.query.fields import completions
from mindseye.query.model import as_typed
from mindseye.query.values import written
from mindseye.server.memory import Memory
from mindseye.stores.base import Selection

Kind: TypeAlias = Literal[
    "city", "region", "country", "person", "keyword", "camera", "lens", "year", "album", "field"
]
"""What is suggested: a value of the facet so called, an album, or the beginning of a filter."""

_SUGGESTED: Final = 12
_COUNTED: Final = 2000
"""So many values of each facet are known to suggestions, the commonest."""

_LAST: Final = re.compile(r'-?(?:[A-Za-z]+:)?(?:"[^"]*|[^\s"]*)$')
"""The word that is being typed: maybe a field, then the beginning of a value."""


class Suggestion(BaseModel):
    """One way to go on: the whole query with its last word completed."""

    text: str
    kind: Kind
    value: str
    filter: str
    photos: int | None = None


def suggestions(library: Library, memory: Memory, typed: str) -> list[Suggestion]:
    """Ways to go on: a dozen values, those of the most photos first, then fields."""
    found = _LAST.search(typed)
    last = found[0] if found else ""
    if not last:
        return []
    before = typed[: len(typed) - len(last)]
    sign = "-" if last.startswith("-") else ""
    known = memory.get("suggestions", lambda: list(_known(library)))
    values = [
        entry.model_copy(update={"text": f"{before}{sign}{entry.filter}"})
        for entry in known
        if _goes_on(entry, last.removeprefix("-"))
    ]
    values.sort(key=lambda entry: -(entry.photos or 0))
    fields = [
        Suggestion(text=f"{before}{one}", kind="field", value=one, filter=one)
        for one in completions(last)
    ]
    return [*values[:_SUGGESTED], *fields[:_SUGGESTED]]


def _goes_on(entry: Suggestion, word: str) -> bool:
    """Whether a value, by its field where that is typed, has a word that begins so."""
    name, colon, value = word.partition(":")
    begun = _folded((value if colon else name).strip('"'))
    if colon and not entry.filter.startswith(f"{name.lower()}:"):
        return False
    folded = _folded(entry.value)
    return bool(begun) and (folded.startswith(begun) or f" {begun}" in folded)


def _known(library: Library) -> Iterator[Suggestion]:
    """Every value of the whole library with its count; albums are not counted."""
    for kind in get_args(Kind):
        if kind not in BY_NAME:
            continue
        for count in library.store.counts.facet(kind, Selection(), _COUNTED):
            filter_ = as_typed(BY_NAME[kind].filter(count.value))
            yield Suggestion(
                text="", kind=kind, value=count.value, filter=filter_, photos=count.photos
            )
    for album in library.store.albums:
        filter_ = f"album:{written(album.name)}"
        yield Suggestion(text="", kind="album", value=album.name, filter=filter_)


def _folded(text: str) -> str:
    return fold(text) or ""
