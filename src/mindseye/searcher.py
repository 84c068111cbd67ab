"""How a library answers: wishes are completed, albums resolved, the right encoder searches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from shlex import quote
from typing import Any, TypeVar, cast

from mindseye.config import Settings
from mindseye.encode import load_picture
from mindseye.encoders.base import Encoder
from mindseye.errors import NotFound, SpaceMismatch
from mindseye.media.base import DecodeLimits
from mindseye.query.build import Ask
from mindseye.query.model import (
    AnyPicture,
    Feedback,
    Filter,
    Query,
    Wishes,
    all_of,
    as_typed,
)
from mindseye.query.parse import Parsed
from mindseye.search.candidates import Sample
from mindseye.search.engine import Engine
from mindseye.search.found import Found
from mindseye.search.ground import Grounds
from mindseye.search.members import Members, all_relevant, require_albums
from mindseye.sentences import Sentences
from mindseye.stores.albums import asked_of
from mindseye.stores.base import Count, Selection, Store
from mindseye.stores.scope import Scope, scope_of
from mindseye.types import Album, EmbeddingSpace, Pixels

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Searcher:
    """Answers queries over one library; `given` is an encoder that searches whatever it records."""

    store: Store
    settings: Settings
    sentences: Sentences
    open_encoder: Callable[[str], Encoder]
    grounds: Grounds
    given: Encoder | None = None
    sample: Sample = field(default_factory=Sample)

    def scope(self, album: str | None) -> Scope:
        """What a search covers now; raises `NotFound`, `SpecError`."""
        found = self.album(album)
        if self.given is not None:
            return Scope(self.given.space.encoder, found)
        return scope_of(self.store, self.settings, found)

    def album(self, name: str | None) -> Album | None:
        """The album of this name, None for no name; raises `NotFound`."""
        return None if name is None else self.store.albums.get(name)

    def asked(
        self, query: str | Ask | Query, album: str | None, wishes: Wishes, *, literal: bool
    ) -> Query:
        """The query of a text, a builder or a query, with the wishes that were made besides."""
        wished = {name: wish for name, wish in wishes.items() if wish is not None}
        wishes = cast("Wishes", wished)
        if isinstance(query, str):
            return self.completed(self.sentences.parse(query, literal=literal), album, wishes)
        if isinstance(query, Ask):
            return self._built(query, album, wishes)
        return replace(query, **cast("Any", wishes))

    def completed(self, asked: Parsed, album: str | None, wishes: Wishes) -> Query:
        """A query that says what is left open as the flags, the album or the settings do."""
        named = self.album(album)
        require_albums(self.store, asked)
        by_flag = {name for name, source in self.settings.source.items() if source == "flag"}
        limit = wishes.get("limit")
        optimise, most = self.settings.optimise, limit or self.settings.limit
        if named is not None:
            if named.optimise is not None and "optimise" not in by_flag:
                optimise = named.optimise
            if named.max_results is not None and not limit and "limit" not in by_flag:
                most = named.max_results
        scores = (
            wishes.get("min_score"),
            asked.min_score,
            None if named is None else named.min_score,
        )
        return Query(
            asked.terms,
            limit=most,
            min_score=next((score for score in scores if score is not None), None),
            everything=wishes.get("everything", False),
            optimise=optimise,
            filter=asked.filter,
            sort=wishes.get("sort") or asked.sort,
            after=wishes.get("after"),
            feedback=wishes.get("feedback", Feedback()),
            balance=self._balance(wishes.get("balance")),
            notices=tuple(map(_unvisited, asked.unvisited)),
        )

    def search(self, query: Query, album: str | None, only: Filter | None) -> Found:
        """Answer a query over an album or all photos, among those that pass `only`."""

        def answer(scope: Scope) -> Found:
            found = self._found(self._resolved(query, scope, only), scope)
            typed = None if query.filter is None else as_typed(query.filter)
            return replace(found, notices=(*scope.notices, *query.notices), filter=typed)

        return self._with_scope(album, answer)

    def facets(
        self, query: Query, names: Sequence[str], album: str | None, only: Filter | None
    ) -> dict[str, list[Count]]:
        """Count what is relevant to a query by these facets."""

        def count(scope: Scope) -> dict[str, list[Count]]:
            return self._engine(scope).facet(self._resolved(query, scope, only), names)

        return self._with_scope(album, count)

    def chosen(self, query: Query, album: str | None, only: Filter | None) -> Selection:
        """What is relevant to a query."""

        def choose(scope: Scope) -> Selection:
            return self._engine(scope).chosen(self._resolved(query, scope, only))

        return self._with_scope(album, choose)

    def _with_scope(self, album: str | None, answer: Callable[[Scope], Answer]) -> Answer:
        """The answer of a search, asked again where its scope changed meanwhile."""
        while True:
            scope = self.scope(album)
            try:
                found = answer(scope)
            except (NotFound, SpaceMismatch):
                if self.scope(album) == scope:
                    raise
            else:
                # Another process may have changed the encoder meanwhile, and dropped the vectors.
                if self.scope(album) == scope:
                    return found

    def _balance(self, wished: float | None) -> float:
        """How much pictures count: nothing where they are not compared at all."""
        if not self.settings.semantic:
            return 0.0
        return self.settings.balance if wished is None else wished

    def _built(self, ask: Ask, album: str | None, wishes: Wishes) -> Query:
        wished = Wishes(limit=ask.most, everything=ask.whole)
        wished.update(wishes)
        query = self.completed(ask.parsed(), album, wished)
        return query if ask.reworded is None else replace(query, optimise=ask.reworded)

    def _found(self, query: Query, scope: Scope) -> Found:
        return self._engine(scope).search(query)

    def _resolved(self, query: Query, scope: Scope, only: Filter | None) -> Query:
        """The query with the members of albums in place of their names, and inside the scope."""
        members = Members(self.store, self._relevant)
        inside = None if scope.album is None else members.within(scope.album)
        return replace(query, filter=all_of([inside, members.resolved(query.filter), only]))

    def _engine(self, scope: Scope) -> Engine:
        def encoder() -> Encoder:
            opened = self.open_encoder(scope.encoder)
            self._require_vectors(opened.space)
            return opened

        return Engine(self.store, encoder, self._load_pixels, self.grounds, self.sample)

    def _relevant(self, album: Album, filter_: Filter | None) -> frozenset[int]:
        """The photos that the terms of an album's search find among those that pass a filter."""
        scope = self.scope(album.name)
        asked = self.completed(asked_of(album), album.name, Wishes())
        return all_relevant(
            lambda query: self._found(query, scope),
            replace(asked, filter=filter_),
            album.max_results,
        )

    def _load_pixels(self, picture: AnyPicture, resolution: int) -> Pixels:
        return load_picture(picture, DecodeLimits(resolution, self.settings.max_pixels))

    def _require_vectors(self, wanted: EmbeddingSpace) -> None:
        if self.store.has_vectors(wanted):
            return
        # Counting the vectors of every space takes a look at all of them: only to explain.
        spaces = [info for info in self.store.spaces() if info.vectors]
        if not spaces:
            raise NotFound(
                "the library is empty: nothing has been encoded yet",
                hint="`mindseye ingest FOLDER` takes photos in",
            )
        had = ", ".join(sorted({info.space.encoder for info in spaces}))
        raise SpaceMismatch(
            f"the photos were encoded by {had}, not by {wanted.encoder} "
            f"({wanted.fingerprint[:12]})",
            hint=f"mindseye reencode --encoder {quote(wanted.encoder)}",
        )


def _unvisited(place: str) -> str:
    """What is told of a place in a sentence that would have hidden every photo."""
    return f"no photo is known to be from {place}: it was looked for in pictures and texts"
