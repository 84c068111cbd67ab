"""What the library's index finds and costs beside exact search over the same vectors."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mindseye.index.mapped import MappedIndex
from mindseye.types import EmbeddingSpace, Ids, Vectors

_QUERIES = 1000
"""Queries asked of both, spread evenly over all: one at a time, as people ask."""


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """How much of the exact answer the index gives: recall@k, and median seconds for a query.

    What it finds counts when its exact score reaches that of the exact answer's last: ties count
    by score. `exact_seconds` is a NumPy product in float32 with a partial sort.
    """

    encoder: str
    vectors: int
    queries: int
    recall: Mapping[int, float]
    index_seconds: float
    exact_seconds: float


def check_index(
    space: EmbeddingSpace, rows: Vectors, queries: Vectors, ks: Sequence[int]
) -> IndexCheck:
    """Build the index of these rows `(n, dim)` and ask both for the best of each `k`."""
    index = MappedIndex(None, space.fingerprint, space.dim)
    index.add(np.arange(len(rows), dtype=np.int64), rows)
    index.flush()
    step = max(1, len(queries) // _QUERIES)
    asked = queries[::step][:_QUERIES]
    most = max(ks)
    found, index_seconds = _timed(lambda query: index.search(query[None], most)[0].ids, asked)
    _, exact_seconds = _timed(lambda query: _exact(rows, query, most), asked)
    return IndexCheck(
        space.encoder,
        len(rows),
        len(asked),
        {k: _recall(rows, asked, found, k) for k in ks},
        index_seconds,
        exact_seconds,
    )


def _timed(search: Callable[[Vectors], Ids], queries: Vectors) -> tuple[list[Ids], float]:
    found, seconds = [], []
    for query in queries:
        started = time.perf_counter()
        found.append(search(query))
        seconds.append(time.perf_counter() - started)
    return found, float(np.median(seconds)) if seconds else 0.0


def _exact(rows: Vectors, query: Vectors, k: int) -> Ids:
    scores = rows @ query
    near = np.argpartition(-scores, k - 1)[:k] if k < len(scores) else np.arange(len(scores))
    return near[np.argsort(-scores[near])].astype(np.int64)


def _recall(rows: Vectors, queries: Vectors, found: Sequence[Ids], k: int) -> float:
    shares = []
    for query, ids in zip(queries, found, strict=True):
        scores = rows @ query
        wanted = min(k, len(rows))
        least = np.partition(scores, len(scores) - wanted)[len(scores) - wanted]
        shares.append(np.count_nonzero(scores[ids[:k]] >= least) / wanted)
    return float(np.mean(shares)) if shares else 1.0
