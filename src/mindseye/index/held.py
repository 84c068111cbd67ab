"""What an index holds at one moment, and how that is read from its files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import faiss
import numpy as np

from mindseye.index.choice import Choice
from mindseye.index.coder import Coder, list_type
from mindseye.index.exact import Rows, Scores
from mindseye.index.files import IndexFiles
from mindseye.index.flat import FlatCodes, read_codes
from mindseye.index.matrix import map_scanner, scan, scan_listed
from mindseye.index.stamp import Stamp
from mindseye.index.trained import MappedPart, TrainedCodes
from mindseye.types import Ids, Vectors

_EXACT_WITHIN = 20_000
_EXACT_SHARE = 1 / 16
"""Up to so many allowed rows are gathered and scored exactly, at 0.2 to 0.3 microseconds each;
without lists also up to such a share of all: cheaper than passing by all the others, and nothing
that qualifies can be missed."""

_CHUNK = 20_000

_LOOKS = 3
"""Times that files which do not fit their stamp are looked at again."""


@dataclass(frozen=True)
class Held:
    """What an index holds at one moment: rows in place, their codes, dead ones and the tail."""

    stamp: Stamp
    rows: Rows
    ids: Ids
    codes: FlatCodes | None
    trained: TrainedCodes | None
    scanner: faiss.Index | None
    """The rows once more, as FAISS compares them exactly; None where there are none."""
    dead: Ids
    """Positions of rows that were removed, ascending."""
    tail_rows: Rows
    tail_ids: Ids

    @cached_property
    def last(self) -> int:
        """The highest id in place, dead or alive."""
        return int(self.ids.max(initial=0))

    @cached_property
    def ascending(self) -> bool:
        """Whether the ids in place only rise, so that one can be found by halving."""
        return bool(np.all(self.ids[1:] > self.ids[:-1]))

    @cached_property
    def everything(self) -> Choice:
        """The choice of all living rows."""
        return Choice(len(self.ids), self.dead)

    @property
    def living_ids(self) -> Ids:
        """The ids of all living rows in order, those in the tail included."""
        return np.concatenate([np.delete(self.ids, self.dead), self.tail_ids])

    def positions(self, ids: Ids) -> Ids:
        """Where these ids (ascending) lie among the rows and are not dead; others are left out."""
        if not self.ascending:
            return self._living(np.flatnonzero(np.isin(self.ids, ids)))
        if len(self.ids) and int(self.ids[-1]) - int(self.ids[0]) == len(self.ids) - 1:
            # Without a gap nothing has to be looked up.
            first = int(self.ids[0])
            return self._living(ids[(ids >= first) & (ids <= self.ids[-1])] - first)
        places = np.searchsorted(self.ids, ids)
        there = places < len(self.ids)
        there[there] = self.ids[places[there]] == ids[there]
        return self._living(places[there])

    def candidates(self, query: Vectors, k: int, allowed: Ids | None) -> tuple[Ids, Scores]:
        """Positions that hold the best `k` of the allowed rows in place, and their exact scores."""
        choice = self.everything
        if allowed is not None:
            listed = self.positions(allowed)
            choice = Choice(len(self.ids), self.dead, listed)
            lists = self.trained is not None and self.trained.coder.lists
            share = 0 if lists else int(_EXACT_SHARE * len(self.ids))
            if choice.size <= max(_EXACT_WITHIN, share):
                return scan_listed(self.rows, listed, query, k)
        if self.scanner is None:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        codes = self.trained or self.codes
        decided = None if codes is None else codes.decided(query, k, choice)
        return scan(self.scanner, query, k, choice.barred) if decided is None else decided

    def chunks(self) -> Iterator[Rows]:
        """All living rows, some at a time: those in place, then the tail."""
        alive = self._living(np.arange(len(self.ids), dtype=np.int64))
        for start in range(0, len(alive), _CHUNK):
            yield self.rows[alive[start : start + _CHUNK]]
        yield self.tail_rows

    def _living(self, positions: Ids) -> Ids:
        if not len(self.dead):
            return positions
        at = np.searchsorted(self.dead, positions).clip(max=len(self.dead) - 1)
        kept: Ids = positions[self.dead[at] != positions]
        return kept


def empty(stamp: Stamp) -> Held:
    """Nothing, of the same space."""
    rows = np.empty((0, stamp.dim), np.float16)
    none = np.empty(0, np.int64)
    bare = Stamp(stamp.fingerprint, stamp.dim)
    return Held(bare, rows, none, None, None, None, none, rows, none)


def load(files: IndexFiles, expected: Stamp) -> Held | None:
    """What the files hold, or None where they are absent, foreign or damaged."""
    # Between two looks another process may have replaced the files; damaged ones stay damaged.
    for _ in range(_LOOKS):
        stamp = files.read_stamp(expected.fingerprint, expected.dim)
        if stamp is None:
            return None
        try:
            held = placed(files, stamp)
        except (OSError, ValueError):
            continue
        damaged = (held.scanner is None and stamp.rows) or (held.codes is None and stamp.codes)
        if not damaged:
            return held
    return None


def placed(files: IndexFiles, stamp: Stamp, codes: FlatCodes | None = None) -> Held:
    """What the files of this stamp hold, with codes that need not be read where they are given."""
    rows, ids = files.map_rows(stamp)
    if stamp.codes:
        codes = read_codes(files.codes(stamp), rows) if codes is None else replace(codes, rows=rows)
    return replace(
        empty(stamp),
        stamp=stamp,
        rows=rows,
        ids=ids,
        codes=codes if stamp.codes else None,
        trained=trained_codes(files, stamp, rows),
        scanner=map_scanner(files.rows(stamp), stamp.rows) if stamp.rows else None,
        dead=files.read_dead(stamp),
    )


def trained_codes(files: IndexFiles, stamp: Stamp, rows: Rows) -> TrainedCodes | None:
    """The trained codes, None where there are none or they cannot be read: a build mends that."""
    training = stamp.training
    if training is None:
        return None
    try:
        coder = Coder.load(files.trained(training), None)
        parts = []
        for part in stamp.parts:
            codes, lists = files.part(stamp, part)
            core = faiss.read_index(str(codes), faiss.IO_FLAG_MMAP_IFC)
            if core.ntotal != part.stop - part.start:
                return None
            of_row = None
            if coder.lists:
                shape = (part.stop - part.start,)
                of_row = np.memmap(lists, list_type(coder.lists), mode="r", shape=shape)
            parts.append(MappedPart(part.start, part.stop, core, of_row))
    except (OSError, ValueError, RuntimeError):
        # FAISS says RuntimeError of every file it cannot read.
        return None
    return TrainedCodes(training, coder, tuple(parts), rows)
