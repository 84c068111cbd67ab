"""The seam of a runtime: a loaded graph that maps named arrays to named arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a graph; `dtype` is numpy's name, None in `shape` is any length."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """An ONNX graph: a file at `path`, or `model` bytes that leave `weights` to the caller.

    `weights` maps the names of the graph's external initializers to arrays, usually views of a
    memory-mapped safetensors file; nothing is copied until a runtime wants it.
    """

    path: Path | None = None
    model: bytes = b""
    weights: Mapping[str, NDArray[Any]] = field(default_factory=dict)


class Session(Protocol):
    """A graph ready to run; may be called from several threads at once."""

    @property
    def runtime(self) -> str:
        """What runs the graph and how precisely, for people: "ONNX Runtime fp32"."""

    @property
    def inputs(self) -> Sequence[Port]:
        """What `run` takes."""

    @property
    def outputs(self) -> Sequence[Port]:
        """What `run` gives."""

    def run(self, feeds: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Run the graph once; raises `EncoderError` when it cannot be run on these arrays."""
