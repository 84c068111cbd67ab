"""The scan walks a folder lazily and lists the files in it that are media, with their stamps.

Files of known formats that nothing here decodes (videos, raw files without their extra) are listed
too: the ingest then records why they were skipped. Links to files are followed; a link to a folder
is followed when the folder lies outside the scanned root and was not visited before, so no link
makes a loop or a second copy of a file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mindseye.errors import UnsupportedMedia
from mindseye.media.formats import SUFFIXES
from mindseye.media.paths import from_text, to_text
from mindseye.types import FileStamp

IGNORE_FILES: Final = frozenset({".nomedia", ".mindseyeignore"})
"""A folder below the root that holds one of these is left out, with all below it."""

SYSTEM_FOLDERS: Final = frozenset(
    {
        "#recycle",
        "#snapshot",
        "$recycle.bin",
        "@eadir",
        "@recycle",
        "__macosx",
        "lost+found",
        "recycler",
        "system volume information",
    }
)
"""Folders of file systems, network stores and archives, by lower-case name."""

_LIBRARY_ORIGINALS: Final = {".photoslibrary": frozenset({"originals", "masters"})}
"""Inside a bundle with this suffix, the only folders that hold the user's own pictures."""

_PREVIEW_SUFFIXES: Final = (".lrdata", ".lrprev", ".aplibrary.previews")
"""Folders with these suffixes hold previews that a photo manager made."""


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A media file in a folder: its name as text and what says whether it changed.

    The time in the stamp is that of the file or of its XMP sidecar, whichever is later: a photo
    whose sidecar was edited must be read again.
    """

    name: str
    stamp: FileStamp


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder below the root ("" is the root itself) and its media files, by name.

    An unreadable folder (`readable` false, with the `reason`) says nothing about its files: they
    may all still be there.
    """

    path: str
    files: tuple[ScannedFile, ...] = ()
    readable: bool = True
    reason: str = ""


def scan(root: str, below: str = "", *, include_hidden: bool = False) -> Iterator[Folder]:
    """Every folder at or below `below` in `root`, parents first, each with its media files.

    `root` is the absolute path of a folder and `below` a folder in it, both as text. Lazy: a
    folder is read when its turn comes. Never raises for what is on disk: a folder that cannot be
    read is a value. Names that cannot be written as text (`UnsupportedMedia`) are left out.
    """
    walk = _Walk(from_text(root), include_hidden=include_hidden)
    yield from walk.folders(below)


@dataclass(slots=True)
class _Walk:
    """The state of one scan. Real folders are visited before links, so that they win."""

    root: str
    include_hidden: bool
    _visited: set[tuple[int, int]] = field(default_factory=set)
    _links: list[str] = field(default_factory=list)

    def folders(self, below: str) -> Iterator[Folder]:
        stack = [below]
        while stack or self._links:
            if not stack:
                stack = self._outside(self._links)
                self._links = []
                continue
            path = stack.pop()
            listed = self._list(path, is_start=path == below)
            if listed is None:
                continue
            folder, children = listed
            yield folder
            stack.extend(reversed(children))

    def _list(self, path: str, *, is_start: bool) -> tuple[Folder, list[str]] | None:
        """One folder and the folders in it; None for one that is left out or was visited."""
        where = self._where(path)
        try:
            status = where.stat()
            with os.scandir(where) as entries:
                found = sorted(entries, key=_name)
        except OSError as error:
            return Folder(path, readable=False, reason=error.strerror or str(error)), []
        inode = (status.st_dev, status.st_ino)
        if inode in self._visited and status.st_ino:  # some file systems number nothing
            return None
        self._visited.add(inode)
        if not is_start and any(entry.name in IGNORE_FILES for entry in found):
            return None
        files = self._files(found)
        return Folder(path, files), self._children(path, where, found)

    def _where(self, path: str) -> Path:
        return Path(self.root, from_text(path))

    def _files(self, entries: Sequence[os.DirEntry[str]]) -> tuple[ScannedFile, ...]:
        files: list[ScannedFile] = []
        sidecars = _sidecar_times(entries)
        add, regular, hidden = files.append, stat.S_ISREG, self.include_hidden
        for entry in entries:
            name = entry.name
            stem, _, suffix = name.rpartition(".")
            if not stem or "." + suffix.lower() not in SUFFIXES:
                continue
            # "._x" is where macOS keeps attributes of x: named like a picture, and never one.
            if name[0] == "." and (not hidden or name.startswith("._")):
                continue
            try:
                status = entry.stat()
                if regular(status.st_mode):
                    text = name if name.isascii() else to_text(name)
                    mtime_ns = status.st_mtime_ns
                    if sidecars:
                        beside = (sidecars.get(name.lower(), 0), sidecars.get(stem.lower(), 0))
                        mtime_ns = max(mtime_ns, *beside)
                    add(ScannedFile(text, FileStamp(status.st_size, mtime_ns)))
            except (OSError, UnsupportedMedia):
                continue  # vanished since, a broken link, or a name that has no text
        return tuple(files)

    def _children(self, path: str, where: Path, entries: Sequence[os.DirEntry[str]]) -> list[str]:
        originals = _LIBRARY_ORIGINALS.get(where.suffix.lower())
        children: list[str] = []
        for entry in entries:
            try:
                if not entry.is_dir() or self._is_left_out(entry.name, originals):
                    continue
                text = f"{path}/{to_text(entry.name)}" if path else to_text(entry.name)
                (self._links if entry.is_symlink() else children).append(text)
            except (OSError, UnsupportedMedia):
                continue
        return children

    def _is_left_out(self, name: str, originals: frozenset[str] | None) -> bool:
        lower = name.lower()
        if originals is not None and lower not in originals:
            return True
        if lower in SYSTEM_FOLDERS or lower.endswith(_PREVIEW_SUFFIXES):
            return True
        return name.startswith(".") and not self.include_hidden

    def _outside(self, links: Sequence[str]) -> list[str]:
        """Those linked folders that do not lie in the root, last first, as the stack wants them."""
        real_root = os.path.realpath(self.root)
        kept = []
        for link in sorted(links, reverse=True):
            target = os.path.realpath(self._where(link))
            if target != real_root and not target.startswith(real_root.rstrip(os.sep) + os.sep):
                kept.append(link)
        return kept


def _sidecar_times(entries: Sequence[os.DirEntry[str]]) -> dict[str, int]:
    """When each XMP sidecar was written, by its lower-case name without ".xmp"."""
    times: dict[str, int] = {}
    for entry in entries:
        name = entry.name.lower()
        if name.endswith(".xmp"):
            try:
                times[name.removesuffix(".xmp")] = entry.stat().st_mtime_ns
            except OSError:
                continue  # vanished since, or a broken link
    return times


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name
