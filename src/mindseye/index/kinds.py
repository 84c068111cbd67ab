"""Which kind of index a number of rows gets, and what the setting `index` may say instead."""

from __future__ import annotations

import re
from math import sqrt
from typing import Any

import faiss

from mindseye.errors import ConfigError

AUTO = "auto"
"""The setting that leaves the choice to the number of rows."""

FLAT = "flat"
"""The kind that compares the codes of all rows and proves its answers (`flat.py`)."""

TRAINED_FROM = 200_000
"""From so many rows an index is trained: below, comparing all takes about two milliseconds for
pictures and ten for words, and every answer is proven (`benchmarks/scale.py`)."""

_SCANNED = (faiss.IndexFlatCodes, faiss.IndexFastScan)
"""Kinds that look at the codes of all rows."""

_LISTS_PER_ROOT = 8
_MOST_LISTS = 65_536


def kind_for(wish: str, rows: int) -> str:
    """`flat` or the FAISS factory string for so many rows, as `wish` says or by their number.

    The lists of an inverted file grow with the square root of the rows, eight times it: then
    finding the lists and comparing what is in them cost about the same.
    """
    if wish != AUTO:
        return wish
    if rows < TRAINED_FROM:
        return FLAT
    return f"IVF{min(round(_LISTS_PER_ROOT * sqrt(rows)), _MOST_LISTS)},RaBitQ2"


def empty_index(factory: str, dim: int) -> faiss.Index:
    """The untrained index of a factory string; raises `ConfigError` where none can be kept."""
    lists = [int(number) for number in re.findall(r"IVF(\d{1,12})", factory)]
    if not all(1 <= number <= _MOST_LISTS for number in lists):
        raise _refused(factory, dim, f"an inverted file has 1 to {_MOST_LISTS} lists")
    try:
        index = faiss.index_factory(dim, factory, faiss.METRIC_INNER_PRODUCT)
    except RuntimeError as error:
        raise _refused(factory, dim, _reason(error)) from None
    if isinstance(index, (faiss.IndexRefine, faiss.IndexIDMap, faiss.IndexIDMap2)):
        raise _refused(
            factory, dim, "rows are always scored exactly and ids kept: leave IDMap and RFlat out"
        )
    if not isinstance(core_of(index), (faiss.IndexIVF, *_SCANNED, faiss.IndexHNSW)):
        raise _refused(factory, dim, "only IVF, HNSW and flat codes can be grown in parts")
    return index


def core_of(index: faiss.Index) -> Any:
    """What is behind the transforms of an index, which must outlive it, as the class it is.

    What FAISS says of its types to checkers leaves out most of what the classes have.
    """
    inner = index.index if isinstance(index, faiss.IndexPreTransform) else index
    return faiss.downcast_index(inner)


def check_wish(wish: str, dim: int) -> None:
    """Raise `ConfigError` for a setting `index` that cannot be fulfilled."""
    if wish not in (AUTO, FLAT):
        empty_index(wish, dim)


def _refused(factory: str, dim: int, why: str) -> ConfigError:
    return ConfigError(
        f"the setting 'index' must be `{AUTO}`, `{FLAT}` or a FAISS factory string for vectors of "
        f"{dim} dimensions, and {factory!r} is not: {why}",
        hint="for example IVF4096,RaBitQ or IVF1024,PQ32; docs/explanation/scale.md has more",
    )


def _reason(error: RuntimeError) -> str:
    """What FAISS says last, without the place in its sources."""
    told = str(error).strip().splitlines()[-1]
    return told.rpartition(".cpp:")[2].partition(": ")[2] or told
