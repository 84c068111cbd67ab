"""How far a search must go, measured on the rows themselves when an index is trained.

Two kinds of queries are made from rows. "Near" ones lie between two rows, as a picture lies near
some photos. "Far" ones have a cosine of about 0.25 to the row they mean, as words have in the
spaces of CLIP-like encoders: many more rows are about as near to those, so they need more lists and
more rows scored. The true best of each are found by comparing everything; then the cheapest effort
is chosen that finds the target share of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mindseye.index.choice import Choice
from mindseye.index.exact import Rows, Scores
from mindseye.index.stamp import Effort
from mindseye.index.trained import MEASURED_FOR, TrainedCodes
from mindseye.types import Ids, Vectors

NEAR_TARGET = 0.995
FAR_TARGET = 0.99
"""The share of the true best to be found. The last half percent of the far ones would cost as much
again as all the others."""

_QUERIES = 64
_NEAR_NOISE = 0.4
_FAR_COSINE = 0.25
_LADDER = (50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600)
"""Numbers of rows to score that are tried."""

_CODES_PER_ROW_SCORED = 6
"""Scoring a row exactly costs as much as looking at so many codes (0.18 and 0.03 microseconds)."""

_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Goal:
    """The share of the true best to be found, for queries whose best scores `least` or more."""

    target: float
    least: float


def measure(codes: TrainedCodes) -> tuple[Effort, ...]:
    """The efforts that are enough for near and for far queries, nearest first.

    One that cannot be had is left out: its queries are answered by comparing everything.
    """
    near, far = _near(codes.rows), _far(codes.rows)
    truth, scores = _truth(codes.rows, np.concatenate([near, far]))
    least = float(scores[: len(near), 0].min())
    found = [
        _cheapest(codes, near, truth[: len(near)], Goal(NEAR_TARGET, least)),
        _cheapest(codes, far, truth[len(near) :], Goal(FAR_TARGET, -1.0)),
    ]
    return tuple(effort for effort in found if effort is not None)


def _cheapest(codes: TrainedCodes, queries: Vectors, truth: Ids, goal: Goal) -> Effort | None:
    """The effort of the least cost that reaches the target, None where none does."""
    per_list = codes.covered / max(codes.coder.lists, 1)
    best, least_cost = None, np.inf
    for breadth in _breadths(codes):
        if breadth * per_list >= least_cost:
            break
        ranks = _ranks(codes, queries, truth, breadth)
        for candidates in _LADDER:
            cost = breadth * per_list + _CODES_PER_ROW_SCORED * candidates
            if cost < least_cost and np.mean(ranks < candidates) >= goal.target:
                best, least_cost = Effort(breadth, candidates, goal.least), cost
    return best


def _breadths(codes: TrainedCodes) -> Iterator[int]:
    """The numbers of lists to try, up to all; one where there are no lists."""
    breadth = 1
    while breadth < codes.coder.lists:
        yield breadth
        breadth *= 2
    yield max(codes.coder.lists, 1)


def _ranks(codes: TrainedCodes, queries: Vectors, truth: Ids, breadth: int) -> Ids:
    """At which place among the candidates each of the true best is found; far behind if not."""
    choice = Choice(codes.covered, np.empty(0, np.int64))
    ranks = np.full(truth.shape, np.iinfo(np.int64).max)
    for row, query in enumerate(queries):
        places = codes.candidates(query, Effort(breadth, _LADDER[-1], 0.0), choice)
        order = np.argsort(places, kind="stable")
        at = np.searchsorted(places[order], truth[row]).clip(max=len(places) - 1)
        if len(places):
            met = places[order][at] == truth[row]
            ranks[row, met] = order[at][met]
    return ranks


def _truth(rows: Rows, queries: Vectors) -> tuple[Ids, Scores]:
    """The positions and cosines of the true best, by comparing everything a chunk at a time."""
    ids = np.empty((len(queries), 0), np.int64)
    scores = np.empty((len(queries), 0), np.float32)
    for start in range(0, len(rows), _CHUNK):
        cosines = queries @ rows[start : start + _CHUNK].astype(np.float32).T
        few = min(MEASURED_FOR, cosines.shape[1])
        near = np.argpartition(cosines, -few, axis=1)[:, -few:]
        ids = np.concatenate([ids, start + near], axis=1)
        scores = np.concatenate([scores, np.take_along_axis(cosines, near, axis=1)], axis=1)
        first = np.argsort(-scores, axis=1)[:, :MEASURED_FOR]
        ids = np.take_along_axis(ids, first, axis=1)
        scores = np.take_along_axis(scores, first, axis=1)
    return ids, scores


def _near(rows: Rows) -> Vectors:
    rng = np.random.default_rng(1)
    one, other = (_drawn(rows, rng) for _ in range(2))
    share = rng.uniform(0.5, 1.0, (len(one), 1))
    away = _unit(rng.standard_normal(one.shape)) * rng.uniform(0.0, _NEAR_NOISE, (len(one), 1))
    return _unit(share * one + (1 - share) * other + away)


def _far(rows: Rows) -> Vectors:
    rng = np.random.default_rng(2)
    meant = _drawn(rows, rng)
    away = _unit(rng.standard_normal(meant.shape))
    return _unit(_FAR_COSINE * meant + away)


def _drawn(rows: Rows, rng: np.random.Generator) -> NDArray[np.float32]:
    """Some of the rows, in any order."""
    chosen = rng.choice(len(rows), min(_QUERIES, len(rows)), replace=False)
    return rows[chosen].astype(np.float32)


def _unit(rows: NDArray[np.floating[Any]]) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
