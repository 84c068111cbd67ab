"""ONNX files as views of a memory map: the operators apart from the weights, which stay in place.

An ONNX file is a protocol-buffer message whose bulk is the `raw_data` of its initializers. Parsing
it the ordinary way copies them all, twice in some runtimes. Here the message is only walked: what
is small is copied into a skeleton, what is large is described there as external and handed over as
an array that lies in the file. External data of the file itself is mapped in the same way.

The file is not trusted: whatever does not lie where it says is refused. Numbers of fields are those
of `onnx.proto3`; https://protobuf.dev/programming-guides/encoding tells how they are written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.sessions.base import Graph
from mindseye.errors import WeightsUnavailable

LARGE = 1024
"""Bytes from which an initializer is left in its file; smaller ones may decide a graph's shape."""

# ModelProto and GraphProto.
_GRAPH, _NODE, _INITIALIZER, _INPUT, _OUTPUT = 7, 1, 5, 11, 12
# NodeProto.
_OP_TYPE, _DOMAIN = 4, 7
# TensorProto.
_DIMS, _DATA_TYPE, _NAME, _RAW, _EXTERNAL, _LOCATION = 1, 2, 8, 9, 13, 14

_DTYPES = {
    1: "<f4", 2: "u1", 3: "i1", 4: "<u2", 5: "<i2", 6: "<i4", 7: "<i8", 9: "?", 10: "<f2",
    11: "<f8", 12: "<u4", 13: "<u8",
}  # fmt: skip
"""Types of tensors that numpy has as well; tensors of others stay where they are."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

_Part: TypeAlias = tuple[int, int, int, int]
"""A field of a message: its number, where its tag begins, where its value begins and ends."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a graph takes, gives and is made of; operators of other domains as "domain.Name".

    Empty where the runtime alone can read the graph and must be asked.
    """

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    operators: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Tensor:
    """What is said of an initializer; `raw` is where its bytes lie in the message, if there."""

    name: str = ""
    dtype: int = 0
    dims: list[int] = field(default_factory=list)
    raw: tuple[int, int] | None = None
    external: dict[str, str] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Bytes that type and shape ask for; 0 where numpy does not know the type."""
        known = _DTYPES.get(self.dtype)
        return math.prod(self.dims) * np.dtype(known).itemsize if known else 0

    def view(self, data: NDArray[np.uint8]) -> NDArray[Any]:
        """The tensor over its bytes; `ValueError` when they are too many or too few."""
        if any(side < 0 for side in self.dims) or data.nbytes != self.nbytes:
            raise ValueError(f"{self.name!r} has {data.nbytes} bytes, its shape {self.dims}")
        return np.ndarray(tuple(self.dims), _DTYPES[self.dtype], data)


def read_graph(path: Path) -> Graph:
    """The graph of an ONNX file, its large initializers as views of the mapped files.

    Where a tensor has a type that numpy lacks, the graph is left to the runtime: only `path` is
    set. Raises `WeightsUnavailable` for a file that is missing or not a whole ONNX file.
    """
    data = _mapped(path)
    weights: dict[str, NDArray[Any]] = {}
    opaque = False

    def leave_outside(tensor: _Tensor, message: bytes) -> tuple[int, bytes] | None:
        nonlocal opaque
        if tensor.external and not tensor.nbytes:
            opaque = True
        if not tensor.external and (tensor.nbytes < LARGE or not tensor.raw):
            return None
        if not tensor.nbytes:
            return None
        weights[tensor.name] = tensor.view(_bytes_of(tensor, data, path.parent))
        return _INITIALIZER, message

    try:
        model = _rewritten(data.data, leave_outside)
    except (ValueError, IndexError, OSError, UnicodeDecodeError) as error:
        raise _damaged(path, error) from error
    return Graph(path=path) if opaque else Graph(path=path, model=model, weights=weights)


def with_weights_as_inputs(graph: Graph) -> bytes:
    """The graph with its outside weights declared as inputs, for runtimes that bind them later."""

    def declare(tensor: _Tensor, _: bytes) -> tuple[int, bytes] | None:
        return (_INPUT, _value_info(tensor)) if tensor.name in graph.weights else None

    return _rewritten(memoryview(graph.model), declare)


def outline(graph: Graph) -> Outline:
    """What a graph takes, gives and is made of; raises `WeightsUnavailable` as `read_graph`."""
    data = memoryview(graph.model)
    if not graph.model and graph.path is not None:
        data = _mapped(graph.path).data
    try:
        return _outline(data)
    except ValueError as error:
        raise _damaged(graph.path, error) from error


def _outline(data: memoryview) -> Outline:
    names: dict[int, list[str]] = {_INPUT: [], _OUTPUT: [], _INITIALIZER: []}
    operators = set()
    for number, _, start, end in _graph_parts(data):
        if number == _NODE:
            operators.add(_operator(data, start, end))
        elif number in names:
            key = _NAME if number == _INITIALIZER else 1
            names[number].append(_text(data, start, end, key))
    # Graphs of before 2019 list initializers among the inputs.
    weights = set(names[_INITIALIZER])
    inputs = tuple(name for name in names[_INPUT] if name not in weights)
    return Outline(inputs, tuple(names[_OUTPUT]), frozenset(operators))


def _mapped(path: Path) -> NDArray[np.uint8]:
    try:
        # Copy-on-write: some runtimes refuse arrays that could not be written to.
        return np.memmap(path, np.uint8, mode="c")
    except (OSError, ValueError) as error:
        raise WeightsUnavailable(f"the model {path} cannot be read: {error}") from error


def _damaged(path: Path | None, error: Exception) -> WeightsUnavailable:
    return WeightsUnavailable(
        f"{path or 'the graph'} is not a whole ONNX file: {error}",
        hint="fetch or copy the file again",
    )


def _bytes_of(tensor: _Tensor, data: NDArray[np.uint8], folder: Path) -> NDArray[np.uint8]:
    if tensor.raw:
        return data[slice(*tensor.raw)]
    # Read as Windows does: it sees the separators and anchors of every system.
    location = PureWindowsPath(tensor.external.get("location", ""))
    if location.anchor or ".." in location.parts or not location.name:
        raise ValueError(f"its weights would lie outside of its folder, in {str(location)!r}")
    start = int(tensor.external.get("offset", "0"))
    length = int(tensor.external.get("length", str(tensor.nbytes)))
    mapped: NDArray[np.uint8] = np.memmap(folder.joinpath(*location.parts), np.uint8, mode="c")
    if start < 0 or length < 0 or start + length > len(mapped):
        raise ValueError(f"{tensor.name!r} lies beyond the end of {location}")
    return mapped[start : start + length]


def _rewritten(
    data: memoryview, replace: Callable[[_Tensor, bytes], tuple[int, bytes] | None]
) -> bytes:
    """The model with initializers exchanged for what `replace` gives (None: as they are)."""
    model, parts = bytearray(), 0
    for number, tag, start, end in _parts(data, 0, len(data)):
        if number != _GRAPH:
            model += data[tag:end]
            continue
        parts += 1
        model += _field(_GRAPH, _rewritten_graph(data, (start, end), replace))
    if parts != 1:
        raise ValueError(f"it has {parts} graphs")
    return bytes(model)


def _rewritten_graph(
    data: memoryview,
    place: tuple[int, int],
    replace: Callable[[_Tensor, bytes], tuple[int, bytes] | None],
) -> bytes:
    graph = bytearray()
    for number, tag, start, end in _parts(data, *place):
        if number == _INITIALIZER:
            tensor, description = _tensor(data, start, end)
            other = replace(tensor, description)
            if other is not None:
                graph += _field(*other)
                continue
        graph += data[tag:end]
    return bytes(graph)


def _tensor(data: memoryview, start: int, end: int) -> tuple[_Tensor, bytes]:
    """An initializer, and its message with the data described as external."""
    tensor, message = _Tensor(), bytearray()
    for number, tag, begin, stop in _parts(data, start, end):
        if number == _RAW:
            tensor.raw = (begin, stop)
        elif number == _EXTERNAL:
            tensor.external[_text(data, begin, stop, 1)] = _text(data, begin, stop, 2)
        elif number != _LOCATION:
            message += data[tag:stop]
            _describe(tensor, data, (number, tag, begin, stop))
    message += _field(_EXTERNAL, _field(1, b"location") + _field(2, b"weights"))
    return tensor, bytes(message + _varint(_LOCATION << 3) + b"\x01")


def _describe(tensor: _Tensor, data: memoryview, part: _Part) -> None:
    number, tag, start, end = part
    if number == _NAME:
        tensor.name = bytes(data[start:end]).decode()
    elif number == _DATA_TYPE:
        tensor.dtype, _ = _read_varint(data, start, end)
    elif number == _DIMS and data[tag] & 7 == _BYTES:
        while start < end:
            side, start = _read_varint(data, start, end)
            tensor.dims.append(side)
    elif number == _DIMS:
        tensor.dims.append(_read_varint(data, start, end)[0])


def _value_info(tensor: _Tensor) -> bytes:
    """A ValueInfoProto of the tensor's name, type and shape."""
    dims = b"".join(_field(1, _varint(1 << 3) + _varint(side)) for side in tensor.dims)
    kind = _varint(1 << 3) + _varint(tensor.dtype) + _field(2, dims)
    return _field(1, tensor.name.encode()) + _field(2, _field(1, kind))


def _operator(data: memoryview, start: int, end: int) -> str:
    domain = _text(data, start, end, _DOMAIN)
    name = _text(data, start, end, _OP_TYPE)
    return name if domain in {"", "ai.onnx"} else f"{domain}.{name}"


def _graph_parts(data: memoryview) -> Iterator[_Part]:
    for number, _, start, end in _parts(data, 0, len(data)):
        if number == _GRAPH:
            yield from _parts(data, start, end)


def _text(data: memoryview, start: int, end: int, wanted: int) -> str:
    """The text of a field of a message, empty when it is not there."""
    for number, _, begin, stop in _parts(data, start, end):
        if number == wanted:
            return bytes(data[begin:stop]).decode()
    return ""


def _parts(data: memoryview, start: int, end: int) -> Iterator[_Part]:
    """The fields of a message; raises `ValueError` where it is not one."""
    while start < end:
        tag = start
        key, start = _read_varint(data, start, end)
        stop = _stop(data, key & 7, start, end)
        if key & 7 == _BYTES:
            length, start = _read_varint(data, start, end)
            stop = start + length
        if stop > end:
            raise ValueError(f"a field at byte {tag} ends beyond its message")
        yield key >> 3, tag, start, stop
        start = stop


def _stop(data: memoryview, kind: int, start: int, end: int) -> int:
    if kind == _VARINT:
        return _read_varint(data, start, end)[1]
    if kind == _FIXED64:
        return start + 8
    if kind == _FIXED32:
        return start + 4
    if kind == _BYTES:
        return start
    raise ValueError(f"a field at byte {start} has no known form")


def _read_varint(data: memoryview, start: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while start < end and shift < 70:
        byte = data[start]
        value |= (byte & 0x7F) << shift
        start, shift = start + 1, shift + 7
        if byte < 0x80:
            return value, start
    raise ValueError(f"a number at byte {start} does not end")


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(written + bytes([value]))


def _field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(value)) + value
