"""Thumbnails: made at ingest or when they are first asked for, kept on disk up to a limit.

Those used longest ago go first. A file is named by the digest of the original, so it never goes
stale: a photo that changes has another digest.
"""

from __future__ import annotations

import io
import logging
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from threading import Lock
from typing import Final

from PIL import Image

from mindseye.errors import NotFound
from mindseye.media import thumbnail
from mindseye.media.base import DecodeLimits
from mindseye.media.decode import decode
from mindseye.media.take import contents
from mindseye.media.thumbnail import shrunk
from mindseye.types import Photo

_log = logging.getLogger(__name__)


class Size(IntEnum):
    """The short side in pixels; smaller originals are not enlarged."""

    TINY = 160
    SMALL = 320
    MEDIUM = 640
    LARGE = 1440


_WORTHY: Final = Size.MEDIUM
"""From this size on AVIF is worth its time: a third of the bytes less, for ten times the work."""

_KEPT_AFTER: Final = 0.9
"""Part of the limit that is kept when old files are removed, so that it is not done each time."""

_TOUCHED_EVERY: Final = 3600.0
"""Seconds within which a file that is used again is not marked again."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a thumbnail is written."""

    suffix: str
    media_type: str
    options: Mapping[str, int]

    def write(self, image: Image.Image) -> bytes:
        """The picture as the bytes of a file."""
        buffer = io.BytesIO()
        image.save(buffer, self.suffix.upper(), **self.options)
        return buffer.getvalue()


WEBP: Final = Format("webp", "image/webp", thumbnail.WEBP)
AVIF: Final = Format("avif", "image/avif", {"quality": 60, "speed": 9})
JPEG: Final = Format("jpeg", "image/jpeg", {"quality": 82})


def negotiated(accept: str, size: Size) -> Format:
    """The format for what a client accepts: AVIF for large ones, WebP, or else JPEG."""
    avif, webp = "image/avif" in accept, "image/webp" in accept
    if avif and (size >= _WORTHY or not webp):
        return AVIF
    return WEBP if webp else JPEG


@dataclass(slots=True)
class Thumbnails:
    """Makes and keeps thumbnails in `folder`, at most `limit` bytes of them.

    Safe to use from several threads; two that ask for the same new one make it twice at worst.
    """

    folder: Path
    limit: int
    max_pixels: int
    clock: Callable[[], float] = time.time
    _lock: Lock = field(default_factory=Lock)
    _sizes: OrderedDict[str, int] | None = None
    _total: int = 0

    def get(self, photo: Photo, size: Size, kind: Format) -> bytes:
        """The bytes of a thumbnail; raises `NotFound` or `MediaError` where it cannot be made."""
        name = _name(photo.digest, size, kind)
        kept = self._kept(name)
        if kept is not None:
            return kept
        if photo.missing_since is not None:
            raise NotFound(f"the file of photo {photo.id} is gone")
        data, stamp = contents(photo.path, DecodeLimits(size, self.max_pixels))
        pixels = decode(photo.path, data, DecodeLimits(size, self.max_pixels)).pixels
        made = kind.write(shrunk(pixels, size))
        # A file that changed since it was taken in has another digest, not known yet.
        if stamp == photo.stamp:
            self._keep(name, made)
        return made

    def put(self, digest: str, data: bytes) -> None:
        """Keep a WebP file of the size `SMALL` that an ingest made; a full disk is only told of."""
        try:
            self._keep(_name(digest, Size.SMALL, WEBP), data)
        except OSError:
            _log.exception("a thumbnail could not be kept")

    def _kept(self, name: str) -> bytes | None:
        path = self.folder / name
        try:
            data = path.read_bytes()
            now = self.clock()
            if now - path.stat().st_mtime > _TOUCHED_EVERY:
                os.utime(path, (now, now))
        except FileNotFoundError:
            return None
        with self._lock:
            if self._sizes is not None and name in self._sizes:
                self._sizes.move_to_end(name)
        return data

    def _keep(self, name: str, data: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.{id(data)}.part")
        part.write_bytes(data)
        part.replace(path)
        with self._lock:
            sizes = self._listed()
            self._total += len(data) - sizes.pop(name, 0)
            sizes[name] = len(data)
            if self._total > self.limit:
                self._shrink(sizes)

    def _listed(self) -> OrderedDict[str, int]:
        """The files there are, those used longest ago first; looked at once."""
        if self._sizes is None:
            found = []
            for path in self.folder.glob("*/*-*.*"):
                state = path.stat()
                found.append((state.st_mtime, f"{path.parent.name}/{path.name}", state.st_size))
            self._sizes = OrderedDict((name, size) for _, name, size in sorted(found))
            self._total = sum(self._sizes.values())
        return self._sizes

    def _shrink(self, sizes: OrderedDict[str, int]) -> None:
        while sizes and self._total > self.limit * _KEPT_AFTER:
            name, size = sizes.popitem(last=False)
            (self.folder / name).unlink(missing_ok=True)
            self._total -= size


def _name(digest: str, size: Size, kind: Format) -> str:
    return f"{digest[:2]}/{digest}-{size}.{kind.suffix}"
