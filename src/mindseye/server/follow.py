"""Follows what changes below one root, in a thread of its own, for as long as it is wanted.

Where the system tells of changes (inotify, FSEvents, ReadDirectoryChangesW) they are heard of at
once. File systems of other machines tell nothing of what those do, and a system watches so many
folders only: there the files are looked at again and again (polling).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import Event, Thread
from typing import Final

from watchfiles import Change as Kind
from watchfiles import watch

from mindseye.errors import MindseyeError, UnsupportedMedia
from mindseye.ingest.roots import is_there
from mindseye.media import paths

_log = logging.getLogger(__name__)

_REMOTE: Final = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "lustre", "ncpfs", "nfs",
        "nfs4", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
    }
)  # fmt: skip
"""File systems, as Linux names them, of which nothing is told when another machine writes."""

_MOUNTS: Final = Path("/proc/self/mounts")

_HEARD_EVERY: Final = 1000
"""Milliseconds after which a follower looks whether it is still wanted."""


class Sight(StrEnum):
    """How a root is seen."""

    OFF = "off"
    STARTING = "starting"
    WATCHING = "watching"
    POLLING = "polling"
    AWAY = "away"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: without a change until it is quiet, between polls, until what is away is tried.

    `busy` is how long it is waited for another program that writes into the library.
    """

    quiet: float = 3.0
    poll: float = 30.0
    again: float = 5.0
    busy: float = 30.0


@dataclass(slots=True)
class Follower:
    """Tells of every change below `root` (absolute text), and how the root is seen.

    `heard` gets each change; None says that anything below the root may have changed: when it is
    seen first, when it comes back, and when the system lost count.
    """

    root: str
    pace: Pace
    heard: Callable[[Kind | None, str], None]
    told: Callable[[Sight, str], None]
    watching: Callable[..., Iterator[set[tuple[Kind, str]]]] = watch
    polls: bool = False
    _cannot: str = ""
    _closing: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def open(self) -> None:
        """Follow from now on."""
        self._thread = Thread(target=self._run, name=f"watch {self.root}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Follow no more; waits for at most two seconds."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(2.0)

    def _run(self) -> None:
        while not self._closing.is_set():
            if is_there(self.root):
                self._follow()
            else:
                self._cannot = ""
                self._say(Sight.AWAY, "the folder is not there or empty; is its drive mounted?")
            self._closing.wait(self.pace.again)

    def _follow(self) -> None:
        """Follow until the root is gone or another one, or until the system gives up."""
        reason = self._reason_to_poll()
        self.polls = bool(reason)
        began = False
        try:
            place = _place(self.root)
            for changes in self._changes():
                if not began:
                    began = True
                    self._say(Sight.POLLING if self.polls else Sight.WATCHING, reason)
                    self.heard(None, self.root)
                for kind, path in changes:
                    self._hear(kind, path)
                if not is_there(self.root) or _place(self.root) != place:
                    return
        except (OSError, RuntimeError, MindseyeError) as error:  # watchfiles raises the first two
            self._given_up(str(error), began=began)

    def _changes(self) -> Iterator[set[tuple[Kind, str]]]:
        return self.watching(
            paths.from_text(self.root),
            watch_filter=None,
            stop_event=self._closing,
            rust_timeout=_HEARD_EVERY,
            yield_on_timeout=True,
            raise_interrupt=False,
            force_polling=self.polls,
            poll_delay_ms=round(self.pace.poll * 1000),
            ignore_permission_denied=True,
        )

    def _say(self, sight: Sight, reason: str) -> None:
        if not self._closing.is_set():
            self.told(sight, reason)

    def _hear(self, kind: Kind, path: str) -> None:
        # The scan leaves names out that have no text.
        with suppress(UnsupportedMedia):
            self.heard(kind, paths.to_text(path))

    def _given_up(self, reason: str, *, began: bool) -> None:
        """Go on otherwise: what began well is begun anew, what cannot be watched is polled."""
        if not is_there(self.root):
            return
        if not began and self.polls:
            self._say(Sight.FAILED, reason)
        elif not began:
            self._cannot = f"the system cannot watch it: {reason}"
            self._follow()
        else:
            # A name that is not UTF-8 is enough: what was told with it is lost.
            _log.warning("the watch of %s begins anew: %s", ascii(self.root), reason)

    def _reason_to_poll(self) -> str:
        kind = file_system(paths.from_text(self.root))
        remote = kind.removeprefix("fuse.") != kind or kind in _REMOTE
        return f"changes on {kind} are not told" if remote else self._cannot


def file_system(path: str, mounts: Path = _MOUNTS) -> str:
    """The kind of file system that a path lies on, as Linux names it; "" where that is unknown."""
    try:
        lines = mounts.read_bytes().decode(errors="surrogateescape").splitlines()
    except OSError:
        return ""
    real, best, found = os.path.realpath(path), "", ""
    for line in lines:
        _, where, kind, *_ = line.split(" ")
        for escaped, plain in (("\\040", " "), ("\\011", "\t"), ("\\134", "\\")):
            where = where.replace(escaped, plain)
        if len(where) >= len(best) and paths.covers(where, real):
            best, found = where, kind
    return found


def _place(root: str) -> tuple[int, int]:
    """What a folder is, whatever it is called: a drive that is mounted over it is another one."""
    state = Path(paths.from_text(root)).stat()
    return state.st_dev, state.st_ino
