"""The answer to a query: hits, where the list ends, the cursor of the next page, the plan."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from mindseye.types import Hit

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Access(StrEnum):
    """How the photos that a query may find are got at."""

    ALL = "all"
    """There is no filter: the index is searched as a whole."""
    LISTED = "listed"
    """What passes is listed first, and only that is compared: for filters that few pass."""
    PROBED = "probed"
    """The index is searched as a whole and the best are filtered: for filters that many pass."""
    TOGETHER = "together"
    """The database filters while it compares."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a search and the seconds it took."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How a query was answered.

    `share` is about which part of the library passes the filter, None where there is none;
    `passing` the frames that do, None where they were not counted.
    """

    access: Access = Access.ALL
    share: float | None = None
    passing: int | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """The hits of one day, None for those without a date."""

    date: date | None
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query, in the order asked for, and where the list was or would be cut.

    The first `relevant` hits lie above the cut-off; more follow only where everything was asked
    for. `cutoff` is a probability, or the least score where the query named one, else None.
    `candidates` is the number of frames among which was searched, None where they were not counted:
    where a filter lets many pass, or no picture was compared. `total` counts the relevant photos of
    all pages, where that is known. `more` is the cursor that `Query.after` takes for the next page,
    None after the last.
    `notices` are for people to read.
    """

    hits: tuple[Hit, ...]
    relevant: int
    cutoff: float | None
    candidates: int | None
    seconds: float
    notices: tuple[str, ...] = ()
    total: int | None = None
    more: str | None = None
    plan: Plan = Plan()
    filter: str | None = None
    """The filter of the query, as it is typed."""

    def by_day(self) -> Iterator[Day]:
        """The hits in groups of neighbours from the same day: whole days where sorted by date."""
        for day, hits in groupby(self.hits, key=_day_of):
            yield Day(day, tuple(hits))

    def to_arrow(self) -> pa.Table:
        """The hits as a typed table, one row each (`mindseye.search.tables`).

        Raises `MissingExtra` without pyarrow.
        """
        from mindseye.search.tables import to_arrow

        return to_arrow(self.hits, self.relevant)

    def to_pandas(self) -> pd.DataFrame:
        """The same as a data frame; raises `MissingExtra` without pandas and pyarrow."""
        from mindseye.search.tables import to_pandas

        return to_pandas(self.hits, self.relevant)


@dataclass(slots=True)
class Watch:
    """Times the steps of one search."""

    clock: Callable[[], float] = time.perf_counter
    steps: list[Step] = field(default_factory=list)
    started: float = 0.0
    _last: float = 0.0

    def __post_init__(self) -> None:
        self.started = self._last = self.clock()

    def lap(self, name: str) -> None:
        """What ran since the last lap was this step."""
        now = self.clock()
        self.steps.append(Step(name, now - self._last))
        self._last = now

    @property
    def seconds(self) -> float:
        """Since the start."""
        return self.clock() - self.started


def _day_of(hit: Hit) -> date | None:
    taken = hit.photo.metadata.taken_at
    return None if taken is None else taken.date()
