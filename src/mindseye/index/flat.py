"""Every code is compared: one bit a dimension, and exactly where that does not decide.

FAISS's RaBitQ codes (Gao and Long, SIGMOD 2024) are scanned in the processor's registers: 9 bytes
per 64 dimensions instead of 128, no training beyond a mean. The best few hundred are scored again
from the stored rows. How far the codes err is then known, and so is whether another row could still
be better. For a query near some photos none can. For words, which lie far from all photos, many
can: then every row is compared exactly, at three to four times the cost (`benchmarks/vectors.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from mindseye.index.choice import Choice
from mindseye.index.exact import Rows, Scores
from mindseye.index.matrix import scan_listed
from mindseye.types import Ids, Vectors

LEAST_ROWS = 4096
_LEAST_DIM = 64
"""Below either, comparing everything exactly is as fast as codes."""

MOST_ROWS = 1_000_000
"""Above, the codes of all are not written again for every few new rows: an index is trained."""

_CANDIDATES = 512
_CANDIDATES_PER_HIT = 16
_CANDIDATES_PER_ROW = 1 / 400
"""Candidates of the codes, whichever is most. For pictures as queries 400 held every true top ten
among 100,000 clustered vectors; among 1,000,000 it took 2,500."""

_DEVIATIONS = 4.0
"""The codes decide where all others are so many standard deviations too low for the best `k`; the
deviation is that of the candidates' codes from their exact scores."""

_TRAINING_ROWS = 20_000
"""RaBitQ learns only the mean of the vectors; more rows do not move it."""


@dataclass(frozen=True, slots=True, eq=False)
class FlatCodes:
    """One-bit codes of all `rows`."""

    index: faiss.Index
    rows: Rows

    def decided(self, query: Vectors, k: int, choice: Choice) -> tuple[Ids, Scores] | None:
        """Positions that hold the best `k` with their scores, None where others may be better."""
        wanted = max(_CANDIDATES, _CANDIDATES_PER_HIT * k, int(choice.size * _CANDIDATES_PER_ROW))
        # Fast-scan codes know no selectors: what is barred is found as well and dropped.
        asked = min(wanted * choice.count // max(choice.size, 1), choice.count)
        estimates, places = self.index.search(query[None], asked)
        kept = places[0] >= 0
        if choice.barred is not None:
            kept &= ~choice.barred[places[0]]
        order = np.argsort(places[0][kept])
        positions = places[0][kept][order]
        positions, scores = scan_listed(self.rows, positions, query, len(positions))
        back = np.argsort(positions)
        positions, scores = positions[back], scores[back]
        decided = _is_enough(scores, estimates[0][kept][order], float(estimates[0][-1]), k)
        return (positions, scores) if decided else None


def encoded(codes: FlatCodes | None, fresh: Rows, rows: Rows) -> FlatCodes | None:
    """The codes of all `rows`, of which `codes` lack the `fresh`; None where none are needed."""
    count, dim = rows.shape
    if not LEAST_ROWS <= count <= MOST_ROWS or dim < _LEAST_DIM:
        return None
    if codes is None:
        grown: faiss.Index = faiss.IndexRaBitQFastScan(dim, faiss.METRIC_INNER_PRODUCT)
        step = max(count // _TRAINING_ROWS, 1)
        grown.train(rows[::step].astype(np.float32))
        fresh = rows
    else:
        # A copy: searches in other threads go on with the codes they have.
        grown = faiss.deserialize_index(faiss.serialize_index(codes.index))
    for start in range(0, len(fresh), _TRAINING_ROWS):
        grown.add(fresh[start : start + _TRAINING_ROWS].astype(np.float32))
    return FlatCodes(grown, rows)


def read_codes(path: Path, rows: Rows) -> FlatCodes | None:
    """The codes of these rows in a file, None where it holds anything else."""
    try:
        index = faiss.read_index(str(path))
    except RuntimeError:
        # FAISS says so of every file it cannot read, those of another version included.
        return None
    return FlatCodes(index, rows) if (index.ntotal, index.d) == rows.shape else None


def _is_enough(scores: Scores, estimates: NDArray[np.float32], last: float, k: int) -> bool:
    """Whether a row beyond the `last` estimate is very unlikely to belong to the best `k`."""
    if len(scores) < k:
        return False
    worst = np.partition(scores, len(scores) - k)[len(scores) - k] if k else np.inf
    spread = float(np.std(estimates - scores)) if len(scores) else 0.0
    return bool(last < worst - _DEVIATIONS * spread)
