"""Whether bfloat16 keeps a graph's vectors: measured on the first arrays it is given.

bfloat16 has 8 bits of precision. Most towers lose a cosine of 0.0001 by that, but some have
activations so uneven that they lose more, and nothing but a comparison tells which. So the first
batch a graph ever sees is run in fp32 as well, and what came of it is remembered in the folder of
models.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions.base import Graph, Port, Session
from mindseye.encoders.sessions.onnx_file import Outline
from mindseye.encoders.sessions.ov import OpenVinoSession, identity

LEAST_COSINE = 0.999
"""Rows of bfloat16 nearer to those of fp32 than this are as good."""

FILE = "bfloat16.json"
"""In the folder of models: a graph's fingerprint -> the least cosine that was seen."""

_SAMPLE = 64
"""Bytes at the start and in the middle of each weight that stand for it."""


def open_guarded(graph: Graph, outline: Outline, options: RunOptions) -> Session:
    """Open a graph in bfloat16 if that is known to keep its vectors, in fp32 if not.

    Where nothing is known yet, it becomes known when the session is first run.
    """
    known = Verdicts(options.models / FILE)
    key = fingerprint(graph)
    cosine = known.find(key)
    if cosine is None:
        return GuardedSession(graph, outline, options, key)
    return _open((graph, outline), options, _precision(cosine))


class GuardedSession:
    """A graph in bfloat16 that turns to fp32 if its first rows differ too much."""

    def __init__(self, graph: Graph, outline: Outline, options: RunOptions, key: str) -> None:
        self._first: tuple[Graph, Outline] | None = (graph, outline)
        self._options = options
        self._key = key
        self._lock = Lock()
        self._session = _open((graph, outline), options, "bf16")

    @property
    def runtime(self) -> str:
        """What the session runs by as far as is known."""
        return self._session.runtime

    @property
    def inputs(self) -> Sequence[Port]:
        """What `run` takes."""
        return self._session.inputs

    @property
    def outputs(self) -> Sequence[Port]:
        """What `run` gives."""
        return self._session.outputs

    def run(self, feeds: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Run the graph once; raises `EncoderError` when it cannot be run on these arrays."""
        if self._first is not None:
            with self._lock:
                if self._first is not None:
                    return self._compare(self._first, feeds)
        return self._session.run(feeds)

    def _compare(
        self, first: tuple[Graph, Outline], feeds: Mapping[str, NDArray[Any]]
    ) -> dict[str, NDArray[Any]]:
        fast = self._session.run(feeds)
        exact = _open(first, self._options, "fp32")
        reference = exact.run(feeds)
        cosine = least_cosine(fast, reference)
        Verdicts(self._options.models / FILE).add(self._key, cosine)
        self._first = None
        if _precision(cosine) == "fp32":
            self._session = exact
        return reference


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The least cosines seen, in a file that may be missing or impossible to write."""

    path: Path

    def find(self, key: str) -> float | None:
        """What was seen of a graph, if anything."""
        found = self._read().get(key)
        return float(found) if isinstance(found, int | float) else None

    def add(self, key: str, cosine: float) -> None:
        """Remember what was seen; without a place to write, it will be measured again."""
        known = {**self._read(), key: round(cosine, 6)}
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            other = self.path.with_suffix(f".{os.getpid()}")
            other.write_text(json.dumps(known, indent=1))
            other.replace(self.path)

    def _read(self) -> dict[str, Any]:
        try:
            known = json.loads(self.path.read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def least_cosine(rows: Mapping[str, NDArray[Any]], reference: Mapping[str, NDArray[Any]]) -> float:
    """The least cosine between rows of the same output; -1 where one is not finite."""
    return min(_cosine(rows[name], exact) for name, exact in reference.items())


def fingerprint(graph: Graph) -> str:
    """32 hexadecimal digits of the operators, a sample of each weight, runtime and processor."""
    digest = hashlib.sha256(f"{identity()}\n".encode() + graph.model)
    if graph.path is not None and not graph.model:
        digest.update(f"{graph.path} {graph.path.stat().st_mtime_ns}".encode())
    for name, array in sorted(graph.weights.items()):
        data = array.reshape(-1).view(np.uint8)
        middle = len(data) // 2
        digest.update(f"{name} {len(data)}".encode())
        digest.update(data[:_SAMPLE].tobytes() + data[middle : middle + _SAMPLE].tobytes())
    return digest.hexdigest()[:32]


def _cosine(rows: NDArray[Any], exact: NDArray[Any]) -> float:
    left, right = (each.reshape(len(each), -1).astype(np.float64) for each in (rows, exact))
    lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    cosines = np.einsum("nd,nd->n", left, right) / np.maximum(lengths, 1e-30)
    return float(cosines.min()) if np.isfinite(cosines).all() else -1.0


def _precision(cosine: float) -> Literal["fp32", "bf16"]:
    return "bf16" if cosine >= LEAST_COSINE else "fp32"


def _open(
    first: tuple[Graph, Outline], options: RunOptions, precision: Literal["fp32", "bf16"]
) -> Session:
    return OpenVinoSession(*first, threads=options.threads, precision=precision)
