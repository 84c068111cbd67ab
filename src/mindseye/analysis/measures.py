"""How good rankings are: recall, reciprocal rank and discounted gain of each query.

With R the right answers of a query, r their ranks from 1 and g their grades:

    recall@k = |{r <= k}| / |R|
    hit@k    = 1 where any r <= k, else 0; what papers on picture retrieval call R@k
    MRR      = mean of 1 / min(r)
    nDCG@k   = sum over r <= k of (2^g - 1) / log2(1 + r), by that of the best order there is

(Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002; exponential
gains: Burges et al., "Learning to rank using gradient descent", 2005.)

Ties count against: an answer stands behind everything wrong that scores the same, so an encoder
that tells nothing apart finds nothing, and the order of the input decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mindseye.types import Vectors

_CHUNK = 256
"""Queries scored at once: 256 rows over 100,000 pictures take 100 MB."""

Answers = Mapping[int, float]
"""Right answers of one query, as positions of documents, and their grades above 0."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Where the right answers of one query came: ranks from 1, `inf` for not found; grades."""

    places: Values
    grades: Values


def rank_answers(scores: NDArray[np.float32], answers: Answers) -> Ranks:
    """The ranks of the right answers among all documents, given the score of each `(n,)`."""
    right = np.fromiter(answers, np.int64, len(answers))
    grades = np.fromiter(answers.values(), np.float64, len(answers))
    own = scores[right]
    order = np.lexsort((grades, -own))
    # What is wrong and scores no less comes before; right answers come in their own order.
    everything = np.sort(scores)
    above = len(scores) - np.searchsorted(everything, own[order], side="left")
    right_above = len(own) - np.searchsorted(np.sort(own), own[order], side="left")
    places = above - right_above + np.arange(1, len(own) + 1)
    return Ranks(places.astype(np.float64), grades[order])


def rank_all(queries: Vectors, documents: Vectors, answers: Sequence[Answers]) -> list[Ranks]:
    """The ranks of the right answers of every query row among all document rows, by cosine."""
    found = []
    for start in range(0, len(queries), _CHUNK):
        part = slice(start, start + _CHUNK)
        scores = queries[part] @ documents.T
        found += [rank_answers(row, own) for row, own in zip(scores, answers[part], strict=True)]
    return found


def recall(ranks: Ranks, k: int) -> float:
    """The share of the right answers that is among the first `k`."""
    return float(np.mean(ranks.places <= k))


def hit(ranks: Ranks, k: int) -> float:
    """1 where any right answer is among the first `k`, else 0."""
    return float(np.any(ranks.places <= k))


def reciprocal_rank(ranks: Ranks) -> float:
    """One by the rank of the first right answer; 0 where none was found."""
    return float(1.0 / ranks.places.min())


def ndcg(ranks: Ranks, k: int) -> float:
    """The discounted gain of the first `k`, as a share of the most there could be."""
    gains = 2.0**ranks.grades - 1.0
    near = ranks.places <= k
    gain = float(np.sum(gains[near] / np.log2(1.0 + ranks.places[near])))
    best = np.sort(gains)[::-1][:k]
    return gain / float(np.sum(best / np.log2(2.0 + np.arange(len(best)))))


def measure(ranked: Sequence[Ranks], ks: Sequence[int]) -> dict[str, Values]:
    """Every measure's name and its value for each query `(n,)`.

    `hit@k` is left out where each query has one right answer: it is recall@k then. The gain is cut
    at the largest of `ks`.
    """
    found = {f"recall@{k}": _each(ranked, recall, k) for k in ks}
    if any(len(ranks.places) > 1 for ranks in ranked):
        found |= {f"hit@{k}": _each(ranked, hit, k) for k in ks}
    found["MRR"] = np.array([reciprocal_rank(ranks) for ranks in ranked], np.float64)
    found[f"nDCG@{max(ks)}"] = _each(ranked, ndcg, max(ks))
    return found


def _each(ranked: Sequence[Ranks], value: Callable[[Ranks, int], float], k: int) -> Values:
    return np.array([value(ranks, k) for ranks in ranked], np.float64)
