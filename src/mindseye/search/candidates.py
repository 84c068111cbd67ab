"""Which photos a query may find, and how the best of them are got at.

A filter that few photos pass is asked first, and what it lists is compared exactly. One that many
pass would make a long list for nothing: there the index is searched as a whole, and the best are
filtered until enough are left. Both give the same answer; `planned` chooses the quicker one by the
share of a sample that passes. A database that filters while it compares plans for itself.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from mindseye.query.evaluate import matches
from mindseye.query.model import Filter
from mindseye.search.found import Access
from mindseye.stores.base import Selection, Store, VectorTable
from mindseye.types import Ids, Matches, Photo, Vectors

SAMPLE = 250
"""Photos that stand for all: a share of 12 % is known to within 4 %, nineteen times in twenty."""

SAMPLE_SECONDS = 300.0
"""A sample is drawn anew after so long: a library changes its mix slowly."""

LEAST_SHARE = 0.2
MEASURED = 100_000
"""A filter that a greater share of so many photos passes is probed: with fifty hits both ways cost
the same where a fifth passes (`benchmarks/filters.py`). To list what passes costs the more the more
there is, to look through the best for what passes the less: so of more photos the share is less by
the root."""

_SPARE = 1.5
_GROWTH = 4
_MOST_PROBED = 2_000
"""Of the best of all so many are filtered at most; then what passes is listed after all."""


@dataclass(slots=True)
class Sample:
    """Photos that stand for a library when shares are estimated; kept for a while."""

    clock: Callable[[], float] = time.monotonic
    _photos: list[Photo] = field(default_factory=list)
    _shares: dict[Filter, float] = field(default_factory=dict)
    _until: float = float("-inf")

    @property
    def is_all(self) -> bool:
        """Whether the sample holds the whole library: then nothing is gained by guessing."""
        return len(self._photos) < SAMPLE

    @property
    def least_share(self) -> float:
        """The share from which on a filter is probed; ids tell about how many photos there are."""
        last = max((photo.id for photo in self._photos), default=0)
        return LEAST_SHARE * math.sqrt(MEASURED / max(last, 1))

    def share(self, store: Store, filter_: Filter, now: datetime) -> float:
        """About which share of the photos passes the filter, 0 to 1; 0 for an empty library."""
        if self.clock() >= self._until:
            self._photos, self._shares = store.counts.sample(SAMPLE), {}
            self._until = self.clock() + SAMPLE_SECONDS
        if filter_ not in self._shares:
            passing = sum(matches(filter_, photo, now) for photo in self._photos)
            self._shares[filter_] = passing / max(len(self._photos), 1)
        return self._shares[filter_]


@dataclass(slots=True)
class Candidates:
    """The photos a query may find: those of the frames `within` that pass `filter`."""

    store: Store
    within: Ids | None = None
    filter: Filter | None = None
    now: datetime = field(default_factory=datetime.now)
    access: Access = Access.ALL
    share: float | None = None

    @classmethod
    def planned(
        cls, store: Store, sample: Sample, filter_: Filter | None, within: Ids | None
    ) -> Candidates:
        """The quicker way to the photos that pass a valid filter."""
        now = datetime.now()
        if filter_ is None:
            access = Access.ALL if within is None else Access.LISTED
            return cls(store, within, None, now, access)
        if store.filters_vectors:
            return cls(store, within, filter_, now, Access.TOGETHER)
        share = sample.share(store, filter_, now)
        # A set that was given is listed already, and what of it passes is listed at little cost.
        probed = within is None and share >= sample.least_share and not sample.is_all
        return cls(store, within, filter_, now, Access.PROBED if probed else Access.LISTED, share)

    @property
    def selection(self) -> Selection:
        """The same as a store takes it: what few pass is listed first."""
        if self.access is Access.LISTED:
            self.listed()
        return Selection(self.within, self.filter, self.now)

    @property
    def passing(self) -> int | None:
        """How many frames may be found, None where that was not counted."""
        listed = self.access is Access.LISTED and self.filter is None
        return len(self.within) if listed and self.within is not None else None

    def listed(self) -> Ids | None:
        """The frames that may be found, ascending; None where all may."""
        if self.filter is not None:
            self.within = self.store.catalog.matching(self.filter, self.now, self.within)
            self.filter, self.access = None, Access.LISTED
        return self.within

    def among(self, frames: Ids) -> Ids:
        """Those of these frames, which are ascending, that may be found."""
        if self.access in {Access.PROBED, Access.TOGETHER} and self.filter is not None:
            return self.store.catalog.matching(self.filter, self.now, frames)
        listed = self.listed()
        return frames if listed is None else frames[np.isin(frames, listed, assume_unique=True)]

    def best(self, table: VectorTable, vector: Vectors, k: int) -> Matches:
        """The best `k` of these frames, exactly as if each had been compared."""
        if self.access is Access.TOGETHER and self.filter is not None:
            return table.filtered(vector[None, :], k, self.selection)
        if self.access is Access.PROBED and self.filter is not None:
            probed = self._probed(table, vector, k)
            if probed is not None:
                return probed
        return table.search(vector[None, :], k, self.listed())[0]

    def _probed(self, table: VectorTable, vector: Vectors, k: int) -> Matches | None:
        """The best that pass, None where too many would have to be looked at."""
        chosen = Selection(filter=self.filter, now=self.now)
        asked = int(_SPARE * k / max(self.share or 0.0, 1 / SAMPLE)) + 16
        while asked <= _MOST_PROBED:
            found, all_seen = table.probed(vector[None, :], asked, chosen)
            if len(found) >= k or all_seen:
                return Matches(found.ids[:k], found.scores[:k])
            asked *= _GROWTH
        return None
