"""What the routes share: the library, what is remembered of it, jobs, thumbnails, who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from anyio import CapacityLimiter
from fastapi import Depends, Path, Request

from mindseye.config import Settings
from mindseye.errors import NotFound, NotPermitted
from mindseye.library import Library
from mindseye.media import paths
from mindseye.query.model import Among, Query
from mindseye.server.access.gate import Gate
from mindseye.server.access.roles import Caller, Role
from mindseye.server.folders import Folders
from mindseye.server.jobs import Jobs
from mindseye.server.memory import Memory
from mindseye.server.numbers import Numbers
from mindseye.server.preferences import Preferences, held_at_once
from mindseye.server.records import Records
from mindseye.server.schedule import Schedule
from mindseye.server.thumbnails import Thumbnails
from mindseye.server.watch import Watch
from mindseye.server.work import runs_over
from mindseye.types import Photo

MOST_ID: Final = 2**63 - 1

PhotoId = Annotated[int, Path(ge=1, le=MOST_ID, description="The id of a photo.", examples=[17])]


@dataclass(slots=True)
class Context:
    """Everything that outlives a request."""

    library: Library
    settings: Settings
    records: Records
    preferences: Preferences
    gate: Gate
    jobs: Jobs
    schedule: Schedule
    watch: Watch
    memory: Memory
    thumbnails: Thumbnails
    folders: Folders
    numbers: Numbers = field(default_factory=Numbers)
    drawing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))
    """Thumbnails drawn at once: they must not take every thread that searches need."""
    closing: bool = False

    @classmethod
    def over(cls, library: Library, settings: Settings) -> Context:
        """The context of a server over this library."""
        records = Records(settings.library)
        thumbnails = Thumbnails(
            settings.library / "thumbnails", settings.thumbnails_mb * 1_000_000, settings.max_pixels
        )
        jobs = Jobs(runs_over(library, thumbnails.put), records.keep_job, records.known_jobs())
        return cls(
            library=library,
            settings=settings,
            records=records,
            preferences=Preferences(records),
            gate=Gate(records, lambda album_id: _album_name(library, album_id)),
            jobs=jobs,
            schedule=Schedule(records, jobs),
            watch=Watch(library.store, records, jobs, settings),
            memory=Memory(library.store.columns.generation),
            thumbnails=thumbnails,
            folders=Folders.of(
                settings.folders, lambda: [root.path for root in library.store.files.roots()]
            ),
        )

    def album(self, caller: Caller, named: str | None) -> str | None:
        """The album that is looked at: the one named, or the only one a guest may see."""
        if caller.album is None:
            return named
        if named not in {None, caller.album}:
            raise NotPermitted("the link leads to another album")
        return caller.album

    def photo(self, caller: Caller, photo_id: int) -> Photo:
        """A photo the caller may see; raises `NotFound`."""
        photo = self.library.photo(photo_id)
        if caller.album is not None:
            only = Query(limit=1, filter=Among(frozenset({photo_id})))
            if not self.library.search(only, album=caller.album).hits:
                raise NotFound(f"there is no photo {photo_id}")
        return photo

    def album_name(self, album_id: int) -> str | None:
        """The name of an album by its id, None where it is gone."""
        return _album_name(self.library, album_id)

    def folder_text(self, named: str) -> str:
        """A folder a client names, resolved, as text of the library."""
        return paths.to_text(self.folders.resolve(named))

    def change_settings(self, changes: Mapping[str, Any]) -> None:
        """Keep settings that were chosen in a browser, and go by those that hold at once."""
        self.settings = self.preferences.choose(self.settings, changes)
        self.library.settings = held_at_once(self.library.settings, self.settings)
        self.thumbnails.limit = self.settings.thumbnails_mb * 1_000_000
        self.watch.go_by(self.settings)

    def close(self) -> None:
        """Let running work stop, and release the file of the server, not the library."""
        self.closing = True
        self.schedule.close()
        self.watch.close()
        self.jobs.close()
        self.records.close()


def _album_name(library: Library, album_id: int) -> str | None:
    found = (album.name for album in library.store.albums if album.id == album_id)
    return next(found, None)


async def context_of(request: Request) -> Context:
    """The context of the application a request came to."""
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(context_of)]


def allowed(role: Role) -> Callable[..., Caller]:
    """A dependency: the caller, who must have at least this role.

    Raises `NotAuthenticated` or `NotPermitted`.
    """

    def check(request: Request, context: Here) -> Caller:
        return context.gate.caller(request, role)

    check.role = role  # type: ignore[attr-defined]
    return check


Guest = Annotated[Caller, Depends(allowed(Role.GUEST))]
Viewer = Annotated[Caller, Depends(allowed(Role.VIEWER))]
Editor = Annotated[Caller, Depends(allowed(Role.EDITOR))]
Admin = Annotated[Caller, Depends(allowed(Role.ADMIN))]
