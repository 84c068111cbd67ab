"""Where a list of hits ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.base import Calibration, QueryKind
from mindseye.query.model import Query


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a list of hits ends: by score, by probability, or nowhere (both None)."""

    score: float | None
    probability: float | None

    @classmethod
    def of(cls, query: Query, calibration: Calibration, kind: QueryKind) -> Self:
        """What the query says, else what is known of the encoder."""
        if query.min_score is not None:
            if kind == "text" and calibration.judged_by == "probability":
                return cls(None, query.min_score)
            return cls(query.min_score, None)
        curve = calibration.curve(kind)
        least = calibration.least_score if kind == "text" else None
        return cls(least, None if curve is None else curve.cutoff)

    @property
    def shown(self) -> float | None:
        """The probability, else the score, that people are told."""
        return self.score if self.probability is None else self.probability

    def count(self, scores: NDArray[np.float32], chances: NDArray[np.float32] | None) -> int:
        """How many of these, best first, lie above; scores and probabilities fall along them."""
        above = np.full(len(scores), fill_value=True)
        if self.score is not None:
            above &= scores >= self.score
        if self.probability is not None:
            above &= (np.zeros_like(scores) if chances is None else chances) >= self.probability
        return int(np.count_nonzero(above))
