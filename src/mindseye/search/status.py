"""How complete a library is: what could be found, and what of it can be by now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mindseye.errors import MindseyeError, UsageError
from mindseye.query.model import Filter
from mindseye.search.members import Members, takes_terms
from mindseye.stores.albums import reach
from mindseye.stores.base import Coverage, Root, SpaceInfo, Store
from mindseye.stores.scope import Scope
from mindseye.types import Album, EmbeddingSpace


@dataclass(frozen=True, slots=True)
class AlbumStatus:
    """An album, what it is searched by, how many frames it holds, and how many of them wait.

    `frames` is None where only an encoder could tell: its search has terms. `waiting` then counts
    all that the search may look at. `picked` counts photos picked by hand. `trouble` says why
    nobody can tell.
    """

    album: Album
    encoder: str
    frames: int | None
    waiting: int
    picked: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """How complete a library is.

    `encoder` is the spec it is searched by, `encoded` counts frames in its space; `bytes_on_disk`
    gives the size of each file of the library folder; `notices` are for people to read.
    """

    library: str
    store: str
    encoder: str
    roots: tuple[Root, ...]
    coverage: Coverage
    encoded: int
    spaces: tuple[SpaceInfo, ...]
    bytes_on_disk: dict[str, int] = field(default_factory=dict)
    albums: tuple[AlbumStatus, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def waiting(self) -> int:
        """Frames that have no vector of the current encoder yet."""
        return max(self.coverage.frames - self.encoded, 0)


@dataclass(frozen=True, slots=True)
class Census:
    """Looks at all of a library; `open_space` gives the space of a spec, or raises."""

    store: Store
    folder: Path
    open_space: Callable[[str], EmbeddingSpace]

    def status(self, scope: Scope, album_scopes: list[Scope]) -> Status:
        """The status of a library searched as `scope` says, with its albums."""
        spaces = self.store.spaces()
        space, _ = self._space_of(scope.encoder, spaces)
        albums = tuple(self._album(each, spaces) for each in album_scopes if each.album)
        notices = [
            notice
            for each in (scope, *album_scopes)
            for notice in (*each.notices, *self._space_of(each.encoder, spaces)[1])
        ]
        notices += [album.trouble for album in albums if album.trouble]
        return Status(
            library=str(self.folder),
            store=self.store.url,
            encoder=scope.encoder,
            roots=tuple(self.store.files.roots()),
            coverage=self.store.catalog.coverage(),
            encoded=sum(info.vectors for info in spaces if info.space == space),
            spaces=tuple(spaces),
            bytes_on_disk=_sizes(self.folder),
            albums=albums,
            notices=tuple(dict.fromkeys(notices)),
        )

    def _album(self, scope: Scope, spaces: list[SpaceInfo]) -> AlbumStatus:
        assert scope.album is not None, "asked only of the scopes of albums"
        album, of = scope.album, reach(self.store, scope.album)
        space, _ = self._space_of(scope.encoder, spaces)
        known = any(info.space == space for info in spaces)
        waiting = (
            self.store.vectors(space).waiting_count(of)
            if space is not None and known
            else self._count(of)
        )
        picked = len(self.store.albums.picked(album.id))
        try:
            frames = self._held(album)
        except UsageError as error:
            return AlbumStatus(album, scope.encoder, None, waiting, picked, error.message)
        return AlbumStatus(album, scope.encoder, frames, waiting, picked)

    def _held(self, album: Album) -> int | None:
        if takes_terms(self.store, album):
            return None
        return self._count(Members(self.store, _no_encoder).of(album))

    def _count(self, of: Filter | None) -> int:
        if of is None:
            return self.store.catalog.coverage().frames
        return len(self.store.catalog.matching(of, datetime.now()))

    def _space_of(
        self, spec: str, spaces: list[SpaceInfo]
    ) -> tuple[EmbeddingSpace | None, tuple[str, ...]]:
        """The space of a spec; where its encoder cannot be opened, the last one of that name."""
        try:
            return self.open_space(spec), ()
        except MindseyeError as error:
            named = [info.space for info in spaces if info.space.encoder == spec]
            trouble = f"the encoder {spec} cannot be used here: {error.message}"
            return (named[-1] if named else None), (trouble,)


def _no_encoder(album: Album, _: Filter | None) -> frozenset[int]:
    raise UsageError(f"an encoder is needed to say which photos the album {album.name!r} holds")


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of each file of the library folder, by path relative to it."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
