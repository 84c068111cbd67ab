"""Rows of float16 in a file that FAISS maps and compares exactly, in the processor's registers.

The file is what FAISS writes for a scalar-quantised index of 16-bit floats: a short header that
ends with the number of bytes, then the rows. So rows can be appended and the header written over.
NumPy would turn float16 into float32 first, which takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from mindseye.index.exact import Rows, Scores
from mindseye.types import Ids, Vectors

_SIZE_BYTES = 8

_ALONE_ROWS = 200_000
"""Up to so many rows one thread scans: a team of threads waits for its slowest, and beside an
ingest that keeps all processors busy this was measured to take twice to four times as long."""


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
    with _threads_for(scanner.ntotal):
        scores, places = scanner.search(query[None], min(k, scanner.ntotal), params=chosen)
    found = places[0] >= 0
    return places[0][found], scores[0][found]


@contextmanager
def _threads_for(rows: int) -> Iterator[None]:
    """Keep FAISS to this thread where that takes a few milliseconds; OpenMP asks per thread."""
    before = faiss.omp_get_max_threads()
    if rows <= _ALONE_ROWS:
        faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _scanner(dim: int) -> faiss.IndexScalarQuantizer:
    return faiss.IndexScalarQuantizer(
        dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
