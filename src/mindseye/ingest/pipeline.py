"""The whole ingest: survey -> decode (processes) -> encode -> put, each ahead of the next.

The survey runs in a thread, decoding in processes, encoding and writing in the caller's thread:
while one batch is encoded the next ones are decoded. Memory is bounded by the pictures in flight.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from mindseye.encoders.base import Encoder
from mindseye.errors import MediaError, NotFound
from mindseye.ingest.background import Background
from mindseye.ingest.encode import FrameEncoding, Warming
from mindseye.ingest.intake import Counts, Intake
from mindseye.ingest.options import IngestOptions, Progress
from mindseye.ingest.pace import Pace
from mindseye.ingest.pool import DecodePool, decode_pool
from mindseye.ingest.stream import DecodeStream, Job
from mindseye.ingest.survey import Candidate, Survey, Tally
from mindseye.media import paths
from mindseye.media.take import Taken
from mindseye.stores.base import Batch, Root, Store
from mindseye.types import IngestReport

_SURVEY_AHEAD = 10_000
"""Candidates kept ready: enough that a slow disk never starves the decoders."""

_PUT_AT_ONCE = 5000


@dataclass(slots=True)
class Ingest:
    """One run over some roots; `run` may be called once. Without an encoder nothing is encoded."""

    store: Store
    encoder: Encoder | None
    options: IngestOptions
    _surveys: list[Survey] = field(default_factory=list)
    _missing: int = 0
    _pace: Pace = field(default_factory=Pace)

    def run(self, folders: Sequence[str]) -> IngestReport:
        """Take in these folders (absolute text paths); a file that cannot be taken is a value.

        Raises `NotFound` for a folder that is neither there nor known, `StoreError` and
        `EncoderError` when nothing further can be done; what was written until then stays.
        """
        started = time.perf_counter()
        self._surveys = [self._survey(folder) for folder in _outermost(folders)]
        roots = {root.id: root.path for root in self.store.files.roots()}
        intake = Intake(self.store, self.encoder, self.options.batch, roots)
        with (
            Warming(self.encoder) as warming,
            decode_pool(self.options.decoding, self.options.cancel) as pool,
        ):
            self._take_files(pool, intake, warming)
            if not self.options.cancel.is_set():
                self._settle(intake)
                # Frames without a vector in this space: of an earlier encoder, or left over.
                if self.encoder is not None:
                    FrameEncoding(self.store, self.encoder, self.options).run(pool)
        if self.encoder is not None:
            self.store.vectors(self.encoder.space).refresh()
        return self._report(intake.counts, time.perf_counter() - started)

    def _survey(self, folder: str) -> Survey:
        root = self._root(folder)
        _, _, below = (folder + "/").partition(root.path.rstrip("/") + "/")
        options = self.options
        return Survey(self.store, root, below.strip("/"), options.hidden, options.again)

    def _root(self, folder: str) -> Root:
        known = [root for root in self.store.files.roots() if paths.covers(root.path, folder)]
        if known:
            return known[0]
        if not paths.is_folder(folder):
            raise NotFound(f"there is no folder {folder}", hint="check the path")
        return self.store.files.add_root(folder)

    def _take_files(self, pool: DecodePool, intake: Intake, warming: Warming) -> None:
        found = Background(
            chain.from_iterable(survey.candidates() for survey in self._surveys), _SURVEY_AHEAD
        )
        stream: DecodeStream[Candidate] = DecodeStream(
            pool, ahead=2 * (self.options.batch + pool.workers), cancel=self.options.cancel
        )

        def jobs() -> Iterator[Job[Candidate] | None]:
            for item in found:
                if item is not None:
                    warming.start()
                yield Job(item, item.path, item.digests) if item else None

        done = 0
        try:
            for job, outcome in stream.run(jobs()):
                if not intake.take(job.item, outcome):
                    stream.retry(Job(job.item, job.path))
                    continue
                done += 1
                self._keep_thumbnail(outcome)
                self._tell(done, intake.counts, scanned=found.ended.is_set())
            intake.flush()
            self._tell(done, intake.counts, scanned=found.ended.is_set())
        finally:
            found.close()

    def _keep_thumbnail(self, outcome: Taken | MediaError) -> None:
        thumbnails = self.options.thumbnails
        if thumbnails is None or isinstance(outcome, MediaError) or outcome.thumbnail is None:
            return
        thumbnails.keep(outcome.digest, outcome.thumbnail)

    def _tell(self, done: int, counts: Counts, *, scanned: bool) -> None:
        tallies = self._tallies()
        unchanged = sum(tally.unchanged + tally.skipped_before for tally in tallies)
        candidates = sum(tally.candidates for tally in tallies)
        self._pace.note(done)
        self.options.observer(
            Progress(
                done=done + unchanged,
                total=candidates + unchanged,
                unchanged=unchanged,
                skipped=len(counts.skipped) + sum(len(tally.unheld) for tally in tallies),
                scanned=scanned,
                seconds_left=self._pace.seconds_left(candidates - done) if scanned else None,
            )
        )

    def _tallies(self) -> list[Tally]:
        return [survey.tally for survey in self._surveys]

    def _settle(self, intake: Intake) -> None:
        """Note what came back and what is gone, now that everything moved has been found."""
        back = [photo for tally in self._tallies() for photo in tally.back]
        vanished = [location for tally in self._tallies() for location in tally.vanished]
        gone = [
            photo for tally in self._tallies() for photo in tally.gone if photo not in intake.moved
        ]
        self._missing = len(gone)
        for start in range(0, max(len(back), len(gone), len(vanished)), _PUT_AT_ONCE):
            part = slice(start, start + _PUT_AT_ONCE)
            self.store.put(Batch(seen=back[part], missing=gone[part], vanished=vanished[part]))

    def _report(self, counts: Counts, seconds: float) -> IngestReport:
        tallies = self._tallies()
        return IngestReport(
            added=counts.added,
            updated=counts.updated,
            moved=counts.moved,
            unchanged=sum(tally.unchanged for tally in tallies),
            missing=self._missing,
            skipped=(*counts.skipped, *(entry for tally in tallies for entry in tally.unheld)),
            skipped_before=sum(tally.skipped_before for tally in tallies),
            unavailable=tuple(entry for tally in tallies for entry in tally.unavailable),
            seconds=seconds,
            cancelled=self.options.cancel.is_set(),
        )


def _outermost(folders: Sequence[str]) -> list[str]:
    """The folders that lie in no other of them: each file is surveyed once."""
    kept: list[str] = []
    for folder in sorted(set(folders), key=len):
        if not any(paths.covers(above, folder) for above in kept):
            kept.append(folder)
    return kept
