"""What is looked for in texts alone: no picture is compared, and nothing encoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mindseye.errors import UsageError
from mindseye.query.model import Query, Term, Words
from mindseye.search.candidates import Candidates
from mindseye.search.cut import Cut
from mindseye.search.fuse import LEAST, Told, text_chance
from mindseye.search.look import Judged, first_of_each
from mindseye.search.ranked import Ranked
from mindseye.stores.base import Store


@dataclass(frozen=True, slots=True, eq=False)
class TextLook:
    """The words of a query, and what is written about the photos that may be found."""

    store: Store
    terms: Sequence[Term]
    cut: Cut
    told: Told

    @classmethod
    def of(cls, query: Query, store: Store, told: Told) -> TextLook:
        """Raises `UsageError` for a query that shows pictures: only words can be read."""
        shown = [term for term in query.terms if not isinstance(term.value, Words)]
        if shown or query.feedback:
            what = str(shown[0].value) if shown else "liked and disliked photos"
            raise UsageError(
                f"{what} cannot be looked for: pictures are not compared in this search",
                hint="the setting `semantic` and `--balance` say how much pictures count",
            )
        least = LEAST if query.min_score is None else query.min_score
        asked_for = query.min_score is not None
        return cls(store, query.terms, Cut(None, least, asked_for=asked_for), told)

    @property
    def compared(self) -> None:
        """How many frames a search without a filter compares."""
        return None

    def ranked(self, candidates: Candidates, count: int) -> Ranked:
        """The `count` photos whose texts say most; fewer only where no more say anything."""
        frames = self.store.catalog.frames(self.told.photos.tolist())
        first = {owned[0]: photo_id for photo_id, owned in frames.items() if owned}
        may = candidates.among(np.array(sorted(first), np.int64))
        # Photos that went missing meanwhile own nothing.
        owners = self.store.catalog.owners(may)
        kept = first_of_each(owners, frozenset())
        photos, may = owners[kept], may[kept]
        evidence = self.told.of(photos)
        best = np.lexsort((-photos, -evidence))[:count]
        zeros = np.zeros(len(best), np.float32)
        chances = text_chance(evidence[best])
        return Ranked(photos[best], may[best], zeros, chances, evidence[best])

    def judged(self, ranked: Ranked) -> Judged:
        """The same, with what each term scored: nothing, as no picture was compared."""
        return Judged(ranked, ranked.chances, np.zeros((len(ranked), len(self.terms)), np.float32))

    def relevant(self, candidates: Candidates, most: int) -> Judged:
        """All photos above the cut-off, up to `most`."""
        judged = self.judged(self.ranked(candidates, most))
        return judged.at(slice(self.cut.count(judged.ranked, judged.chances)))
