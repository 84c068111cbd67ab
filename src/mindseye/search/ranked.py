"""Photos in the order in which they answer a query."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mindseye.types import Ids


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Photos best first: their ids, best frames and those frames' scores, each `(n,)`.

    Where texts had a say, `evidence` is what they say of each photo, and `chances` are the
    probabilities by both, None where the encoder knows none.
    """

    photos: Ids
    frames: Ids
    scores: NDArray[np.float32]
    chances: NDArray[np.float32] | None = None
    evidence: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.photos)

    def at(self, places: slice | NDArray[np.bool_] | Ids) -> Ranked:
        """Those at these places of the ranking."""
        return Ranked(
            self.photos[places],
            self.frames[places],
            self.scores[places],
            None if self.chances is None else self.chances[places],
            None if self.evidence is None else self.evidence[places],
        )
