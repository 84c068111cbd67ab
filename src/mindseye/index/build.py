"""What a trained index needs beside searches: training, codes for new rows, and clearing out.

A build reads the mapped files and writes new ones into a folder of its own; when they are whole it
moves them in and has the stamp name them, in one step. Searches go on with what they have mapped,
and rows may be appended meanwhile. A kill at any moment leaves the old index and a folder that the
next build empties.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import faiss
import numpy as np
from filelock import FileLock, Timeout

from mindseye.errors import StoreError
from mindseye.index.coder import Coder, train
from mindseye.index.effort import measure
from mindseye.index.exact import Rows
from mindseye.index.files import IndexFiles, checksum, settle
from mindseye.index.held import Held, load, trained_codes
from mindseye.index.kinds import AUTO, FLAT, empty_index, kind_for
from mindseye.index.mapped import DEAD_SHARE
from mindseye.index.stamp import Part, Stamp, Training
from mindseye.types import Ids

_log = logging.getLogger(__name__)

ROWS_BESIDE = 20_000
"""So many rows without codes are compared exactly, in two milliseconds; then codes are made."""

_PART_GROWTH = 4
"""A part joins the one before it unless that is so many times larger: there are few parts then,
and every row is coded again only so often as the library quadruples."""

GROWTH = 4
"""An index is trained anew when it covers so many times the rows it was trained on: the number of
lists that is best grows with the root of the rows."""

DRIFT = 1.25
"""... and when rows added since lie so many times farther from their centroids: what was learned
from holidays does not fit scans of paintings. Measured as 1 less the mean cosine to the centroid.
"""

_LEAST_PER_LIST = 4
_LEAST_ROWS = 1000
"""With fewer rows nothing worth having can be learned."""


class Need(StrEnum):
    """What an index needs."""

    NOTHING = "nothing"
    CODES = "codes"
    TRAINING = "training"
    CLEARING = "clearing"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class IndexState:
    """What an index is made of and how well it fits, in rows."""

    kind: str
    rows: int
    dead: int
    beside: int
    """Rows that have no codes yet: they are compared exactly."""
    parts: int
    trained_on: int
    drift: float
    """How many times farther new rows lie from their centroids than those that were trained on."""
    need: Need


def state_of(held: Held, wish: str) -> IndexState:
    """What an index is made of, and what it needs to be as `wish` says (`kinds.py`)."""
    training = held.stamp.training
    rows, dead = len(held.ids) + len(held.tail_ids), len(held.dead)
    beside = len(held.tail_ids)
    kind = "exact" if held.codes is None else FLAT
    if held.trained is not None and training is not None:
        kind, beside = training.factory, rows - held.trained.covered
    return IndexState(
        kind=kind,
        rows=rows,
        dead=dead,
        beside=beside,
        parts=len(held.stamp.parts),
        trained_on=0 if training is None else training.rows,
        drift=drift_of(held.stamp),
        need=_need(held, wish),
    )


def drift_of(stamp: Stamp) -> float:
    """How many times farther from their centroids rows added since training lie; 1 without any."""
    if stamp.training is None or not stamp.training.error:
        return 1.0
    since = [part for part in stamp.parts if part.start >= stamp.training.rows]
    count = sum(part.stop - part.start for part in since)
    if count < ROWS_BESIDE:
        return 1.0
    error = sum(part.error * (part.stop - part.start) for part in since) / count
    return error / stamp.training.error


def _need(held: Held, wish: str) -> Need:
    """The first thing an index needs."""
    count = len(held.ids) - len(held.dead)
    training = held.stamp.training
    kind = kind_for(wish, count)
    if kind == FLAT:
        return Need.NOTHING if training is None else Need.FLAT
    if count < _least_rows(kind, held.stamp.dim):
        return Need.NOTHING
    if training is None or held.trained is None or wish not in {AUTO, training.factory}:
        return Need.TRAINING
    if len(held.dead) > DEAD_SHARE * len(held.ids):
        return Need.CLEARING
    if count > GROWTH * training.rows or drift_of(held.stamp) > DRIFT:
        return Need.TRAINING
    return Need.CODES if len(held.ids) - held.trained.covered >= ROWS_BESIDE else Need.NOTHING


def _least_rows(kind: str, dim: int) -> int:
    lists = Coder(empty_index(kind, dim), None).lists
    return max(_LEAST_ROWS, _LEAST_PER_LIST * lists)


@dataclass(frozen=True, slots=True)
class Build:
    """Brings the files of one index to what `wish` says (`kinds.py`), beside all searches."""

    files: IndexFiles
    wish: str

    def run(self, expected: Stamp, *, anew: bool = False) -> bool:
        """Do all that is needed, or train `anew`; whether anything was done.

        Nothing is, while another build of the same index runs. Raises `StoreError` where the files
        cannot be written or the rows are too few for the index that is wished for.
        """
        if not self.files.folder.is_dir():
            return False
        try:
            with FileLock(self.files.folder / "build.lock", timeout=0), self._workshop() as shop:
                return self._all_needed(shop, expected, anew=anew)
        except Timeout:
            return False

    def _all_needed(self, shop: IndexFiles, expected: Stamp, *, anew: bool) -> bool:
        done = False
        while (held := load(self.files, expected)) is not None:
            need = Need.TRAINING if anew and not done else _need(held, self.wish)
            if need is Need.NOTHING or not self._step(shop, held, need):
                break
            done = True
        return done

    def _step(self, shop: IndexFiles, held: Held, need: Need) -> bool:
        """Make what is needed and put it in place; whether it still fitted then."""
        if need is Need.FLAT or kind_for(self.wish, len(held.ids) - len(held.dead)) == FLAT:
            return self._publish(shop, held, replace(held.stamp, training=None, parts=()))
        if need is Need.CODES:
            return self._publish(shop, held, self._with_codes(shop, held))
        fresh = held.stamp
        if need is Need.CLEARING:
            fresh = replace(fresh, generation=self.files.last_generation() + 1, rows=0, dead=0)
            alive = replace(held, tail_rows=held.tail_rows[:0], tail_ids=held.tail_ids[:0])
            shop.append(fresh, alive.chunks(), alive.living_ids)
            fresh = replace(fresh, rows=len(alive.living_ids))
        rows = held.rows if need is Need.TRAINING else shop.map_rows(fresh)[0]
        return self._publish(shop, held, self._with_training(shop, fresh, rows))

    def _with_training(self, shop: IndexFiles, stamp: Stamp, rows: Rows) -> Stamp:
        """Train on all rows, code them, and measure how far a search must go."""
        factory = kind_for(self.wish, len(rows))
        number = 1 + (stamp.training.number if stamp.training else 0)
        coder = train(factory, rows)
        training = Training(number, factory, len(rows), 0.0, 0)
        coder.save(shop.trained(training), shop.tree(training))
        settle(shop.trained(training))
        stamp = replace(stamp, codes=0, training=training, parts=())
        stamp = replace(stamp, parts=(_coded(shop, stamp, coder, rows),))
        training = replace(
            training,
            error=stamp.parts[0].error,
            checksum=checksum(shop.trained(training), shop.tree(training)),
        )
        codes = trained_codes(shop, replace(stamp, training=training), rows)
        assert codes is not None, "what was just written can be read"
        return replace(stamp, training=replace(training, efforts=measure(codes)))

    def _with_codes(self, shop: IndexFiles, held: Held) -> Stamp:
        """Code the newest rows, together with parts that are not much larger."""
        stamp, training = held.stamp, held.stamp.training
        assert training is not None
        coder = Coder.load(self.files.trained(training), self.files.tree(training))
        kept = list(stamp.parts)
        start = stamp.covered
        while kept and kept[-1].stop - kept[-1].start < _PART_GROWTH * (stamp.rows - start):
            # The first part tells how well the training fits: it stays as it is.
            if len(kept) == 1 and kept[0].stop <= training.rows:
                break
            start = kept.pop().start
        stamp = replace(stamp, parts=tuple(kept))
        return replace(stamp, parts=(*kept, _coded(shop, stamp, coder, held.rows)))

    def _publish(self, shop: IndexFiles, held: Held, after: Stamp) -> bool:
        """Put new files in place and name them, unless the rows were written anew meanwhile."""
        with FileLock(self.files.folder / "write.lock"):
            now = self.files.read_stamp(held.stamp.fingerprint, held.stamp.dim)
            if now is None or now.generation != held.stamp.generation:
                return False
            if after.generation == now.generation:
                after = replace(now, codes=0, training=after.training, parts=after.parts)
            else:
                after = _caught_up(self.files, shop, held, after)
            for path in shop.folder.iterdir():
                path.replace(self.files.folder / path.name)
            self.files.write_stamp(after)
        return True

    @contextmanager
    def _workshop(self) -> Iterator[IndexFiles]:
        """An empty folder for what is being made; it is gone afterwards."""
        folder = self.files.folder / "building"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir()
            yield IndexFiles(folder)
        except (OSError, RuntimeError) as error:
            # FAISS says RuntimeError where it cannot write, and where it cannot train.
            raise _failed(self.files.folder, error) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _coded(shop: IndexFiles, stamp: Stamp, coder: Coder, rows: Rows) -> Part:
    """Write the codes of those of all `rows` that no part of the stamp covers."""
    core, encoded = coder.encode(rows[stamp.covered :])
    part = Part(stamp.covered, len(rows), encoded.error, 0)
    codes, lists = shop.part(stamp, part)
    faiss.write_index(core, str(codes))
    if encoded.lists is not None:
        encoded.lists.tofile(lists)
        settle(lists)
    settle(codes)
    return replace(part, checksum=checksum(codes, lists))


def _caught_up(files: IndexFiles, shop: IndexFiles, held: Held, after: Stamp) -> Stamp:
    """The new generation with what came to the old one since `held`, and what died there."""
    stamp = held.stamp
    now = files.read_stamp(stamp.fingerprint, stamp.dim)
    assert now is not None, "it was just read, under the lock"
    rows, ids = files.map_rows(now)
    shop.append(after, [rows[stamp.rows :]], ids[stamp.rows :])
    grown = replace(after, rows=after.rows + now.rows - stamp.rows)
    gone = ids[np.setdiff1d(files.read_dead(now), held.dead)]
    dead: Ids = np.flatnonzero(np.isin(shop.map_rows(grown)[1], gone))
    grown = replace(grown, dead=len(dead))
    shop.write_dead(grown, dead)
    return grown


def _failed(folder: Path, error: Exception) -> StoreError:
    told = str(error).strip().splitlines()
    _log.debug("a build in %s failed", folder, exc_info=error)
    return StoreError(
        f"the index in {folder} could not be built: {told[-1] if told else error}",
        hint="searches go on as before; when there is space, or the setting `index` fits, "
        "`mindseye index build` tries again",
    )
