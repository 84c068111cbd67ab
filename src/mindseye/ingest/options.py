"""What an ingest may be told, and what it tells while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Literal, TypeAlias

from mindseye.media.base import DecodeLimits


@dataclass(frozen=True, slots=True)
class DecodeBudget:
    """What decoding may cost: processes (0 is one per processor), seconds and MiB for a file.

    `memory` bounds the address space of one process; 0 is no bound.
    """

    workers: int = 0
    seconds: float = 60.0
    memory: int = 4096
    limits: DecodeLimits = field(default_factory=DecodeLimits)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest or a change of encoder is.

    `total` counts the files found so far; `scanned` says it is final. `done` files have been dealt
    with, in this run or, `unchanged`, in one before. Where `what` is "frames" the counts are those
    of frames that had no vector when the work on them began, of pictures and texts where it is
    "vectors", and of pictures whose text is to be read where it is "texts"; "names" are those of
    places, which are compiled once and as a whole, and "sidecars" those of photos beside which XMP
    is written. `seconds_left` follows from the pace of the last
    minute; None while it cannot be told.
    """

    done: int = 0
    total: int = 0
    unchanged: int = 0
    skipped: int = 0
    scanned: bool = False
    what: Literal["files", "frames", "vectors", "texts", "names", "sidecars"] = "files"
    seconds_left: float | None = None


Observer: TypeAlias = Callable[[Progress], None]


def _ignore(_: Progress) -> None:
    """The observer of somebody who does not want to know."""


@dataclass(frozen=True, slots=True)
class Thumbnailing:
    """Thumbnails that an ingest makes of what it decodes anyway, WebP of this short side.

    `keep` is given the digest of each photo and the bytes of the file; it must not raise.
    """

    side: int
    keep: Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How to run an ingest: pictures per batch, hidden files, decoding, who watches, who stops.

    With `again` files that have not changed are read and decoded anew, as a newer Mindseye may
    learn more from them; what is encoded stays so.
    """

    batch: int = 32
    hidden: bool = False
    again: bool = False
    decoding: DecodeBudget = field(default_factory=DecodeBudget)
    observer: Observer = _ignore
    cancel: Event = field(default_factory=Event)
    thumbnails: Thumbnailing | None = None
