"""How far a mean may be chance: intervals, differences of two encoders, and many comparisons.

The captions of one picture are no independent questions, so pictures are drawn with all their
captions (cluster bootstrap, percentile interval: Efron and Tibshirani, "An introduction to the
bootstrap", 1993). Where every picture says the same the bootstrap sees no spread, and Wilson's
interval for a share is given ("Probable inference", JASA 1927).

Two encoders answer the same questions. If they were equally good, which of them a picture favours
would be a coin's throw: p is the share of throws that differ at least as much as what was measured
(paired randomisation test: Smucker, Allan and Carterette, CIKM 2007). Several pairs are corrected
by Holm's step-down procedure ("A simple sequentially rejective multiple test procedure", 1979).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from mindseye.analysis.measures import Values

_DRAWS = 2000
_THROWS = 10_000
_ALL_THROWS = 12
"""Up to so many pictures that differ, every throw of the coins is counted instead of some."""

_CELLS = 4_000_000
"""Numbers held at once while drawing: 32 MB."""

_SEED = 0
_LEVEL = (0.025, 0.975)
_NORMAL = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How much higher the second mean is than the first, its 95 % interval, and p."""

    value: float
    low: float
    high: float
    p: float


def estimate(values: Values, clusters: NDArray[np.int64]) -> Estimate:
    """The mean of `values` `(n,)`, of queries that belong to `clusters` `(n,)`, from 0 on."""
    sums, sizes = _sums(values, clusters), _sums(np.ones_like(values), clusters)
    mean = float(values.mean())
    means = sums / sizes
    if means.min() == means.max() and mean in (0.0, 1.0):
        return Estimate(mean, *wilson(mean, len(sums)))
    return Estimate(mean, *_bootstrap(sums, sizes))


def difference(first: Values, second: Values, clusters: NDArray[np.int64]) -> Difference:
    """What the second list of values, of the same queries, has over the first."""
    gained = second - first
    sums, sizes = _sums(gained, clusters), _sums(np.ones_like(gained), clusters)
    return Difference(float(gained.mean()), *_bootstrap(sums, sizes), p=randomisation(sums))


def wilson(share: float, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval for a share that was seen in `count` trials."""
    square = _NORMAL**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    spread = sqrt(share * (1 - share) / count + square / (4 * count**2))
    spread *= _NORMAL / (1 + square / count)
    return max(0.0, middle - spread), min(1.0, middle + spread)


def randomisation(gained: Values) -> float:
    """The two-sided p of differences `(n,)` whose signs would be chance if nothing differed.

    Exact for few; else from random throws, the measured one counted as one of them.
    """
    gained = gained[np.abs(gained) > 1e-12]
    if not len(gained):
        return 1.0
    reached = abs(gained.sum()) * (1 - 1e-9)
    if len(gained) <= _ALL_THROWS:
        bits = np.arange(2 ** len(gained))[:, None] >> np.arange(len(gained)) & 1
        return float(np.mean(np.abs((1 - 2 * bits) @ gained) >= reached))
    random, extreme = np.random.default_rng(_SEED), 0
    for count in _portions(_THROWS, len(gained)):
        throws = 1.0 - 2.0 * random.integers(0, 2, (count, len(gained)))
        extreme += int(np.count_nonzero(np.abs(throws @ gained) >= reached))
    return (extreme + 1) / (_THROWS + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p of each comparison after Holm's correction for all of them, in the order given."""
    corrected, worst = [0.0] * len(p_values), 0.0
    for step, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        worst = max(worst, min(1.0, (len(p_values) - step) * p_values[place]))
        corrected[place] = worst
    return corrected


def _sums(values: Values, clusters: NDArray[np.int64]) -> Values:
    """The sum of each cluster that has a query."""
    present = np.bincount(clusters) > 0
    return np.asarray(np.bincount(clusters, weights=values)[present], np.float64)


def _bootstrap(sums: Values, sizes: Values) -> tuple[float, float]:
    """The interval of the mean when clusters are drawn with replacement."""
    random, means = np.random.default_rng(_SEED), []
    for count in _portions(_DRAWS, len(sums)):
        drawn = random.integers(0, len(sums), (count, len(sums)))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    low, high = np.quantile(np.concatenate(means), _LEVEL)
    return float(low), float(high)


def _portions(total: int, width: int) -> list[int]:
    """`total` rows of `width` numbers in portions that fit into memory."""
    most = max(1, _CELLS // width)
    return [min(most, total - start) for start in range(0, total, most)]
