"""What is to be thought of a photo: the probability that it shows what is wanted, and only that.

A blend of terms of which some are pushed away lies off the words an encoder was calibrated with:
everything would score low, and the list would end before it began. There the wanted terms are
judged by their own blend, and each term pushed away on its own:

    p = p_wanted * prod_i (1 - p_i) ^ (|w_i| / W)

with w_i the weight of a term pushed away, and W the sum of the weights of those wanted. So it is
said which photos are hits; their order stays that of the blend, which pushes harder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.base import Calibration, QueryKind
from mindseye.query.model import Words
from mindseye.search.blend import Blend, blend
from mindseye.types import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Judges pictures by what is wanted of them, and by each term they are pushed away from."""

    calibration: Calibration
    mixed: Blend
    wanted: Blend
    """The blend of the wanted terms; `mixed` itself where nothing is pushed away, or all is."""

    @classmethod
    def of(cls, calibration: Calibration, mixed: Blend) -> Self:
        """Raises `QueryError` where the wanted terms cancel each other out."""
        places = [place for place, term in enumerate(mixed.terms) if term.weight > 0]
        if len(places) in {0, len(mixed.terms)}:
            return cls(calibration, mixed, mixed)
        terms = [mixed.terms[place] for place in places]
        return cls(calibration, mixed, blend(terms, mixed.rows[places], mixed.kind, calibration))

    @property
    def pushes(self) -> bool:
        """Whether the order of scores is not that of probabilities: something is pushed away."""
        return self.wanted is not self.mixed

    def chances(self, rows: Vectors, scores: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """The probability of each picture `(n, dim)` with its score; None where none is known.

        Without terms pushed away a better score is never less likely.
        """
        if not self.pushes:
            chances = self.calibration.probability(
                self.mixed.vector, scores, rows, kind=self.mixed.kind
            )
            return _falling(chances)
        wanted = self.wanted
        chances = self.calibration.probability(
            wanted.vector, rows @ wanted.vector, rows, kind=wanted.kind
        )
        if chances is None:
            return None
        whole = sum(term.weight for term in wanted.terms)
        for term, row in zip(self.mixed.terms, self.mixed.rows, strict=True):
            if term.weight < 0:
                kind: QueryKind = "text" if isinstance(term.value, Words) else "image"
                shown = self.calibration.probability(row, rows @ row, rows, kind=kind)
                if shown is not None:
                    chances = chances * (1 - shown) ** (-term.weight / whole)
        return np.asarray(chances, np.float32)


def _falling(chances: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    """Probabilities that never rise along the ranking: a better hit is never less likely."""
    if chances is None:
        return None
    falling: NDArray[np.float32] = np.maximum.accumulate(chances[::-1])[::-1]
    return falling
