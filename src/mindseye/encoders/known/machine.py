"""What this machine can do for an encoder: its memory, and how fast it computes a transformer."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.options import RunOptions
from mindseye.errors import EncoderError, MissingExtra

_WIDTH: Final = 768
_TOKENS: Final = 197
_BATCH: Final = 4
_LAYERS: Final = 2
_SECONDS: Final = 0.5

_OPERATIONS: Final = _LAYERS * _BATCH * _TOKENS * (24 * _WIDTH**2 + 4 * _TOKENS * _WIDTH)
"""Of one run of the probe, two a multiply-add: four projections and an MLP of four widths take
12 width^2 multiply-adds a token, attention's two products take 2 tokens * width."""

_CGROUP_LIMITS: Final = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


@dataclass(frozen=True, slots=True)
class Probe:
    """Billions of operations a second that this machine reached, and on what."""

    gflops: float
    how: str


def total_memory() -> int | None:
    """Bytes of memory this process may use: the machine's, or its container's; None: unknown."""
    known = [size for size in (_physical_memory(), *map(_limit, _CGROUP_LIMITS)) if size]
    return min(known, default=None)


def probe(options: RunOptions) -> Probe:
    """Run two blocks of a ViT-B/16 with random weights, as an encoder would be run here.

    Takes a second or two. Without the packages that encoders need, a product of matrices in
    numpy stands in, which is more than a whole network reaches.
    """
    try:
        return _transformer(options)
    except (MissingExtra, EncoderError):
        return _matrices()


def _transformer(options: RunOptions) -> Probe:
    from mindseye.encoders.graphs.blocks import OPEN_CLIP, Stack, Tokens, transformer
    from mindseye.encoders.graphs.writer import GraphWriter
    from mindseye.encoders.sessions import open_graph

    if options.runtime == "torch":
        options = replace(options, runtime="auto")
    writer = GraphWriter(_RandomTensors())
    stack = Stack(OPEN_CLIP, "", _LAYERS, _WIDTH, _WIDTH // 64, "gelu", 1e-5)
    rows = transformer(writer, "rows", stack, Tokens(_TOKENS))
    graph = writer.finish({"rows": ("float32", ("batch", _WIDTH))}, rows)
    session = open_graph(graph, options)
    rng = np.random.default_rng(0)
    feeds = {"rows": rng.standard_normal((_BATCH * _TOKENS, _WIDTH)).astype(np.float32)}
    seconds = _fastest(lambda: session.run(feeds))
    return Probe(
        _OPERATIONS / seconds / 1e9,
        f"two blocks of a ViT-B/16, {_BATCH} at a time, on {session.runtime}",
    )


def _matrices() -> Probe:
    side = 1024
    matrix = np.random.default_rng(0).standard_normal((side, side)).astype(np.float32)
    seconds = _fastest(lambda: matrix @ matrix)
    return Probe(2 * side**3 / seconds / 1e9, "a product of matrices in numpy: at best")


def _fastest(work: Any) -> float:
    """Seconds of the fastest run: whatever else the machine does only ever adds to it."""
    work()
    best, end = float("inf"), time.perf_counter() + _SECONDS
    while True:
        start = time.perf_counter()
        work()
        now = time.perf_counter()
        best = min(best, now - start)
        if now > end:
            return best


class _RandomTensors:
    """Weights of as many OpenCLIP blocks as asked for, made up on the spot."""

    names: Iterable[str] = ()

    def __init__(self) -> None:
        self._rng = np.random.default_rng(0)

    def __contains__(self, name: object) -> bool:
        return "ls_" not in str(name)

    def __getitem__(self, name: str) -> NDArray[Any]:
        shape = self.shape(name)
        return (self._rng.standard_normal(shape) * 0.02).astype(np.float32)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor by its name."""
        rows = 3 * _WIDTH if "in_proj" in name else 4 * _WIDTH if "c_fc" in name else _WIDTH
        if "bias" in name or "ln_" in name:
            return (rows,)
        return (rows, 4 * _WIDTH if "c_proj" in name else _WIDTH)

    def dtype(self, name: str) -> str:
        """float32, all of them."""
        del name
        return "F32"

    def as_float32(self, name: str) -> NDArray[np.float32]:
        """The same as indexing."""
        return self[name]


def _physical_memory() -> int | None:
    if sys.platform == "win32":
        return _windows_memory()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def _windows_memory() -> int | None:
    import ctypes

    kilobytes = ctypes.c_ulonglong()
    windll: Any = getattr(ctypes, "windll", None)
    if windll is None or not windll.kernel32.GetPhysicallyInstalledSystemMemory(
        ctypes.byref(kilobytes)
    ):
        return None
    return kilobytes.value * 1024


def _limit(path: Path) -> int | None:
    """A container's limit; None where none is set."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return int(text) if text.isdecimal() else None
