"""Rows are found by their frames, those that died included, however few or many are asked for."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mindseye.stores.sql.frame_rows import FrameRows
from mindseye.types import Ids

PAIRS = st.lists(st.integers(1, 60), max_size=120)


def ids(values: object) -> Ids:
    return np.array(values, dtype=np.int64)


@given(first=PAIRS, second=PAIRS, asked=st.sets(st.integers(1, 70)))
def test_every_row_of_the_frames_asked_for_is_found(
    first: list[int], second: list[int], asked: set[int]
) -> None:
    frames = [*first, *second]
    rows = list(range(1, len(frames) + 1))
    known = FrameRows().with_more(ids(first), ids(rows[: len(first)]))
    known = known.with_more(ids(second), ids(rows[len(first) :]))
    expected = {row for frame, row in zip(frames, rows, strict=True) if frame in asked}
    assert set(known.of(ids(sorted(asked))).tolist()) == expected
    assert known.last == len(frames)
