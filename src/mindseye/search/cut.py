"""Where a list of hits ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.base import Calibration, QueryKind
from mindseye.query.model import Query
from mindseye.search.fuse import LEAST, Chances, text_chance
from mindseye.search.ranked import Ranked


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a list of hits ends: by score, by probability, or nowhere (both None).

    What was `asked_for` holds for every hit; a photo whose texts answer the query is a hit whatever
    is known of the encoder.
    """

    score: float | None
    probability: float | None
    asked_for: bool = False

    @classmethod
    def of(cls, query: Query, calibration: Calibration, kind: QueryKind) -> Self:
        """What the query says, else what is known of the encoder."""
        if query.min_score is not None:
            if kind == "text" and calibration.judged_by == "probability":
                return cls(None, query.min_score, asked_for=True)
            return cls(query.min_score, None, asked_for=True)
        curve = calibration.curve(kind)
        least = calibration.least_score if kind == "text" else None
        return cls(least, None if curve is None else curve.cutoff)

    @property
    def shown(self) -> float | None:
        """The probability, else the score, that people are told."""
        return self.score if self.probability is None else self.probability

    def above(self, ranked: Ranked, chances: Chances | None) -> NDArray[np.bool_]:
        """Which photos lie above."""
        above = np.full(len(ranked), fill_value=True)
        if self.score is not None:
            above &= ranked.scores >= self.score
        if self.probability is not None:
            known = np.zeros_like(ranked.scores) if chances is None else chances
            above &= known >= self.probability
        if ranked.evidence is not None and not self.asked_for:
            least = LEAST if self.probability is None else self.probability
            above |= text_chance(ranked.evidence) >= least
        return above

    def count(self, ranked: Ranked, chances: Chances | None) -> int:
        """How many of these, best first, lie above; nothing that does follows one that does not."""
        return int(np.count_nonzero(self.above(ranked, chances)))
