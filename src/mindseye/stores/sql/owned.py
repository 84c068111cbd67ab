"""Which rows belong to which: frames to photos, vectors to frames; learned once that pays.

Asking the database costs microseconds for each owner, which is too much for a filter that ten
thousand photos of a large library pass. Two arrays tell at once, but to read them costs as much
as asking for a fifth of the library. Nobody knows how much more will be asked, so they are read
when as much was spent on asking: that never costs more than twice the best.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, ColumnElement, Connection, func, select, true

from mindseye.stores.sql.expressions import as_list, ids_from
from mindseye.types import Ids

_DEARER: Final = 5
"""To ask for one owner takes as long as to read so many pairs (2.4 and 0.45 microseconds for
PostgreSQL)."""

_ALL: Final = true()


def _none() -> Ids:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Owned:
    """What each owner owns; all that is owned up to the key `last` is known.

    What the owner `n` owns begins in `owned` at `starts[n]` and ends at `starts[n + 1]`. What was
    removed since stays listed with its owner.
    """

    starts: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(1, np.uint32))
    owned: Ids = field(default_factory=_none)
    last: int = 0

    def with_more(self, owners: Ids, owned: Ids) -> Owned:
        """These and newer pairs."""
        if not len(owned):
            return self
        last = max(self.last, int(owned.max()))
        kept = self
        if int(owners.min()) < len(self.starts) - 1:
            # Some owner is known already: all is put in order anew.
            known = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
            owners, owned = np.concatenate([known, owners]), np.concatenate([self.owned, owned])
            kept = Owned()
        counts = np.bincount(owners - (len(kept.starts) - 1))
        ends = kept.starts[-1] + np.cumsum(counts)
        order = np.argsort(owners, kind="stable")
        return Owned(
            np.concatenate([kept.starts, ends.astype(np.uint32)]),
            np.concatenate([kept.owned, owned[order]]),
            last,
        )

    def of(self, owners: Ids) -> Ids:
        """What these owners own, in their order."""
        owners = owners[owners < len(self.starts) - 1]
        first = self.starts[owners].astype(np.int64)
        count = self.starts[owners + 1] - first
        # An owner has one of these, and may have more: first, first + 1, ...
        before = np.repeat(np.cumsum(count) - count, count)
        found: Ids = self.owned[np.repeat(first, count) + np.arange(len(before)) - before]
        return found


class Learning:
    """The pairs of two columns, of which the owned one is a key that only grows.

    `every` says which rows count; `newer` says the same where only a few of the newest are read, in
    a form that lets no index come before the key.
    """

    def __init__(
        self,
        owner: Column[Any],
        owned: Column[Any],
        every: ColumnElement[bool] = _ALL,
        newer: ColumnElement[bool] = _ALL,
    ) -> None:
        self._owner = owner
        self._owned = owned
        self._every = every
        self._newer = newer
        self._asked = 0
        self._known = Owned()

    @property
    def pays(self) -> bool:
        """Whether to read all pairs is worth it by now."""
        return self._known.last > 0

    def asked(self, connection: Connection, count: int) -> None:
        """Take note that the database was asked for so many owners."""
        self._asked += count
        if self.pays or not count:
            return
        last = connection.execute(select(func.max(self._owned))).scalar() or 0
        if self._asked * _DEARER >= last:
            self.read(connection)

    def read(self, connection: Connection) -> Owned:
        """All pairs that this transaction can see: those known, and those that came since."""
        known = self._known
        listed = select(as_list(self._owner), as_list(self._owned))
        listed = listed.where(self._newer if known.last else self._every)
        listed = listed.where(self._owned > known.last)
        owners, owned = map(ids_from, connection.execute(listed).one())
        self._known = known.with_more(owners, owned)
        return self._known

    def forget(self) -> None:
        """Start anew: what was removed is listed no more."""
        self._asked = 0
        self._known = Owned()
