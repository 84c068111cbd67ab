"""What is looked for, as one vector, in the vectors of one space: frames ranked, photos judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.base import Calibration
from mindseye.query.model import Term
from mindseye.search.blend import Blend
from mindseye.search.candidates import Candidates
from mindseye.search.cut import Cut
from mindseye.stores.base import Store, VectorTable
from mindseye.types import Hit, Ids, Photo, TermScore, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Photos best first: their ids, best frames and those frames' scores, each `(n,)`."""

    photos: Ids
    frames: Ids
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.photos)

    def at(self, places: slice | NDArray[np.bool_] | Ids) -> Ranked:
        """Those at these places of the ranking."""
        return Ranked(self.photos[places], self.frames[places], self.scores[places])


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A ranking with the vectors of its frames, and what is to be thought of each photo.

    `chances` are probabilities that never rise along it, None where the encoder knows none;
    `parts` `(n, terms)` what each term alone scored.
    """

    ranked: Ranked
    chances: NDArray[np.float32] | None
    parts: Vectors

    def __len__(self) -> int:
        return len(self.ranked)

    def hit(self, place: int, photo: Photo, terms: Sequence[Term]) -> Hit:
        """The hit at a place of the ranking."""
        return Hit(
            photo,
            score=float(self.ranked.scores[place]),
            probability=None if self.chances is None else float(self.chances[place]),
            frame=int(self.ranked.frames[place]),
            why=tuple(
                TermScore(str(term.value), term.weight, float(score))
                for term, score in zip(terms, self.parts[place], strict=True)
            ),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """Terms blended into one vector, the table they are looked for in, and where lists end."""

    store: Store
    table: VectorTable
    calibration: Calibration
    mixed: Blend
    cut: Cut
    without: frozenset[int] = frozenset()
    """Photos that are never found: those that were shown as examples."""

    def ranked(self, candidates: Candidates, count: int) -> Ranked:
        """The best `count` photos, each by its best frame; fewer only where there are no more."""
        k = count + len(self.without)
        while True:
            matches = candidates.best(self.table, self.mixed.vector, k)
            owners = self.store.catalog.owners(matches.ids)
            kept = _first_of_each(owners, self.without)
            if len(kept) >= count or len(matches) < k:
                ranked = Ranked(owners, matches.ids, matches.scores)
                return ranked.at(kept[:count])
            k *= 2

    def judged(self, ranked: Ranked) -> Judged:
        """What is to be thought of photos; those whose vectors went meanwhile are left out."""
        ids, vectors = self.table.get(ranked.frames.tolist())
        order = np.argsort(ids)
        places = np.searchsorted(ids, ranked.frames, sorter=order)
        there = places < len(ids)
        there[there] = ids[order[places[there]]] == ranked.frames[there]
        rows, ranked = vectors[order[places[there]]], ranked.at(there)
        chances = self.calibration.probability(
            self.mixed.vector, ranked.scores, rows, kind=self.mixed.kind
        )
        return Judged(ranked, _falling(chances), rows @ self.mixed.rows.T)

    def relevant(self, candidates: Candidates, most: int) -> Judged:
        """All photos above the cut-off, up to `most`."""
        count = 256
        while True:
            ranked = self.ranked(candidates, min(count, most))
            judged = self.judged(ranked)
            above = self.cut.count(judged.ranked.scores, judged.chances)
            if above < len(judged) or len(ranked) < count or count >= most:
                return Judged(
                    judged.ranked.at(slice(above)),
                    None if judged.chances is None else judged.chances[:above],
                    judged.parts[:above],
                )
            count *= 4


def _first_of_each(owners: Ids, without: frozenset[int]) -> Ids:
    """Places at which a photo stands first; missing photos (-1) and those left out never do."""
    first = np.sort(np.unique(owners, return_index=True)[1])
    barred = np.array([-1, *without], dtype=np.int64)
    kept: Ids = first[~np.isin(owners[first], barred)]
    return kept


def _falling(chances: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    """Probabilities that never rise along the ranking: a better hit is never less likely."""
    if chances is None:
        return None
    falling: NDArray[np.float32] = np.maximum.accumulate(chances[::-1])[::-1]
    return falling
