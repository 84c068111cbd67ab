"""A flat map of a library: every photo at a place, alike ones close together.

The two directions in which vectors differ most (principal components, Pearson 1901) are found on an
even sample, so the map is the same each time, and much the same while photos are added.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mindseye.analysis.photo_vectors import photo_vectors
from mindseye.stores.base import Selection, Store
from mindseye.types import EmbeddingSpace, Ids, Vectors

Points: TypeAlias = NDArray[np.float32]
"""float32 `(n, 2)`, each coordinate from -1 to 1."""

_SAMPLE: Final = 20_000


def projected(store: Store, space: EmbeddingSpace, chosen: Selection) -> tuple[Ids, Points]:
    """The photos chosen that have a vector in `space`, by id, and a place for each."""
    centre, axes = _axes(store.vectors(space).sample(_SAMPLE), space.dim)
    photos, places = [np.empty(0, np.int64)], [np.empty((0, 2), np.float32)]
    for known, rows in photo_vectors(store, space, chosen):
        photos.append(known)
        places.append(((rows - centre) @ axes).astype(np.float32))
    ids, first = np.unique(np.concatenate(photos), return_index=True)
    points = np.concatenate(places)[first][ids >= 0]
    widest = float(np.abs(points).max(initial=0.0)) or 1.0
    return ids[ids >= 0], (points / widest).astype(np.float32)


def _axes(sample: Vectors, dim: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The mean of the rows, and the directions `(dim, 2)` in which they differ most.

    Of the two signs a direction may have, that is taken by which its largest part is positive.
    """
    if len(sample) < 2:
        return np.zeros(dim, np.float32), np.eye(dim, 2, dtype=np.float32)
    centre = sample.mean(axis=0)
    spread = np.cov(sample, rowvar=False).astype(np.float64)
    _, directions = np.linalg.eigh(spread)
    axes = directions[:, :-3:-1]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return centre, (axes * signs).astype(np.float32)
