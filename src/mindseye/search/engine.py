"""The search itself: terms -> vectors -> frames -> photos, cut where relevance ends.

The engine knows seams only: a store, an encoder that is opened when words or pictures must be
encoded (a photo of the library needs none), and a way to get the pixels of a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from mindseye.encoders.base import Encoder
from mindseye.encoders.prompts import encode_optimised
from mindseye.errors import NotFound, QueryError
from mindseye.query.because import reasons
from mindseye.query.facets import facet_of
from mindseye.query.model import AnyPicture, Like, Query, Sort, Term, Words
from mindseye.query.parse import valid
from mindseye.query.passages import mentions
from mindseye.search.blend import blend
from mindseye.search.candidates import Candidates, Sample
from mindseye.search.cursor import Cursor
from mindseye.search.cut import Cut
from mindseye.search.feedback import with_feedback
from mindseye.search.found import Access, Found, Plan, Watch
from mindseye.search.fuse import Balance, Told, asked_words, told
from mindseye.search.ground import Grounds
from mindseye.search.judge import Judge
from mindseye.search.look import Judged, Look
from mindseye.search.ranked import Ranked
from mindseye.search.text_look import TextLook
from mindseye.stores.base import Count, DateOrder, Selection, Store, VectorTable
from mindseye.types import Hit, Ids, Pixels, Vectors

MOST_RELEVANT = 20_000
"""So many photos are sorted by date or counted at most: the best of all that are relevant."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some hits in the order asked for, and what is known of those beyond them."""

    hits: tuple[Hit, ...] = ()
    relevant: int = 0
    total: int | None = None
    more: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """Answers queries over one store and one embedding space."""

    store: Store
    open_encoder: Callable[[], Encoder]
    load_pixels: Callable[[AnyPicture, int], Pixels]
    """Upright pixels of a picture with at least this short side."""

    grounds: Grounds
    sample: Sample = field(default_factory=Sample)

    def search(self, query: Query, within: Ids | None = None) -> Found:
        """Answer a query; raises `NotFound` for a photo that is not there or not encoded yet.

        `within` are the frames that may be found, of which those are considered, and all of them,
        that pass the query's filter. Raises `QueryError` for a filter or a cursor that cannot be
        understood.
        """
        watch = Watch()
        cursor = None if query.after is None else Cursor.parse(query.after, query.order)
        candidates = self._candidates(query, within)
        watch.lap("plan")
        look = self._look(query, candidates)
        if look is None:
            page = self._by_date(query, candidates.selection, cursor)
        else:
            watch.lap("encode")
            page = self._page(query, look, candidates, cursor)
        watch.lap("rank")
        hits = self._explained(page.hits, query, candidates)
        if look is not None:
            hits = self._with_mentions(hits, query, look)
        return Found(
            hits=hits,
            relevant=page.relevant,
            cutoff=None if look is None else look.cut.shown,
            candidates=self._count(candidates, look),
            seconds=watch.seconds,
            total=page.total,
            more=None if page.more is None else str(page.more),
            plan=Plan(candidates.access, candidates.share, candidates.passing, tuple(watch.steps)),
        )

    def facet(
        self, query: Query, names: Sequence[str], within: Ids | None = None
    ) -> dict[str, list[Count]]:
        """How many of the relevant photos have which value of each facet, the commonest first.

        Without terms all photos that pass the filter are counted. Raises as `search` does.
        """
        for name in names:
            facet_of(name)
        chosen = self.chosen(query, within)
        return {name: self.store.counts.facet(name, chosen) for name in names}

    def chosen(self, query: Query, within: Ids | None = None) -> Selection:
        """The photos above the cut-off, at most `MOST_RELEVANT`; without terms all that pass.

        Raises as `search` does.
        """
        candidates = self._candidates(query, within)
        look = self._look(query, candidates)
        if look is None:
            return candidates.selection
        return Selection(look.relevant(candidates, MOST_RELEVANT).ranked.frames)

    def _candidates(self, query: Query, within: Ids | None) -> Candidates:
        filter_ = None if query.filter is None else valid(query.filter)
        return Candidates.planned(self.store, self.sample, filter_, within)

    def _count(self, candidates: Candidates, look: Look | TextLook | None) -> int | None:
        if candidates.passing is not None:
            return candidates.passing
        if candidates.filter is not None or look is None:
            return None
        return look.compared

    def _page(
        self, query: Query, look: Look | TextLook, candidates: Candidates, cursor: Cursor | None
    ) -> Page:
        if query.order is Sort.RELEVANCE:
            return self._by_relevance(query, look, candidates, cursor)
        if query.everything:
            raise QueryError(
                "what lies below the cut-off has no place in an order by date",
                hint="sort by relevance, or set a lower least score",
            )
        relevant = look.relevant(candidates, MOST_RELEVANT)
        page = self._by_date(query, Selection(relevant.ranked.frames), cursor)
        place = {photo: place for place, photo in enumerate(relevant.ranked.photos.tolist())}
        hits = [
            relevant.hit(place[hit.photo.id], hit.photo, look.terms)
            for hit in page.hits
            if hit.photo.id in place
        ]
        return replace(page, hits=tuple(hits), relevant=len(hits), total=len(relevant))

    def _by_date(self, query: Query, chosen: Selection, cursor: Cursor | None) -> Page:
        oldest_first = query.order is Sort.OLDEST
        order = DateOrder(oldest_first, None if cursor is None else cursor.place)
        photos = self.store.catalog.by_date(query.limit + 1, order, chosen)
        hits = tuple(Hit(photo, 0.0, None, 0) for photo in photos[: query.limit])
        more = None
        if len(photos) > query.limit:
            last = hits[-1].photo
            shown = len(hits) + (0 if cursor is None else cursor.shown)
            more = Cursor(query.order, last.id, shown, taken_at=last.metadata.taken_at)
        return Page(hits, len(hits), None, more)

    def _by_relevance(
        self, query: Query, look: Look | TextLook, candidates: Candidates, cursor: Cursor | None
    ) -> Page:
        shown = 0 if cursor is None else cursor.shown
        wanted = query.limit + 1
        asked = shown + wanted
        while True:
            ranked = look.ranked(candidates, asked)
            following = ranked if cursor is None else _after(cursor, ranked)
            if len(following) >= wanted or len(ranked) < asked:
                break
            asked *= 2
        judged = look.judged(following.at(slice(query.limit)))
        above = look.cut.count(judged.ranked, judged.chances)
        hits = self._hits(judged, look, len(judged) if query.everything else above)
        whole = above == len(judged) and len(following) > query.limit
        more = None
        if hits and len(following) > query.limit and (whole or query.everything):
            more = Cursor(query.order, hits[-1].photo.id, shown + len(hits), hits[-1].score)
        return Page(hits, min(above, len(hits)), None if whole else shown + above, more)

    def _hits(self, judged: Judged, look: Look | TextLook, count: int) -> tuple[Hit, ...]:
        ids = judged.ranked.photos[:count].tolist()
        photos = {photo.id: photo for photo in self.store.catalog.photos(ids)}
        return tuple(
            judged.hit(place, photos[photo_id], look.terms)
            for place, photo_id in enumerate(ids)
            if photo_id in photos
        )

    def _explained(
        self, hits: Sequence[Hit], query: Query, candidates: Candidates
    ) -> tuple[Hit, ...]:
        """The hits, each with what let it pass the filter."""
        if query.filter is None:
            return tuple(hits)
        return tuple(
            replace(hit, passed=reasons(query.filter, hit.photo, candidates.now)) for hit in hits
        )

    def _with_mentions(
        self, hits: Sequence[Hit], query: Query, look: Look | TextLook
    ) -> tuple[Hit, ...]:
        """The hits, each with the texts that spoke for it."""
        evidence = look.told.of(np.array([hit.photo.id for hit in hits], np.int64))
        words = asked_words(query.terms)
        return tuple(
            replace(hit, mentions=mentions(hit.photo, words)) if said else hit
            for hit, said in zip(hits, evidence.tolist(), strict=True)
        )

    def _look(self, query: Query, candidates: Candidates) -> Look | TextLook | None:
        """What is looked for; None where there are neither terms nor liked photos."""
        if not query.terms and not query.feedback:
            return None
        balance = Balance.at(query.balance)
        said = self._told(query, candidates) if balance.texts else Told()
        if not balance.pictures:
            return TextLook.of(query, self.store, said)
        terms = with_feedback(query.terms, query.feedback)
        encoder = self.open_encoder()
        table = self.store.vectors(encoder.space)
        calibration = self.grounds.of(encoder, table)
        rows = np.concatenate([self._encode(term, encoder, query, table) for term in terms])
        words = any(isinstance(term.value, Words) for term in terms)
        mixed = blend(terms, rows, "text" if words else "image", calibration)
        examples = {term.value.photo_id for term in query.terms if isinstance(term.value, Like)}
        without = frozenset((*examples, *query.feedback.disliked))
        cut = Cut.of(query, calibration, mixed.kind)
        return Look(self.store, table, Judge.of(calibration, mixed), cut, without, said, balance)

    def _told(self, query: Query, candidates: Candidates) -> Told:
        """What is written about the photos that may be found."""
        listed = candidates.listed() if candidates.access is Access.LISTED else None
        return told(self.store.texts, query.terms, listed)

    def _encode(self, term: Term, encoder: Encoder, query: Query, table: VectorTable) -> Vectors:
        match term.value:
            case Words(text):
                if query.optimise:
                    return encode_optimised(encoder, text)
                return encoder.encode_texts([text])
            case Like(photo_id):
                return self._vector_of(photo_id, table)
            case picture:
                pixels = self.load_pixels(picture, encoder.resolution)
                return encoder.encode_images([pixels])

    def _vector_of(self, photo_id: int, table: VectorTable) -> Vectors:
        frames = self.store.catalog.frames([photo_id]).get(photo_id, [])
        ids, vectors = table.get(frames[:1])
        if not len(ids):
            photo = self.store.catalog.get(photo_id)
            raise NotFound(
                f"{photo.path} has not been encoded yet", hint="run `mindseye ingest` first"
            )
        return vectors


def _after(cursor: Cursor, ranked: Ranked) -> Ranked:
    """What follows the last photo that was shown, or its score where it is not there any more."""
    place = np.flatnonzero(ranked.photos == cursor.photo_id)
    if len(place):
        return ranked.at(slice(int(place[0]) + 1, None))
    return ranked.at(ranked.scores < cursor.score)
