"""Every vector is compared, by one bit a dimension first and exactly for the most promising.

FAISS's RaBitQ codes (Gao and Long, SIGMOD 2024) are scanned in the processor's registers: 9 bytes
per 64 dimensions instead of 128, no training beyond a mean. The best few hundred are scored again
from memory-mapped float16 rows, which makes the answer exact in practice (`benchmarks/vectors.py`
measures recall). New rows wait in memory until `flush` and are compared exactly.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
from filelock import FileLock

from mindseye.errors import SpaceMismatch
from mindseye.index.exact import Rows, best, score
from mindseye.index.files import IndexFiles, Stamp
from mindseye.types import Ids, Matches, Vectors

_LEAST_ROWS = 4096
_LEAST_DIM = 64
"""Below either, comparing everything exactly is as fast as codes."""

_CANDIDATES = 512
_CANDIDATES_PER_HIT = 16
_CANDIDATES_PER_ROW = 1 / 400
"""Candidates scored exactly, whichever is most. Among 100,000 vectors in dense clusters 400 held
every true top ten; among 1,000,000 it took 2,500."""

_EXACT_WITHIN = 20_000
"""Up to so many allowed ids are scored exactly: cheaper than scanning codes and dropping most."""

_TRAINING_ROWS = 20_000
"""RaBitQ learns only the mean of the vectors; more rows do not move it."""


class FlatIndex:
    """Finds the nearest of up to some millions of unit vectors; see the module's text.

    `fingerprint` names the space; files of another space, of another format or damaged ones are
    not read, and the index starts empty. Without a folder nothing is kept. Searches may run in
    several threads; adding, removing and flushing belong to one.
    """

    def __init__(self, folder: Path | None, fingerprint: str, dim: int) -> None:
        self._files = None if folder is None else IndexFiles(folder)
        self._stamp = Stamp(fingerprint, dim)
        self._rows: Rows = np.empty((0, dim), np.float16)
        self._ids: Ids = np.empty(0, np.int64)
        self._codes: faiss.Index | None = None
        self._dead: Ids = np.empty(0, np.int64)
        self._tail_rows: Rows = self._rows
        self._tail_ids: Ids = self._ids
        self._load()

    @property
    def ids(self) -> Ids:
        """The ids in the index, in the order they were added."""
        return np.concatenate([np.delete(self._ids, self._dead), self._tail_ids])

    @property
    def last_id(self) -> int:
        """The highest id that was ever added, 0 where there was none."""
        return int(max(self._ids.max(initial=0), self._tail_ids.max(initial=0)))

    def __len__(self) -> int:
        return len(self._ids) + len(self._tail_ids) - len(self._dead)

    def add(self, ids: Ids, vectors: Vectors | Rows) -> None:
        """Add unit rows under their ids; an id that is there already is replaced."""
        self._check(vectors)
        if len(ids) and int(ids.min()) <= self.last_id:
            self.remove(ids)
        self._tail_rows = np.concatenate([self._tail_rows, vectors.astype(np.float16)])
        self._tail_ids = np.concatenate([self._tail_ids, ids])

    def remove(self, ids: Ids) -> None:
        """Forget these ids; an id that is not there is passed over."""
        kept = ~np.isin(self._tail_ids, ids)
        self._tail_rows, self._tail_ids = self._tail_rows[kept], self._tail_ids[kept]
        self._dead = np.union1d(self._dead, self._positions(np.unique(ids)))

    def search(self, queries: Vectors, k: int, within: Ids | None = None) -> list[Matches]:
        """The `k` best ids for each row of `queries`, only among `within` where it is given.

        Every allowed vector is considered; scores are exact cosines to the rows stored. Raises
        `SpaceMismatch` on rows of another length.
        """
        self._check(queries)
        allowed = None if within is None else np.unique(within)
        rows, ids = self._tail_rows, self._tail_ids
        if allowed is not None:
            kept = np.isin(ids, allowed)
            rows, ids = rows[kept], ids[kept]
        found = []
        for query in np.asarray(queries, dtype=np.float32):
            positions = self._promising(query, k, allowed)
            scores = [score(self._rows, positions, query), score(rows, None, query)]
            found.append(
                best(np.concatenate([self._ids[positions], ids]), np.concatenate(scores), k)
            )
        return found

    def flush(self) -> None:
        """Write what was added and removed; without a folder it only moves into place.

        When another process wrote meanwhile, everything is written anew as this index knows it.
        Raises `OSError` where the folder cannot be written.
        """
        if not len(self._tail_ids) and not len(self._dead):
            return
        if self._files is None:
            rows, ids, codes = self._merged()
            self._place(self._stamp, rows, ids, codes)
            return
        self._files.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._files.folder / "write.lock"):
            self._write(self._files)

    def _promising(self, query: Vectors, k: int, allowed: Ids | None) -> Ids:
        """Positions of the rows worth an exact score: allowed, alive, and near by their codes."""
        if self._codes is not None and (allowed is None or len(allowed) > _EXACT_WITHIN):
            return self._scan(
                self._codes, query, max(_CANDIDATES, _CANDIDATES_PER_HIT * k), allowed
            )
        if allowed is None:
            positions = np.arange(len(self._ids), dtype=np.int64)
        else:
            positions = self._positions(allowed)
        return self._living(positions)

    def _scan(self, codes: faiss.Index, query: Vectors, wanted: int, allowed: Ids | None) -> Ids:
        """Scan the codes, ever deeper until `wanted` candidates are allowed and alive."""
        asked = wanted + len(self._dead)
        if allowed is not None:
            asked = asked * len(self._ids) // max(len(allowed), 1)
        while True:
            asked = min(asked, len(self._ids))
            _, places = codes.search(query[None], asked)
            positions = self._living(np.sort(places[0][places[0] >= 0]))
            if allowed is not None:
                positions = positions[np.isin(self._ids[positions], allowed)]
            if len(positions) >= wanted or asked == len(self._ids):
                return positions
            asked *= 2

    def _living(self, positions: Ids) -> Ids:
        if not len(self._dead):
            return positions
        return np.setdiff1d(positions, self._dead, assume_unique=True)

    def _positions(self, ids: Ids) -> Ids:
        """Where these ids (ascending) lie among the rows; unknown ones are left out."""
        if not self._ascending:
            return np.flatnonzero(np.isin(self._ids, ids))
        places = np.searchsorted(self._ids, ids)
        there = places < len(self._ids)
        there[there] = self._ids[places[there]] == ids[there]
        return places[there]

    def _load(self) -> None:
        self._place(self._stamp, self._rows, self._ids, None)
        if self._files is None:
            return
        stamp = self._files.read_stamp(self._stamp.fingerprint, self._stamp.dim)
        if stamp is None:
            return
        codes = _read_codes(self._files.codes(stamp)) if stamp.codes else None
        if stamp.codes and (codes is None or codes.ntotal != stamp.rows):
            return
        self._place(stamp, *self._files.map_rows(stamp), codes)

    def _place(self, stamp: Stamp, rows: Rows, ids: Ids, codes: faiss.Index | None) -> None:
        """Take these as everything there is: nothing waits, nothing is dead."""
        self._stamp, self._rows, self._ids, self._codes = stamp, rows, ids, codes
        self._ascending = bool(np.all(np.diff(ids) > 0))
        self._dead = np.empty(0, np.int64)
        self._tail_rows = np.empty((0, stamp.dim), np.float16)
        self._tail_ids = np.empty(0, np.int64)

    def _merged(self) -> tuple[Rows, Ids, faiss.Index | None]:
        """All living rows in one array, with their ids and new codes."""
        rows = np.delete(self._rows, self._dead, axis=0)
        rows = np.concatenate([rows, self._tail_rows])
        return rows, self.ids, _encoded(None, rows, rows)

    def _write(self, files: IndexFiles) -> None:
        on_disk = files.read_stamp(self._stamp.fingerprint, self._stamp.dim)
        if on_disk == self._stamp and not len(self._dead):
            stamp, ids = self._stamp, self._tail_ids
            files.append(stamp, self._tail_rows, ids)
            grown = replace(stamp, rows=stamp.rows + len(ids))
            codes = _encoded(self._codes, self._tail_rows, files.map_rows(grown)[0])
        else:
            generation = (on_disk or self._stamp).generation + 1
            stamp = replace(self._stamp, generation=generation, rows=0, codes=0)
            rows, ids, codes = self._merged()
            files.append(stamp, rows, ids)
            grown = replace(stamp, rows=len(ids))
        if codes is not None:
            grown = replace(grown, codes=grown.rows)
            faiss.write_index(codes, str(files.codes(grown)))
        files.write_stamp(grown)
        self._place(grown, *files.map_rows(grown), codes)

    def _check(self, vectors: Vectors | Rows) -> None:
        dim = self._stamp.dim
        if vectors.ndim != 2 or vectors.shape[1] != dim:
            raise SpaceMismatch(f"expected vectors of {dim} dimensions, found {vectors.shape}")


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
