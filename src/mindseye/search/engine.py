"""The search itself: terms -> vectors -> frames -> photos, cut where relevance ends.

The engine knows seams only: a store, an encoder that is opened when words or pictures must be
encoded (a photo of the library needs none), and a way to get the pixels of a picture file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mindseye.encoders.base import Calibration, Encoder, QueryKind
from mindseye.errors import NotFound
from mindseye.query.model import Like, Picture, Query, Term, Words
from mindseye.search.blend import Blend, blend
from mindseye.stores.base import Store, VectorTable
from mindseye.types import Hit, Matches, Photo, Pixels, TermScore, Vectors


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query: hits best first, and where the list was or would be cut.

    The first `relevant` hits lie above the cut-off; more follow only where everything was asked
    for. `cutoff` is a probability, or the least score where the query named one, else None.
    `candidates` is the number of frames that were searched.
    """

    hits: tuple[Hit, ...]
    relevant: int
    cutoff: float | None
    candidates: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Engine:
    """Answers queries over one store and one embedding space."""

    store: Store
    encoder: Encoder
    load_pixels: Callable[[Picture, int], Pixels]
    """Upright pixels of a picture file with at least this short side."""

    def search(self, query: Query) -> Found:
        """Answer a query; raises `NotFound` for a photo that is not there or not encoded yet."""
        started = time.perf_counter()
        if not query.terms:
            return self._newest(query, started)
        table = self.store.vectors(self.encoder.space)
        mixed = self._blend(query.terms, table)
        hits = self._ranked(mixed, query, table)
        relevant = _count_relevant(hits, query, self.encoder.calibration)
        return Found(
            hits=tuple(hits if query.everything else hits[:relevant]),
            relevant=relevant,
            cutoff=_cutoff(query, self.encoder.calibration),
            candidates=len(table),
            seconds=time.perf_counter() - started,
        )

    def _newest(self, query: Query, started: float) -> Found:
        photos = self.store.catalog.newest(query.limit)
        hits = tuple(Hit(photo, score=0.0, probability=None, frame=0) for photo in photos)
        return Found(
            hits=hits,
            relevant=len(hits),
            cutoff=None,
            candidates=self.store.catalog.coverage().frames,
            seconds=time.perf_counter() - started,
        )

    def _blend(self, terms: Sequence[Term], table: VectorTable) -> Blend:
        rows = np.concatenate([self._encode(term, table) for term in terms])
        words = any(isinstance(term.value, Words) for term in terms)
        kind: QueryKind = "text" if words else "image"
        return blend(terms, rows, kind, self.encoder.calibration)

    def _encode(self, term: Term, table: VectorTable) -> Vectors:
        match term.value:
            case Words(text):
                return self.encoder.encode_texts([text])
            case Picture() as picture:
                return self.encoder.encode_images(
                    [self.load_pixels(picture, self.encoder.resolution)]
                )
            case Like(photo_id):
                return self._vector_of(photo_id, table)

    def _vector_of(self, photo_id: int, table: VectorTable) -> Vectors:
        frames = self.store.catalog.frames([photo_id]).get(photo_id, [])
        ids, vectors = table.get(frames[:1])
        if not len(ids):
            photo = self.store.catalog.get(photo_id)
            raise NotFound(
                f"{photo.path} has not been encoded yet", hint="run `mindseye ingest` first"
            )
        return vectors

    def _ranked(self, mixed: Blend, query: Query, table: VectorTable) -> list[Hit]:
        """The best `limit` photos, each by its best frame; asked-for photos are left out."""
        asked = {term.value.photo_id for term in query.terms if isinstance(term.value, Like)}
        k = query.limit + len(asked)
        while True:
            matches = table.search(mixed.vector[None, :], k)[0]
            best = self._best_frames(matches, asked)
            if len(best) >= query.limit or len(matches) < k:
                return self._hits(mixed, best[: query.limit], table)
            k *= 2

    def _best_frames(self, matches: Matches, asked: set[int]) -> list[tuple[int, float, Photo]]:
        photos = self.store.catalog.of_frames(matches.ids.tolist())
        best: dict[int, tuple[int, float, Photo]] = {}
        for frame, score in zip(matches.ids.tolist(), matches.scores.tolist(), strict=True):
            photo = photos.get(frame)
            if photo is not None and photo.id not in asked:
                best.setdefault(photo.id, (frame, score, photo))
        return list(best.values())

    def _hits(
        self, mixed: Blend, best: Sequence[tuple[int, float, Photo]], table: VectorTable
    ) -> list[Hit]:
        scores = np.array([score for _, score, _ in best], dtype=np.float32)
        calibration = self.encoder.calibration
        chances: Iterable[float | None] = [None] * len(best)
        if calibration is not None:
            chances = calibration.probability(mixed.vector, scores, kind=mixed.kind).tolist()
        why = _explain(mixed, [frame for frame, _, _ in best], table)
        return [
            Hit(photo, score, chance, frame, why.get(frame, ()))
            for (frame, score, photo), chance in zip(best, chances, strict=True)
        ]


def _explain(
    mixed: Blend, frames: Sequence[int], table: VectorTable
) -> dict[int, tuple[TermScore, ...]]:
    """What each term alone scored on each frame."""
    ids, vectors = table.get(frames)
    parts = vectors @ mixed.rows.T
    return {
        frame: tuple(
            TermScore(str(term.value), term.weight, float(score))
            for term, score in zip(mixed.terms, row, strict=True)
        )
        for frame, row in zip(ids.tolist(), parts, strict=True)
    }


def _cutoff(query: Query, calibration: Calibration | None) -> float | None:
    if query.min_score is not None:
        return query.min_score
    return None if calibration is None else calibration.cutoff


def _count_relevant(hits: Sequence[Hit], query: Query, calibration: Calibration | None) -> int:
    """How many of the first hits lie above the cut-off; both orders agree within one query."""
    if query.min_score is not None:
        return sum(hit.score >= query.min_score for hit in hits)
    if calibration is None:
        return len(hits)
    return sum((hit.probability or 0.0) >= calibration.cutoff for hit in hits)
