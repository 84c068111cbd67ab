"""Who belongs to an album, said as a filter that every store and Python understand alike.

The photos below its folders (of the whole library where it names none) that its search finds, and
those picked by hand whatever the rest says. A search with terms needs an encoder: the photos it
finds are listed one by one. Everything else stays a rule, and is always up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mindseye.errors import QueryError, UsageError
from mindseye.media import paths
from mindseye.query.model import Among, And, Below, Field, Filter, Not, Or, Query, all_of
from mindseye.query.parse import Parsed
from mindseye.search.found import Found
from mindseye.stores.albums import asked_of, misread, named, named_albums
from mindseye.stores.base import Store
from mindseye.types import Album

EVERYONE: Final[Filter] = Not(Among(frozenset()))
"""The filter that every photo passes."""

_FIRST_LOOK = 1000
"""So many relevant photos are looked for at first; where there are more, for four times as many."""

Relevant = Callable[[Album, Filter | None], frozenset[int]]
"""The photos that the terms of an album's search find among those that pass a filter."""


@dataclass(frozen=True, slots=True)
class Members:
    """Turns albums into filters; `relevant` is asked only for searches with terms."""

    store: Store
    relevant: Relevant

    def within(self, album: Album) -> Filter | None:
        """The members of an album; None where it holds all of the library."""
        roots = self.store.files.roots()
        if not album.search and all(
            any(paths.covers(folder, root.path) for folder in album.folders) for root in roots
        ):
            return None
        return self.of(album)

    def of(self, album: Album, above: Sequence[Album] = ()) -> Filter:
        """The members of an album, named by the searches of those `above` it.

        Raises `QueryError` for a search that cannot be understood, `UsageError` for one that comes
        back to an album above, and what `relevant` raises.
        """
        if any(other.id == album.id for other in above):
            raise goes_in_circles([*above, album])
        picked = Among(self.store.albums.picked(album.id))
        if not album.folders and not album.search:
            return picked
        rule = self._rule(album, above)
        return Or((rule, picked)) if picked.photos else rule

    def resolved(self, filter_: Filter | None, above: Sequence[Album] = ()) -> Filter | None:
        """The filter with the members of albums in place of their names; raises as `of` does."""
        match filter_:
            case Field(name="album"):
                return self.of(named(self.store, filter_), above)
            case And(parts) | Or(parts):
                return type(filter_)(tuple(self._resolved(part, above) for part in parts))
            case Not(part):
                return Not(self._resolved(part, above))
        return filter_

    def _resolved(self, part: Filter, above: Sequence[Album]) -> Filter:
        resolved = self.resolved(part, above)
        assert resolved is not None, "only no filter becomes none"
        return resolved

    def _rule(self, album: Album, above: Sequence[Album]) -> Filter:
        """Who lies in the folders and is found by the search."""
        asked = asked_of(album)
        try:
            filter_ = self.resolved(asked.filter, [*above, album])
        except QueryError as error:
            # Where the search of an album further in is to blame, that one is shown already.
            raise error if error.query else misread(album, error) from error
        rule = all_of([Below(album.folders) if album.folders else None, filter_])
        return Among(self.relevant(album, rule)) if asked.terms else rule or EVERYONE


def among(within: Found | Collection[int] | None) -> Filter | None:
    """The photos found before, or those of these ids, as a filter; None stands for all."""
    if within is None:
        return None
    if isinstance(within, Found):
        return Among(frozenset(hit.photo.id for hit in within.hits))
    return Among(frozenset(within))


def require_albums(store: Store, asked: Parsed) -> None:
    """Raise `QueryError`, pointing at its name, for an album that is not there."""
    try:
        for field in named_albums(asked.filter):
            named(store, field)
    except QueryError as error:
        error.query = asked.text
        raise


def goes_in_circles(path: Sequence[Album]) -> UsageError:
    """The error for albums whose searches name each other; the last is one of those before."""
    start = next(place for place, album in enumerate(path) if album.id == path[-1].id)
    told = " names ".join(repr(album.name) for album in path[start:])
    return UsageError(
        f"the searches of albums go in circles: {told}",
        hint="`mindseye album edit NAME --search` changes one of them",
    )


def takes_terms(store: Store, album: Album, seen: frozenset[int] = frozenset()) -> bool:
    """Whether an encoder is needed to say who belongs to an album; raises `QueryError`."""
    if album.id in seen:
        return False
    asked = asked_of(album)
    try:
        inner = [named(store, field) for field in named_albums(asked.filter)]
    except QueryError as error:
        raise misread(album, error) from error
    # All of them are looked at, for what cannot be understood.
    needed = [takes_terms(store, other, seen | {album.id}) for other in inner]
    return bool(asked.terms) or any(needed)


def all_relevant(
    search: Callable[[Query], Found], query: Query, most: int | None
) -> frozenset[int]:
    """Ids of all photos above the cut-off of a query, at most `most`.

    Where nothing cuts the list, as many as the query's own limit.
    """
    uncut, limit = query.limit, _FIRST_LOOK
    while True:
        asked = limit if most is None else min(limit, most)
        found = search(replace(query, limit=asked))
        hits = found.hits[: found.relevant]
        if found.cutoff is None and most is None:
            hits = hits[:uncut]
        elif len(hits) == limit and limit == asked:
            limit *= 4
            continue
        return frozenset(hit.photo.id for hit in hits)
