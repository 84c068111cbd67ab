"""The intake turns taken files into batches and writes each batch in one transaction.

A kill at any moment loses at most the batch in hand; what was written is found again by the next
survey and left alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.base import Encoder
from mindseye.errors import MediaError
from mindseye.ingest.roots import is_there
from mindseye.ingest.survey import Candidate
from mindseye.media import paths
from mindseye.media.take import Taken
from mindseye.stores.base import Batch, Move, PhotoRecord, SkippedFile, Store
from mindseye.types import FileStamp, Photo, Pixels, Skipped

_UNREAD = FileStamp(-1, -1)
"""The stamp of a file nobody has read: it differs from any that a survey finds."""


@dataclass(slots=True)
class Counts:
    """What has been written so far."""

    added: int = 0
    updated: int = 0
    moved: int = 0
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(slots=True)
class Intake:
    """Collects taken files and writes them, `batch` at a time; without an encoder unencoded."""

    store: Store
    encoder: Encoder | None
    batch: int
    roots: Mapping[int, str]
    """Paths of all roots, by id."""
    counts: Counts = field(default_factory=Counts)
    moved: set[int] = field(default_factory=set)
    """Photos whose file was found elsewhere in this run: they are not gone."""
    _fresh: list[tuple[Candidate, Taken, Pixels]] = field(default_factory=list)
    _known: list[PhotoRecord] = field(default_factory=list)
    _moves: list[Move] = field(default_factory=list)
    _skipped: list[tuple[SkippedFile, str]] = field(default_factory=list)

    def take(self, candidate: Candidate, outcome: Taken | MediaError) -> bool:
        """Accept what became of a file; False means it must be taken again without its digests.

        Writes a batch when one is full.
        """
        if isinstance(outcome, MediaError):
            if os.path.lexists(paths.from_text(candidate.path)):
                self._skip(candidate, outcome)
        elif outcome.decoded is not None and self._is_encoded(candidate, outcome):
            self._known.append(_record(candidate, outcome, None))
        elif outcome.decoded is not None:
            self._fresh.append((candidate, outcome, outcome.decoded.pixels))
        elif not self._recognise(candidate, outcome):
            return False
        if len(self._fresh) >= self.batch or self._light() >= 8 * self.batch:
            self.flush()
        return True

    def flush(self) -> None:
        """Encode and write what is in hand."""
        if not self._fresh and not self._light():
            return
        vectors: Sequence[NDArray[np.float32] | None] = [None] * len(self._fresh)
        if self._fresh and self.encoder is not None:
            vectors = list(self.encoder.encode_images([pixels for _, _, pixels in self._fresh]))
        photos = [
            *self._known,
            *(
                _record(candidate, taken, vector)
                for (candidate, taken, _), vector in zip(self._fresh, vectors, strict=True)
            ),
        ]
        self.store.put(
            Batch(
                photos=photos,
                moves=self._moves,
                skipped=[file for file, _ in self._skipped],
                space=None if self.encoder is None else self.encoder.space,
            )
        )
        self._count(photos)
        self._fresh, self._known, self._moves, self._skipped = [], [], [], []

    def _light(self) -> int:
        return len(self._known) + len(self._moves) + len(self._skipped)

    def _count(self, photos: Sequence[PhotoRecord]) -> None:
        updated = sum(record.photo_id is not None for record in photos)
        self.counts.updated += updated
        self.counts.added += len(photos) - updated
        self.counts.moved += len(self._moves)
        self.counts.skipped += [Skipped(path, file.reason) for file, path in self._skipped]

    def _skip(self, candidate: Candidate, error: MediaError) -> None:
        reason = f"{error.message} ({error.hint})" if error.hint else error.message
        # A file that could not even be read (permissions, a bad cable) is tried again every time.
        stamp = _UNREAD if type(error) is MediaError else candidate.stamp
        file = SkippedFile(candidate.location, stamp, reason)
        self._skipped.append((file, candidate.path))

    def _is_encoded(self, candidate: Candidate, taken: Taken) -> bool:
        """Whether this is a photo of the library, unchanged, with its vector."""
        known = [] if candidate.photo_id is None else [candidate.photo_id]
        photos = self.store.catalog.photos(known)
        if self.encoder is None or not photos or photos[0].digest != taken.digest:
            return False
        frames = self.store.catalog.frames(known).get(known[0], [])
        return len(self.store.vectors(self.encoder.space).get(frames)[0]) == len(frames) > 0

    def _recognise(self, candidate: Candidate, taken: Taken) -> bool:
        """A file whose content is known: an update of metadata, a move, or a copy."""
        twins = self.store.files.with_digests([taken.digest]).get(taken.digest, [])
        own = next((photo for photo in twins if photo.id == candidate.photo_id), None)
        if own is not None:
            self._known.append(_record(candidate, taken, None, like=own))
            return True
        if candidate.photo_id is None:
            for photo in twins:
                if photo.id not in self.moved and self._has_left(photo):
                    self.moved.add(photo.id)
                    self._moves.append(Move(photo.id, candidate.location, candidate.stamp))
                    return True
        return self._copy(candidate, taken, twins)

    def _has_left(self, photo: Photo) -> bool:
        """Whether the photo's file is really gone from a root that can be looked at.

        A root that is absent or empty (an unplugged drive) proves nothing.
        """
        if os.path.lexists(paths.from_text(photo.path)):
            return False
        if photo.missing_since is not None:
            return True
        root = self.roots.get(photo.location.root_id)
        return root is not None and is_there(root)

    def _copy(self, candidate: Candidate, taken: Taken, twins: Sequence[Photo]) -> bool:
        if self.encoder is None:
            self._known += [_record(candidate, taken, None, like=photo) for photo in twins[:1]]
            return bool(twins)
        table = self.store.vectors(self.encoder.space)
        frames = self.store.catalog.frames([photo.id for photo in twins])
        for photo in twins:
            _, vectors = table.get(frames.get(photo.id, [])[:1])
            if len(vectors):
                self._known.append(_record(candidate, taken, vectors[0], like=photo))
                return True
        return False


def _record(
    candidate: Candidate,
    taken: Taken,
    vector: NDArray[np.float32] | None,
    like: Photo | None = None,
) -> PhotoRecord:
    picture = taken.decoded.picture if taken.decoded else None
    if picture is None:
        assert like is not None, "a file that was not decoded is the twin of a known photo"
        picture = like.picture
    return PhotoRecord(
        location=candidate.location,
        stamp=candidate.stamp,
        digest=taken.digest,
        picture=picture,
        metadata=taken.metadata,
        vector=vector,
        photo_id=candidate.photo_id,
    )
