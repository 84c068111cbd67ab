"""The files of an index: rows, ids and codes of one generation, and the stamp that names them.

    stamp.json          written last and atomically: what the files hold and from what they come
    rows-G.faiss        float16 rows of generation G, only ever appended to (`matrix.py`)
    ids-G.i64           their ids, in the same order
    codes-G-N.faiss     the flat codes of the first N rows
    dead-G-N.i64        positions of the N rows that were removed since
    trained-T.faiss     the trained index number T, without rows, and tree-T.npz beside it
    part-G-T-A-B.faiss  its codes of the rows from A to B, and lists-G-T-A-B their lists
    building/           what a build has made so far; emptied by the next one

The stamp says how many rows count, so a reader that mapped the files is not disturbed by an
append, and what a killed append left behind is cut off by the next one. Whatever does not fit its
stamp is treated as absent: the rows come from the catalog and can be written again.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from mindseye.index.matrix import header
from mindseye.index.stamp import FORMAT, Part, Stamp, Training
from mindseye.types import Ids

_READ_AT_ONCE = 2**20


@dataclass(frozen=True, slots=True)
class IndexFiles:
    """The folder of one index."""

    folder: Path

    def read_stamp(self, fingerprint: str, dim: int) -> Stamp | None:
        """The stamp, or None where the files are absent, foreign or shorter than it says."""
        try:
            stamp = Stamp.from_json((self.folder / "stamp.json").read_text())
            fits = (stamp.format, stamp.fingerprint, stamp.dim) == (FORMAT, fingerprint, dim)
            whole = (
                self.rows(stamp).stat().st_size >= _end(stamp)
                and self.ids(stamp).stat().st_size >= 8 * stamp.rows
                and (not stamp.codes or self.codes(stamp).is_file())
                and (not stamp.dead or self.dead(stamp).stat().st_size == 8 * stamp.dead)
            )
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return stamp if fits and whole else None

    def write_stamp(self, stamp: Stamp) -> None:
        """Put the stamp in place at once, then drop files it does not name."""
        temporary = self.folder / "stamp.json.new"
        with temporary.open("w") as stream:
            stream.write(stamp.to_json())
            stream.flush()
            os.fsync(stream.fileno())
        if stamp.codes:
            settle(self.codes(stamp))
        temporary.replace(self.folder / "stamp.json")
        named = {self.rows(stamp), self.ids(stamp), self.codes(stamp), self.dead(stamp)}
        if stamp.training is not None:
            named |= {self.trained(stamp.training), self.tree(stamp.training)}
            named |= {path for part in stamp.parts for path in self.part(stamp, part)}
        for path in self.folder.glob("*-*"):
            if path not in named:
                _drop(path)

    def last_generation(self) -> int:
        """The highest generation any file here has, 0 where there is none.

        A new generation must not touch the files of another one: a process may have them mapped.
        """
        numbers = [path.stem.split("-")[1] for path in self.folder.glob("*-*")]
        return max((int(number) for number in numbers if number.isdecimal()), default=0)

    def map_rows(self, stamp: Stamp) -> tuple[NDArray[np.float16], Ids]:
        """The rows, memory-mapped, and their ids."""
        if not stamp.rows:
            return np.empty((0, stamp.dim), np.float16), np.empty(0, np.int64)
        shape = (stamp.rows, stamp.dim)
        start = len(header(stamp.dim, 0))
        rows = np.memmap(self.rows(stamp), np.float16, mode="r", offset=start, shape=shape)
        ids = np.memmap(self.ids(stamp), np.int64, mode="r", shape=(stamp.rows,))
        return rows, ids

    def read_dead(self, stamp: Stamp) -> Ids:
        """Positions of the rows that were removed."""
        if not stamp.dead:
            return np.empty(0, np.int64)
        return np.fromfile(self.dead(stamp), np.int64, stamp.dead)

    def append(self, stamp: Stamp, rows: Iterable[NDArray[np.float16]], ids: Ids) -> None:
        """Write chunks of rows, and their ids, behind those the stamp counts."""
        with _opened(self.rows(stamp)) as stream:
            # A kill before the last step leaves a header that FAISS finds false or the old one.
            stream.truncate(0 if not stamp.rows else _end(stamp))
            stream.write(header(stamp.dim, stamp.rows))
            stream.seek(_end(stamp))
            for chunk in rows:
                stream.write(np.ascontiguousarray(chunk).data)
            stream.flush()
            os.fsync(stream.fileno())
            stream.seek(0)
            stream.write(header(stamp.dim, stamp.rows + len(ids)))
            stream.flush()
            os.fsync(stream.fileno())
        _write(self.ids(stamp), 8 * stamp.rows, ids)

    def write_dead(self, stamp: Stamp, positions: Ids) -> None:
        """Write the positions of removed rows, where there are any."""
        if stamp.dead:
            _write(self.dead(stamp), 0, positions)

    def rows(self, stamp: Stamp) -> Path:
        """The file of the rows."""
        return self.folder / f"rows-{stamp.generation}.faiss"

    def ids(self, stamp: Stamp) -> Path:
        """The file of the ids."""
        return self.folder / f"ids-{stamp.generation}.i64"

    def codes(self, stamp: Stamp) -> Path:
        """The file of the codes."""
        return self.folder / f"codes-{stamp.generation}-{stamp.codes}.faiss"

    def dead(self, stamp: Stamp) -> Path:
        """The file of the positions of removed rows."""
        return self.folder / f"dead-{stamp.generation}-{stamp.dead}.i64"

    def trained(self, training: Training) -> Path:
        """The file of a trained index without rows."""
        return self.folder / f"trained-{training.number}.faiss"

    def tree(self, training: Training) -> Path:
        """The file of the tree of its centroids, where it has one."""
        return self.folder / f"tree-{training.number}.npz"

    def part(self, stamp: Stamp, part: Part) -> tuple[Path, Path]:
        """The files of the codes of some rows, and of their lists."""
        assert stamp.training is not None, "only a trained index has parts"
        name = f"{stamp.generation}-{stamp.training.number}-{part.start}-{part.stop}"
        return self.folder / f"part-{name}.faiss", self.folder / f"lists-{name}.bin"

    def damaged(self, stamp: Stamp) -> list[Path]:
        """The files of the trained index that are not what was written."""
        if stamp.training is None:
            return []
        groups = [(self.trained(stamp.training), self.tree(stamp.training))]
        sums = [stamp.training.checksum]
        groups += [self.part(stamp, part) for part in stamp.parts]
        sums += [part.checksum for part in stamp.parts]
        return [
            paths[0] for paths, found in zip(groups, sums, strict=True) if checksum(*paths) != found
        ]


def settle(path: Path) -> None:
    """Have a file that FAISS wrote on the disk before a stamp names it."""
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


def checksum(*paths: Path) -> int:
    """The CRC-32 of these files together, those left out that are not there."""
    found = 0
    for path in paths:
        if not path.is_file():
            continue
        with path.open("rb") as stream:
            while chunk := stream.read(_READ_AT_ONCE):
                found = zlib.crc32(chunk, found)
    return found


def _end(stamp: Stamp) -> int:
    """Where the file of rows ends that the stamp counts."""
    return len(header(stamp.dim, stamp.rows)) + 2 * stamp.rows * stamp.dim


def _opened(path: Path) -> BinaryIO:
    return path.open("r+b" if path.exists() else "w+b")


def _write(path: Path, at: int, values: Ids) -> None:
    with _opened(path) as stream:
        stream.truncate(at)
        stream.seek(at)
        stream.write(np.ascontiguousarray(values).data)
        stream.flush()
        os.fsync(stream.fileno())


def _drop(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        # Another process on Windows still maps it; the next stamp drops it.
        return
