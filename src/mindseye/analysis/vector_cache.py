"""Vectors of pictures and texts kept between evaluations, so that a second one takes no time.

    KIND.keys       32 bytes a row: SHA-256 of the picture's bytes, or of the text
    KIND.rows       float32 rows in the same order

Both files only grow, rows before keys: what a kill left half written is overwritten by the next
batch. One folder holds one space, computed in one way.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from filelock import FileLock

from mindseye.types import Vectors

_KEY_BYTES = 32

Kind: TypeAlias = Literal["pictures", "texts"]


class VectorCache:
    """Rows of `dim` numbers by key in a folder that is made when something is put in."""

    def __init__(self, folder: Path, kind: Kind, dim: int) -> None:
        self._keys = folder / f"{kind}.keys"
        self._rows = folder / f"{kind}.rows"
        self._dim = dim
        self._places: dict[bytes, int] = {}
        self._read()

    def __contains__(self, key: bytes) -> bool:
        return key in self._places

    def get(self, keys: Sequence[bytes]) -> Vectors:
        """The rows `(n, dim)` of keys that are all there."""
        if not keys:
            return np.empty((0, self._dim), np.float32)
        places = [self._places[key] for key in keys]
        count = max(places) + 1
        rows = np.memmap(self._rows, np.float32, mode="r", shape=(count, self._dim))
        return np.array(rows[places], np.float32)

    def put(self, keys: Sequence[bytes], rows: Vectors) -> None:
        """Write rows under their keys; raises `OSError` where the folder cannot be written."""
        self._keys.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._keys.with_suffix(".lock")):
            count = self._read()
            _write(self._rows, count * self._dim * 4, np.ascontiguousarray(rows, np.float32))
            _write(self._keys, count * _KEY_BYTES, np.frombuffer(b"".join(keys), np.uint8))
            self._places |= {key: count + place for place, key in enumerate(keys)}

    def _read(self) -> int:
        """Look at the keys on disk; returns how many rows count."""
        if not self._keys.is_file() or not self._rows.is_file():
            return 0
        keys = self._keys.read_bytes()
        count = min(len(keys) // _KEY_BYTES, self._rows.stat().st_size // (4 * self._dim))
        starts = range(0, count * _KEY_BYTES, _KEY_BYTES)
        self._places = {
            keys[start : start + _KEY_BYTES]: place for place, start in enumerate(starts)
        }
        return count


def key_of_file(path: Path) -> bytes:
    """The key of a file's bytes; raises `OSError`."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").digest()


def key_of_text(text: str) -> bytes:
    """The key of a text."""
    return sha256(text.encode()).digest()


def _write(path: Path, at: int, values: np.ndarray) -> None:
    with path.open("r+b" if path.exists() else "w+b") as stream:
        stream.truncate(at)
        stream.seek(at)
        stream.write(values.data)
