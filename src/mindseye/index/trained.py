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
from mindseye.index.team import hands_for, side_by_side
from mindseye.types import Ids, Vectors

_faiss: Any = faiss
"""What FAISS says of its types to checkers leaves these parameters out."""

MEASURED_FOR = 10
"""The number of matches for which efforts are measured; a search for more goes farther."""

_SEEN_AT_LEAST = 20_000
"""So many allowed rows are scored whatever was measured: that takes some five milliseconds."""

_SHARED_FROM = 20_000
"""From so many codes on, which take most of a millisecond, threads share the lists."""

_LISTS_EACH = 16
"""With so many lists each, no thread has all of the best: it names its share of the candidates."""


@dataclass(frozen=True, slots=True, eq=False)
class MappedPart:
    """The codes of the rows from `start` to `stop`, and the list of each where there are lists."""

    start: int
    stop: int
    core: Any
    lists: NDArray[np.unsignedinteger] | None


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A query as the index takes it, and the lists nearest to it with their cosines, in order."""

    query: Vectors
    lists: Ids
    cosines: Scores

    def nearest(self, count: int) -> Probe:
        """The same with so many of its lists."""
        return Probe(self.query, self.lists[:count], self.cosines[:count])

    def dealt(self, hands: int) -> list[Probe]:
        """The lists dealt out in turn, so that every hand holds a fair sample of near and far."""
        return [
            Probe(self.query, self.lists[hand::hands], self.cosines[hand::hands])
            for hand in range(hands)
        ]


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
        if choice.listed is not None:
            places = self._among(choice.listed, query, k)
            return None if places is None else scan_listed(self.rows, places, query, k)
        newest = scan_listed(self.rows, choice.between(self.covered, choice.count), query, k)
        efforts = [self._grown(effort, k) for effort in self.training.efforts]
        probe = self.probe(query, max((effort.breadth for effort in efforts), default=1))
        for effort in efforts:
            if len(probe.cosines) and probe.cosines[0] < effort.least / 2:
                # Not even a list lies where the near queries' best rows do.
                continue
            places, _ = self.candidates(probe, effort, choice)
            # In the order of the file, as a disk reads them best.
            found = scan_listed(self.rows, np.sort(places), query, k)
            positions = np.concatenate([found[0], newest[0]])
            scores = np.concatenate([found[1], newest[1]])
            if len(scores) >= min(k, choice.size) and max(scores, default=0.0) >= effort.least:
                return positions, scores
        return None

    def probe(self, query: Vectors, breadth: int) -> Probe:
        """The query as the core takes it, and the lists nearest to it, where there are lists."""
        with threads_for(0):
            looked_for = self.coder.transformed(np.ascontiguousarray(query, np.float32)[None])
            if not self.coder.lists:
                return Probe(looked_for, np.empty(0, np.int64), np.empty(0, np.float32))
            count = min(breadth, self.coder.lists)
            cosines, lists = self.coder.core.quantizer.search(looked_for, count)
        return Probe(looked_for, lists[0], cosines[0])

    def candidates(self, probe: Probe, effort: Effort, choice: Choice) -> tuple[Ids, Scores]:
        """Positions of the likeliest rows and what their codes say of their cosines; no order."""
        if self.coder.lists:
            near = probe.nearest(effort.breadth)
            codes = effort.breadth * self.covered / self.coder.lists
            hands = min(hands_for(codes / _SHARED_FROM), len(near.lists) // _LISTS_EACH + 1)
            wanted = -(-effort.candidates // hands)
            found = side_by_side(
                lambda hand: [_likeliest_in(part, hand, wanted, choice) for part in self.parts],
                near.dealt(hands),
            )
        else:
            found = [[_likeliest(part, probe.query, effort, choice) for part in self.parts]]
        places = [each for of_hand in found for each, _ in of_hand]
        scores = [each for of_hand in found for _, each in of_hand]
        return np.concatenate(places), np.concatenate(scores)

    def _among(self, listed: Ids, query: Vectors, k: int) -> Ids | None:
        """Those of the listed rows that lie in the lists nearest to the query, and all newest ones.

        Lists are gone through until enough allowed rows were seen. The best `k` of one row in a
        hundred are about the best hundred times `k` of all, so the share of rows to see is that of
        a search for so many; it is taken to grow with their root. None where there are no lists, or
        nothing was measured.
        """
        if not self.coder.lists or not self.training.efforts:
            return None
        cut = int(np.searchsorted(listed, self.covered))
        coded = listed[:cut]
        alike = max(round(k * self.covered / max(len(coded), 1)), k)
        wider = sqrt(max(alike / MEASURED_FOR, 1.0))
        share = min(self.training.efforts[-1].breadth * wider / self.coder.lists, 1.0)
        enough = max(int(share * len(coded)), _SEEN_AT_LEAST)
        if len(coded) <= enough:
            return listed
        for breadth in (round(2 * share * self.coder.lists), self.coder.lists):
            probe = self.probe(query, breadth)
            ranks = self.list_ranks(coded, probe)
            seen = np.cumsum(np.bincount(ranks, minlength=len(probe.lists) + 1)[:-1])
            if seen[-1] >= enough:
                break
        near = ranks <= np.searchsorted(seen, enough)
        return np.concatenate([coded[near], listed[cut:]])

    def list_ranks(self, positions: Ids, probe: Probe) -> Ids:
        """Which of the probe's lists each of these coded rows (ascending) lies in, nearest first.

        Rows of other lists get the number of the probe's lists.
        """
        rank = np.full(self.coder.lists, len(probe.lists))
        rank[probe.lists] = np.arange(len(probe.lists))
        found = []
        for part in self.parts:
            first, last = np.searchsorted(positions, [part.start, part.stop])
            assert part.lists is not None
            found.append(rank[part.lists[positions[first:last] - part.start]])
        return np.concatenate(found)

    def _grown(self, effort: Effort, k: int) -> Effort:
        """The effort for `k` matches among as many rows as there are by now."""
        wider = sqrt(max(k / MEASURED_FOR, 1.0))
        more = max(self.covered / max(self.training.rows, 1), 1.0)
        most = self.coder.lists or effort.breadth * 64
        # Each further match lies in one further list at most; most lie in those of others.
        further = effort.breadth + max(k - MEASURED_FOR, 0)
        breadth = min(round(effort.breadth * wider), further, most)
        return Effort(breadth, max(round(effort.candidates * wider * more), 2 * k), effort.least)


def _likeliest(
    part: MappedPart, query: Vectors, effort: Effort, choice: Choice
) -> tuple[Ids, Scores]:
    """Candidates of a part without lists; what is barred was found as well, and is dropped."""
    barred = None if choice.barred is None else choice.barred[part.start : part.stop]
    spare = 0 if barred is None else int(np.count_nonzero(barred))
    chosen = None
    if isinstance(part.core, faiss.IndexHNSW):
        chosen = _faiss.SearchParametersHNSW(efSearch=max(effort.breadth, effort.candidates))
    wanted = min(effort.candidates + spare, part.stop - part.start)
    with threads_for(0):
        scores, places = part.core.search(query, wanted, params=chosen)
    kept = places[0] >= 0 if barred is None else (places[0] >= 0) & ~barred[places[0]]
    return part.start + places[0][kept], scores[0][kept]


def _likeliest_in(
    part: MappedPart, probe: Probe, wanted: int, choice: Choice
) -> tuple[Ids, Scores]:
    """Candidates of a part among the lists of the probe."""
    # FAISS keeps addresses: all of these must live until it has searched.
    query = np.ascontiguousarray(probe.query, np.float32)
    lists = np.ascontiguousarray(probe.lists, np.int64)
    cosines = np.ascontiguousarray(probe.cosines, np.float32)
    selector = choice.selector(part.start, part.stop)
    chosen = _faiss.SearchParametersIVF(nprobe=len(lists))
    if selector is not None:
        chosen.sel = selector.faiss
    wanted = min(wanted, part.stop - part.start)
    scores, places = np.empty(wanted, np.float32), np.empty(wanted, np.int64)
    pointers = [faiss.swig_ptr(array) for array in (lists, cosines, scores, places)]
    with threads_for(0):
        part.core.search_preassigned_c(1, faiss.swig_ptr(query), wanted, *pointers, False, chosen)
    found = places >= 0
    return part.start + places[found], scores[found]
