"""How far a search must go, measured on the rows themselves when an index is trained.

Two kinds of queries are made from rows. "Near" ones lie between two rows, as a picture lies near
some photos. "Far" ones have a cosine of about 0.25 to the row they mean, as words have in the
spaces of CLIP-like encoders: many more rows are about as near to those, so they need more lists and
more rows scored. The true best of each are found by comparing everything; then the cheapest effort
is chosen that finds the target share of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mindseye.index.choice import Choice
from mindseye.index.exact import Rows, Scores
from mindseye.index.stamp import Effort
from mindseye.index.trained import MEASURED_FOR, TrainedCodes
from mindseye.types import Ids, Vectors

NEAR_TARGET = 0.995
FAR_TARGET = 0.992
"""The share of the true best to be found. What 160 queries tell of others is right to half a
percent: a little more is asked for than the 0.99 that is wanted. The last half percent of the far
ones would cost as much again as all the others."""

_NEAR_QUERIES = 64
_FAR_QUERIES = 160
_NEAR_NOISE = 0.4
_FAR_COSINE = 0.25
_BREADTHS = 2**0.25
_CANDIDATES = 2**0.5
_FEWEST, _MOST = 50, 25_600
"""Numbers of rows to score that are tried, from one to the other; each of these, and each number of
lists that is tried, is so many times the one before."""

_UNSEEN = np.iinfo(np.int64).max

_ROOT_COST, _ROW_COST = 9.5, 10.0
"""What a search costs, in codes looked at (21 nanoseconds each): codes that may be among the best
are looked at more closely, and there are the more of those the more are wanted
(0.2 microseconds times the root of the product, measured over one and ten million rows); then rows
are scored exactly (0.2 microseconds each)."""

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
    lists = max(codes.coder.lists, 1)
    best, least_cost, reach, before = None, np.inf, 1, 0
    while before < lists and (before + 1) * codes.covered / lists < least_cost:
        looks = [_look(codes, *asked, reach) for asked in zip(queries, truth, strict=True)]
        for breadth in [step for step in _steps(1, lists, _BREADTHS) if before < step <= reach]:
            ranks = np.array([look.ranks(breadth) for look in looks])
            for candidates in _steps(_FEWEST, _MOST, _CANDIDATES):
                cost = _cost(breadth * codes.covered / lists, candidates)
                if cost < least_cost and np.mean(ranks < candidates) >= goal.target:
                    best, least_cost = Effort(breadth, candidates, goal.least), cost
        before, reach = reach, min(2 * reach, lists)
    return best


def _cost(looked_at: float, candidates: int) -> float:
    return looked_at + _ROOT_COST * sqrt(looked_at * candidates) + _ROW_COST * candidates


def _steps(first: int, last: int, growth: float) -> list[int]:
    """Whole numbers from one to the other, each so many times the one before."""
    count = ceil(log(last / first, growth)) if last > first else 0
    return sorted({min(round(first * growth**step), last) for step in range(count + 1)})


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """The candidates of one query, likeliest first.

    `distances` tell how many lists lie nearer than that of each, `true` which of them are true;
    `missed` counts the true best that are none of them.
    """

    distances: Ids
    true: Ids
    missed: int

    def ranks(self, breadth: int) -> Ids:
        """At which place each of the true best would be with so few lists; far behind if not."""
        place = np.cumsum(self.distances < breadth) - 1
        seen = np.where(self.distances[self.true] < breadth, place[self.true], _UNSEEN)
        return np.concatenate([seen, np.full(self.missed, _UNSEEN)])


def _look(codes: TrainedCodes, query: Vectors, truth: Ids, breadth: int) -> _Look:
    """What a search finds that goes so far and keeps as many candidates as are ever kept."""
    probe = codes.probe(query, breadth)
    everything = Choice(codes.covered, np.empty(0, np.int64))
    places, scores = codes.candidates(probe, Effort(breadth, _MOST, 0.0), everything)
    order = np.argsort(places, kind="stable")
    places, scores = places[order], scores[order]
    distances = codes.list_ranks(places, probe) if codes.coder.lists else np.zeros_like(places)
    order = np.argsort(-scores, kind="stable")
    true = np.flatnonzero(np.isin(places[order], truth))
    return _Look(distances[order], true, len(truth) - len(true))


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
    one, other = (_drawn(rows, _NEAR_QUERIES, rng) for _ in range(2))
    share = rng.uniform(0.5, 1.0, (len(one), 1))
    away = _unit(rng.standard_normal(one.shape)) * rng.uniform(0.0, _NEAR_NOISE, (len(one), 1))
    return _unit(share * one + (1 - share) * other + away)


def _far(rows: Rows) -> Vectors:
    rng = np.random.default_rng(2)
    meant = _drawn(rows, _FAR_QUERIES, rng)
    away = _unit(rng.standard_normal(meant.shape))
    return _unit(_FAR_COSINE * meant + away)


def _drawn(rows: Rows, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """So many of the rows at most, in any order."""
    chosen = rng.choice(len(rows), min(count, len(rows)), replace=False)
    return rows[chosen].astype(np.float32)


def _unit(rows: NDArray[np.floating[Any]]) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
