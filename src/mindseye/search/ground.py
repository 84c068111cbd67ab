"""What a query's scores are measured against, kept per space while the library stays its size."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from mindseye.encoders.base import Calibration, Encoder
from mindseye.encoders.generic import grounded
from mindseye.encoders.unrelated import unrelated_texts
from mindseye.stores.base import VectorTable

SAMPLE = 1000
"""Pictures of the library that stand for all of it: a mean and a spread need no more."""

GROWTH = 1.25
"""A sample is taken anew when the table has grown or shrunk by this factor since."""


@dataclass(slots=True)
class Grounds:
    """Calibrations grounded in a library; vectors of unrelated texts are cached in `folder`."""

    folder: Path
    _known: dict[str, tuple[int, Calibration]] = field(default_factory=dict)

    def of(self, encoder: Encoder, table: VectorTable) -> Calibration:
        """The calibration of `encoder` for the pictures in `table`."""
        own = encoder.calibration
        if own is not None and own.background is not None:
            return own
        fingerprint, count = table.space.fingerprint, len(table)
        size, calibration = self._known.get(fingerprint, (0, None))
        if calibration is None or not size / GROWTH <= count <= size * GROWTH:
            calibration = grounded(
                encoder, table.sample(SAMPLE), lambda: unrelated_texts(encoder, self.folder)
            )
            self._known[fingerprint] = (count, calibration)
        return calibration
