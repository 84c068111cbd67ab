"""A change of encoder: its space is built beside the old one, and swapped in when it is complete.

Until then everything is searched in the old space. The swap is one transaction over what the
library and its albums are searched by; other processes see it with their next query.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mindseye.encoders.base import Encoder
from mindseye.ingest.encode import FrameEncoding
from mindseye.ingest.options import IngestOptions
from mindseye.ingest.pool import decode_pool
from mindseye.ingest.roots import is_there
from mindseye.query.model import Filter
from mindseye.stores.albums import reach
from mindseye.stores.base import ENCODER, Store
from mindseye.types import Album, ReencodeReport, Skipped

_PASSES = 3
"""Photos that came while a pass ran are caught up by another; what fails thrice is left."""


@dataclass(frozen=True, slots=True)
class Reencode:
    """Brings a library, or one album of it, to another encoder; `run` may be called again.

    With `drop` the vectors of the encoder before are removed after the swap, unless something is
    still searched by it. With `anyway` a root that cannot be looked at does not hold the swap up.
    """

    store: Store
    encoder: Encoder
    options: IngestOptions
    album: Album | None = None
    drop: bool = False
    anyway: bool = False

    def run(self) -> ReencodeReport:
        """Encode what waits and swap; a killed or cancelled run is gone on with by the next.

        Raises `StoreError` and `EncoderError` when nothing further can be done; what was encoded
        until then stays.
        """
        started = time.perf_counter()
        of = None if self.album is None else reach(self.store, self.album)
        work = build_space(self.store, self.encoder, self.options, of)
        report = ReencodeReport(
            encoder=self.encoder.space.encoder,
            before=self._searched_by(),
            album="" if self.album is None else self.album.name,
            encoded=work.encoded,
            left=tuple(skipped for _, skipped in work.left),
            unavailable=self._unavailable(work),
            cancelled=self.options.cancel.is_set(),
        )
        if not report.cancelled and (self.anyway or not report.unavailable):
            self._swap(report.before)
            report = replace(report, swapped=True)
            if self.drop:
                report = self._drop(report)
        return replace(report, seconds=time.perf_counter() - started)

    def _searched_by(self) -> str:
        library = self.store.choices.find(ENCODER) or ""
        return library if self.album is None else self.album.searched_by or library

    def _unavailable(self, work: FrameEncoding) -> tuple[Skipped, ...]:
        """Roots with photos that were not encoded and that cannot be looked at."""
        wanted = {photo.location.root_id for photo, _ in work.left}
        return tuple(
            Skipped(root.path, "the folder is absent or empty; is its drive mounted?")
            for root in self.store.files.roots()
            if root.id in wanted and not is_there(root.path)
        )

    def _swap(self, before: str) -> None:
        spec = self.encoder.space.encoder
        if self.album is None:
            albums = _settled(list(self.store.albums), {"", before, spec})
            self.store.choices.put(ENCODER, spec, albums)
            return
        # Read again: the album may have been edited while its photos were encoded.
        album = self.store.albums.get(self.album.name)
        follows = not album.encoder and spec == self.store.choices.find(ENCODER)
        self.store.albums.put(replace(album, searched_by="" if follows else spec))

    def _drop(self, report: ReencodeReport) -> ReencodeReport:
        """Remove the spaces of the encoder before, unless something is still searched by them."""
        space, before = self.encoder.space, report.before
        users = searched_by(self.store, before)
        if before != space.encoder and users:
            told = f"the vectors of {before} are kept: {', '.join(users)} is searched by them"
            return replace(report, notices=(told,))
        return replace(report, dropped=drop_spaces(self.store, before, but=space.fingerprint))


def build_space(
    store: Store, encoder: Encoder, options: IngestOptions, of: Filter | None = None
) -> FrameEncoding:
    """Encode every frame that waits in the encoder's space, and bring its index up to date.

    `of` leaves only photos that pass it. The last pass is returned, with the frames of all of them
    counted.
    """
    table = store.vectors(encoder.space)
    work = FrameEncoding(store, encoder, options, of)
    encoded = 0
    for _ in range(_PASSES):
        if options.cancel.is_set() or table.waiting_count(of) <= len(work.left):
            break
        work = FrameEncoding(store, encoder, options, of)
        with decode_pool(options.decoding, options.cancel) as pool:
            work.run(pool)
        encoded += work.encoded
    table.refresh()
    work.encoded = encoded
    return work


def searched_by(store: Store, spec: str) -> list[str]:
    """What is searched by the encoder of this spec, in words."""
    library = store.choices.find(ENCODER)
    users = ["the library"] if library == spec else []
    return users + [
        f"the album {album.name!r}"
        for album in store.albums
        if album.searched_by and album.searched_by == spec
    ]


def drop_spaces(store: Store, spec: str, *, but: str = "") -> int:
    """Remove every space of this spec, except for a fingerprint; returns how many vectors."""
    return sum(
        store.drop_space(info.space)
        for info in store.spaces()
        if info.space.encoder == spec and info.space.fingerprint != but
    )


def _settled(albums: Sequence[Album], complete: set[str]) -> list[Album]:
    """Albums that want one of the encoders whose spaces hold the whole library, searched by it."""
    return [
        replace(album, searched_by=album.encoder)
        for album in albums
        if album.encoder in complete and album.searched_by != album.encoder
    ]
