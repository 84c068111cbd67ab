"""How much of what was asked for the texts of photos say, from which photos say each word.

A word tells the more the fewer photos say it. Of N photos, n of which say a word,

    w = log((N + K) / (n + 1))       weighs the word (its inverse document frequency),
    r = 1 - (n / (N + K))^2          says how far it tells photos apart.

A photo's evidence is  sum(w r f) / sum(w)  over the words asked for, where f is the weight of the
weightiest passage that says the word, 0 where none does. It is 1 for a photo that says all of a
query of rare words, and almost 0 where every photo says the same ("img" among file names); the
square lets the name of a trip count that half of a library was taken on. K photos
that say nothing are thought of beside those of the library, so that in a small one a word that all
its photos say may still be asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mindseye.types import Ids, Matches

THOUGHT_OF: Final = 100
"""K, the photos that are thought of beside those of the library."""


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """The photos that say one word: their ids, each once, and the weights of their passages."""

    ids: Ids
    weights: NDArray[np.float32]


def evidence(said: Sequence[Said], photos: int) -> Matches:
    """The evidence for each photo that says any word, by id; `photos` is how many there are."""
    if not said:
        return Matches(np.empty(0, np.int64), np.empty(0, np.float32))
    counts = np.array([len(one.ids) for one in said], dtype=np.float64)
    everything = max(photos, int(counts.max())) + THOUGHT_OF
    telling = np.log(everything / (counts + 1))
    shares = telling / telling.sum() * (1 - (counts / everything) ** 2)
    ids, place = np.unique(np.concatenate([one.ids for one in said]), return_inverse=True)
    parts = np.concatenate([share * one.weights for share, one in zip(shares, said, strict=True)])
    return Matches(ids, np.bincount(place, parts, len(ids)).astype(np.float32))
