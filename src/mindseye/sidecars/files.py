"""The files of sidecars: which one is a photo's, and how a new text takes its place at once."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from mindseye.media.formats import SUFFIXES
from mindseye.media.read import find_sidecar
from mindseye.media.take import SIDECAR_BYTES
from mindseye.sidecars.markup import NotWritable

_OTHERS_MAY_READ: Final = 0o644


@dataclass(frozen=True, slots=True)
class Sidecar:
    """Where a photo's sidecar is to be written, and what it says before.

    Paths are for `open` and `os`. `data` is None where nothing is to be kept; `seen` is the state
    of the file that is replaced, None where there is none.
    """

    path: str
    data: bytes | None = None
    seen: tuple[int, ...] | None = None


@dataclass(slots=True)
class Folders:
    """Finds sidecars; of the folder it was in last it remembers which names share a stem."""

    _folder: str = ""
    _stems: Counter[str] = field(default_factory=Counter)

    def sidecar_of(self, photo: str) -> Sidecar:
        """The sidecar of the photo at this path: the one that is read, else "a.jpg.xmp".

        An "a.xmp" that is beside two photos called "a" stays what it is to the other one: what it
        says goes on in an "a.jpg.xmp". Raises `OSError`, and `NotWritable` for what is none.
        """
        found, own = find_sidecar(photo), f"{photo}.xmp"
        if found is None:
            if os.path.lexists(own):
                raise NotWritable(f"{Path(own).name} is no file")
            return Sidecar(own)
        # A link stays a link.
        found = os.path.realpath(found)
        data, seen = _read(found)
        if self._is_shared(photo, found):
            return Sidecar(own, data)
        return Sidecar(found, data, seen)

    def _is_shared(self, photo: str, sidecar: str) -> bool:
        folder, name = os.path.split(photo)
        if Path(sidecar).name.lower() == f"{name}.xmp".lower():
            return False
        if folder != self._folder:
            with os.scandir(folder) as entries:
                names = [os.path.splitext(entry.name) for entry in entries]  # noqa: PTH122
            self._stems = Counter(stem for stem, suffix in names if suffix.lower() in SUFFIXES)
            self._folder = folder
        return self._stems[Path(photo).stem] > 1


def replace_sidecar(sidecar: Sidecar, data: bytes) -> None:
    """Put new bytes in the place of a sidecar: after a kill or on a full disk the old one is whole.

    Raises `OSError`, and `NotWritable` where somebody else wrote it in the meantime.
    """
    target = Path(sidecar.path)
    descriptor, name = tempfile.mkstemp(prefix=".mindseye-", suffix=".tmp", dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _give_rights(beside, target)
        if _state(target) != sidecar.seen:
            raise NotWritable("another program changed it at the same time")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    _settle(target.parent)


def _read(path: str) -> tuple[bytes, tuple[int, ...] | None]:
    seen = _state(Path(path))
    with Path(path).open("rb") as file:
        data = file.read(SIDECAR_BYTES + 1)
    if len(data) > SIDECAR_BYTES:
        raise NotWritable(f"it has more than {SIDECAR_BYTES >> 20} MiB, as no sidecar has")
    return data, seen


def _state(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _give_rights(new: Path, old: Path) -> None:
    """Let a new file be read and written by those who may read and write the old one."""
    try:
        known = old.stat()
    except FileNotFoundError:
        new.chmod(_OTHERS_MAY_READ)
        return
    new.chmod(known.st_mode & 0o777)
    if hasattr(os, "chown"):
        # Only root may give a file away; for anybody else it is theirs already.
        with suppress(PermissionError):
            os.chown(new, known.st_uid, known.st_gid)


def _settle(folder: Path) -> None:
    """Have the new name itself on the disk, where folders can be synchronised."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
