"""What is looked for, as one vector, in the vectors of one space: frames ranked, photos judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mindseye.query.model import Term
from mindseye.search.candidates import Candidates
from mindseye.search.cut import Cut
from mindseye.search.fuse import LEAST, Balance, Told, fused, text_chance
from mindseye.search.judge import Judge
from mindseye.search.ranked import Ranked
from mindseye.stores.base import Store, VectorTable
from mindseye.types import Hit, Ids, Photo, TermScore, Vectors

_SPARE = 64
"""So many more photos are looked at than are asked for: texts may put them further up."""

_MOST_SAID = 500
"""So many photos whose texts say most are looked at that are not among the best shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A ranking with the vectors of its frames, and what is to be thought of each photo.

    `chances` are probabilities, which never rise along it where nothing is pushed away and no text
    has a say, None where the encoder knows none; `parts` `(n, terms)` what each term alone scored.
    """

    ranked: Ranked
    chances: NDArray[np.float32] | None
    parts: Vectors

    def __len__(self) -> int:
        return len(self.ranked)

    def at(self, places: slice) -> Judged:
        """Those at these places of the ranking."""
        chances = None if self.chances is None else self.chances[places]
        return Judged(self.ranked.at(places), chances, self.parts[places])

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
    judge: Judge
    cut: Cut
    without: frozenset[int] = frozenset()
    """Photos that are never found: those that were shown as examples."""

    told: Told = field(default_factory=Told)
    """What is written about the photos that may be found."""

    balance: Balance = field(default_factory=Balance)

    @property
    def terms(self) -> Sequence[Term]:
        """What is looked for, liked and disliked photos among it."""
        return self.judge.mixed.terms

    @property
    def compared(self) -> int:
        """How many frames a search without a filter compares."""
        return len(self.table)

    def ranked(self, candidates: Candidates, count: int) -> Ranked:
        """The best `count` photos, each by its best frame; fewer only where there are no more."""
        if not len(self.told) and not self.judge.pushes:
            return self._shown(candidates, count)
        shown = self._shown(candidates, count + _SPARE)
        return self._fused(_joined(shown, self._said(candidates, shown))).at(slice(count))

    def _shown(self, candidates: Candidates, count: int) -> Ranked:
        """The best by what pictures show."""
        k = count + len(self.without)
        while True:
            matches = candidates.best(self.table, self.judge.mixed.vector, k)
            owners = self.store.catalog.owners(matches.ids)
            kept = first_of_each(owners, self.without)
            if len(kept) >= count or len(matches) < k:
                ranked = Ranked(owners, matches.ids, matches.scores)
                return ranked.at(kept[:count])
            k *= 2

    def _said(self, candidates: Candidates, shown: Ranked) -> Ranked:
        """The best by what texts say, but for those `shown` already; each by its best frame."""
        there = np.isin(self.told.photos, [*shown.photos.tolist(), *self.without])
        photo_ids = self.told.photos[~there][:_MOST_SAID].tolist()
        frames = [
            frame for owned in self.store.catalog.frames(photo_ids).values() for frame in owned
        ]
        may = candidates.among(np.array(sorted(frames), np.int64))
        ids, vectors = self.table.get(may.tolist())
        scores = np.asarray(vectors @ self.judge.mixed.vector, np.float32)
        best = np.argsort(-scores)
        ids, scores = ids[best], scores[best]
        owners = self.store.catalog.owners(ids)
        return Ranked(owners, ids, scores).at(first_of_each(owners, self.without))

    def _fused(self, ranked: Ranked) -> Ranked:
        """A ranking by score, put in order by what pictures show and texts say together."""
        judged = self.judged(ranked)
        ranked, shown = judged.ranked, judged.chances
        evidence = self.told.of(ranked.photos)
        chances = None if shown is None else fused(shown, evidence)
        ranked = replace(ranked, chances=chances, evidence=evidence)
        said = text_chance(evidence)
        worth = np.where(said >= LEAST, said, 0)
        if shown is not None:
            worth = self.balance.worth(shown, evidence)
        if self.judge.pushes and not len(self.told):
            worth = ranked.scores
        above = self.cut.above(ranked, chances)
        return ranked.at(np.lexsort((-ranked.scores, -worth, ~above)))

    def judged(self, ranked: Ranked) -> Judged:
        """What is to be thought of photos; those whose vectors went meanwhile are left out."""
        ids, vectors = self.table.get(ranked.frames.tolist())
        order = np.argsort(ids)
        places = np.searchsorted(ids, ranked.frames, sorter=order)
        there = places < len(ids)
        there[there] = ids[order[places[there]]] == ranked.frames[there]
        rows, ranked = vectors[order[places[there]]], ranked.at(there)
        parts = rows @ self.judge.mixed.rows.T
        if ranked.evidence is not None:
            return Judged(ranked, ranked.chances, parts)
        return Judged(ranked, self.judge.chances(rows, ranked.scores), parts)

    def relevant(self, candidates: Candidates, most: int) -> Judged:
        """All photos above the cut-off, up to `most`."""
        count = 256
        while True:
            ranked = self.ranked(candidates, min(count, most))
            judged = self.judged(ranked)
            above = self.cut.count(judged.ranked, judged.chances)
            if above < len(judged) or len(ranked) < count or count >= most:
                return judged.at(slice(above))
            count *= 4


def _joined(one: Ranked, other: Ranked) -> Ranked:
    """Two rankings as one, by score."""
    frames = np.concatenate([one.frames, other.frames])
    scores = np.concatenate([one.scores, other.scores])
    photo_ids = np.concatenate([one.photos, other.photos])
    return Ranked(photo_ids, frames, scores).at(np.argsort(-scores, kind="stable"))


def first_of_each(owners: Ids, without: frozenset[int]) -> Ids:
    """Places at which a photo stands first; missing photos (-1) and those left out never do."""
    first = np.sort(np.unique(owners, return_index=True)[1])
    barred = np.array([-1, *without], dtype=np.int64)
    kept: Ids = first[~np.isin(owners[first], barred)]
    return kept
