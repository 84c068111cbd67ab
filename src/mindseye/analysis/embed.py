"""Pictures and texts of an evaluation become vectors, as an ingest and a search make them.

Pictures are decoded in the ingest's pool and encoded in its batches. What the cache knows by the
bytes of the file, or by the text, is neither decoded nor encoded again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mindseye.analysis.vector_cache import VectorCache, key_of_file, key_of_text
from mindseye.encoders.base import Encoder
from mindseye.errors import MediaError
from mindseye.ingest.options import IngestOptions, Progress
from mindseye.ingest.pace import Pace
from mindseye.ingest.pool import decode_pool
from mindseye.ingest.stream import DecodeStream, Job
from mindseye.media import paths
from mindseye.types import Pixels, Skipped, Vectors


class Cancelled(Exception):
    """An evaluation was stopped; what was encoded is in the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Different pictures as unit rows `(n, dim)`, and which files are which of them.

    Files with the same bytes are one picture. `left` are files that could not be decoded.
    """

    rows: Vectors
    place: Mapping[Path, int]
    left: tuple[Skipped, ...] = ()


@dataclass(slots=True)
class Embedder:
    """Encodes by one encoder with a cache in `folder`; `options` are those of an ingest."""

    encoder: Encoder
    folder: Path
    options: IngestOptions = field(default_factory=IngestOptions)
    done: int = 0
    total: int = 0
    _pace: Pace = field(default_factory=Pace)

    def pictures(self, files: Sequence[Path]) -> Gallery:
        """The pictures in these files, which must be there; raises `Cancelled`, `EncoderError`."""
        cache = VectorCache(self.folder, "pictures", self.encoder.space.dim)
        keys = {file: key_of_file(file) for file in files}
        fresh = {key: file for file, key in keys.items() if key not in cache}
        self._expect(len(fresh))
        left: dict[bytes, str] = {}
        for batch in self._decoded(fresh, left):
            rows = self.encoder.encode_images([pixels for _, pixels in batch])
            cache.put([key for key, _ in batch], rows)
            self._tell(len(batch))
        order = {key: None for key in keys.values() if key not in left}
        places = {key: place for place, key in enumerate(order)}
        return Gallery(
            cache.get(list(order)),
            {file: places[key] for file, key in keys.items() if key in places},
            tuple(Skipped(str(file), left[key]) for file, key in keys.items() if key in left),
        )

    def texts(self, texts: Sequence[str]) -> Vectors:
        """The unit row of each text `(n, dim)`; raises `Cancelled`, `EncoderError`."""
        cache = VectorCache(self.folder, "texts", self.encoder.space.dim)
        keys = [key_of_text(text) for text in texts]
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in cache}
        self._expect(len(fresh))
        for start in range(0, len(fresh), self.options.batch):
            self._go_on()
            part = list(fresh.items())[start : start + self.options.batch]
            cache.put([key for key, _ in part], self.encoder.encode_texts([t for _, t in part]))
            self._tell(len(part))
        return cache.get(keys)

    def _decoded(
        self, fresh: Mapping[bytes, Path], left: dict[bytes, str]
    ) -> Iterator[list[tuple[bytes, Pixels]]]:
        """Decoded pictures in batches with their keys; failures go into `left` with the reason."""
        if not fresh:
            return
        batch: list[tuple[bytes, Pixels]] = []
        cancel, budget = self.options.cancel, self.options.decoding
        with decode_pool(budget, cancel) as pool:
            stream: DecodeStream[bytes] = DecodeStream(pool, 2 * self.options.batch, cancel)
            jobs = (Job(key, paths.to_text(file)) for key, file in fresh.items())
            for job, outcome in stream.run(jobs):
                if isinstance(outcome, MediaError):
                    left[job.item] = outcome.message
                    self._tell(1)
                elif outcome.decoded is not None:
                    batch.append((job.item, outcome.decoded.pixels))
                if len(batch) == self.options.batch:
                    yield batch
                    batch = []
        self._go_on()
        if batch:
            yield batch

    def _expect(self, count: int) -> None:
        self.total += count
        self._tell(0)

    def _tell(self, count: int) -> None:
        self.done += count
        self._pace.note(self.done)
        left = self._pace.seconds_left(self.total - self.done)
        self.options.observer(
            Progress(self.done, self.total, scanned=True, what="vectors", seconds_left=left)
        )

    def _go_on(self) -> None:
        if self.options.cancel.is_set():
            raise Cancelled


def unreadable(files: Sequence[Path]) -> list[Skipped]:
    """Those of these files that cannot be read, and why."""
    return [
        Skipped(str(file), "the file is not there" if not file.exists() else "it cannot be read")
        for file in files
        if not (file.is_file() and os.access(file, os.R_OK))
    ]
