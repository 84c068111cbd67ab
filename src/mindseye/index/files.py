"""The files of an index: rows, ids and codes of one generation, and the stamp that names them.

    stamp.json          written last and atomically: what the files hold and from what they come
    rows-G.f16          float16 rows of generation G, only ever appended to
    ids-G.i64           their ids, in the same order
    codes-G-N.faiss     the codes of the first N rows

The stamp says how many rows count, so a reader that mapped the files is not disturbed by an
append, and what a killed append left behind is cut off by the next one. Whatever does not fit its
stamp is treated as absent: the rows come from the catalog and can be written again.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mindseye.types import Ids

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the files of an index hold: format, space, generation and number of rows.

    `codes` counts the rows the code file covers; 0 where there is none.
    """

    fingerprint: str
    dim: int
    generation: int = 0
    rows: int = 0
    codes: int = 0
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class IndexFiles:
    """The folder of one index."""

    folder: Path

    def read_stamp(self, fingerprint: str, dim: int) -> Stamp | None:
        """The stamp, or None where the files are absent, foreign or shorter than it says."""
        try:
            stamp = Stamp(**json.loads((self.folder / "stamp.json").read_text()))
            fits = (stamp.format, stamp.fingerprint, stamp.dim) == (FORMAT, fingerprint, dim)
            whole = (
                self.rows(stamp).stat().st_size >= 2 * stamp.rows * dim
                and self.ids(stamp).stat().st_size >= 8 * stamp.rows
                and (not stamp.codes or self.codes(stamp).is_file())
            )
        except (OSError, ValueError, TypeError):
            return None
        return stamp if fits and whole else None

    def write_stamp(self, stamp: Stamp) -> None:
        """Put the stamp in place at once, then drop files it does not name."""
        temporary = self.folder / "stamp.json.new"
        with temporary.open("w") as stream:
            json.dump(asdict(stamp), stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self.folder / "stamp.json")
        named = {self.rows(stamp), self.ids(stamp), self.codes(stamp)}
        for path in self.folder.glob("*-*"):
            if path not in named:
                _drop(path)

    def map_rows(self, stamp: Stamp) -> tuple[NDArray[np.float16], Ids]:
        """The rows, memory-mapped, and their ids."""
        if not stamp.rows:
            return np.empty((0, stamp.dim), np.float16), np.empty(0, np.int64)
        shape = (stamp.rows, stamp.dim)
        rows = np.memmap(self.rows(stamp), np.float16, mode="r", shape=shape)
        return rows, np.fromfile(self.ids(stamp), np.int64, stamp.rows)

    def append(self, stamp: Stamp, rows: NDArray[np.float16], ids: Ids) -> None:
        """Write rows and ids behind those the stamp counts."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _append(self.rows(stamp), 2 * stamp.rows * stamp.dim, rows)
        _append(self.ids(stamp), 8 * stamp.rows, ids)

    def rows(self, stamp: Stamp) -> Path:
        """The file of the rows."""
        return self.folder / f"rows-{stamp.generation}.f16"

    def ids(self, stamp: Stamp) -> Path:
        """The file of the ids."""
        return self.folder / f"ids-{stamp.generation}.i64"

    def codes(self, stamp: Stamp) -> Path:
        """The file of the codes."""
        return self.folder / f"codes-{stamp.generation}-{stamp.codes}.faiss"


def _append(path: Path, at: int, values: NDArray[np.generic]) -> None:
    with path.open("r+b" if path.exists() else "w+b") as stream:
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
