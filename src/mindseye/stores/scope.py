"""What a search covers: one encoder's space, the photos of an album, and what people must know.

A library is searched by the encoder it has recorded, whatever the settings ask for meanwhile: a
setting that changes must not make search go dark. That the two differ is announced instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from shlex import quote

from mindseye.config import Settings
from mindseye.encoders.spec import EncoderSpec
from mindseye.media import paths
from mindseye.stores.base import ENCODER, Store
from mindseye.types import Album

FIRST = "builtin"
"""The encoder of a new library where nothing is chosen."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The spec of the encoder, the album or None for all photos, and notices for people."""

    encoder: str
    album: Album | None = None
    notices: tuple[str, ...] = ()


def canonical(spec: str) -> str:
    """A spec as it is recorded; raises `SpecError`.

    The path of a model directory becomes absolute: the library is opened from anywhere.
    """
    parsed = EncoderSpec.parse(spec)
    if parsed.scheme == "local":
        parsed = replace(parsed, name=paths.absolute(parsed.name))
    return str(parsed)


def wanted_encoder(settings: Settings) -> str:
    """The spec the settings ask for, "" where they leave it to the library."""
    return canonical(settings.encoder) if settings.encoder else ""


def insists(settings: Settings) -> bool:
    """Whether the encoder was named by a flag: then no other one will do."""
    return bool(settings.encoder) and settings.source.get("encoder") == "flag"


def scope_of(store: Store, settings: Settings, album: Album | None = None) -> Scope:
    """What is searched now; raises `SpecError` for a setting that is no spec."""
    wanted, recorded = wanted_encoder(settings), store.choices.find(ENCODER)
    if insists(settings):
        return Scope(wanted, album)
    library = recorded or wanted or FIRST
    if album is not None:
        return _album_scope(album, library)
    if wanted in {"", library}:
        return Scope(library)
    notice = (
        f"the settings ask for the encoder {wanted}; the library is searched by {library} "
        f"until `mindseye reencode --encoder {quote(wanted)}` has built the other"
    )
    return Scope(library, notices=(notice,))


def _album_scope(album: Album, library: str) -> Scope:
    now, wanted = album.searched_by or library, album.encoder or library
    if now == wanted:
        return Scope(now, album)
    notice = (
        f"the album {album.name!r} asks for the encoder {wanted}; it is searched by {now} "
        f"until `mindseye reencode --album {quote(album.name)}` has built the other"
    )
    return Scope(now, album, (notice,))
