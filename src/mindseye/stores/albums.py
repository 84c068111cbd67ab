"""What follows from an album as it is written down: its search, and what its encoder must know."""

from __future__ import annotations

from unicodedata import normalize

from mindseye.errors import NotFound, QueryError
from mindseye.query.model import Among, Below, Field, Filter, Or, all_of
from mindseye.query.parse import Parsed, fields_of, parse
from mindseye.stores.base import Store
from mindseye.types import Album


def name_key(name: str) -> str:
    """A name as it is compared: composed, and without the difference of large and small."""
    return normalize("NFC", name).casefold()


def asked_of(album: Album) -> Parsed:
    """What an album's search asks for; raises `QueryError`, which shows the search."""
    try:
        return parse(album.search)
    except QueryError as error:
        raise misread(album, error) from error


def misread(album: Album, error: QueryError) -> QueryError:
    """An error in the search of an album, which says where that is and shows the search."""
    return QueryError(
        f"the search of the album {album.name!r} cannot be understood: {error.message}",
        offset=error.offset,
        hint=error.hint,
        query=album.search,
    )


def named_albums(filter_: Filter | None) -> list[Field]:
    """The comparisons of a filter that name albums."""
    return [] if filter_ is None else [f for f in fields_of(filter_) if f.name == "album"]


def named(store: Store, field: Field) -> Album:
    """The album that a comparison names; raises `QueryError` at its name, with the nearest."""
    try:
        return store.albums.get(str(field.value))
    except NotFound as error:
        raise QueryError(error.message, offset=field.offset or 0, hint=error.hint) from error


def reach(store: Store, album: Album) -> Filter | None:
    """The photos an album may hold as far as that is known without an encoder; None for all.

    An encoder of the album's own must know them. The terms of its search and the albums that it
    names leave nothing out, nor does a search that cannot be understood.
    """
    picked = Among(store.albums.picked(album.id))
    if not album.folders and not album.search:
        return picked
    try:
        only = asked_of(album).filter
    except QueryError:
        only = None
    rule = all_of(
        [
            Below(album.folders) if album.folders else None,
            None if named_albums(only) else only,
        ]
    )
    return Or((rule, picked)) if rule is not None and picked.photos else rule
