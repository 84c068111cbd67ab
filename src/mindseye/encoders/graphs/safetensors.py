"""Tensors of safetensors files as views of a memory map: nothing is read until it is used.

A file is eight bytes of header length, a JSON header that names type, shape and place of each
tensor, and their bytes. The header is not trusted: every place must lie in the file and fit its
shape.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mindseye.errors import WeightsUnavailable

MOST_HEADER = 100_000_000
"""Bytes of header that the format allows."""

DTYPES: Mapping[str, str] = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4",
    "I16": "<i2", "I8": "i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
    "F8_E4M3": "u1", "F8_E5M2": "u1",
}  # fmt: skip
"""Type names of the format -> numpy; of types that numpy lacks (BF16, F8) the bits are shown."""

_NUMBERS = frozenset(DTYPES) - {"F8_E4M3", "F8_E5M2"}


class Tensors(Protocol):
    """Tensors by name: one file's, or those of several."""

    @property
    def names(self) -> Iterable[str]:
        """The names of all tensors."""

    def __contains__(self, name: object) -> bool: ...

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The tensor in the memory map, bits for bfloat16; raises `KeyError`."""

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor; raises `KeyError`."""

    def dtype(self, name: str) -> str:
        """The type of a tensor by the format's name, for example "BF16"; raises `KeyError`."""

    def as_float32(self, name: str) -> NDArray[np.float32]:
        """The tensor as float32, copied unless it is that already; raises `KeyError`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a tensor lies: type name, shape, and its first byte and the byte after its last."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int


class SafeTensors(Mapping[str, NDArray[Any]]):
    """The tensors of one safetensors file, by name.

    The map is private: an array may be written to (runtimes that take memory as it lies ask for
    that), but nothing written ever reaches the file or another process.
    """

    def __init__(self, path: Path) -> None:
        """Map the file and check its header; `WeightsUnavailable` when missing or not whole."""
        self.path = path
        try:
            self._data = np.memmap(path, np.uint8, mode="c")
        except (OSError, ValueError) as error:
            raise WeightsUnavailable(f"the weights {path} cannot be read: {error}") from error
        self._entries = _read_header(path, self._data)

    @property
    def names(self) -> Iterable[str]:
        """The names of all tensors, in the order of the header."""
        return self._entries.keys()

    def __getitem__(self, name: str) -> NDArray[Any]:
        entry = self._entries[name]
        values = self._data[entry.start : entry.stop].view(DTYPES[entry.dtype])
        # The format aligns tensors only by custom, and a runtime may read several at once.
        return np.require(values, requirements="A").reshape(entry.shape)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor; raises `KeyError`."""
        return self._entries[name].shape

    def dtype(self, name: str) -> str:
        """The type of a tensor by the format's name, for example "BF16"; raises `KeyError`."""
        return self._entries[name].dtype

    def as_float32(self, name: str) -> NDArray[np.float32]:
        """The tensor as float32, copied unless it is that already.

        Raises `KeyError`, and `WeightsUnavailable` for a type of which only the bits are known.
        """
        kind, values = self.dtype(name), self[name]
        if kind not in _NUMBERS:
            raise WeightsUnavailable(f"{name!r} in {self.path} is {kind}, which is not read here")
        if kind == "BF16":
            # A bfloat16 is the upper half of a float32.
            return (values.astype(np.uint32) << 16).view(np.float32)
        return values.astype(np.float32, copy=False)


class TensorFiles(Mapping[str, NDArray[Any]]):
    """The tensors of several safetensors files (shards of one model) as one mapping."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """Map all files; `WeightsUnavailable` as for one, or for a name that two of them hold."""
        self._files: dict[str, SafeTensors] = {}
        for path in paths:
            file = SafeTensors(path)
            twice = next((name for name in file.names if name in self._files), None)
            if twice is not None:
                raise WeightsUnavailable(
                    f"{path} and {self._files[twice].path} both hold the tensor {twice!r}"
                )
            self._files.update(dict.fromkeys(file.names, file))

    @property
    def names(self) -> Iterable[str]:
        """The names of all tensors, file by file."""
        return self._files.keys()

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._files[name][name]

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor; raises `KeyError`."""
        return self._files[name].shape(name)

    def dtype(self, name: str) -> str:
        """The type of a tensor by the format's name; raises `KeyError`."""
        return self._files[name].dtype(name)

    def as_float32(self, name: str) -> NDArray[np.float32]:
        """The tensor as float32, copied unless it is that already; raises as `SafeTensors` does."""
        return self._files[name].as_float32(name)


def _read_header(path: Path, data: NDArray[np.uint8]) -> dict[str, Entry]:
    length = int.from_bytes(data[:8].tobytes(), "little") if len(data) >= 8 else -1
    if not 2 <= length <= min(MOST_HEADER, len(data) - 8):
        raise _dishonest(path, f"it has {len(data)} bytes and claims a header of {length}")
    try:
        header = json.loads(data[8 : 8 + length].tobytes())
        return {
            name: _entry(path, name, value, (8 + length, len(data)))
            for name, value in header.items()
            if name != "__metadata__"
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _dishonest(path, f"its header cannot be read ({error})") from error


def _entry(path: Path, name: str, value: Mapping[str, Any], room: tuple[int, int]) -> Entry:
    """Check one tensor of a header; `room` is where the tensors' bytes start and stop."""
    dtype, shape, (begin, end) = value["dtype"], tuple(value["shape"]), value["data_offsets"]
    if dtype not in DTYPES:
        raise _dishonest(path, f"{name!r} has the type {dtype!r}, which is not known here")
    whole = all(type(side) is int and side >= 0 for side in (*shape, begin, end))
    size = math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize if whole else -1
    if size != end - begin or room[0] + end > room[1]:
        raise _dishonest(path, f"{name!r} does not lie where the header says")
    return Entry(dtype, shape, room[0] + begin, room[0] + end)


def _dishonest(path: Path, why: str) -> WeightsUnavailable:
    return WeightsUnavailable(
        f"{path} is not a whole safetensors file: {why}", hint="fetch or copy the file again"
    )
