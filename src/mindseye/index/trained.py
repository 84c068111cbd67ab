"""Search by the codes of a trained index, in parts that cover the rows one after another.

Each part is a file that FAISS maps; all share the centroids and code books of one training. What
the codes find is only a list of candidates: their order comes from the stored rows. How many lists
are looked at and how many rows are scored was measured when the index was trained (`effort.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from mindseye.index.choice import Choice
from mindseye.index.coder import Coder
from mindseye.index.exact import Rows, Scores
from mindseye.index.matrix import scan_listed, threads_for
from mindseye.index.stamp import Effort, Training
from mindseye.types import Ids, Vectors

_faiss: Any = faiss
"""What FAISS says of its types to checkers leaves these parameters out."""

MEASURED_FOR = 10
"""The number of matches for which efforts are measured; a search for more goes farther."""

_CHOICE_EFFORT = 4
"""So many times more allowed rows are looked at and scored than rows without a filter."""


@dataclass(frozen=True, slots=True, eq=False)
class MappedPart:
    """The codes of the rows from `start` to `stop`, and the list of each where there are lists."""

    start: int
    stop: int
    core: Any
    lists: NDArray[np.unsignedinteger] | None


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A query as the index takes it, the lists to look at, and how many rows to name."""

    query: Vectors
    lists: Ids
    cosines: Scores
    wanted: int


@dataclass(frozen=True, slots=True, eq=False)
class TrainedCodes:
    """The codes of the first rows of an index; `rows` are all of them, exactly."""

    training: Training
    coder: Coder
    parts: Sequence[MappedPart]
    rows: Rows

    @property
    def covered(self) -> int:
        """How many rows have codes."""
        return self.parts[-1].stop if self.parts else 0

    def decided(self, query: Vectors, k: int, choice: Choice) -> tuple[Ids, Scores] | None:
        """Positions that hold the best `k` with their scores, by the least effort that is enough.

        None where no effort was found to be: then every row has to be compared.
        """
        if choice.listed is not None and not self.coder.lists:
            return None
        beyond = choice.between(self.covered, choice.count)
        newest = scan_listed(self.rows, beyond, query, k)
        for effort in self.training.efforts:
            places = self.candidates(query, self._grown(effort, k), choice)
            found = scan_listed(self.rows, places, query, k)
            positions = np.concatenate([found[0], newest[0]])
            scores = np.concatenate([found[1], newest[1]])
            if len(scores) >= min(k, choice.size) and max(scores, default=0.0) >= effort.least:
                return positions, scores
        return None

    def candidates(self, query: Vectors, effort: Effort, choice: Choice) -> Ids:
        """Positions of the likeliest rows; of a single part, the likeliest first."""
        with threads_for(0):
            looked_for = self.coder.transformed(np.ascontiguousarray(query, np.float32)[None])
            if self.coder.lists:
                probe = self._probe(looked_for, effort, choice)
                found = [_likeliest_in(part, probe, choice) for part in self.parts]
            else:
                found = [_likeliest(part, looked_for, effort, choice) for part in self.parts]
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def _probe(self, query: Vectors, effort: Effort, choice: Choice) -> Probe:
        """The lists to look at, nearest first.

        Of a choice, only lists that hold some of it, and so many of them that more of its rows are
        looked at than without one: where the best of all are not allowed, the best that are lie
        scattered (`_CHOICE_EFFORT`).
        """
        quantizer, count = self.coder.core.quantizer, self.coder.lists
        if choice.listed is None:
            cosines, lists = quantizer.search(query, min(effort.breadth, count))
            return Probe(query, lists[0], cosines[0], effort.candidates)
        cosines, lists = quantizer.search(query, count)
        members = self._members(choice.listed)[lists[0]]
        wanted = _CHOICE_EFFORT * effort.breadth * self.covered / count
        enough = int(np.searchsorted(np.cumsum(members), wanted)) + 1
        some = np.flatnonzero(members[:enough])
        return Probe(query, lists[0][some], cosines[0][some], _CHOICE_EFFORT * effort.candidates)

    def _members(self, positions: Ids) -> NDArray[np.int64]:
        """How many of these rows are in each list."""
        members = np.zeros(self.coder.lists, np.int64)
        for part in self.parts:
            assert part.lists is not None
            first, last = np.searchsorted(positions, [part.start, part.stop])
            here = part.lists[positions[first:last] - part.start]
            members += np.bincount(here, minlength=self.coder.lists)
        return members

    def _grown(self, effort: Effort, k: int) -> Effort:
        """The effort for `k` matches among as many rows as there are by now."""
        wider = sqrt(max(k / MEASURED_FOR, 1.0))
        more = max(self.covered / max(self.training.rows, 1), 1.0)
        most = self.coder.lists or effort.breadth * 64
        breadth = min(round(effort.breadth * wider), most)
        return Effort(breadth, max(round(effort.candidates * wider * more), 2 * k), effort.least)


def _likeliest(part: MappedPart, query: Vectors, effort: Effort, choice: Choice) -> Ids:
    """Candidates of a part without lists; what is barred was found as well, and is dropped."""
    barred = None if choice.barred is None else choice.barred[part.start : part.stop]
    spare = 0 if barred is None else int(np.count_nonzero(barred))
    chosen = None
    if isinstance(part.core, faiss.IndexHNSW):
        chosen = _faiss.SearchParametersHNSW(efSearch=max(effort.breadth, effort.candidates))
    wanted = min(effort.candidates + spare, part.stop - part.start)
    _, places = part.core.search(query, wanted, params=chosen)
    places = places[0][places[0] >= 0]
    kept: Ids = places if barred is None else places[~barred[places]]
    return part.start + kept


def _likeliest_in(part: MappedPart, probe: Probe, choice: Choice) -> Ids:
    """Candidates of a part among the lists of the probe."""
    if not len(probe.lists):
        return np.empty(0, np.int64)
    # FAISS keeps addresses: all of these must live until it has searched.
    query = np.ascontiguousarray(probe.query, np.float32)
    lists = np.ascontiguousarray(probe.lists, np.int64)
    cosines = np.ascontiguousarray(probe.cosines, np.float32)
    selector = choice.selector(part.start, part.stop)
    chosen = _faiss.SearchParametersIVF(nprobe=len(lists))
    if selector is not None:
        chosen.sel = selector.faiss
    wanted = min(probe.wanted, part.stop - part.start)
    scores, places = np.empty(wanted, np.float32), np.empty(wanted, np.int64)
    pointers = [faiss.swig_ptr(array) for array in (lists, cosines, scores, places)]
    part.core.search_preassigned_c(1, faiss.swig_ptr(query), wanted, *pointers, False, chosen)
    return part.start + places[places >= 0]
