"""A trained index without rows: it turns rows into codes, part by part, and tells how they fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from mindseye.index.exact import Rows
from mindseye.index.kinds import core_of, empty_index
from mindseye.index.tree import ROWS_PER_CENTROID, Tree, grow
from mindseye.types import Ids, Vectors

_AT_ONCE = 20_000
_LEAST_SAMPLE = 20_000
"""What is learned beside the centroids (means, rotations, code books) needs no more rows."""


@dataclass(frozen=True, eq=False)
class Coder:
    """A trained index without rows; `tree` finds the list of a row where centroids are flat."""

    index: faiss.Index
    tree: Tree | None

    @property
    def core(self) -> Any:
        """What is behind the transforms."""
        return core_of(self.index)

    @property
    def lists(self) -> int:
        """How many lists rows are divided among; 0 where the index has none."""
        return int(self.core.nlist) if isinstance(self.core, faiss.IndexIVF) else 0

    def transformed(self, rows: Vectors) -> Vectors:
        """The rows as the core takes them."""
        for transform in _transforms(self.index):
            rows = transform.apply(rows)
        return rows

    def encode(self, rows: Rows) -> tuple[Any, Encoded]:
        """A core that holds the codes of all these rows under their positions."""
        core: Any = faiss.deserialize_index(faiss.serialize_index(self.core))
        lists, cosines = [], []
        for start in range(0, len(rows), _AT_ONCE):
            chunk = self.transformed(rows[start : start + _AT_ONCE].astype(np.float32))
            if not self.lists:
                core.add(chunk)
                continue
            of_row, cosine = self._assigned(chunk)
            _add_to_lists(core, chunk, of_row, start)
            lists.append(of_row.astype(list_type(self.lists)))
            cosines.append(cosine)
        if not lists:
            return core, Encoded(None, 0.0)
        return core, Encoded(np.concatenate(lists), 1.0 - float(np.mean(np.concatenate(cosines))))

    def save(self, index: Path, tree: Path) -> None:
        """Write both to files; the centroids stand in the index alone."""
        faiss.write_index(self.index, str(index))
        if self.tree is not None:
            with tree.open("wb") as stream:
                np.savez(stream, groups=self.tree.groups, starts=self.tree.starts)

    @classmethod
    def load(cls, index: Path, tree: Path | None) -> Coder:
        """Read what `save` wrote; without the tree for searching. Raises `RuntimeError`, `OSError`.

        The file is mapped.
        """
        read = faiss.read_index(str(index), faiss.IO_FLAG_MMAP_IFC)
        if tree is None or not tree.is_file():
            return cls(read, None)
        with np.load(tree) as arrays:
            centroids = core_of(read).quantizer.reconstruct_n(0, int(core_of(read).nlist))
            return cls(read, Tree(arrays["groups"], arrays["starts"], centroids))

    def _assigned(self, rows: Vectors) -> tuple[Ids, Vectors]:
        """The list of each row, and the cosine to its centroid."""
        if self.tree is not None:
            return self.tree.assign(rows)
        cosines, lists = self.core.quantizer.search(rows, 1)
        return lists[:, 0], cosines[:, 0]


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Where rows went: their lists, None where there are none, and how far from the centroids.

    `error` is 1 less the mean cosine to the centroid.
    """

    lists: NDArray[np.unsignedinteger] | None
    error: float


def list_type(lists: int) -> type[np.uint16 | np.uint32]:
    """The type in which the number of a list is kept."""
    return np.uint16 if lists <= 2**16 else np.uint32


def train(factory: str, rows: Rows) -> Coder:
    """Learn from rows spread evenly over all; raises `RuntimeError` where they are too few."""
    index = empty_index(factory, rows.shape[1])
    core = core_of(index)
    lists = int(core.nlist) if isinstance(core, faiss.IndexIVF) else 0
    sample = _spread(rows, max(ROWS_PER_CENTROID * lists, _LEAST_SAMPLE))
    for transform in _transforms(index):
        if not transform.is_trained:
            transform.train(sample)
        sample = transform.apply(sample)
    tree = None
    if lists and isinstance(faiss.downcast_index(core.quantizer), faiss.IndexFlat):
        tree = grow(sample, lists)
        _place(core, tree.centroids)
    core.train(sample)
    index.is_trained = True
    return Coder(index, tree)


def _place(core: Any, centroids: Vectors) -> None:
    """Give an inverted file its centroids as bytes; FAISS leaves those alone that are there.

    A search compares all of them: 16,000 of 512 dimensions took 0.5 ms instead of the 2.3 of
    floats. Rows are coded by their distance to what was rounded, so nothing is lost there.
    """
    quantizer: Any = faiss.IndexScalarQuantizer(
        core.d, faiss.ScalarQuantizer.QT_8bit_uniform, faiss.METRIC_INNER_PRODUCT
    )
    quantizer.train(centroids)
    quantizer.add(centroids)
    # The core frees it.
    quantizer.this.disown()
    core.quantizer = quantizer


def _spread(rows: Rows, count: int) -> Vectors:
    chosen = np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(np.int64)
    return rows[chosen].astype(np.float32)


def _transforms(index: Any) -> Iterator[faiss.VectorTransform]:
    if isinstance(index, faiss.IndexPreTransform):
        chain: Any = index.chain
        for place in range(chain.size()):
            yield faiss.downcast_VectorTransform(chain.at(place))


def _add_to_lists(core: Any, rows: Vectors, lists: Ids, first: int) -> None:
    if isinstance(core, faiss.IndexIVFFastScan):
        # It cannot be told the lists, and finds nearly always the same.
        core.add(rows)
        return
    ids = np.arange(first, first + len(rows), dtype=np.int64)
    rows = np.ascontiguousarray(rows, np.float32)
    lists = np.ascontiguousarray(lists, np.int64)
    pointers = (faiss.swig_ptr(array) for array in (rows, ids, lists))
    core.add_core(len(rows), *pointers)
