"""An index that follows the rows of a table: what it lacks is fetched, what died is passed over.

The rows of the table have ids that only grow, and a row never changes: one that is replaced gets a
new id. So what an index lacks is what lies above its last id, and what it has too much is noticed
when its best rows are looked up in the table before they are handed out. The index may lag, and
never lies. Where the table lies is the table's business: a store without vector search of its own
gives its rows here (`RowTable`) and searches them by `FollowingIndex`.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np

from mindseye.index.build import Build, IndexState, state_of
from mindseye.index.files import IndexFiles
from mindseye.index.kinds import check_wish
from mindseye.index.mapped import MappedIndex
from mindseye.index.stamp import Stamp
from mindseye.types import EmbeddingSpace, Ids, Matches, Vectors

_log = logging.getLogger(__name__)

_TAIL_TO_FLUSH = 20_000
"""So many rows that the index files lack are written there by whoever finds them."""

_MOST_ROWS_IN_HAND = 200_000
"""While an index is made its files grow in steps of its own size, up to so many rows."""

_LOOK_SECONDS = 5.0
"""So often a search looks whether another process has put something newer into the files."""

_SPARE = 8
"""So many more matches are asked of the index than needed, for rows that died meanwhile; and as
many times more as were lost in the search before."""

_DEEPEST = 2000
"""A search that asked so often for more is better told which rows are alive."""


class RowTable(Protocol):
    """The rows of one space, wherever they lie; the truth that an index is held against."""

    def rows_after(self, last: int) -> Iterator[tuple[Ids, Vectors]]:
        """Rows with a higher id as (ids, unit rows), ascending, some thousands at a time."""

    def row_count(self) -> int:
        """How many rows there are, those of missing photos included."""

    def row_ids(self) -> Ids:
        """The ids of all rows, ascending."""

    def alive(self, row_ids: Ids | None) -> tuple[Ids, Ids]:
        """Those of these rows (or of all) that may be shown, ascending, and their frames."""


def of_owners(found: Matches, rows: Ids, owners: Ids) -> Matches:
    """Those of the rows found that are among these, which are ascending, as their owners."""
    kept = np.flatnonzero(np.isin(found.ids, rows))
    return Matches(owners[np.searchsorted(rows, found.ids[kept])], found.scores[kept])


class FollowingIndex:
    """The index of a table of rows, kept in `folder`; safe for several threads and processes."""

    def __init__(self, table: RowTable, space: EmbeddingSpace, folder: Path) -> None:
        self._table = table
        self._space = space
        self._folder = folder
        self._opened: MappedIndex | None = None
        self._next_look = time.monotonic() + _LOOK_SECONDS
        self._kept = 1.0
        self._lock = Lock()

    def __len__(self) -> int:
        """Number of rows that a search compares, those of missing photos included."""
        return len(self._whole())

    @property
    def ids(self) -> Ids:
        """The ids of the rows in the index, with every row of the table in it."""
        return self._whole().ids

    def search(self, query: Vectors, k: int, within: Ids | None = None) -> Matches:
        """The `k` best frames for one query `(1, dim)`, only among the rows `within` if given.

        Whatever was removed from the table, or may not be shown, is left out.
        """
        index = self._whole()
        asked = int(k / max(self._kept, 1 / _SPARE)) + _SPARE
        while True:
            found = index.search(query, asked, within)[0]
            shown = of_owners(found, *self._table.alive(found.ids))
            self._kept = len(shown) / max(len(found), 1)
            if len(shown) >= k or len(found) < asked:
                return Matches(shown.ids[:k], shown.scores[:k])
            asked *= 4
            if asked > _DEEPEST + k:
                within, _ = self._table.alive(within)

    def nearest(self, query: Vectors, count: int) -> Matches:
        """The `count` nearest rows, those too that the table removed since or may not show."""
        return self._whole().search(query, count)[0]

    def refresh(self) -> None:
        """Bring the index files up to what the table holds."""
        with self._lock:
            if self._opened is not None and self._opened.outdated():
                self._opened = None
        index = self._whole()
        with self._lock:
            index.remove(self._dead(index))
            self._flush(index)

    def state(self, wish: str) -> IndexState:
        """What the index is made of, and what it needs to be as `wish` says (`kinds.py`)."""
        return state_of(self._whole().held, wish)

    def build(self, wish: str, *, anew: bool = False) -> bool:
        """Train and code what is needed, or all of it `anew`; whether anything was done.

        Searches go on with the index as it is meanwhile. Raises `ConfigError` for a wish that
        cannot be fulfilled, `StoreError` where the files cannot be written.
        """
        check_wish(wish, self._space.dim)
        self.refresh()
        built = Build(IndexFiles(self._folder), wish).run(self._empty_stamp, anew=anew)
        if built:
            with self._lock:
                self._current().reload()
        return built

    def differing(self) -> Ids:
        """Rows that the index holds otherwise than the table: damage, for rows never change."""
        index = self._whole()
        wrong = [np.empty(0, np.int64)]
        for ids, rows in self._table.rows_after(0):
            held, copies = index.get(ids)
            stored = rows[np.searchsorted(ids, held)].astype(np.float16)
            wrong.append(held[np.any(stored != copies, axis=1)])
        return np.concatenate(wrong)

    def damaged(self) -> list[Path]:
        """The files of the trained index that are not what was written."""
        files = IndexFiles(self._folder)
        stamp = files.read_stamp(self._space.fingerprint, self._space.dim)
        return [] if stamp is None else files.damaged(stamp)

    def rebuild(self) -> None:
        """Make the index anew from the table, as if there had been no files."""
        with self._lock:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._opened = None
        self.refresh()

    def close(self) -> None:
        """Let go of the index files."""
        with self._lock:
            self._opened = None

    @property
    def _empty_stamp(self) -> Stamp:
        return Stamp(self._space.fingerprint, self._space.dim)

    def _whole(self) -> MappedIndex:
        """The index, with every row of the table in it."""
        with self._lock:
            index = self._current()
            for ids, rows in self._table.rows_after(index.last_id):
                index.add(ids, rows)
                in_place = len(index) - index.waiting
                if index.waiting >= min(max(in_place, _TAIL_TO_FLUSH), _MOST_ROWS_IN_HAND):
                    self._flush(index)
            if index.waiting >= _TAIL_TO_FLUSH:
                self._flush(index)
        return index

    def _current(self) -> MappedIndex:
        """The index as it was opened, brought to what other processes put in its files."""
        opened = self._opened
        if opened is None:
            opened = MappedIndex(self._folder, self._space.fingerprint, self._space.dim)
            self._opened = opened
        elif opened.waiting >= _TAIL_TO_FLUSH or time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + _LOOK_SECONDS
            if opened.outdated():
                opened.reload()
        return opened

    def _flush(self, index: MappedIndex) -> None:
        try:
            index.flush()
        except OSError as error:
            # The index is a cache: without it a search only takes longer to begin.
            _log.warning("the index in %s could not be written: %s", self._folder, error)
            index.detach()
            index.flush()

    def _dead(self, index: MappedIndex) -> Ids:
        ids = index.ids
        if self._table.row_count() == len(ids):
            return np.empty(0, np.int64)
        return np.setdiff1d(ids, self._table.row_ids())
