"""Centroids in a tree of two levels: learned and assigned to in a fraction of the time.

K-means over `n` centroids compares every row with all of them, in every round. Here rows are first
divided among about the square root of `n` groups, and each group learns its own share of the
centroids: 4,096 centroids of 512 dimensions took 8 seconds instead of 530 on two busy cores, and
the mean cosine of a row to its centroid went from 0.943 to 0.938. A row is assigned by comparing it
with the groups and the centroids of the nearest few.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import faiss
import numpy as np
from numpy.typing import NDArray

from mindseye.types import Ids, Vectors

ROWS_PER_CENTROID = 24
"""Rows that training looks at for each centroid: there are many of those, and they are only places
to look at."""

_ROUNDS = 8
_GROUPS_LOOKED_AT = 4
"""With four of 64 groups 97 of 100 rows went to the nearest centroid of all, with eight 99."""

_NEAR_ZERO = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Unit centroids `(n, dim)` in order of their groups, and where each group begins."""

    groups: Vectors
    starts: Ids
    """`(groups + 1,)`: group `g` has the centroids from `starts[g]` to `starts[g + 1]`."""
    centroids: Vectors

    def assign(self, rows: Vectors) -> tuple[Ids, Vectors]:
        """The nearest centroid of each row, nearly always, and the cosine to it."""
        looked_at = min(_GROUPS_LOOKED_AT, len(self.groups))
        near = np.argpartition(rows @ self.groups.T, -looked_at, axis=1)[:, -looked_at:].ravel()
        order = np.argsort(near, kind="stable")
        cuts = np.searchsorted(near[order], np.arange(len(self.groups) + 1))
        best = np.full(len(rows), -np.inf, np.float32)
        chosen = np.zeros(len(rows), np.int64)
        for group, (start, stop) in enumerate(pairwise(cuts)):
            members = order[start:stop] // looked_at
            if not len(members):
                continue
            first, last = self.starts[group], self.starts[group + 1]
            cosines = rows[members] @ self.centroids[first:last].T
            nearest = cosines.argmax(axis=1)
            cosine = cosines[np.arange(len(members)), nearest]
            better = cosine > best[members]
            best[members[better]] = cosine[better]
            chosen[members[better]] = nearest[better] + first
        return chosen, best


def grow(sample: Vectors, count: int) -> Tree:
    """A tree of `count` centroids for rows like those of the sample, always the same one."""
    groups = _centroids(sample, max(round(count**0.5), 1))
    of_group = (sample @ groups.T).argmax(axis=1)
    sizes = _shares(np.bincount(of_group, minlength=len(groups)), count)
    leaves = [
        _centroids(sample[of_group == group], size, groups[group])
        for group, size in enumerate(sizes.tolist())
    ]
    return Tree(groups, np.cumsum(np.concatenate([[0], sizes])), np.concatenate(leaves))


def _shares(members: NDArray[np.int64], count: int) -> Ids:
    """How many of `count` centroids each group gets, by its members and at least one."""
    wanted = members / max(int(members.sum()), 1) * count
    sizes: Ids = np.maximum(np.floor(wanted).astype(np.int64), 1)
    while (missing := count - int(sizes.sum())) > 0:
        most = np.argsort(sizes - wanted, kind="stable")[:missing]
        sizes[most] += 1
    while sizes.sum() > count:
        sizes[np.argmax(sizes - wanted + (sizes > 1) * count)] -= 1
    return sizes


def _centroids(rows: Vectors, count: int, fallback: Vectors | None = None) -> Vectors:
    """Unit centroids of the rows; where rows are too few, some beside one another."""
    dim = rows.shape[1]
    if len(rows) <= count:
        noise = np.random.default_rng(count).standard_normal((count - len(rows), dim))
        centre = np.zeros(dim) if fallback is None else fallback
        rows = np.concatenate([rows, centre + _NEAR_ZERO * noise]).astype(np.float32)
        return _unit(rows)
    clustering = faiss.Kmeans(
        dim,
        count,
        niter=_ROUNDS,
        spherical=True,
        min_points_per_centroid=1,
        max_points_per_centroid=8 * ROWS_PER_CENTROID,
    )
    clustering.train(np.ascontiguousarray(rows))
    assert clustering.centroids is not None, "it was trained"
    return _unit(clustering.centroids)


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)
