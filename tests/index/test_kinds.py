"""Which kind of index a number of rows gets, and which factory strings can be kept."""

from __future__ import annotations

import pytest

from mindseye.errors import ConfigError
from mindseye.index.kinds import AUTO, FLAT, check_wish, kind_for


@pytest.mark.parametrize(
    ("wish", "rows", "kind"),
    [
        (AUTO, 0, FLAT),
        (AUTO, 199_999, FLAT),
        (AUTO, 200_000, "IVF3578,RaBitQ2"),
        (AUTO, 1_000_000, "IVF8000,RaBitQ2"),
        (AUTO, 10_000_000, "IVF25298,RaBitQ2"),
        (AUTO, 10**9, "IVF65536,RaBitQ2"),
        (FLAT, 10**9, FLAT),
        ("IVF1024,PQ32", 10, "IVF1024,PQ32"),
    ],
)
def test_the_kind_follows_the_wish_and_else_the_number_of_rows(wish, rows, kind):
    assert kind_for(wish, rows) == kind


@pytest.mark.parametrize(
    "factory",
    [
        "auto",
        "flat",
        "IVF1024,PQ32",
        "IVF4096,RaBitQ",
        "IVF4096,RaBitQfs",
        "IVF1024_HNSW32,SQ8",
        "OPQ16,IVF64,PQ16x4fs",
        "PCA64,IVF64,Flat",
        "PQ64",
        "SQ8",
        "RaBitQ4",
        "HNSW32",
    ],
)
def test_what_can_be_kept_is_taken(factory):
    check_wish(factory, 512)


@pytest.mark.parametrize(
    ("factory", "why"),
    [
        ("", "could not parse"),
        ("nonsense", "could not parse"),
        ("IVF1024,PQ33", "multiple of the number"),
        ("IVF0,PQ32", "1 to 65536 lists"),
        ("IVF70000,PQ32", "1 to 65536 lists"),
        ("IVF999999999999,PQ32", "1 to 65536 lists"),
        ("IVF64,RaBitQ,RFlat", "leave IDMap and RFlat out"),
        ("IDMap,Flat", "leave IDMap and RFlat out"),
        ("NSG32", "only IVF, HNSW and flat codes"),
        ("LSH", "METRIC_L2"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(factory, why):
    with pytest.raises(ConfigError, match=why) as refused:
        check_wish(factory, 512)
    assert repr(factory) in refused.value.message
    assert "IVF4096,RaBitQ" in refused.value.hint
