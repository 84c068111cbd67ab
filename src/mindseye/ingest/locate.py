"""Photos are located: the gazetteer says where they were taken and which time was kept there.

Only what the metadata leave open is filled in: a place that a file or a user names stays as it is,
and so does an offset. A pass takes the photos that were written since the last one, so it goes on
after a kill and does the library of an earlier Mindseye as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event
from typing import Final

from mindseye.errors import MissingExtra, StoreUnavailable
from mindseye.ingest.options import Observer, Progress
from mindseye.places.gazetteer import Gazetteer, current_stamp
from mindseye.places.words import settle
from mindseye.places.zones import offset_at
from mindseye.stores.base import Placed, Store
from mindseye.types import Located, Metadata, Place, Precision, Source

GAZETTEER: Final = "gazetteer"
"""The choice that says by which gazetteer (its stamp) the photos of a library were located."""

_AT_ONCE: Final = 1000

_CLOCK: Final = (Precision.MINUTE, Precision.SECOND, Precision.SUBSECOND)
"""A time has an offset where so much of it is known."""


@dataclass(frozen=True, slots=True)
class Locating:
    """Locates the photos of a library that wait for it."""

    store: Store
    cancel: Event = field(default_factory=Event)

    def run(self, *, again: bool = False) -> int:
        """Locate what waits, or all photos `again`; returns how many photos were looked at.

        Where others write at the same time some photos may wait on.
        All photos wait after the gazetteer has changed. Raises `MissingExtra`, `StoreError`.
        """
        stamp = current_stamp()
        if again or self.store.choices.find(GAZETTEER) != stamp:
            self.store.places.forget()
            self.store.choices.put(GAZETTEER, stamp)
        done = 0
        gazetteer: Gazetteer | None = None
        with ExitStack() as opened:
            while not self.cancel.is_set() and (page := self.store.places.waiting(_AT_ONCE)):
                # Photos that name no place need none, and compiling it takes a while.
                if gazetteer is None and any(m.gps or m.place for _, m in page):
                    gazetteer = opened.enter_context(Gazetteer.open())
                written = self.store.places.put(_place_all(gazetteer, page))
                if not written:
                    break
                done += written
        return done

    def notices(self) -> tuple[str, ...]:
        """Locate what waits; what keeps the gazetteer from it is told, and is no failure."""
        try:
            self.run()
        except MissingExtra as error:
            if any(metadata.gps for _, metadata in self.store.places.waiting(_AT_ONCE)):
                return (f"photos have positions whose places are not looked up: {error.hint}",)
        except StoreUnavailable as error:
            return (f"places were not looked up: {error.message}",)
        return ()


def ready_names(observer: Observer, cancel: Event) -> tuple[str, ...]:
    """Have the names of places compiled, once, so that sentences may name them from now on.

    Photos that know no place need them too: a search for Paris must know that it is one. Tells
    what keeps it from that; that the extra is not there is nothing to tell.
    """
    try:
        if not cancel.is_set() and not Gazetteer.is_ready():
            observer(Progress(done=0, total=1, scanned=True, what="names"))
            Gazetteer.open().close()
            observer(Progress(done=1, total=1, scanned=True, what="names"))
    except MissingExtra:
        return ()
    except StoreUnavailable as error:
        return () if cancel.is_set() else (f"names of places stay unknown: {error.message}",)
    return ()


def _place_all(gazetteer: Gazetteer | None, page: Sequence[tuple[int, Metadata]]) -> list[Placed]:
    """What becomes of these photos; without a gazetteer none of them names a place."""
    if gazetteer is None:
        return [Placed(photo_id, seen, None, seen) for photo_id, seen in page]
    points = [(seen.gps.latitude, seen.gps.longitude) for _, seen in page if seen.gps]
    at = iter(gazetteer.at_many(points))
    placed = []
    for photo_id, seen in page:
        own = without_guesses(seen)
        found = next(at) if own.gps else None
        if own.place is not None:
            found = settle(gazetteer, own.place, found)
        placed.append(Placed(photo_id, seen, found, completed(own, found)))
    return placed


def without_guesses(metadata: Metadata) -> Metadata:
    """The metadata without what an earlier pass filled in."""
    guessed = {name for name, source in metadata.sources.items() if source is Source.GPS}
    return replace(
        metadata,
        place=None if "place" in guessed else metadata.place,
        offset=None if "offset" in guessed else metadata.offset,
        sources={name: source for name, source in metadata.sources.items() if name not in guessed},
    )


def completed(metadata: Metadata, found: Located | None) -> Metadata:
    """The metadata with what a position tells, where they do not tell it themselves."""
    if found is None or metadata.gps is None:
        return metadata
    sources = dict(metadata.sources)
    place, offset = metadata.place, metadata.offset
    if place is None and sources.get("place") is not Source.USER and found.country_code:
        place = Place(found.city, found.region, found.country, found.country_code)
        sources["place"] = Source.GPS
    if offset is None and sources.get("offset") is not Source.USER:
        offset = _offset(metadata, found)
        if offset is not None:
            sources["offset"] = Source.GPS
    return replace(metadata, place=place, offset=offset, sources=sources)


def _offset(metadata: Metadata, found: Located) -> timedelta | None:
    """The distance from UTC of a camera's clock, which is taken to show the time of the place.

    The time of change of a file is in this machine's zone, not in that of the place.
    """
    if metadata.taken_at is None or metadata.precision not in _CLOCK:
        return None
    if metadata.sources.get("taken_at") is Source.MTIME:
        return None
    return offset_at(found.timezone, metadata.taken_at)
