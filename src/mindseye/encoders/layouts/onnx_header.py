"""What an ONNX file says of itself, read without its weights and without the onnx package.

The file is a protocol buffer; its weights are skipped in the memory map, so that a file of
gigabytes takes milliseconds. Field numbers are those of the standard's onnx.proto.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Final, TypeAlias

import numpy as np

from mindseye.encoders.towers.ports import VECTORS
from mindseye.errors import WeightsUnavailable

Shape: TypeAlias = tuple[int | None, ...]

_Value: TypeAlias = int | memoryview

_GRAPH: Final = 7
_INITIALIZER, _INPUT, _OUTPUT = 5, 11, 12
_TENSOR_NAME, _TENSOR_EXTERNAL = 8, 13
_UINT8: Final = 2
"""The number of the element type in `TensorProto.DataType`."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output: number of its element type, and shape (None: any length)."""

    kind: int
    shape: Shape


@dataclass(frozen=True, slots=True)
class OnnxHeader:
    """Inputs and outputs of a graph by name, and all files its weights lie in."""

    path: Path
    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]
    blobs: tuple[Path, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """The graph's own file and those of its weights."""
        return (self.path, *self.blobs)

    @property
    def takes_bytes(self) -> bool:
        """Whether pictures are given as uint8, so that the graph normalises them itself."""
        return any(tensor.kind == _UINT8 for tensor in self.inputs.values())

    @property
    def side_pair(self) -> tuple[int, int] | None:
        """(height, width) of the pictures it takes, where the graph fixes them."""
        for tensor in self.inputs.values():
            if len(tensor.shape) == 4:
                last = tensor.shape[3] == 3 and tensor.shape[1] != 3
                height, width = tensor.shape[1:3] if last else tensor.shape[2:4]
                return (height, width) if height and width else None
        return None

    @property
    def length(self) -> int | None:
        """How many token ids it takes, where the graph fixes it."""
        for tensor in self.inputs.values():
            if len(tensor.shape) == 2:
                return tensor.shape[1]
        return None

    @property
    def dim(self) -> int | None:
        """The length of the vectors it gives, where the graph tells."""
        flat = {name: t.shape[1] for name, t in self.outputs.items() if len(t.shape) == 2}
        names = [*(name for name in VECTORS if name in flat), *flat]
        return flat[names[0]] if names else None


def read_onnx(path: Path) -> OnnxHeader:
    """Read the header of an ONNX file.

    Raises `WeightsUnavailable` for a file that is missing or is no whole ONNX, and for weights that
    are missing or lie outside its folder.
    """
    try:
        return _header(path, np.memmap(path, np.uint8, mode="r").data)
    except (OSError, ValueError) as error:
        raise WeightsUnavailable(
            f"{path} is not a whole ONNX file: {error}", hint="fetch or copy the file again"
        ) from error


def _header(path: Path, whole: memoryview) -> OnnxHeader:
    inputs, outputs = dict[str, Tensor](), dict[str, Tensor]()
    initializers, places = set[str](), set[str]()
    graph = next((value for field, value in _fields(whole) if field == _GRAPH), None)
    for field, value in _fields(_message(graph)):
        if not isinstance(value, memoryview):
            continue
        if field == _INITIALIZER:
            name, place = _initializer(value)
            initializers.add(name)
            places |= {place} - {""}
        elif field in (_INPUT, _OUTPUT):
            name, tensor = _value_info(value)
            (inputs if field == _INPUT else outputs)[name] = tensor
    # Graphs of the first versions list their weights among the inputs.
    inputs = {name: tensor for name, tensor in inputs.items() if name not in initializers}
    return OnnxHeader(path, inputs, outputs, _beside(path, places))


def _beside(path: Path, places: set[str]) -> tuple[Path, ...]:
    folder = path.parent
    for place in places:
        # Read as Windows does: it sees the separators and anchors of every system.
        read = PureWindowsPath(place)
        if read.anchor or ".." in read.parts or not read.name:
            raise WeightsUnavailable(
                f"{path} wants weights from {place!r}, which is outside its folder",
                hint="fetch or copy the file again",
            )
        if not (folder / place).is_file():
            raise WeightsUnavailable(
                f"{folder} lacks {place}, the weights of {path.name}", hint=f"place {place} there"
            )
    return tuple(folder / place for place in sorted(places))


def _initializer(message: memoryview) -> tuple[str, str]:
    """Name of a tensor, and the file its values lie in ("" where they lie in the graph)."""
    name, place = "", ""
    for field, value in _fields(message):
        if field == _TENSOR_NAME:
            name = _text(value)
        elif field == _TENSOR_EXTERNAL and isinstance(value, memoryview):
            entry = {key: _text(part) for key, part in _fields(value)}
            if entry.get(1) == "location":
                place = entry.get(2, "")
    return name, place


def _value_info(message: memoryview) -> tuple[str, Tensor]:
    parts = dict(_fields(message))
    kind, shape = 0, list[int | None]()
    for field, value in _nested(_nested_value(parts.get(2)), 1):
        if field == 1 and isinstance(value, int):
            kind = value
        elif field == 2 and isinstance(value, memoryview):
            for _, dimension in _fields(value):
                sides = dict(_fields(dimension)) if isinstance(dimension, memoryview) else {}
                side = sides.get(1)
                shape.append(side if isinstance(side, int) and 0 < side < 1 << 31 else None)
    return _text(parts.get(1, 0)), Tensor(kind, tuple(shape))


def _nested(message: memoryview | None, field: int) -> Iterator[tuple[int, _Value]]:
    """The fields of a message that lies in a field of another."""
    if message is None:
        return iter(())
    found = _nested_value(dict(_fields(message)).get(field))
    return _fields(found) if found is not None else iter(())


def _message(value: _Value | None) -> memoryview:
    found = _nested_value(value)
    if found is None:
        raise ValueError("it has no graph")
    return found


def _nested_value(value: _Value | None) -> memoryview | None:
    return value if isinstance(value, memoryview) else None


def _text(value: _Value) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, memoryview) else ""


def _fields(message: memoryview) -> Iterator[tuple[int, _Value]]:
    """Numbers and values of a message's fields; raises `ValueError` where it is cut short."""
    place, end = 0, len(message)
    while place < end:
        key, place = _varint(message, place)
        field, wire = key >> 3, key & 7
        if wire == 0:
            number, place = _varint(message, place)
            yield field, number
            continue
        if wire == 2:
            length, place = _varint(message, place)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError("it is damaged")
        if length > end - place:
            raise ValueError("it is cut short")
        yield field, message[place : place + length]
        place += length


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            raise ValueError("it is cut short")
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("it is damaged")
