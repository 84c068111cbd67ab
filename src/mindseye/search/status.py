"""How complete a library is: what could be found, and what of it can be by now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mindseye.errors import MindseyeError
from mindseye.stores.base import Coverage, Root, SpaceInfo, Store
from mindseye.stores.scope import Scope
from mindseye.types import Album, EmbeddingSpace


@dataclass(frozen=True, slots=True)
class AlbumStatus:
    """An album, what it is searched by, its frames, and how many of them have no vector yet."""

    album: Album
    encoder: str
    frames: int
    waiting: int


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
        notices = [
            notice
            for each in (scope, *album_scopes)
            for notice in (*each.notices, *self._space_of(each.encoder, spaces)[1])
        ]
        return Status(
            library=str(self.folder),
            store=self.store.url,
            encoder=scope.encoder,
            roots=tuple(self.store.files.roots()),
            coverage=self.store.catalog.coverage(),
            encoded=sum(info.vectors for info in spaces if info.space == space),
            spaces=tuple(spaces),
            bytes_on_disk=_sizes(self.folder),
            albums=tuple(self._album(each, spaces) for each in album_scopes if each.album),
            notices=tuple(dict.fromkeys(notices)),
        )

    def _album(self, scope: Scope, spaces: list[SpaceInfo]) -> AlbumStatus:
        assert scope.album is not None, "asked only of the scopes of albums"
        frames = len(self.store.files.frames_below(scope.album.folders))
        space, _ = self._space_of(scope.encoder, spaces)
        known = any(info.space == space for info in spaces)
        waiting = (
            self.store.vectors(space).waiting_count(scope.album.folders)
            if space is not None and known
            else frames
        )
        return AlbumStatus(scope.album, scope.encoder, frames, waiting)

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


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of each file of the library folder, by path relative to it."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
