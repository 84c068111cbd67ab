"""Takes in by itself what changes in the roots of the library, root by root as it is wanted.

Each watched root has a follower; what those hear of is gathered until it is quiet, and then a job
takes in the folders that were touched, one such job at a time. Nothing is forgotten on the way: a
root that is away is waited for, and an ingest forgets no photo of a drive that is not there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

from sqlalchemy import select
from watchfiles import Change as Kind

from mindseye.config import Settings
from mindseye.errors import MindseyeError, NotFound
from mindseye.ingest.roots import is_there
from mindseye.media import paths
from mindseye.media.formats import SUFFIXES
from mindseye.media.scan import IGNORE_FILES, SYSTEM_FOLDERS
from mindseye.server.changes import Change, Changes
from mindseye.server.follow import Follower, Pace, Sight
from mindseye.server.jobs import Job, Jobs, State
from mindseye.server.records import Records
from mindseye.server.schema import watched
from mindseye.stores.base import Root, Store

_log = logging.getLogger(__name__)

_LOOKED_EVERY: Final = 0.5
"""Seconds between two looks at what has settled."""

_ROOTS_EVERY: Final = 4
"""Every so many looks it is seen which roots there are."""

_HELD: Final = frozenset({"StoreBusy", "StoreUnavailable"})
"""Errors of an ingest that another program is the reason of: it is tried again."""

BY_WATCH: Final = {"started_by": "watch"}
"""What tells the jobs of the watch from those that somebody asked for."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A root of the library, whether it is watched, and how that goes.

    `own` is its own switch; None follows the setting `watch`. `since` is when it came to be seen
    as it is, in seconds since 1970; `version` grows with every change of any root.
    """

    id: int
    path: str
    own: bool | None
    watched: bool
    sight: Sight = Sight.OFF
    reason: str = ""
    since: float = 0.0
    version: int = 0


class Watch:
    """Watches the roots of a library; safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        records: Records,
        jobs: Jobs,
        settings: Settings,
        *,
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._records = records
        self._jobs = jobs
        self._settings = settings
        self._pace = pace or Pace(settings.watch_seconds)
        self._changes = Changes()
        self._followers: dict[str, Follower] = {}
        self._known: dict[int, Watched] = {}
        self._version = 0
        self._job: Job | None = None
        self._lock = Lock()
        self._looking = Lock()
        self._closing = Event()
        self._thread: Thread | None = None

    def open(self) -> None:
        """Watch from now on; a second time changes nothing."""
        if self._thread is None or not self._thread.is_alive():
            self._closing.clear()
            self._cancel_cut_off()
            self._thread = Thread(target=self._run, name="watch", daemon=True)
            self._thread.start()

    def all(self) -> list[Watched]:
        """All roots, by path."""
        self._look_at_roots()
        with self._lock:
            return sorted(self._known.values(), key=lambda root: root.path)

    def changes(self, after: int) -> list[Watched]:
        """The roots of which something changed after this version, in that order."""
        with self._lock:
            changed = [root for root in self._known.values() if root.version > after]
            return sorted(changed, key=lambda root: root.version)

    def switch(self, root_id: int, own: bool | None) -> Watched:
        """Watch a root or not, or, by None, as the setting says; raises `NotFound`."""
        path = next((root.path for root in self._store.files.roots() if root.id == root_id), None)
        if path is None:
            raise NotFound(f"there is no root {root_id}")
        with self._records.write() as connection:
            connection.execute(watched.delete().where(watched.c.path == path))
            if own is not None:
                connection.execute(watched.insert().values(path=path, watched=own))
        self._look_at_roots()
        with self._lock:
            return self._known[root_id]

    def go_by(self, settings: Settings) -> None:
        """Go by other settings from now on."""
        self._settings = settings
        self._pace = replace(self._pace, quiet=settings.watch_seconds)
        self._look_at_roots()

    def look(self) -> Job | None:
        """Start an ingest of what has settled, unless one that the watch started is under way."""
        if self._under_way():
            return None
        with self._lock:
            roots = [root.path for root in self._known.values() if root.watched]
        folders = set()
        for folder, gone in self._changes.settled().items():
            root = next((root for root in roots if paths.covers(root, folder)), None)
            if root is not None:
                folders.add(_to_look_at(root, folder, gone=gone))
        if folders:
            arguments = {"folders": sorted(folders), "again": False, **BY_WATCH}
            self._job = self._jobs.start("ingest", arguments)
            return self._job
        return None

    def close(self) -> None:
        """Watch no more."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(2.0)
        with self._looking:
            followers = [self._followers.pop(path) for path in list(self._followers)]
        for follower in followers:
            follower.close()

    def _run(self) -> None:
        looks = 0
        while not self._closing.wait(_LOOKED_EVERY):
            try:
                if looks % _ROOTS_EVERY == 0:
                    self._look_at_roots()
                self.look()
            except MindseyeError:
                # A database that is held by another program now is looked at again soon.
                _log.exception("what changed could not be looked at")
            looks += 1

    def _cancel_cut_off(self) -> None:
        """What a server that ended left undone is found again when its root is seen first."""
        for job in self._jobs.all():
            if job.state is State.PAUSED and BY_WATCH.items() <= job.arguments.items():
                self._jobs.cancel(job.id)

    def _under_way(self) -> bool:
        if self._job is None:
            return False
        try:
            job = self._jobs.get(self._job.id)
        except NotFound:
            job = replace(self._job, state=State.DONE)
        if job.state in {State.WAITING, State.RUNNING}:
            return True
        if job.state is State.FAILED and (job.error or {}).get("error") in _HELD:
            for folder in job.arguments["folders"]:
                self._changes.note(folder, Change(folder, quiet=self._pace.busy))
        self._job = None
        return False

    def _look_at_roots(self) -> None:
        """Begin with roots that are new or switched on, end with those that are not any more."""
        with self._looking:
            own = self._switches()
            roots = self._store.files.roots()
            with self._lock:
                self._known = {root.id: self._described(root, own) for root in roots}
                wanted = {root.path for root in self._known.values() if root.watched}
            for path in set(self._followers) - wanted:
                self._followers.pop(path).close()
                self._changes.forget(partial(paths.covers, path))
                self._tell(path, Sight.OFF, "")
            if self._thread is not None and not self._closing.is_set():
                for path in sorted(wanted - set(self._followers)):
                    self._follow(path)

    def _described(self, root: Root, own: Mapping[str, bool]) -> Watched:
        switch = own.get(root.path)
        on = self._settings.watch if switch is None else switch
        known = self._known.get(root.id)
        if known is None or known.path != root.path:
            return self._next(Watched(root.id, root.path, switch, on))
        if (known.own, known.watched) == (switch, on):
            return known
        return self._next(replace(known, own=switch, watched=on))

    def _next(self, root: Watched) -> Watched:
        self._version += 1
        return replace(root, version=self._version)

    def _switches(self) -> dict[str, bool]:
        with self._records.read() as connection:
            rows = connection.execute(select(watched)).mappings().all()
        return {row["path"]: row["watched"] for row in rows}

    def _follow(self, path: str) -> None:
        self._tell(path, Sight.STARTING, "")
        follower = Follower(path, self._pace, partial(self._hear, path), partial(self._tell, path))
        self._followers[path] = follower
        follower.open()

    def _tell(self, path: str, sight: Sight, reason: str) -> None:
        with self._lock:
            for root in self._known.values():
                if root.path == path and (root.sight, root.reason) != (sight, reason):
                    seen = replace(root, sight=sight, reason=reason, since=time.time())
                    self._known[root.id] = self._next(seen)
                    return

    def _hear(self, root: str, kind: Kind | None, path: str) -> None:
        """Gather a change, where an ingest would have something to do with it."""
        if kind is None:
            self._changes.note(root, Change(root))
            return
        if not path.startswith(root.rstrip("/") + "/") or self._is_left_out(root, path):
            return
        follower = self._followers.get(root)
        polled = self._pace.poll if follower is not None and follower.polls else 0.0
        folder = self._touched(root, kind, path)
        if folder is not None:
            gone = kind is Kind.deleted
            self._changes.note(path, Change(folder, gone=gone, quiet=self._pace.quiet + polled))

    def _touched(self, root: str, kind: Kind, path: str) -> str | None:
        """The folder in which to look for what happened; None where that concerns no photo."""
        above, name = path.rpartition("/")[::2]
        suffix = "." + name.rpartition(".")[2].lower()
        if suffix in SUFFIXES or suffix == ".xmp" or name in IGNORE_FILES:
            return above or "/"
        if kind is Kind.deleted:
            return (above or "/") if self._held_photos(root, path) else None
        # What a folder holds is told of itself, unless the folder came with it.
        return path if kind is Kind.added and paths.is_folder(path) else None

    def _held_photos(self, root: str, folder: str) -> bool:
        known = next((one for one in self._store.files.roots() if one.path == root), None)
        below = folder.removeprefix(root.rstrip("/") + "/")
        return known is not None and bool(self._store.files.folders(known.id, below))

    def _is_left_out(self, root: str, path: str) -> bool:
        if paths.covers(paths.to_text(self._settings.library), path):
            return True
        parts = path.removeprefix(root.rstrip("/") + "/").split("/")
        if any(part.lower() in SYSTEM_FOLDERS for part in parts):
            return True
        hidden = any(part.startswith(".") and part not in IGNORE_FILES for part in parts)
        return hidden and not self._settings.hidden


def _to_look_at(root: str, folder: str, *, gone: bool) -> str:
    """The folder, or the nearest above it that is there; and where something is gone, not empty.

    An empty folder is taken for a drive that is not mounted: what is gone from it is only noticed
    from above.
    """
    while folder != root:
        if is_there(folder) or (not gone and paths.is_folder(folder)):
            return folder
        folder = paths.to_text(Path(paths.from_text(folder)).parent)
    return root
