"""Which rows of the vectors table belong to which frames: two arrays, looked up by halving.

Asking the database costs microseconds a frame, which is too much for a filter that half of a large
library passes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mindseye.types import Ids


def _none() -> Ids:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class FrameRows:
    """Pairs of a frame and a row, ascending by frame; all rows up to `last` were looked at.

    Rows that were replaced or removed since stay listed: whoever uses them asks for those alive.
    """

    frames: Ids = field(default_factory=_none)
    rows: Ids = field(default_factory=_none)
    last: int = 0

    def with_more(self, frames: Ids, rows: Ids) -> FrameRows:
        """These and newer pairs."""
        if not len(rows):
            return self
        frames, rows = np.concatenate([self.frames, frames]), np.concatenate([self.rows, rows])
        order = np.argsort(frames, kind="stable")
        return FrameRows(frames[order], rows[order], max(self.last, int(rows.max())))

    def of(self, frame_ids: Ids) -> Ids:
        """The rows of these frames, which are ascending."""
        if not len(self.frames) or not len(frame_ids):
            return _none()
        if len(frame_ids) * 8 < len(self.frames):
            first = np.searchsorted(self.frames, frame_ids, side="left")
            count = np.searchsorted(self.frames, frame_ids, side="right") - first
            # A frame has one row, and may have more that died: first, first + 1, ...
            before = np.repeat(np.cumsum(count) - count, count)
            places = np.repeat(first, count) + np.arange(len(before)) - before
            found: Ids = self.rows[places]
            return found
        return self.rows[np.isin(self.frames, frame_ids)]
