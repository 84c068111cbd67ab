"""An index in mapped files: rows, their codes, and a tail in memory that is compared exactly.

The best rows are found by codes of one bit a dimension, of all rows (`flat.py`) or of a trained
index (`trained.py`), and scored again from float16 rows in a mapped file. New rows wait in memory
until `flush`, and in the file until codes are made for them; until then they are compared exactly.
"""

from __future__ import annotations

import mmap
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
from filelock import FileLock

from mindseye.index.exact import Rows, best, check_dim, last_of_each, score
from mindseye.index.files import IndexFiles
from mindseye.index.flat import encoded
from mindseye.index.held import Held, empty, load, placed
from mindseye.index.matrix import scanner_of
from mindseye.index.stamp import Stamp
from mindseye.types import Ids, Matches, Vectors

DEAD_SHARE = 0.1
"""Files are written anew, without dead rows, once more than this share of them is dead."""


_SCATTERED_FROM = 2**30
"""Bytes of rows that do not surely stay in memory: in 2.5 GB of it pictures among ten million were
found in 559 ms, reading 457 MB each, and in 44 ms and 5 MB without what lies beside."""


class MappedIndex:
    """Finds the nearest of any number of unit vectors; see the module's text.

    `fingerprint` names the space; files of another space, of another format or damaged ones are
    not read, and the index starts empty. Without a folder nothing is kept. Searches may run in
    any number of threads at any time; adding, removing and flushing belong to one at a time.
    """

    def __init__(self, folder: Path | None, fingerprint: str, dim: int) -> None:
        self._files = None if folder is None else IndexFiles(folder)
        # Every change puts a whole new state here, so that a search sees one or the other.
        self._held = empty(Stamp(fingerprint, dim))
        if self._files is not None:
            self._held = _for_searches(load(self._files, self._held.stamp) or self._held)

    @property
    def held(self) -> Held:
        """What the index holds now; it never changes, the index moves on to another."""
        return self._held

    @property
    def ids(self) -> Ids:
        """The ids in the index, in the order they were added."""
        return self._held.living_ids

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
        return _rows_of(self._held, ids)

    def search(self, queries: Vectors, k: int, within: Ids | None = None) -> list[Matches]:
        """The `k` best ids for each row of `queries`, only among `within` where it is given.

        Scores are exact cosines to the rows stored. Few allowed rows are all compared; so are all
        rows where codes cannot prove their answer, or were not measured to find enough. Raises
        `SpaceMismatch` on rows of another length.
        """
        held = self._held
        check_dim(queries, held.stamp.dim)
        allowed = None if within is None else _ascending(within)
        rows, ids = held.tail_rows, held.tail_ids
        if allowed is not None and len(ids):
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

        What another process wrote meanwhile stays: the tail and what died here are put on top of
        it. Raises `OSError` where the folder cannot be written.
        """
        held = self._held
        if not len(held.tail_ids) and len(held.dead) == held.stamp.dead:
            return
        if self._files is None:
            rows = np.concatenate(list(held.chunks()))
            self._held = replace(
                empty(held.stamp),
                rows=rows,
                ids=self.ids,
                codes=encoded(None, rows, rows),
                scanner=scanner_of(rows),
            )
            return
        self._files.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._files.folder / "write.lock"):
            self._held = _for_searches(_write(self._files, _on_top(self._files, held)))

    def reload(self) -> None:
        """Take over what another process or a build has put into the files."""
        if self._files is not None:
            self._held = _for_searches(_on_top(self._files, self._held))

    def detach(self) -> None:
        """Go on in memory alone: for a folder that turned out not to be writable."""
        self._files = None


def _for_searches(held: Held) -> Held:
    """The same, whose rows, where they are many, are read from the disk one by one.

    Searches pick a few rows here and there: systems would read a hundred others beside each, and
    drop what is worth keeping for them.
    """
    mapping: object = held.rows.base
    if isinstance(mapping, mmap.mmap) and held.rows.nbytes >= _SCATTERED_FROM:
        advice = getattr(mmap, "MADV_RANDOM", None)
        if advice is not None:
            mapping.madvise(advice)
    return held


def _ascending(ids: Ids) -> Ids:
    """Each of these ids once; most come so, and sorting takes longer than searching."""
    return ids if bool(np.all(ids[1:] > ids[:-1])) else np.unique(ids)


def _rows_of(held: Held, ids: Ids) -> tuple[Ids, Rows]:
    positions = held.positions(np.unique(ids))
    tail = np.flatnonzero(np.isin(held.tail_ids, ids))
    found = np.concatenate([held.ids[positions], held.tail_ids[tail]])
    rows = np.concatenate([held.rows[positions], held.tail_rows[tail]])
    order = np.argsort(found)
    return found[order], rows[order]


def _on_top(files: IndexFiles, held: Held) -> Held:
    """The same over what the files hold by now, where that is something else."""
    stamp = held.stamp
    on_disk = files.read_stamp(stamp.fingerprint, stamp.dim)
    if on_disk is None or on_disk == stamp:
        return held
    newer = load(files, stamp)
    if newer is None:
        return held
    known_ids, known = _rows_of(newer, held.tail_ids)
    order = np.argsort(held.tail_ids)
    at = order[np.searchsorted(held.tail_ids[order], known_ids)]
    same = np.all(held.tail_rows[at] == known, axis=1)
    gone = np.concatenate([_died(held), known_ids[~same]])
    kept = ~np.isin(held.tail_ids, known_ids[same])
    return replace(
        newer,
        dead=np.union1d(newer.dead, newer.positions(np.unique(gone))),
        tail_rows=held.tail_rows[kept],
        tail_ids=held.tail_ids[kept],
    )


def _died(held: Held) -> Ids:
    """The ids that were removed and not added again."""
    gone = np.unique(held.ids[held.dead])
    back = np.concatenate([held.ids[held.positions(gone)], held.tail_ids])
    return np.setdiff1d(gone, back)


def _write(files: IndexFiles, held: Held) -> Held:
    """Append the tail to the files, or write them anew where they are not those of `held`.

    Those of a trained index are written anew by a build (`build.py`), not while somebody waits.
    """
    stamp = held.stamp
    on_disk = files.read_stamp(stamp.fingerprint, stamp.dim)
    few_dead = len(held.dead) <= DEAD_SHARE * len(held.ids)
    if on_disk == stamp and (few_dead or stamp.training is not None):
        files.append(stamp, [held.tail_rows], held.tail_ids)
        grown = replace(stamp, rows=stamp.rows + len(held.tail_ids), dead=len(held.dead))
        files.write_dead(grown, held.dead)
        codes = held.codes
    else:
        grown = replace(
            Stamp(stamp.fingerprint, stamp.dim),
            generation=max(files.last_generation(), stamp.generation) + 1,
        )
        files.append(grown, held.chunks(), held.living_ids)
        grown, codes = replace(grown, rows=len(held.living_ids)), None
    rows = files.map_rows(grown)[0]
    if grown.training is not None:
        codes = None
    elif codes is None or len(held.tail_ids):
        codes = encoded(codes, held.tail_rows, rows)
    grown = replace(grown, codes=0 if codes is None else grown.rows)
    if codes is not None:
        faiss.write_index(codes.index, str(files.codes(grown)))
    files.write_stamp(grown)
    return placed(files, grown, codes)
