"""Columns come out of the binary form as they went in."""

from __future__ import annotations

import json
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.server.unpacked import unpacked

from mindseye.server.columns import Columns, of_timeline
from mindseye.stores.base import NO_DATE, NO_TINT, Timeline

KINDS = st.sampled_from(["u4", "i4", "u2", "f4", "f8", ">i4"])


@st.composite
def tables(draw: st.DrawFn) -> Columns:
    length = draw(st.integers(0, 9))
    names = draw(st.lists(st.text("abcé", min_size=1), unique=True, min_size=1, max_size=5))
    columns = {name: draw(arrays(np.dtype(draw(KINDS)), length)) for name in names}
    return Columns(columns, {"said": draw(st.text(max_size=9))})


@given(tables())
def test_columns_come_back_as_they_were(table: Columns) -> None:
    found, meta = unpacked(table.packed())
    assert meta == table.meta
    assert list(found) == list(table.columns)
    for name, values in table.columns.items():
        assert np.array_equal(found[name], values, equal_nan=values.dtype.kind == "f")


@given(tables())
def test_json_says_the_same_as_the_binary_form(table: Columns) -> None:
    found, _ = unpacked(table.packed())
    plain = json.loads(table.plain().replace(b"Infinity", b"1e999"))
    for name, values in found.items():
        expected = [None if math.isnan(value) else value for value in values.tolist()]
        assert plain["columns"][name] == expected


def test_a_timeline_becomes_small_numbers() -> None:
    columns = of_timeline(
        Timeline(
            ids=np.array([7, 2**32 - 1]),
            minutes=np.array([-5, NO_DATE]),
            widths=np.array([3000, 1], np.int32),
            heights=np.array([2000, 900_000], np.int32),
            tags=np.array([1, 2**32 - 1], np.uint32),
            tints=np.array([0xFF0008, NO_TINT], np.int32),
        )
    )
    assert columns["id"].dtype == np.uint32
    assert columns["aspect"].tolist() == [1500, 1]
    assert columns["rgb"].tolist() == [0b11111_00000_00001, 0b10000_10000_10000]
    assert json.loads(Columns(columns).plain())["columns"]["minute"] == [-5, None]


def test_ids_beyond_32_bits_are_told_as_floats() -> None:
    empty = np.empty(0, np.int32)
    big = np.array([2**40 + 1])
    zeros = np.zeros(1, np.int32)
    timeline = Timeline(big, zeros.astype(np.int64), zeros, zeros, zeros.astype(np.uint32), zeros)
    assert of_timeline(timeline)["id"].tolist() == [2**40 + 1]
    nothing = Timeline(
        empty.astype(np.int64), empty.astype(np.int64), empty, empty, empty.astype(np.uint32), empty
    )
    assert of_timeline(nothing)["id"].dtype == np.uint32
