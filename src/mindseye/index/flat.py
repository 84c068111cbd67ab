"""Every vector is compared: by one bit a dimension first, exactly where that does not decide.

FAISS's RaBitQ codes (Gao and Long, SIGMOD 2024) are scanned in the processor's registers: 9 bytes
per 64 dimensions instead of 128, no training beyond a mean. The best few hundred are scored again
from memory-mapped float16 rows. How far the codes err is then known, and so is whether another row
could still be better. For a query near some photos none can. For words, which lie far from all
photos, many can: then every row is compared exactly, at three to four times the cost
(`benchmarks/vectors.py`). New rows wait in memory until `flush` and are compared exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import faiss
import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from mindseye.index.exact import Rows, Scores, best, check_dim, last_of_each, score
from mindseye.index.files import IndexFiles, Stamp
from mindseye.index.matrix import map_scanner, scan, scanner_of
from mindseye.types import Ids, Matches, Vectors

_LEAST_ROWS = 4096
_LEAST_DIM = 64
"""Below either, comparing everything exactly is as fast as codes."""

_CANDIDATES = 512
_CANDIDATES_PER_HIT = 16
_CANDIDATES_PER_ROW = 1 / 400
"""Candidates of the codes, whichever is most. For pictures as queries 400 held every true top ten
among 100,000 clustered vectors; among 1,000,000 it took 2,500."""

_DEVIATIONS = 4.0
"""The codes decide where all others are so many standard deviations too low for the best `k`; the
deviation is that of the candidates' codes from their exact scores."""

_EXACT_WITHIN = 4096
_EXACT_SHARE = 1 / 16
"""Up to so many allowed ids, or such a share of all, are gathered and scored exactly: cheaper than
passing by all the others."""

_TRAINING_ROWS = 20_000
"""RaBitQ learns only the mean of the vectors; more rows do not move it."""

_DEAD_SHARE = 0.1
"""Files are written anew, without dead rows, once more than this share of them is dead."""

_LOOKS = 3
"""Times that files which do not fit their stamp are looked at again."""


class FlatIndex:
    """Finds the nearest of up to some millions of unit vectors; see the module's text.

    `fingerprint` names the space; files of another space, of another format or damaged ones are
    not read, and the index starts empty. Without a folder nothing is kept. Searches may run in
    any number of threads at any time; adding, removing and flushing belong to one at a time.
    """

    def __init__(self, folder: Path | None, fingerprint: str, dim: int) -> None:
        self._files = None if folder is None else IndexFiles(folder)
        # Every change puts a whole new state here, so that a search sees one or the other.
        self._held = _empty(Stamp(fingerprint, dim))
        if self._files is not None:
            self._held = _load(self._files, self._held.stamp) or self._held

    @property
    def ids(self) -> Ids:
        """The ids in the index, in the order they were added."""
        held = self._held
        return np.concatenate([np.delete(held.ids, held.dead), held.tail_ids])

    @property
    def last_id(self) -> int:
        """The highest id the index holds or held until its files were last written anew."""
        held = self._held
        return max(held.last, int(held.tail_ids.max(initial=0)))

    @property
    def waiting(self) -> int:
        """How many rows were added since the last flush: they are compared exactly."""
        return len(self._held.tail_ids)

    def outdated(self) -> bool:
        """Whether another process has written the files since this index read or wrote them."""
        if self._files is None:
            return False
        stamp = self._held.stamp
        on_disk = self._files.read_stamp(stamp.fingerprint, stamp.dim)
        return on_disk is not None and on_disk != stamp

    def __len__(self) -> int:
        held = self._held
        return len(held.ids) + len(held.tail_ids) - len(held.dead)

    def add(self, ids: Ids, vectors: Vectors | Rows) -> None:
        """Add unit rows under their ids; an id that is there already is replaced."""
        check_dim(vectors, self._held.stamp.dim)
        kept = last_of_each(ids)
        ids, vectors = ids[kept], vectors[kept]
        if len(ids) and int(ids.min()) <= self.last_id:
            self.remove(ids)
        held = self._held
        self._held = replace(
            held,
            tail_rows=np.concatenate([held.tail_rows, vectors.astype(np.float16)]),
            tail_ids=np.concatenate([held.tail_ids, ids]),
        )

    def remove(self, ids: Ids) -> None:
        """Forget these ids; an id that is not there is passed over."""
        held = self._held
        kept = ~np.isin(held.tail_ids, ids)
        self._held = replace(
            held,
            dead=np.union1d(held.dead, held.positions(np.unique(ids))),
            tail_rows=held.tail_rows[kept],
            tail_ids=held.tail_ids[kept],
        )

    def get(self, ids: Ids) -> tuple[Ids, Rows]:
        """The rows of those of these ids that are here, as (ids, float16 rows), by id."""
        held = self._held
        positions = held.positions(np.unique(ids))
        tail = np.flatnonzero(np.isin(held.tail_ids, ids))
        found = np.concatenate([held.ids[positions], held.tail_ids[tail]])
        rows = np.concatenate([held.rows[positions], held.tail_rows[tail]])
        order = np.argsort(found)
        return found[order], rows[order]

    def search(self, queries: Vectors, k: int, within: Ids | None = None) -> list[Matches]:
        """The `k` best ids for each row of `queries`, only among `within` where it is given.

        Every allowed vector is considered; scores are exact cosines to the rows stored. Raises
        `SpaceMismatch` on rows of another length.
        """
        held = self._held
        check_dim(queries, held.stamp.dim)
        allowed = None if within is None else np.unique(within)
        rows, ids = held.tail_rows, held.tail_ids
        if allowed is not None:
            kept = np.isin(ids, allowed)
            rows, ids = rows[kept], ids[kept]
        found = []
        for query in np.asarray(queries, dtype=np.float32):
            positions, scores = held.candidates(query, k, allowed)
            found.append(
                best(
                    np.concatenate([held.ids[positions], ids]),
                    np.concatenate([scores, score(rows, None, query)]),
                    k,
                )
            )
        return found

    def flush(self) -> None:
        """Write what was added and removed; without a folder it only moves into place.

        When another process wrote meanwhile, everything is written anew as this index knows it.
        Raises `OSError` where the folder cannot be written.
        """
        held = self._held
        if not len(held.tail_ids) and len(held.dead) == held.stamp.dead:
            return
        if self._files is None:
            rows = np.concatenate(list(held.chunks()))
            self._held = replace(
                _empty(held.stamp),
                rows=rows,
                ids=self.ids,
                codes=_encoded(None, rows, rows),
                scanner=scanner_of(rows),
            )
            return
        self._files.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._files.folder / "write.lock"):
            self._held = _write(self._files, held)

    def detach(self) -> None:
        """Go on in memory alone: for a folder that turned out not to be writable."""
        self._files = None


@dataclass(frozen=True)
class _Held:
    """What an index holds at one moment: rows in place, their codes, dead ones and the tail."""

    stamp: Stamp
    rows: Rows
    ids: Ids
    codes: faiss.Index | None
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

    def positions(self, ids: Ids) -> Ids:
        """Where these ids (ascending) lie among the rows and are not dead; others are left out."""
        if self.ascending:
            places = np.searchsorted(self.ids, ids)
            there = places < len(self.ids)
            there[there] = self.ids[places[there]] == ids[there]
            return self._living(places[there])
        return self._living(np.flatnonzero(np.isin(self.ids, ids)))

    def candidates(self, query: Vectors, k: int, allowed: Ids | None) -> tuple[Ids, Scores]:
        """Positions that hold the best `k` of the allowed rows in place, and their exact scores."""
        few = max(_EXACT_WITHIN, int(_EXACT_SHARE * len(self.ids)))
        if allowed is not None and len(allowed) <= few:
            positions = self.positions(allowed)
            return positions, score(self.rows, positions, query)
        if self.scanner is None:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        barred = self._barred(allowed)
        if self.codes is not None:
            decided = self._decided_by_codes(self.codes, query, k, barred)
            if decided is not None:
                return decided
        return scan(self.scanner, query, k, barred)

    def _decided_by_codes(
        self, codes: faiss.Index, query: Vectors, k: int, barred: NDArray[np.bool_] | None
    ) -> tuple[Ids, Scores] | None:
        """Candidates with their scores, None where rows beyond them may be better."""
        count = len(self.ids)
        eligible = count if barred is None else count - int(np.count_nonzero(barred))
        wanted = max(_CANDIDATES, _CANDIDATES_PER_HIT * k, int(eligible * _CANDIDATES_PER_ROW))
        # Fast-scan codes know no selectors: what is barred is found as well and dropped.
        asked = min(wanted * count // max(eligible, 1), count)
        estimates, places = codes.search(query[None], asked)
        kept = places[0] >= 0
        if barred is not None:
            kept &= ~barred[places[0]]
        positions = places[0][kept]
        scores = score(self.rows, positions, query)
        return (positions, scores) if _is_enough(scores, estimates[0], kept, k) else None

    def _barred(self, allowed: Ids | None) -> NDArray[np.bool_] | None:
        """Which positions must not be found; None where all may be."""
        if allowed is None and not len(self.dead):
            return None
        barred = np.full(len(self.ids), allowed is not None)
        if allowed is not None:
            barred[self.positions(allowed)] = False
        barred[self.dead] = True
        return barred

    def chunks(self) -> Iterator[Rows]:
        """All living rows, some at a time: those in place, then the tail."""
        alive = self._living(np.arange(len(self.ids), dtype=np.int64))
        for start in range(0, len(alive), _TRAINING_ROWS):
            yield self.rows[alive[start : start + _TRAINING_ROWS]]
        yield self.tail_rows

    def _living(self, positions: Ids) -> Ids:
        if not len(self.dead):
            return positions
        return np.setdiff1d(positions, self.dead, assume_unique=True)


def _is_enough(scores: Scores, estimates: Scores, kept: NDArray[np.bool_], k: int) -> bool:
    """Whether a row that was not scored is very unlikely to belong to the best `k`."""
    if len(scores) < k:
        return False
    worst = np.partition(scores, len(scores) - k)[len(scores) - k] if k else np.inf
    spread = float(np.std(estimates[kept] - scores)) if len(scores) else 0.0
    return bool(estimates[-1] < worst - _DEVIATIONS * spread)


def _empty(stamp: Stamp) -> _Held:
    rows = np.empty((0, stamp.dim), np.float16)
    none = np.empty(0, np.int64)
    return _Held(replace(stamp, rows=0, codes=0, dead=0), rows, none, None, None, none, rows, none)


def _load(files: IndexFiles, expected: Stamp) -> _Held | None:
    """What the files hold, or None where they are absent, foreign or damaged."""
    # Between two looks another process may have replaced the files; damaged ones stay damaged.
    for _ in range(_LOOKS):
        stamp = files.read_stamp(expected.fingerprint, expected.dim)
        if stamp is None:
            return None
        codes = _read_codes(files.codes(stamp)) if stamp.codes else None
        if stamp.codes and (codes is None or (codes.ntotal, codes.d) != (stamp.rows, stamp.dim)):
            continue
        try:
            held = _placed(files, stamp, codes)
        except (OSError, ValueError):
            continue
        if held.scanner is not None or not stamp.rows:
            return held
    return None


def _placed(files: IndexFiles, stamp: Stamp, codes: faiss.Index | None) -> _Held:
    rows, ids = files.map_rows(stamp)
    return replace(
        _empty(stamp),
        stamp=stamp,
        rows=rows,
        ids=ids,
        codes=codes,
        scanner=map_scanner(files.rows(stamp), stamp.rows) if stamp.rows else None,
        dead=files.read_dead(stamp),
    )


def _write(files: IndexFiles, held: _Held) -> _Held:
    """Append the tail to the files, or write them anew where they are not those of `held`."""
    stamp = held.stamp
    on_disk = files.read_stamp(stamp.fingerprint, stamp.dim)
    if on_disk == stamp and len(held.dead) <= _DEAD_SHARE * len(held.ids):
        files.append(stamp, [held.tail_rows], held.tail_ids)
        grown = replace(stamp, rows=stamp.rows + len(held.tail_ids), dead=len(held.dead))
        files.write_dead(grown, held.dead)
        codes = held.codes
    else:
        fresh = replace(stamp, generation=files.last_generation() + 1, rows=0, codes=0, dead=0)
        ids = np.concatenate([np.delete(held.ids, held.dead), held.tail_ids])
        files.append(fresh, held.chunks(), ids)
        grown, codes = replace(fresh, rows=len(ids)), None
    if codes is None or len(held.tail_ids):
        codes = _encoded(codes, held.tail_rows, files.map_rows(grown)[0])
    if codes is not None:
        grown = replace(grown, codes=grown.rows)
        faiss.write_index(codes, str(files.codes(grown)))
    files.write_stamp(grown)
    return _placed(files, grown, codes)


def _encoded(codes: faiss.Index | None, fresh: Rows, rows: Rows) -> faiss.Index | None:
    """The codes of all `rows`, of which `codes` lack the `fresh`; None where none are needed."""
    count, dim = rows.shape
    if codes is None:
        if count < _LEAST_ROWS or dim < _LEAST_DIM:
            return None
        grown: faiss.Index = faiss.IndexRaBitQFastScan(dim, faiss.METRIC_INNER_PRODUCT)
        step = max(count // _TRAINING_ROWS, 1)
        grown.train(rows[::step].astype(np.float32))
        fresh = rows
    else:
        # A copy: searches in other threads go on with the codes they have.
        grown = faiss.deserialize_index(faiss.serialize_index(codes))
    for start in range(0, len(fresh), _TRAINING_ROWS):
        grown.add(fresh[start : start + _TRAINING_ROWS].astype(np.float32))
    return grown


def _read_codes(path: Path) -> faiss.Index | None:
    try:
        return faiss.read_index(str(path))
    except RuntimeError:
        # FAISS says so of every file it cannot read, those of another version included.
        return None
