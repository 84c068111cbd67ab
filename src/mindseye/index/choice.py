"""Which rows a search may find, in the forms that FAISS and NumPy take."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import faiss
import numpy as np
from numpy.typing import NDArray

from mindseye.types import Ids


@dataclass(frozen=True, eq=False)
class Choice:
    """All of `count` rows but the `dead`, or only those `listed`; positions, ascending."""

    count: int
    dead: Ids
    listed: Ids | None = None
    """Positions that may be found, none of them dead; None leaves all that are not dead."""
    _selectors: dict[tuple[int, int], Selector] = field(default_factory=dict, init=False)

    @property
    def is_all(self) -> bool:
        """Whether every row may be found."""
        return self.listed is None and not len(self.dead)

    @property
    def size(self) -> int:
        """How many rows may be found."""
        return self.count - len(self.dead) if self.listed is None else len(self.listed)

    @cached_property
    def barred(self) -> NDArray[np.bool_] | None:
        """Which positions must not be found; None where all may be."""
        if self.is_all:
            return None
        barred = np.full(self.count, self.listed is not None)
        if self.listed is not None:
            barred[self.listed] = False
        barred[self.dead] = True
        return barred

    def between(self, start: int, stop: int) -> Ids:
        """The positions from `start` to `stop` that may be found."""
        if self.listed is not None:
            first, last = np.searchsorted(self.listed, [start, stop])
            return self.listed[first:last]
        dead = self.dead[np.searchsorted(self.dead, start) :]
        return np.setdiff1d(np.arange(start, stop, dtype=np.int64), dead, assume_unique=True)

    def selector(self, start: int, stop: int) -> Selector | None:
        """What FAISS asks of rows that are counted from `start`; None where all may be found."""
        if self.barred is None:
            return None
        # Asked again for every search while the same rows are dead.
        if (start, stop) not in self._selectors:
            self._selectors[start, stop] = Selector(~self.barred[start:stop])
        return self._selectors[start, stop]


class Selector:
    """A set of positions for FAISS, which keeps addresses only: hold on to it while it searches."""

    def __init__(self, chosen: NDArray[np.bool_]) -> None:
        self._bits = np.packbits(chosen, bitorder="little")
        self.faiss = faiss.IDSelectorBitmap(len(self._bits), faiss.swig_ptr(self._bits))
