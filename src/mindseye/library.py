"""The front door: a library of photos that can be filled, searched and looked at.

This is the only place that picks backends: it reads the settings, opens the store they name and,
when pixels or words must be encoded, the encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Event, Lock
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, Unpack

from mindseye.config import Settings, load_settings
from mindseye.encode import PictureLike, encode_picture, encode_words, run_options
from mindseye.encoders import open_encoder
from mindseye.encoders.base import Encoder
from mindseye.encoders.resident import Resident
from mindseye.errors import NotFound
from mindseye.ingest.options import Observer, Thumbnailing
from mindseye.media import paths
from mindseye.query.build import Ask
from mindseye.query.facets import USUAL
from mindseye.query.model import (
    Filter,
    Like,
    Query,
    Sort,
    Term,
    Wishes,
)
from mindseye.query.parse import Parsed, parse
from mindseye.query.same import same
from mindseye.search.albums import checked
from mindseye.search.found import Found
from mindseye.search.ground import Grounds
from mindseye.search.members import among
from mindseye.search.status import Census, Status
from mindseye.searcher import Searcher
from mindseye.sentences import Sentences
from mindseye.stores import open_store
from mindseye.stores.base import Count, Problem, Selection, SkippedFile, Store
from mindseye.stores.edits import checked_edit
from mindseye.stores.scope import Scope
from mindseye.types import (
    Album,
    Edit,
    IngestReport,
    Photo,
    ReencodeReport,
    SidecarReport,
    TextReport,
    Vectors,
)

if TYPE_CHECKING:
    from mindseye.analysis.themes import Themes
    from mindseye.index.build import IndexState
    from mindseye.ingest.work import Work
    from mindseye.stores.indexes import Builder
    from mindseye.stores.sql.copying import CopiedTable

__all__ = ["Library", "Status"]

_ALL = 2**31
"""More photos than any library holds."""


class Library:
    """Photos that can be searched; use it as a context manager or call `close`."""

    def __init__(self, store: Store, settings: Settings, encoder: Encoder | None = None) -> None:
        self.store = store
        self.settings = settings
        self.sentences = Sentences(settings, visited=self._any_passes)
        self._given_encoder = encoder
        self._opened: dict[str, Encoder] = {}
        self._opening = Lock()
        self._searcher = Searcher(
            store,
            settings,
            self.sentences,
            self._open_encoder,
            Grounds(settings.library / "index"),
            encoder,
        )

    @classmethod
    def open(
        cls,
        path: str | Path | None = None,
        *,
        settings: Settings | None = None,
        create: bool = True,
    ) -> Self:
        """Open the library in the folder `path`, or the one the settings name.

        It is made when it is not there, unless `create` is False: then `NotFound` is raised.
        """
        if settings is None:
            settings = load_settings({"library": path})
        elif path is not None:
            given = load_settings({"library": path})
            url = given.store if "://" in str(path) else settings.store
            settings = replace(settings, library=given.library, store=url)
        folder = settings.library
        if not settings.store and not create and not (folder / "catalog.db").is_file():
            raise NotFound(
                f"there is no library in {folder}",
                hint="`mindseye ingest FOLDER` makes one; --library names another place",
            )
        store = open_store(settings.store_url, index_dir=folder / "index", create=create)
        return cls(store, settings)

    @property
    def encoder(self) -> Encoder:
        """The encoder that searches the library now; its towers are loaded when first used.

        That is the one a flag insists on, else the one the library was built with.
        """
        return self._open_encoder(self.scope().encoder)

    def scope(self, album: str | None = None) -> Scope:
        """What a search covers now: encoder, album, and notices; raises `NotFound`, `SpecError`."""
        return self._searcher.scope(album)

    def ingest(
        self,
        folders: Sequence[str | Path],
        *,
        again: bool = False,
        observer: Observer | None = None,
        cancel: Event | None = None,
        thumbnails: Thumbnailing | None = None,
    ) -> IngestReport:
        """Take in every picture below these folders; originals are only ever read.

        With `again` files that have not changed are read anew too, but not encoded anew.
        `thumbnails` are made of what is decoded, as far as that gives enough pixels.

        Pictures are encoded by the library's encoder, those of an album that is searched by another
        one by that too. Where a flag insists on an encoder that is not the library's, the library
        is brought to it afterwards. Raises `NotFound` for a folder that is not there, `StoreBusy`
        while another ingest runs.
        """
        listed = [paths.to_text(paths.absolute(folder)) for folder in folders]
        self._check_index()
        work = replace(self._work(observer, cancel), thumbnails=thumbnails)
        report = work.ingest(listed, again=again)
        self._builder.start()
        return report

    def reencode(
        self,
        encoder: str = "",
        *,
        album: str | None = None,
        drop: bool = False,
        anyway: bool = False,
        observer: Observer | None = None,
        cancel: Event | None = None,
    ) -> ReencodeReport:
        """Bring the library, or an album, to another encoder; search goes on by the old one.

        Its space is built beside the old one and swapped in when it is complete; what was encoded
        before a kill or a cancel is not encoded again. Without `encoder` the one that the album or
        the settings ask for. `drop` removes the old vectors after the swap; `anyway` swaps although
        a root cannot be looked at. Raises `UsageError` where no encoder is asked for, `NotFound`,
        `SpecError`, `EncoderError`, `StoreBusy` while an ingest runs, `StoreError`.
        """
        work = self._work(observer, cancel)
        return work.reencode(encoder, self._searcher.album(album), drop=drop, anyway=anyway)

    def locate(self, *, again: bool = False, cancel: Event | None = None) -> int:
        """Look up the places of photos that wait for it, or of all `again`; returns how many.

        An ingest does so by itself. Raises `MissingExtra` without the extra `places`, `StoreBusy`
        while an ingest runs.
        """
        return self._work(cancel=cancel).locate(again=again)

    def read_text(
        self,
        *,
        album: str | None = None,
        limit: int | None = None,
        again: bool = False,
        observer: Observer | None = None,
        cancel: Event | None = None,
    ) -> TextReport:
        """Read the text in pictures that nobody has looked at, newest first, `limit` at most.

        Words find their photos as soon as they are read; a killed or cancelled run is gone on with
        by the next. With `album` only what that may hold, with `again` what another reader has
        read too. Raises `MissingExtra`, `NotFound`, `RecognitionError`, `StoreBusy`, `StoreError`.
        """
        work, named = self._work(observer, cancel), self._searcher.album(album)
        return work.read_text(named, limit=limit, again=again)

    def forget_encoder(self, spec: str) -> int:
        """Remove the vectors of an encoder by which nothing is searched; returns how many.

        Raises `NotFound` for an encoder without vectors, `UsageError` for one that is in use.
        """
        return self._work().forget_encoder(spec)

    def put_album(self, album: Album) -> Album:
        """Write an album, a new one where its `id` is 0, with its folders made absolute.

        One that asks for another encoder than it is searched by is announced by every search until
        `reencode` has fulfilled the wish. Raises `UsageError`, `SpecError`, `NotFound`, and
        `QueryError` for a search that cannot be understood.
        """
        return self.store.albums.put(checked(self.store, album))

    def members(self, album: str, *, limit: int | None = None, after: str | None = None) -> Found:
        """The photos of an album, the newest first; raises `NotFound`, and as `search` does."""
        return self.search(Query(limit=limit or _ALL, after=after), album=album)

    def edit(
        self,
        photos: Iterable[str | int | Path],
        edit: Edit | None = None,
        *,
        revert: Collection[str] = (),
    ) -> int:
        """Say something of photos, each given by its id or path; returns how many they are.

        It wins over what the files say, also after they change; the files are never written.
        `revert` first takes back what was said under these names (`mindseye.stores.edits.FIELDS`).
        Raises `NotFound`, or `UsageError` for what no photo can have, and changes nothing then.
        """
        edit = checked_edit(edit or Edit(), revert)
        ids = list(dict.fromkeys(self.photo(photo).id for photo in photos))
        self.store.edits.put(ids, edit, revert)
        self._relocate()
        return len(ids)

    def write_xmp(
        self,
        photos: Iterable[str | int | Path] | None = None,
        *,
        rehearsal: bool = False,
        observer: Callable[[int, int], None] | None = None,
        cancel: Event | None = None,
    ) -> SidecarReport:
        """Write what users say of these photos, or of all, into the XMP files beside them.

        What else such a file says stays; photos themselves are only ever read. A `rehearsal` tells
        what would be written. `observer` is told how many photos are done, and of how many. What
        cannot be written is in the report. Raises `NotFound`, and writes nothing then.
        """
        from mindseye.sidecars.writing import SidecarWriting

        if photos is None:
            edited = Query(filter=parse("is:edited").filter, limit=_ALL)
            ids = [hit.photo.id for hit in self.search(edited).hits]
        else:
            ids = list(dict.fromkeys(self.photo(photo).id for photo in photos))
        writing = SidecarWriting(self.store, rehearsal, cancel=cancel or Event())
        if observer is not None:
            writing.observer = observer
        return writing.run(ids)

    def search(
        self,
        query: str | Ask | Query,
        *,
        literal: bool = False,
        album: str | None = None,
        within: Found | Collection[int] | None = None,
        **wishes: Unpack[Wishes],
    ) -> Found:
        """Find photos, of an album where one is named, among those `within`: found before, or ids.

        Text is understood by `sentences` and completed by `query`, and so is an `Ask`; of a
        `Query` only what is wished for otherwise is changed. Raises `QueryError` for a query that
        cannot be understood, `NotFound` while the library is empty, `SpaceMismatch` when its photos
        were encoded by another encoder.
        """
        asked = self._searcher.asked(query, album, wishes, literal=literal)
        return self._searcher.search(asked, album, among(within))

    def facets(
        self,
        query: str | Ask | Query = "",
        names: Sequence[str] = USUAL,
        *,
        literal: bool = False,
        album: str | None = None,
        within: Found | Collection[int] | None = None,
        **wishes: Unpack[Wishes],
    ) -> dict[str, list[Count]]:
        """How many of the relevant photos have which value of each facet, the commonest first.

        `names` are those of `mindseye.query.facets`. Without terms all photos that pass the filter
        are counted. Raises as `search` does.
        """
        asked = self._searcher.asked(query, album, wishes, literal=literal)
        return self._searcher.facets(asked, names, album, among(within))

    def chosen(
        self,
        query: str | Ask | Query = "",
        *,
        literal: bool = False,
        album: str | None = None,
        within: Found | Collection[int] | None = None,
        **wishes: Unpack[Wishes],
    ) -> Selection:
        """The relevant photos as `store.columns` and `store.counts` take them, at most 20,000.

        Without terms all photos that pass the filter are chosen. Raises as `search` does.
        """
        asked = self._searcher.asked(query, album, wishes, literal=literal)
        return self._searcher.chosen(asked, album, among(within))

    def query(
        self,
        asked: Parsed,
        *,
        album: str | None = None,
        **wishes: Unpack[Wishes],
    ) -> Query:
        """A query that says what is left open here as the flags, the album or the settings do.

        Where nothing else names a least score, the one typed in the query holds, then the album's.
        Raises `NotFound`, and `QueryError` where the query names an album that is not there.
        """
        return self._searcher.completed(asked, album, wishes)

    def similar(self, photo: str | int | Path, *, limit: int | None = None) -> Found:
        """Photos that look like a photo of the library, best first; itself left out."""
        like = Like(self.photo(photo).id)
        return self.search(Query((Term(like),), limit=limit or self.settings.limit))

    def more_from(
        self, photo: str | int | Path, what: Literal["day", "place"], **wishes: Unpack[Wishes]
    ) -> Found:
        """The photos from the same day or place as a photo of the library, oldest first.

        The photo itself is among them. The same place is within a kilometre, or where no position
        is known, the same city. Raises `NotFound` where the photo has no day or no place.
        """
        filter_ = same(self.photo(photo), what)
        query = Query(filter=filter_, sort=Sort.OLDEST, limit=self.settings.limit)
        return self.search(query, **wishes)

    def photo(self, photo: str | int | Path) -> Photo:
        """A photo by its id or its path; raises `NotFound`."""
        if isinstance(photo, int):
            return self.store.catalog.get(photo)
        found = self.store.catalog.find(paths.to_text(paths.absolute(photo)))
        if found is None and isinstance(photo, str) and photo.isdecimal():
            return self.store.catalog.get(int(photo))
        if found is None:
            raise NotFound(
                f"{photo} is not in the library",
                hint="`mindseye ingest` takes its folder in; "
                "`mindseye search --image` takes any picture",
            )
        return found

    def encode_image(self, picture: PictureLike) -> Vectors:
        """The unit vector `(dim,)` of any picture: a path, the bytes of a file, or `Pixels`.

        Raises `MediaError` or `NotFound` for a picture that cannot be read, `EncoderError`.
        """
        return encode_picture(self.encoder, picture, self.settings.max_pixels)

    def encode_text(self, text: str, *, optimise: bool = False) -> Vectors:
        """The unit vector `(dim,)` of a text, said in several ways with `optimise`."""
        return encode_words(self.encoder, text, optimise=optimise)

    def themes(self, album: str | None = None) -> Themes:
        """Groups of photos that look alike to the encoder of the album, each named by a word.

        The first time takes seconds: words of what photos are of are encoded, and then kept in the
        folder of the library. Raises `NotFound` where nothing has been encoded.
        """
        from mindseye.analysis.themes import themes, word_vectors

        encoder = self._open_encoder(self.scope(album).encoder)
        known = [info.space for info in self.store.spaces() if info.vectors]
        if encoder.space not in known:
            raise NotFound(f"nothing has been encoded by {encoder.space.encoder} yet")
        named_by = word_vectors(encoder, self.settings.library / "words")
        return themes(self.store, encoder.space, self.chosen(album=album), named_by)

    def status(self) -> Status:
        """How complete the library is and what it takes on disk."""
        census = Census(
            self.store, self.settings.library, lambda spec: self._open_encoder(spec).space
        )
        albums = [self.scope(album.name) for album in self.store.albums]
        return census.status(self.scope(), albums)

    def skipped(self, limit: int = 1000) -> list[tuple[str, SkippedFile]]:
        """Files that could not be taken in, with their paths."""
        return self.store.catalog.skipped(limit)

    def forget_missing(self) -> int:
        """Remove photos whose files are gone, with their vectors; returns how many."""
        return self.store.forget(self.store.catalog.missing())

    def check(self, *, repair: bool = False) -> Iterator[Problem]:
        """Look for damage in the store and its index files."""
        return self.store.check(repair=repair)

    def copy_to(
        self, target: str | Path, observe: Callable[[str, int, int], None]
    ) -> list[CopiedTable]:
        """Copy the whole library to another store, given by its URL or as a folder.

        A copy that was cut short goes on. `observe` is told each table, how many of its rows are
        there and how many there will be. Raises as `mindseye.stores.sql.copying.copy_store` does.
        """
        from mindseye.stores.sql.copying import copy_store

        flags: dict[str, object] = {"library": target}
        if "://" not in str(target):
            flags["store"] = f"sqlite:///{paths.absolute(target)}/catalog.db"
        with Library.open(settings=load_settings(flags)) as other:
            return copy_store(self.store, other.store, observe)

    def index_states(self) -> dict[str, IndexState]:
        """What the index of each encoder is made of and needs, by encoder spec.

        Empty where the database compares vectors itself.
        """
        return {
            table.space.encoder: table.index_state(self.settings.index)
            for table in self._builder.tables()
        }

    def build_index(self, *, anew: bool = False) -> list[str]:
        """Train and code what the indexes need, or all `anew`; the encoders of those built.

        An ingest begins it by itself when it ends. Searches go on meanwhile. Raises `ConfigError`
        where the setting `index` cannot be fulfilled, `StoreError` where files cannot be written.
        """
        return [
            table.space.encoder
            for table in self._builder.tables()
            if table.build_index(self.settings.index, anew=anew)
        ]

    def close(self) -> None:
        """Release files and connections; waits for an index that is being built."""
        if "_builder" in vars(self):
            self._builder.wait()
        self.sentences.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _work(self, observer: Observer | None = None, cancel: Event | None = None) -> Work:
        # The decode pool and the readers take a tenth of a second that no search should pay.
        from mindseye.ingest.work import Work

        given = self._given_encoder
        return Work(
            self.store,
            self.settings,
            self._open_encoder,
            insisted="" if given is None else given.space.encoder,
            observer=observer,
            cancel=cancel or Event(),
        )

    def _any_passes(self, filter_: Filter) -> bool:
        return bool(self.store.catalog.by_date(1, chosen=Selection(filter=filter_)))

    @cached_property
    def _builder(self) -> Builder:
        # FAISS takes a tenth of a second that no import should pay.
        from mindseye.stores.indexes import Builder

        return Builder(self.store, self.settings.index)

    def _check_index(self) -> None:
        """Raise `ConfigError` for a setting `index` that cannot be fulfilled, before any work."""
        from mindseye.index.kinds import AUTO, check_wish

        if self.settings.index != AUTO:
            check_wish(self.settings.index, self.encoder.space.dim)

    def _relocate(self) -> None:
        """Look up where edited photos are now; in a library that was never looked up wait all."""
        from mindseye.ingest.locate import GAZETTEER, Locating

        if self.store.choices.find(GAZETTEER) is not None:
            Locating(self.store).notices()

    def _open_encoder(self, spec: str) -> Encoder:
        """The encoder of a spec, the same one each time."""
        given = self._given_encoder
        if given is not None and given.space.encoder == spec:
            return given
        with self._opening:
            if spec not in self._opened:
                encoder = open_encoder(spec, run_options(self.settings))
                self._opened[spec] = Resident(encoder, self.settings.idle_seconds)
            return self._opened[spec]
