"""The front door: a library of photos that can be filled, searched and looked at.

This is the only place that picks backends: it reads the settings, opens the store they name and,
when pixels or words must be encoded, the encoder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from mindseye.config import Settings, load_settings
from mindseye.encoders import open_encoder
from mindseye.encoders.base import Encoder
from mindseye.errors import NotFound, SpaceMismatch, StoreBusy
from mindseye.ingest.options import DecodeBudget, IngestOptions, Observer
from mindseye.media import paths
from mindseye.media.base import DecodeLimits
from mindseye.query.model import Like, Picture, Query, Term
from mindseye.query.parse import parse
from mindseye.search.engine import Engine, Found
from mindseye.stores import open_store
from mindseye.stores.base import Coverage, Problem, Root, SkippedFile, SpaceInfo, Store
from mindseye.types import IngestReport, Photo, Pixels


@dataclass(frozen=True, slots=True)
class Status:
    """How complete a library is.

    `encoded` counts frames in the space of the current encoder; `bytes_on_disk` gives the size of
    each file of the library folder.
    """

    library: str
    store: str
    encoder: str
    roots: tuple[Root, ...]
    coverage: Coverage
    encoded: int
    spaces: tuple[SpaceInfo, ...]
    bytes_on_disk: dict[str, int] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """Frames that have no vector of the current encoder yet."""
        return max(self.coverage.frames - self.encoded, 0)


class Library:
    """Photos that can be searched; use it as a context manager or call `close`."""

    def __init__(self, store: Store, settings: Settings, encoder: Encoder | None = None) -> None:
        self.store = store
        self.settings = settings
        self._given_encoder = encoder

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
        if settings is None or path is not None:
            settings = load_settings(
                {
                    **({} if settings is None else _as_flags(settings)),
                    **({} if path is None else {"library": path}),
                }
            )
        folder = settings.library
        if not settings.store and not create and not (folder / "catalog.db").is_file():
            raise NotFound(
                f"there is no library in {folder}",
                hint="`mindseye ingest FOLDER` makes one; --library names another place",
            )
        return cls(open_store(settings.store_url, index_dir=folder / "index"), settings)

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder the settings name; its towers are loaded when they are first used."""
        if self._given_encoder is not None:
            return self._given_encoder
        return open_encoder(self.settings.encoder, threads=self.settings.threads)

    def ingest(
        self,
        folders: Sequence[str | Path],
        *,
        observer: Observer | None = None,
        cancel: Event | None = None,
    ) -> IngestReport:
        """Take in every picture below these folders; originals are only ever read.

        Raises `NotFound` for a folder that is not there, `StoreBusy` while another ingest runs.
        """
        # The decode pool and the readers take a tenth of a second that no search should pay.
        from mindseye.ingest.pipeline import Ingest

        options = IngestOptions(
            batch=self.settings.batch,
            hidden=self.settings.hidden,
            decoding=DecodeBudget(
                self.settings.workers,
                self.settings.decode_seconds,
                self.settings.decode_memory,
                self._limits,
            ),
            cancel=cancel or Event(),
            **({} if observer is None else {"observer": observer}),
        )
        with self._only_ingest():
            run = Ingest(self.store, self.encoder, options)
            return run.run([paths.to_text(paths.absolute(folder)) for folder in folders])

    def search(
        self, query: str | Query, *, limit: int | None = None, literal: bool = False
    ) -> Found:
        """Find photos; text is parsed by `mindseye.query.parse` unless it is a `Query` already.

        Raises `QueryError` for a query that cannot be understood, `NotFound` while the library is
        empty, `SpaceMismatch` when its photos were encoded by another encoder.
        """
        if isinstance(query, str):
            terms = parse(query, literal=literal)
            query = Query(terms, limit=limit or self.settings.limit)
        if query.terms:
            self._require_vectors()
        return Engine(self.store, self.encoder, self._load_pixels).search(query)

    def similar(self, photo: str | int | Path, *, limit: int | None = None) -> Found:
        """Photos that look like a photo of the library, best first; itself left out."""
        like = Like(self.photo(photo).id)
        return self.search(Query((Term(like),), limit=limit or self.settings.limit))

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

    def status(self) -> Status:
        """How complete the library is and what it takes on disk."""
        spaces = self.store.spaces()
        fingerprint = self.encoder.space.fingerprint
        return Status(
            library=str(self.settings.library),
            store=self.store.url,
            encoder=self.settings.encoder,
            roots=tuple(self.store.files.roots()),
            coverage=self.store.catalog.coverage(),
            encoded=sum(info.vectors for info in spaces if info.space.fingerprint == fingerprint),
            spaces=tuple(spaces),
            bytes_on_disk=_sizes(self.settings.library),
        )

    def skipped(self, limit: int = 1000) -> list[tuple[str, SkippedFile]]:
        """Files that could not be taken in, with their paths."""
        return self.store.catalog.skipped(limit)

    def forget_missing(self) -> int:
        """Remove photos whose files are gone, with their vectors; returns how many."""
        return self.store.forget(self.store.catalog.missing())

    def check(self, *, repair: bool = False) -> Iterator[Problem]:
        """Look for damage in the store and its index files."""
        return self.store.check(repair=repair)

    def close(self) -> None:
        """Release files and connections."""
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

    @property
    def _limits(self) -> DecodeLimits:
        return DecodeLimits(self.encoder.resolution, self.settings.max_pixels)

    def _load_pixels(self, picture: Picture, resolution: int) -> Pixels:
        return load_pixels(picture.path, DecodeLimits(resolution, self.settings.max_pixels))

    def _require_vectors(self) -> None:
        wanted = self.encoder.space
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
            hint="`mindseye ingest` encodes them anew, or --encoder names the one they have",
        )

    @contextmanager
    def _only_ingest(self) -> Iterator[None]:
        folder = self.settings.library
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "ingest.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise StoreBusy(
                f"another ingest into {folder} is running", hint="wait for it or stop it"
            ) from None
        try:
            yield
        finally:
            lock.release()


def load_pixels(path: Path, limits: DecodeLimits) -> Pixels:
    """The upright pixels of any picture file; raises `MediaError` or `NotFound`."""
    from mindseye.media.decode import decode

    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotFound(f"the picture {path} cannot be read: {error.strerror}") from error
    return decode(paths.to_text(path), data, limits).pixels


def _as_flags(settings: Settings) -> dict[str, object]:
    from mindseye.config import setting_fields

    return {entry.name: getattr(settings, entry.name) for entry in setting_fields()}


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of each file of the library folder, by path relative to it."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
