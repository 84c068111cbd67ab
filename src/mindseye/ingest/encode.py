"""Frames that have no vector in a space are decoded, encoded and put, batch by batch.

An ingest does so for what an earlier one left over, a change of encoder for the whole library or
an album. Each batch is one transaction: after a kill the next run goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Self

from mindseye.encoders.base import Encoder
from mindseye.errors import MediaError, MindseyeError
from mindseye.ingest.options import IngestOptions, Progress
from mindseye.ingest.pace import Pace
from mindseye.ingest.pool import DecodePool
from mindseye.ingest.stream import DecodeStream, Job
from mindseye.media.take import Taken
from mindseye.query.model import Filter
from mindseye.stores.base import Batch, Store, VectorTable
from mindseye.types import Photo, PictureFacts, Pixels, Skipped

_WAITING_AT_ONCE = 1000

Waiting = tuple[int, Photo]
"""A frame without a vector, and its photo."""


@dataclass(slots=True)
class Warming:
    """Loads an encoder, if there is one, while the first pictures are decoded; a context."""

    encoder: Encoder | None
    _thread: Thread | None = None

    def start(self) -> None:
        """Begin, unless that was done: a run that finds nothing to encode loads nothing."""
        if self._thread is None and self.encoder is not None:
            self._thread = Thread(target=_load, args=[self.encoder], name="mindseye-warming")
            self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread is not None:
            self._thread.join()


def _load(encoder: Encoder) -> None:
    # What keeps it from loading is raised again where the first pictures are encoded.
    with suppress(MindseyeError):
        encoder.warm()


@dataclass(slots=True)
class FrameEncoding:
    """One pass over the frames that wait in the encoder's space; `run` may be called once.

    `of` leaves only photos that pass it. What cannot be encoded is `left`, with the reason, and
    keeps waiting.
    """

    store: Store
    encoder: Encoder
    options: IngestOptions
    of: Filter | None = None
    encoded: int = 0
    left: list[tuple[Photo, Skipped]] = field(default_factory=list)
    _waiting: int = 0
    _pace: Pace = field(default_factory=Pace)
    _frames: list[int] = field(default_factory=list)
    _images: list[Pixels] = field(default_factory=list)
    _colours: dict[int, Mapping[str, float]] = field(default_factory=dict)

    def run(self, pool: DecodePool) -> None:
        """Encode until nothing waits or `options.cancel` is set; the batch in hand is written.

        Raises `StoreError` and `EncoderError` when nothing further can be done.
        """
        table = self.store.vectors(self.encoder.space)
        self._waiting = table.waiting_count(self.of)
        if not self._waiting:
            return
        self._tell()
        stream: DecodeStream[Waiting] = DecodeStream(
            pool, ahead=2 * (self.options.batch + pool.workers), cancel=self.options.cancel
        )
        with Warming(self.encoder) as warming:
            warming.start()
            for job, outcome in stream.run(self._jobs(table)):
                self._take(job.item, outcome)
                if len(self._images) >= self.options.batch:
                    self._put(table)
            self._put(table)

    def _jobs(self, table: VectorTable) -> Iterator[Job[Waiting] | None]:
        after = 0
        while page := table.waiting(_WAITING_AT_ONCE, after, self.of):
            after = page[-1][0]
            for frame, photo in page:
                yield Job((frame, photo), photo.path)

    def _take(self, item: Waiting, outcome: Taken | MediaError) -> None:
        frame, photo = item
        if isinstance(outcome, MediaError):
            self.left.append((photo, Skipped(photo.path, outcome.message)))
        elif outcome.decoded is None or outcome.digest != photo.digest:
            reason = "the file has changed since it was taken in; the next ingest encodes it"
            self.left.append((photo, Skipped(photo.path, reason)))
        else:
            self._frames.append(frame)
            self._images.append(outcome.decoded.pixels)
            self._note_colours(photo, outcome.decoded.picture)

    def _note_colours(self, photo: Photo, picture: PictureFacts) -> None:
        """Keep the colours of a photo that an earlier version took in without looking at them."""
        if photo.picture.colours is None and picture.colours is not None:
            self._colours[photo.id] = picture.colours

    def _put(self, table: VectorTable) -> None:
        if self._images:
            table.put(self._frames, self.encoder.encode_images(self._images))
            self.encoded += len(self._images)
            self._frames, self._images = [], []
        if self._colours:
            self.store.put(Batch(colours=self._colours))
            self._colours = {}
        self._tell()

    def _tell(self) -> None:
        done = self.encoded + len(self.left)
        # Photos may be taken in while this runs: then there is more to do than was counted.
        total = max(self._waiting, done)
        self._pace.note(done)
        self.options.observer(
            Progress(
                done=done,
                total=total,
                skipped=len(self.left),
                scanned=True,
                what="frames",
                seconds_left=self._pace.seconds_left(total - done),
            )
        )
