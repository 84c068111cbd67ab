"""The survey compares folders on disk with the catalog and says what is new, changed or gone.

Nothing is forgotten on doubt: a folder that cannot be read, a root that is not there, and a root
that is suddenly empty (an unmounted drive leaves an empty mount point) leave their photos alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from mindseye.media import paths
from mindseye.media.scan import Folder, ScannedFile, scan
from mindseye.stores.base import KnownFile, Root, Store
from mindseye.types import FileStamp, Location, Skipped

_FOLDERS_AT_ONCE = 256
_FILES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to take in: a new one, or (`photo_id`) a known photo whose file changed.

    `digests` are those of known photos of the same size: what the file may be a copy of.
    """

    location: Location
    path: str
    stamp: FileStamp
    photo_id: int | None = None
    digests: frozenset[str] = frozenset()


@dataclass(slots=True)
class Tally:
    """What a survey found besides candidates; complete only when the survey has ended."""

    unchanged: int = 0
    skipped_before: int = 0
    candidates: int = 0
    back: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    vanished: list[Location] = field(default_factory=list)
    unavailable: list[Skipped] = field(default_factory=list)
    unheld: list[Skipped] = field(default_factory=list)
    """Files that the database cannot even name; every survey finds them anew."""


@dataclass(frozen=True, slots=True)
class Survey:
    """One pass over a root, or over the folder `below` in it, against the catalog."""

    store: Store
    root: Root
    below: str = ""
    hidden: bool = False
    again: bool = False
    """Files that have not changed are candidates too, and none is known to be a copy."""
    tally: Tally = field(default_factory=Tally)

    def candidates(self) -> Iterator[Candidate]:
        """Files that are new or changed, while they are found; fills `tally` on the way."""
        visited: set[str] = set()
        unread: list[str] = []
        files = 0
        folders = scan(self.root.path, self.below, include_hidden=self.hidden)
        for group in _grouped(folders):
            for folder in group:
                visited.add(folder.path)
                files += len(folder.files)
                if not folder.readable:
                    unread.append(folder.path)
                    self._unavailable(folder.path, folder.reason)
            yield from self._compare([folder for folder in group if folder.readable])
        if not files and not unread and len(visited) <= 1 and self._knows_photos():
            self._unavailable(self.below, "the folder is empty; is its drive mounted?")
            self.tally.gone.clear()
            return
        self._note_vanished_folders(visited, unread)

    def _compare(self, folders: Sequence[Folder]) -> Iterator[Candidate]:
        known: dict[tuple[str, str], KnownFile] = {
            (file.location.folder, file.location.name): file
            for file in self.store.files.in_folders(
                self.root.id, [folder.path for folder in folders]
            )
        }
        fresh: list[tuple[Folder, ScannedFile, KnownFile | None]] = []
        for folder in folders:
            for file in folder.files:
                location = Location(self.root.id, folder.path, file.name)
                if not self.store.files.holds(location):
                    self._unheld(location)
                    continue
                before = known.pop((folder.path, file.name), None)
                if self.again or before is None or before.stamp != file.stamp:
                    fresh.append((folder, file, before))
                else:
                    self._note_unchanged(before)
        self._note_gone(known.values())
        digests = self.store.files.with_sizes(sorted({file.stamp.size for _, file, _ in fresh}))
        self.tally.candidates += len(fresh)
        for folder, file, before in fresh:
            location = Location(self.root.id, folder.path, file.name)
            yield Candidate(
                location,
                paths.join(self.root.path, location),
                file.stamp,
                before.photo_id if before else None,
                frozenset(() if self.again else digests.get(file.stamp.size, ())),
            )

    def _unheld(self, location: Location) -> None:
        reason = "the database holds no names that long (add a folder further down as a root)"
        self.tally.unheld.append(Skipped(paths.join(self.root.path, location), reason))

    def _note_unchanged(self, file: KnownFile) -> None:
        if file.skipped:
            self.tally.skipped_before += 1
        else:
            self.tally.unchanged += 1
        if file.missing and file.photo_id is not None:
            self.tally.back.append(file.photo_id)

    def _note_gone(self, files: Iterable[KnownFile]) -> None:
        for file in files:
            if file.skipped:
                self.tally.vanished.append(file.location)
            if file.photo_id is not None and not file.missing:
                self.tally.gone.append(file.photo_id)

    def _note_vanished_folders(self, visited: set[str], unread: Sequence[str]) -> None:
        """Folders the catalog knows that are not there any more, unless they may just be hidden."""
        known = self.store.files.folders(self.root.id, self.below)
        lost = [
            folder
            for folder in sorted(known - visited)
            if not any(_is_below(folder, parent) for parent in unread)
        ]
        for start in range(0, len(lost), _FOLDERS_AT_ONCE):
            part = lost[start : start + _FOLDERS_AT_ONCE]
            self._note_gone(self.store.files.in_folders(self.root.id, part))

    def _knows_photos(self) -> bool:
        return bool(self.store.files.folders(self.root.id, self.below))

    def _unavailable(self, folder: str, reason: str) -> None:
        path = paths.join(self.root.path, Location(self.root.id, folder, ""))
        self.tally.unavailable.append(Skipped(path, reason))


def _is_below(folder: str, parent: str) -> bool:
    return not parent or folder == parent or folder.startswith(parent + "/")


def _grouped(folders: Iterable[Folder]) -> Iterator[list[Folder]]:
    """Folders in groups of so many folders or files, whichever comes first."""
    stream = iter(folders)
    while first := list(islice(stream, 1)):
        group, files = first, len(first[0].files)
        while files < _FILES_AT_ONCE and len(group) < _FOLDERS_AT_ONCE:
            following = next(stream, None)
            if following is None:
                break
            group.append(following)
            files += len(following.files)
        yield group
