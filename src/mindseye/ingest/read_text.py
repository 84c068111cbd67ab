"""Text in pictures is read in a run of its own, newest photos first: it takes seconds a picture.

Each picture is one transaction: after a kill the next run goes on behind it. Searches and ingests
go on meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mindseye.errors import MediaError, RecognitionError
from mindseye.ingest.options import IngestOptions, Progress
from mindseye.ingest.pace import Pace
from mindseye.ingest.pool import decode_pool
from mindseye.ingest.stream import DecodeStream, Job
from mindseye.media.take import Taken
from mindseye.query.model import Filter
from mindseye.recognition.base import TextReader
from mindseye.stores.base import Store
from mindseye.types import Photo, PictureText, Skipped, TextReport

_PHOTOS_AT_ONCE = 500

_DECODED_AHEAD = 3
"""Pictures that are decoded while one is read: decoding takes a tenth of the time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pictures are to be read: of photos that pass `of`, `limit` at most.

    Files that cannot be read do not count: they would hold up those behind them in every run. With
    `again` those too that another reader has read.
    """

    of: Filter | None = None
    limit: int | None = None
    again: bool = False


@dataclass(slots=True)
class TextReading:
    """One run over the pictures that wait to be read; `run` may be called once."""

    store: Store
    reader: TextReader
    options: IngestOptions
    wanted: Wanted = field(default_factory=Wanted)
    _waiting: int = 0
    _read: int = 0
    _with_text: int = 0
    _left: list[Skipped] = field(default_factory=list)
    _pace: Pace = field(default_factory=Pace)

    def run(self) -> TextReport:
        """Read until nothing waits or `options.cancel` is set; the picture in hand is written.

        Raises `StoreError` when nothing further can be done, and `RecognitionError` where the
        reader cannot be loaded.
        """
        started = time.perf_counter()
        waiting = self.store.picture_texts.waiting(
            self.wanted.of, self.reader.name if self.wanted.again else ""
        ).tolist()
        self._waiting = len(waiting)
        if waiting:
            self._read_all(waiting)
        return TextReport(
            reader=self.reader.name,
            read=self._read,
            with_text=self._with_text,
            waiting=self._waiting - self._read,
            left=tuple(self._left),
            seconds=time.perf_counter() - started,
            cancelled=self.options.cancel.is_set(),
        )

    def _read_all(self, photo_ids: list[int]) -> None:
        self._tell()
        # A decoder of its own keeps up with the reader: more of them would only hold it up.
        budget, cancel = replace(self.options.decoding, workers=1), self.options.cancel
        with decode_pool(budget, cancel) as pool:
            stream: DecodeStream[Photo] = DecodeStream(pool, _DECODED_AHEAD, cancel)
            for job, outcome in stream.run(self._jobs(photo_ids)):
                self._take(job.item, outcome)
                self._tell()
                if self._read == self.wanted.limit:
                    break

    def _jobs(self, photo_ids: list[int]) -> Iterator[Job[Photo] | None]:
        for start in range(0, len(photo_ids), _PHOTOS_AT_ONCE):
            some = photo_ids[start : start + _PHOTOS_AT_ONCE]
            for photo in self.store.catalog.photos(some):
                yield Job(photo, photo.path)

    def _take(self, photo: Photo, outcome: Taken | MediaError) -> None:
        if isinstance(outcome, MediaError):
            self._left.append(Skipped(photo.path, outcome.message))
        elif outcome.decoded is None or outcome.digest != photo.digest:
            reason = "the file has changed since it was taken in; ingest it again first"
            self._left.append(Skipped(photo.path, reason))
        else:
            try:
                regions = self.reader.read(outcome.decoded.pixels)
            except RecognitionError as error:
                self._left.append(Skipped(photo.path, error.message))
                return
            self.store.picture_texts.put(
                photo.digest, PictureText(self.reader.name, tuple(regions))
            )
            self._read += 1
            self._with_text += bool(regions)

    def _tell(self) -> None:
        done = self._read + len(self._left)
        limit = self.wanted.limit
        total = self._waiting if limit is None else min(self._waiting, limit + len(self._left))
        self._pace.note(done)
        self.options.observer(
            Progress(
                done=done,
                total=total,
                skipped=len(self._left),
                scanned=True,
                what="texts",
                seconds_left=self._pace.seconds_left(total - done),
            )
        )
