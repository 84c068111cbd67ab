"""Albums as people name them become albums as the library keeps them."""

from __future__ import annotations

from dataclasses import replace

from mindseye.errors import UsageError
from mindseye.media import paths
from mindseye.stores.base import ENCODER, Store
from mindseye.stores.scope import FIRST, canonical
from mindseye.types import Album


def checked(store: Store, album: Album) -> Album:
    """The album with absolute folders, outermost ones only, and the canonical spec of its encoder.

    One that asks for the library's own encoder is searched by it at once; for any other the wish
    is recorded, and a change of encoder fulfils it. Raises `UsageError`, `SpecError`.
    """
    name = album.name.strip()
    if not name:
        raise UsageError("an album needs a name")
    folders = _outermost([paths.to_text(paths.absolute(folder)) for folder in album.folders])
    if not folders:
        raise UsageError(f"the album {name!r} needs at least one folder")
    if album.max_results is not None and album.max_results < 1:
        raise UsageError(f"an album shows at least one result, not {album.max_results}")
    encoder = canonical(album.encoder) if album.encoder else ""
    album = replace(album, name=name, folders=folders, encoder=encoder)
    if encoder in {"", store.choices.find(ENCODER) or FIRST}:
        return replace(album, searched_by=encoder)
    return album


def _outermost(folders: list[str]) -> tuple[str, ...]:
    """Each folder once, and none that lies in another."""
    once = list(dict.fromkeys(folders))
    return tuple(
        folder
        for folder in once
        if not any(paths.covers(above, folder) for above in once if above != folder)
    )
