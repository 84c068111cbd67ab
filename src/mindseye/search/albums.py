"""Albums as people name them become albums as the library keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mindseye.errors import QueryError, UsageError
from mindseye.media import paths
from mindseye.query.model import Picture
from mindseye.query.terms import TermPart
from mindseye.search.members import goes_in_circles
from mindseye.stores.albums import asked_of, misread, name_key, named, named_albums
from mindseye.stores.base import ENCODER, Store
from mindseye.stores.scope import FIRST, canonical
from mindseye.types import Album


def checked(store: Store, album: Album) -> Album:
    """The album with absolute folders, outermost ones only, and the canonical spec of its encoder.

    One that asks for the library's own encoder is searched by it at once; for any other the wish
    is recorded, and a change of encoder fulfils it. Raises `UsageError`, `SpecError`, `QueryError`.
    """
    name = album.name.strip()
    if not name:
        raise UsageError("an album needs a name")
    if album.max_results is not None and album.max_results < 1:
        raise UsageError(f"an album shows at least one result, not {album.max_results}")
    folders = _outermost([paths.to_text(paths.absolute(folder)) for folder in album.folders])
    encoder = canonical(album.encoder) if album.encoder else ""
    search = album.search.strip()
    album = replace(album, name=name, folders=folders, encoder=encoder, search=search)
    if search:
        _check_search(store, album)
    if encoder in {"", store.choices.find(ENCODER) or FIRST}:
        return replace(album, searched_by=encoder)
    return album


def _check_search(store: Store, album: Album) -> None:
    asked = asked_of(album)
    if not asked.terms and asked.filter is None:
        raise UsageError(
            f"the search of the album {album.name!r} finds every photo",
            hint="add words or filters to it",
        )
    for part in asked.parts:
        value = part.term.value if isinstance(part, TermPart) else None
        if isinstance(value, Picture) and not value.path.is_absolute():
            raise QueryError(
                "a search that is kept needs the whole path of a picture",
                offset=part.start,
                hint=f"write {paths.absolute(value.path)}",
                query=album.search,
            )
    _refuse_circles(store, album, [])


def _refuse_circles(store: Store, album: Album, above: Sequence[Album]) -> None:
    """Refuse searches that name each other; what albums further in name need not be there."""
    path = [*above, album]
    for field in named_albums(asked_of(album).filter):
        if name_key(str(field.value)) == name_key(path[0].name):
            raise goes_in_circles([*path, path[0]])
        try:
            inner = named(store, field)
        except QueryError as error:
            if not above:
                raise misread(album, error) from error
            continue
        if any(inner.id == other.id for other in path):
            raise goes_in_circles([*path, inner])
        _refuse_circles(store, inner, path)


def _outermost(folders: list[str]) -> tuple[str, ...]:
    """Each folder once, and none that lies in another."""
    once = list(dict.fromkeys(folders))
    return tuple(
        folder
        for folder in once
        if not any(paths.covers(above, folder) for above in once if above != folder)
    )
