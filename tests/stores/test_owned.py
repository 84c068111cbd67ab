"""Rows are found by their owners, those that died included, however few or many are asked for."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mindseye.query.model import Field, Operator
from mindseye.stores import open_store
from mindseye.stores.base import Batch, Store
from mindseye.stores.embedded.store import EmbeddedStore
from mindseye.stores.sql.owned import Owned
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import SPACE, frames_of, put_some
from mindseye.types import Ids

EVERY = Field("width", Operator.ABOVE, 0)
NOW = datetime(2026, 1, 1)

PAIRS = st.lists(st.integers(1, 60), max_size=120)


def ids(values: object) -> Ids:
    return np.array(values, dtype=np.int64)


@given(first=PAIRS, second=PAIRS, asked=st.sets(st.integers(1, 70)))
def test_every_row_of_the_frames_asked_for_is_found(
    first: list[int], second: list[int], asked: set[int]
) -> None:
    frames = [*first, *second]
    rows = list(range(1, len(frames) + 1))
    known = Owned().with_more(ids(first), ids(rows[: len(first)]))
    known = known.with_more(ids(second), ids(rows[len(first) :]))
    expected = {row for frame, row in zip(frames, rows, strict=True) if frame in asked}
    assert set(known.of(ids(sorted(asked))).tolist()) == expected
    assert known.last == len(frames)


def has_learned(store: Store) -> bool:
    assert isinstance(store, EmbeddedStore)
    return store.catalog._frames.pays


def test_what_was_learned_follows_the_library(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalog.db'}"
    with closing(open_store(url, index_dir=tmp_path / "index")) as store:
        first = put_some(store, 20)
        assert not has_learned(store)
        for _ in range(2):
            assert store.catalog.matching(EVERY, NOW).tolist() == frames_of(store, first)
        assert has_learned(store)
        more = put_some(store, 5, first=20)
        store.forget(first[:3])
        store.put(Batch(missing=more[:2]))
        expected = frames_of(store, [*first[3:], *more[2:]])
        assert store.catalog.matching(EVERY, NOW).tolist() == expected
        store.rest()
        assert not has_learned(store)
        assert store.catalog.matching(EVERY, NOW).tolist() == expected


def test_rows_are_learned_when_as_much_was_asked_and_found_as_before(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalog.db'}"
    with closing(open_store(url, index_dir=tmp_path / "index")) as store:
        table = store.vectors(SPACE)
        frames = frames_of(store, put_some(store, 40))
        query = unit_rows(1, seed=7)
        for _ in range(12):
            [found] = table.search(query, 3, ids(frames[5:9]))
            assert found.ids[0] == frames[7]
            assert set(found.ids.tolist()) <= set(frames[5:9])
        assert table._rows.pays  # type: ignore[attr-defined]
