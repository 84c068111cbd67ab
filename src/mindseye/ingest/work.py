"""Everything that writes vectors into a library, one at a time: ingest and change of encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event

from filelock import FileLock, Timeout

from mindseye.config import Settings
from mindseye.encoders.base import Encoder
from mindseye.errors import (
    EncoderError,
    MissingExtra,
    NotFound,
    RecognitionError,
    SpecError,
    StoreBusy,
    UsageError,
)
from mindseye.ingest.locate import Locating, ready_names
from mindseye.ingest.options import DecodeBudget, IngestOptions, Observer, Thumbnailing
from mindseye.ingest.pipeline import Ingest
from mindseye.ingest.read_text import TextReading, Wanted
from mindseye.ingest.reencode import Reencode, build_space, drop_spaces, searched_by
from mindseye.media.base import DecodeLimits
from mindseye.recognition import open_text_reader
from mindseye.recognition.base import TextReader
from mindseye.stores.albums import reach
from mindseye.stores.base import ENCODER, Store
from mindseye.stores.scope import FIRST, canonical, insists, scope_of, wanted_encoder
from mindseye.types import Album, IngestReport, ReencodeReport, TextReport


@dataclass(frozen=True, slots=True)
class Work:
    """Writes into a library; a second one, in this process or another, is refused.

    `insisted` is the spec of an encoder that was handed in and is written for whatever the library
    has recorded, "" where there is none.
    """

    store: Store
    settings: Settings
    open_encoder: Callable[[str], Encoder]
    insisted: str = ""
    observer: Observer | None = None
    cancel: Event = field(default_factory=Event)
    thumbnails: Thumbnailing | None = None

    def ingest(self, folders: Sequence[str], *, again: bool = False) -> IngestReport:
        """Take in these folders (absolute text), and bring the library to the encoder of a flag.

        Raises as `Library.ingest` says.
        """
        with self._alone():
            take = self._encoded if self.settings.semantic else self._unencoded
            report = take(folders, again=again)
            notices = (*report.notices, *self._locate())
            report = replace(report, notices=notices)
        if self.settings.read_text and not self.cancel.is_set():
            report = self._with_texts(report)
        return replace(report, cancelled=self.cancel.is_set())

    def _encoded(self, folders: Sequence[str], *, again: bool) -> IngestReport:
        spec = self._adopted()
        encoder = self.open_encoder(spec)
        options = self._with_thumbnails(replace(self._options(encoder), again=again))
        report = Ingest(self.store, encoder, options).run(folders)
        report = replace(report, notices=(*self._mismatch(), *self._encode_albums()))
        wanted = self._insisted_by_flag()
        if wanted not in {"", spec} and not self.cancel.is_set():
            report = replace(report, reencoded=self._reencode(wanted))
        return report

    def _unencoded(self, folders: Sequence[str], *, again: bool) -> IngestReport:
        """Take in what the files say; their pictures wait until semantic search is switched on."""
        options = self._with_thumbnails(replace(self._options(), again=again))
        return Ingest(self.store, None, options).run(folders)

    def _with_thumbnails(self, options: IngestOptions) -> IngestOptions:
        if self.thumbnails is None:
            return options
        limits = replace(options.decoding.limits, thumbnail=self.thumbnails.side)
        decoding = replace(options.decoding, limits=limits)
        return replace(options, decoding=decoding, thumbnails=self.thumbnails)

    def _with_texts(self, report: IngestReport) -> IngestReport:
        """The report of an ingest, and of the reading of text that follows it."""
        try:
            return replace(report, texts=self.read_text())
        except (MissingExtra, RecognitionError, StoreBusy) as error:
            told = f"no text was read in pictures: {error.message} ({error.hint})"
            return replace(report, notices=(*report.notices, told))

    def reencode(
        self, encoder: str, album: Album | None, *, drop: bool, anyway: bool
    ) -> ReencodeReport:
        """Bring the library or an album to an encoder; raises as `Library.reencode` says."""
        with self._alone():
            spec = canonical(encoder) if encoder else self._asked_for(album)
            # Opened first: a spec that leads nowhere must not be recorded.
            self.open_encoder(spec)
            if album is not None and encoder:
                album = self.store.albums.put(replace(album, encoder=spec))
            return self._reencode(spec, album, drop=drop, anyway=anyway)

    def _locate(self) -> tuple[str, ...]:
        """Locate what waits, the names of places at hand; returns what is to be told of it."""
        known = ready_names(self._options().observer, self.cancel) if self.settings.plain else ()
        return (*known, *Locating(self.store, self.cancel).notices())

    def locate(self, *, again: bool) -> int:
        """Locate photos; raises as `Library.locate` says."""
        with self._alone():
            return Locating(self.store, self.cancel).run(again=again)

    def read_text(
        self, album: Album | None = None, *, limit: int | None = None, again: bool = False
    ) -> TextReport:
        """Read the text in pictures that wait; raises as `Library.read_text` says.

        An ingest may run at the same time, another reading may not.
        """
        reader = open_text_reader(self.settings.threads)
        of = None if album is None else reach(self.store, album)
        wanted = Wanted(of, limit, again)
        with self._alone("read-text", "another reading of text"):
            return TextReading(self.store, reader, self._options(reader), wanted).run()

    def forget_encoder(self, spec: str) -> int:
        """Remove the vectors of an encoder; raises as `Library.forget_encoder` says."""
        with self._alone():
            spec = canonical(spec)
            if users := searched_by(self.store, spec):
                raise UsageError(
                    f"{', '.join(users)} is searched by {spec}",
                    hint="`mindseye reencode` brings it to another encoder first",
                )
            if spec not in {info.space.encoder for info in self.store.spaces()}:
                raise NotFound(f"nothing was encoded by {spec}", hint="`mindseye status` lists all")
            return drop_spaces(self.store, spec)

    def _adopted(self) -> str:
        """The encoder that an ingest writes for, recorded where the library has none.

        A library without any vector takes what the settings ask for.
        """
        recorded = self.store.choices.find(ENCODER)
        wanted = self.insisted or wanted_encoder(self.settings) or recorded or FIRST
        if wanted == recorded:
            return wanted
        if recorded is None or not any(info.vectors for info in self.store.spaces()):
            self.open_encoder(wanted)
            self.store.choices.put(ENCODER, wanted)
            return wanted
        return self.insisted or recorded

    def _asked_for(self, album: Album | None) -> str:
        """The encoder that the album, or the settings, ask for."""
        if album is not None:
            return album.encoder or self.store.choices.find(ENCODER) or FIRST
        wanted = wanted_encoder(self.settings)
        if not wanted:
            raise UsageError(
                "no encoder is asked for", hint="mindseye reencode --encoder SPEC, or --album NAME"
            )
        return wanted

    def _insisted_by_flag(self) -> str:
        if self.insisted or not insists(self.settings):
            return ""
        return wanted_encoder(self.settings)

    def _mismatch(self) -> tuple[str, ...]:
        return () if self.insisted else scope_of(self.store, self.settings).notices

    def _options(self, wants: Encoder | TextReader | None = None) -> IngestOptions:
        """How to decode for what `wants` pictures of a certain size."""
        settings, limits = self.settings, DecodeLimits(pixels=self.settings.max_pixels)
        if wants is not None:
            limits = replace(limits, resolution=wants.resolution)
        options = IngestOptions(
            batch=settings.batch,
            hidden=settings.hidden,
            decoding=DecodeBudget(
                settings.workers,
                settings.decode_seconds,
                settings.decode_memory,
                limits,
            ),
            cancel=self.cancel,
        )
        return options if self.observer is None else replace(options, observer=self.observer)

    def _reencode(
        self, spec: str, album: Album | None = None, *, drop: bool = False, anyway: bool = False
    ) -> ReencodeReport:
        encoder = self.open_encoder(spec)
        return Reencode(self.store, encoder, self._options(encoder), album, drop, anyway).run()

    def _encode_albums(self) -> tuple[str, ...]:
        """Encode new photos of albums for the encoders those are searched by; what went wrong."""
        library, troubles = self.store.choices.find(ENCODER), []
        for album in self.store.albums:
            if album.searched_by in {"", library} or self.cancel.is_set():
                continue
            try:
                encoder = self.open_encoder(album.searched_by)
                build_space(self.store, encoder, self._options(encoder), reach(self.store, album))
            except (EncoderError, MissingExtra, SpecError) as error:
                troubles.append(
                    f"new photos of the album {album.name!r} were not encoded by "
                    f"{album.searched_by}: {error.message}"
                )
        return tuple(troubles)

    @contextmanager
    def _alone(
        self, work: str = "ingest", other: str = "another ingest or change of encoder"
    ) -> Iterator[None]:
        folder = self.settings.library
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{work}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise StoreBusy(
                f"{other} in {folder} is running",
                hint="wait for it or stop it: either goes on where it was stopped",
            ) from None
        try:
            yield
        finally:
            lock.release()
