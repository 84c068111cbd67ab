"""Writing sidecars: of each photo what its user says, beside it, one file at a time.

A photo whose sidecar cannot be written is told of and does not stop the others. What is said stays
in the library as well, so a run that was cut short is simply done again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event
from typing import TypeAlias

from mindseye.media import paths
from mindseye.media.readers.xmp import read_packet
from mindseye.sidecars.files import Folders, Sidecar, replace_sidecar
from mindseye.sidecars.markup import NotWritable
from mindseye.sidecars.packet import Packet
from mindseye.sidecars.properties import Said, names_of, say, touch
from mindseye.stores.base import Store
from mindseye.stores.edits import overlaid
from mindseye.types import Edit, Metadata, Photo, SidecarReport, Skipped, WrittenSidecar

_PHOTOS_AT_ONCE = 500

Observer: TypeAlias = Callable[[int, int], None]
"""Is told how many photos are done, and how many there are."""


def _ignore(done: int, total: int) -> None:
    """The observer of somebody who does not want to know."""


@dataclass(slots=True)
class SidecarWriting:
    """One run over photos; `run` may be called once. A `rehearsal` writes nothing."""

    store: Store
    rehearsal: bool = False
    observer: Observer = _ignore
    cancel: Event = field(default_factory=Event)
    _folders: Folders = field(default_factory=Folders)
    _written: list[WrittenSidecar] = field(default_factory=list)
    _left: list[Skipped] = field(default_factory=list)
    _unchanged: int = 0
    _unsaid: int = 0

    def run(self, photo_ids: Sequence[int]) -> SidecarReport:
        """Write until all are done or `cancel` is set; the file in hand is finished."""
        for done, photo in enumerate(self._photos(photo_ids)):
            if self.cancel.is_set():
                break
            try:
                self._take(photo)
            except NotWritable as error:
                self._left.append(Skipped(photo.path, f"the sidecar cannot be written: {error}"))
            except OSError as error:
                reason = error.strerror or str(error)
                self._left.append(Skipped(photo.path, f"the sidecar cannot be written: {reason}"))
            self.observer(done + 1, len(photo_ids))
        return SidecarReport(
            written=tuple(self._written),
            unchanged=self._unchanged,
            unsaid=self._unsaid,
            left=tuple(self._left),
            rehearsal=self.rehearsal,
            cancelled=self.cancel.is_set(),
        )

    def _photos(self, photo_ids: Sequence[int]) -> Iterator[Photo]:
        for start in range(0, len(photo_ids), _PHOTOS_AT_ONCE):
            yield from self.store.catalog.photos(photo_ids[start : start + _PHOTOS_AT_ONCE])

    def _take(self, photo: Photo) -> None:
        edit = self.store.edits.find(photo.id)
        if edit is None or not names_of(edit):
            self._unsaid += 1
            return
        path = paths.from_text(photo.path)
        if not os.path.lexists(path):
            raise NotWritable("the photo is not there")
        sidecar = self._folders.sidecar_of(path)
        names = self._write(sidecar, edit, photo.metadata)
        if not names:
            self._unchanged += 1
            return
        found = WrittenSidecar(photo.id, paths.to_text(sidecar.path), names, sidecar.seen is None)
        self._written.append(found)

    def _write(self, sidecar: Sidecar, edit: Edit, known: Metadata) -> tuple[str, ...]:
        """Write what is said; returns under which names the sidecar said another thing before."""
        packet = Packet() if sidecar.data is None else Packet(sidecar.data)
        names = say(packet, Said(edit, _shown(sidecar, edit, known)))
        if names:
            touch(packet, datetime.now().astimezone())
            data = packet.to_bytes()
            if not self.rehearsal:
                replace_sidecar(sidecar, data)
        return names


def _shown(sidecar: Sidecar, edit: Edit, known: Metadata) -> Metadata:
    """What is shown of a photo once its sidecar is read again.

    Keywords and parts of a place that another program put there since the last ingest are kept.
    """
    if sidecar.data is not None:
        now = read_packet(sidecar.data)
        known = replace(
            known, keywords=now.keywords or known.keywords, place=now.place or known.place
        )
    return overlaid(known, edit)
