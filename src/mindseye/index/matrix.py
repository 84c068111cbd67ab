"""Rows of float16 in a file that FAISS maps and compares exactly, in the processor's registers.

The file is what FAISS writes for a scalar-quantised index of 16-bit floats: a short header that
ends with the number of bytes, then the rows. So rows can be appended and the header written over.
NumPy would turn float16 into float32 first, which takes five to ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from mindseye.index.exact import Rows, Scores
from mindseye.index.team import hands_for, side_by_side
from mindseye.types import Ids, Vectors

_faiss: Any = faiss
"""What FAISS says of its types to checkers leaves this reader out."""

_SIZE_BYTES = 8

_ALONE_ROWS = 200_000
"""Up to so many rows one thread scans: a team of threads waits for its slowest, and beside an
ingest that keeps all processors busy this was measured to take twice to four times as long."""

_SHARED_FROM = 5_000
"""From so many listed rows on, which take a millisecond, threads share them."""

_WINDOW = 512
"""Listed rows that are gathered and compared at once: they stay in the cache."""


def header(dim: int, count: int) -> bytes:
    """What stands before `count` rows; always of the same length."""
    empty = _scanner(dim)
    empty.ntotal = count
    written = faiss.serialize_index(empty).tobytes()
    return bytes(written[:-_SIZE_BYTES]) + (2 * count * dim).to_bytes(_SIZE_BYTES, "little")


def map_scanner(path: Path, count: int) -> faiss.Index | None:
    """The first `count` rows of a file, mapped; None where FAISS finds it damaged."""
    try:
        scanner = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError:
        return None
    if scanner.ntotal < count:
        return None
    # Another process may have appended since; its rows are told by its own stamp.
    scanner.ntotal = count
    return scanner


def scanner_of(rows: Rows) -> faiss.Index:
    """The same over rows in memory, which are copied."""
    scanner = _scanner(rows.shape[1])
    faiss.copy_array_to_vector(np.ascontiguousarray(rows).view(np.uint8).ravel(), scanner.codes)
    scanner.ntotal = len(rows)
    return scanner


def scan(
    scanner: faiss.Index, query: Vectors, k: int, barred: NDArray[np.bool_] | None
) -> tuple[Ids, Scores]:
    """Positions and cosines of the `k` best rows that are not barred, by comparing every row."""
    chosen = None
    if barred is not None:
        bits = np.packbits(~barred, bitorder="little")
        # FAISS keeps addresses: `bits` and `selector` must live until it has searched.
        selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        chosen = faiss.SearchParameters()
        chosen.sel = selector
    with threads_for(scanner.ntotal):
        scores, places = scanner.search(query[None], min(k, scanner.ntotal), params=chosen)
    found = places[0] >= 0
    return places[0][found], scores[0][found]


def scan_listed(rows: Rows, positions: Ids, query: Vectors, k: int) -> tuple[Ids, Scores]:
    """The same among the rows at `positions` only: at least the `k` best, in no order."""
    if not len(positions) or not k:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    query = np.ascontiguousarray(query, np.float32)[None]
    shares = np.array_split(positions, hands_for(len(positions) / _SHARED_FROM))
    found = side_by_side(lambda share: _scan_share(rows, share, query, k), shares)
    return np.concatenate([each[0] for each in found]), np.concatenate([each[1] for each in found])


def _scan_share(rows: Rows, positions: Ids, query: Vectors, k: int) -> tuple[Ids, Scores]:
    window, view = _window(rows.shape[1], min(_WINDOW, len(positions)))
    # In the file rows begin at an odd address: as numbers, NumPy would copy them all first.
    rows_as_bytes = rows.view(np.uint8)
    found, scores = [], []
    with threads_for(0):
        for start in range(0, len(positions), _WINDOW):
            part = positions[start : start + _WINDOW]
            np.take(rows_as_bytes, part, axis=0, out=view[: len(part)], mode="clip")
            window.ntotal = len(part)
            best, places = window.search(query, min(k, len(part)))
            found.append(part[places[0]])
            scores.append(best[0])
    return np.concatenate(found), np.concatenate(scores)


@contextmanager
def threads_for(rows: int) -> Iterator[None]:
    """Keep FAISS to this thread where that takes a few milliseconds; OpenMP asks per thread."""
    before = faiss.omp_get_max_threads()
    if rows <= _ALONE_ROWS:
        faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _window(dim: int, count: int) -> tuple[faiss.Index, NDArray[np.uint8]]:
    """A scanner over memory that rows may be copied into, and that memory, bytes row by row."""
    head = header(dim, count)
    memory = np.empty(len(head) + 2 * count * dim, np.uint8)
    memory[: len(head)] = np.frombuffer(head, np.uint8)
    scanner = faiss.read_index(_faiss.ZeroCopyIOReader(faiss.swig_ptr(memory), memory.size))
    return scanner, memory[len(head) :].reshape(count, 2 * dim)


def _scanner(dim: int) -> faiss.IndexScalarQuantizer:
    return faiss.IndexScalarQuantizer(
        dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
