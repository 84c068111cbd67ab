"""The search itself: terms -> vectors -> frames -> photos, cut where relevance ends.

The engine knows seams only: a store, an encoder that is opened when words or pictures must be
encoded (a photo of the library needs none), and a way to get the pixels of a picture file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.base import Calibration, Encoder, QueryKind
from mindseye.encoders.prompts import encode_optimised
from mindseye.errors import NotFound
from mindseye.query.model import Like, Picture, Query, Term, Words
from mindseye.query.parse import valid
from mindseye.search.blend import Blend, blend
from mindseye.search.ground import Grounds
from mindseye.stores.base import Store, VectorTable
from mindseye.types import Hit, Ids, Matches, Photo, Pixels, TermScore, Vectors

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Ranked: TypeAlias = tuple[int, float, Photo]
"""A photo with its best frame and that frame's score."""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query: hits best first, and where the list was or would be cut.

    The first `relevant` hits lie above the cut-off; more follow only where everything was asked
    for. `cutoff` is a probability, or the least score where the query named one, else None.
    `candidates` is the number of frames that were searched; `notices` are for people to read.
    """

    hits: tuple[Hit, ...]
    relevant: int
    cutoff: float | None
    candidates: int
    seconds: float
    notices: tuple[str, ...] = ()

    def to_arrow(self) -> pa.Table:
        """The hits as a typed table, one row each (`mindseye.search.tables`).

        Raises `MissingExtra` without pyarrow.
        """
        from mindseye.search.tables import to_arrow

        return to_arrow(self.hits, self.relevant)

    def to_pandas(self) -> pd.DataFrame:
        """The same as a data frame; raises `MissingExtra` without pandas and pyarrow."""
        from mindseye.search.tables import to_pandas

        return to_pandas(self.hits, self.relevant)


@dataclass(frozen=True, slots=True)
class Engine:
    """Answers queries over one store and one embedding space."""

    store: Store
    encoder: Encoder
    load_pixels: Callable[[Picture, int], Pixels]
    """Upright pixels of a picture file with at least this short side."""

    grounds: Grounds

    def search(self, query: Query, within: Ids | None = None) -> Found:
        """Answer a query; raises `NotFound` for a photo that is not there or not encoded yet.

        `within` are the frames that may be found, of which those are considered, and all of them,
        that pass the query's filter. Raises `QueryError` for a filter that cannot be understood.
        """
        started = time.perf_counter()
        within = self._passing(query, within)
        if not query.terms:
            return self._newest(query, within, started)
        table = self.store.vectors(self.encoder.space)
        calibration = self.grounds.of(self.encoder, table)
        mixed = self._blend(query, table, calibration)
        hits = self._hits(mixed, self._ranked(mixed, query, table, within), table, calibration)
        cut = Cut.of(query, calibration, mixed.kind)
        relevant = cut.count(hits)
        return Found(
            hits=tuple(hits if query.everything else hits[:relevant]),
            relevant=relevant,
            cutoff=cut.shown,
            candidates=len(table) if within is None else len(within),
            seconds=time.perf_counter() - started,
        )

    def _passing(self, query: Query, within: Ids | None) -> Ids | None:
        """The frames that may be found and pass the query's filter; None where all do."""
        if query.filter is None:
            return within
        passing = self.store.catalog.matching(valid(query.filter), datetime.now())
        return passing if within is None else np.intersect1d(passing, within, assume_unique=True)

    def _newest(self, query: Query, within: Ids | None, started: float) -> Found:
        photos = self.store.catalog.newest(query.limit, within=within)
        hits = tuple(Hit(photo, score=0.0, probability=None, frame=0) for photo in photos)
        return Found(
            hits=hits,
            relevant=len(hits),
            cutoff=None,
            candidates=(self.store.catalog.coverage().frames if within is None else len(within)),
            seconds=time.perf_counter() - started,
        )

    def _blend(self, query: Query, table: VectorTable, calibration: Calibration) -> Blend:
        rows = np.concatenate([self._encode(term, query, table) for term in query.terms])
        words = any(isinstance(term.value, Words) for term in query.terms)
        return blend(query.terms, rows, "text" if words else "image", calibration)

    def _encode(self, term: Term, query: Query, table: VectorTable) -> Vectors:
        match term.value:
            case Words(text):
                if query.optimise:
                    return encode_optimised(self.encoder, text)
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

    def _ranked(
        self, mixed: Blend, query: Query, table: VectorTable, within: Ids | None
    ) -> list[Ranked]:
        """The best `limit` photos, each by its best frame; asked-for photos are left out."""
        asked = {term.value.photo_id for term in query.terms if isinstance(term.value, Like)}
        k = query.limit + len(asked)
        while True:
            matches = table.search(mixed.vector[None, :], k, within)[0]
            best = self._best_frames(matches, asked)
            if len(best) >= query.limit or len(matches) < k:
                return best[: query.limit]
            k *= 2

    def _best_frames(self, matches: Matches, asked: set[int]) -> list[Ranked]:
        photos = self.store.catalog.of_frames(matches.ids.tolist())
        best: dict[int, Ranked] = {}
        for frame, score in zip(matches.ids.tolist(), matches.scores.tolist(), strict=True):
            photo = photos.get(frame)
            if photo is not None and photo.id not in asked:
                best.setdefault(photo.id, (frame, score, photo))
        return list(best.values())

    def _hits(
        self, mixed: Blend, ranked: Sequence[Ranked], table: VectorTable, calibration: Calibration
    ) -> list[Hit]:
        ranked, rows = _with_rows(ranked, table)
        if not ranked:
            return []
        scores = np.array([score for _, score, _ in ranked], dtype=np.float32)
        chances = calibration.probability(mixed.vector, scores, rows, kind=mixed.kind)
        parts = rows @ mixed.rows.T
        return [
            Hit(photo, score, chance, frame, _explain(mixed.terms, part))
            for (frame, score, photo), chance, part in zip(
                ranked, _falling(chances, len(ranked)), parts, strict=True
            )
        ]


def _with_rows(ranked: Sequence[Ranked], table: VectorTable) -> tuple[list[Ranked], Vectors]:
    """Photos with the vectors of their frames, but for those that went since they were found."""
    ids, vectors = table.get([frame for frame, _, _ in ranked])
    place = {frame: row for row, frame in enumerate(ids.tolist())}
    there = [found for found in ranked if found[0] in place]
    return there, vectors[[place[frame] for frame, _, _ in there]]


def _falling(chances: NDArray[np.float32] | None, count: int) -> Sequence[float | None]:
    """Probabilities that never rise along the ranking: a better hit is never less likely."""
    if chances is None:
        return [None] * count
    falling: list[float | None] = np.maximum.accumulate(chances[::-1])[::-1].tolist()
    return falling


def _explain(terms: Sequence[Term], scores: Vectors) -> tuple[TermScore, ...]:
    """What each term alone scored."""
    return tuple(
        TermScore(str(term.value), term.weight, float(score))
        for term, score in zip(terms, scores, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a list of hits ends: by score, by probability, or nowhere (both None)."""

    score: float | None
    probability: float | None

    @classmethod
    def of(cls, query: Query, calibration: Calibration, kind: QueryKind) -> Self:
        """What the query says, else what is known of the encoder."""
        if query.min_score is not None:
            if kind == "text" and calibration.judged_by == "probability":
                return cls(None, query.min_score)
            return cls(query.min_score, None)
        curve = calibration.curve(kind)
        least = calibration.least_score if kind == "text" else None
        return cls(least, None if curve is None else curve.cutoff)

    @property
    def shown(self) -> float | None:
        """The probability, else the score, that people are told."""
        return self.score if self.probability is None else self.probability

    def count(self, hits: Sequence[Hit]) -> int:
        """How many hits, best first, lie above; scores and probabilities fall along them."""
        return sum(
            (self.score is None or hit.score >= self.score)
            and (self.probability is None or (hit.probability or 0.0) >= self.probability)
            for hit in hits
        )
