"""Taking a file: its bytes are read once, hashed, decoded from memory and read for metadata.

This is what a worker process of the ingest runs, so nothing heavy is imported here and the result
is cheap to send to another process.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from mindseye.errors import CorruptMedia, MediaError, MediaTooLarge
from mindseye.media.base import Decoded, DecodeLimits, FileContent
from mindseye.media.decode import decode, refuse
from mindseye.media.formats import HEAD_BYTES
from mindseye.media.palette import colours_of
from mindseye.media.paths import from_text
from mindseye.media.read import find_sidecar, read
from mindseye.media.thumbnail import webp
from mindseye.types import FileStamp, Metadata, PictureFacts

SIDECAR_BYTES: Final = 8 << 20
"""A larger file beside a photo is no XMP sidecar."""

# A name that is swapped for a pipe after the scan must not stop the worker for ever.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What became of one file: the SHA-256 of its bytes in hexadecimal, and the rest if asked for.

    `decoded` and `picture` are None when the digest was among those known; the metadata is there
    nonetheless, because a copy may have another name, date or sidecar.
    """

    digest: str
    stamp: FileStamp
    metadata: Metadata
    decoded: Decoded | None = None
    thumbnail: bytes | None = None
    """A WebP file, where one was wanted and the decoding gave enough pixels."""

    @property
    def picture(self) -> PictureFacts | None:
        """Size and format of the picture."""
        return self.decoded.picture if self.decoded is not None else None


def take(
    path: str, limits: DecodeLimits | None = None, known_digests: AbstractSet[str] = frozenset()
) -> Taken:
    """Read the file at `path` (text, `mindseye.media.paths`) and decode it.

    Nothing is decoded when the digest is in `known_digests`. Raises `UnsupportedMedia`,
    `CorruptMedia` or `MediaTooLarge`; `MediaError` itself when the file cannot be read.
    """
    bounds = limits or DecodeLimits()
    data, stamp = contents(path, bounds)
    digest = hashlib.sha256(data).hexdigest()
    decoded = None if digest in known_digests else _coloured(decode(path, data, bounds))
    small = None if decoded is None else _thumbnail(decoded, bounds.thumbnail)
    content = FileContent(path, data, _sidecar(path), stamp.mtime_ns)
    if decoded is not None:
        decoded = replace(decoded, large=None)
    return Taken(digest, stamp, read(content), decoded, small)


def _coloured(decoded: Decoded) -> Decoded:
    picture = replace(decoded.picture, colours=colours_of(decoded.pixels))
    return replace(decoded, picture=picture)


def _thumbnail(decoded: Decoded, side: int) -> bytes | None:
    if not side:
        return None
    pixels = decoded.pixels if decoded.large is None else decoded.large
    wanted = min(side, decoded.picture.width, decoded.picture.height)
    return webp(pixels, side) if min(pixels.shape[:2]) >= wanted * 9 // 10 else None


def contents(path: str, limits: DecodeLimits) -> tuple[bytes, FileStamp]:
    """The bytes of a file that no decoder refuses, and its stamp while they were read.

    Raises as `take` does.
    """
    try:
        with open(from_text(path), "rb", buffering=0, opener=_open) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise MediaError(path, "this is not a regular file")
            # Decoders first: nobody reads 4 GB of video to say that videos are not supported.
            refuse(path, file.read(HEAD_BYTES))
            if before.st_size > limits.file_bytes:
                raise MediaTooLarge(
                    path,
                    f"the file has {before.st_size / 1e6:.0f} MB, and "
                    f"{limits.file_bytes / 1e6:.0f} are allowed",
                )
            file.seek(0)
            data = _exactly(file.fileno(), before.st_size)
            after = os.fstat(file.fileno())
    except OSError as error:
        reason = error.strerror or str(error)
        raise MediaError(path, f"the file cannot be read: {reason}") from error
    stamp = FileStamp(after.st_size, after.st_mtime_ns)
    if stamp != FileStamp(before.st_size, before.st_mtime_ns) or len(data) != stamp.size:
        raise CorruptMedia(path, "the file changed while it was read", hint="ingest it again")
    return data, stamp


def _exactly(descriptor: int, size: int) -> bytes:
    """The next `size` bytes and, should there be more, one of them."""
    parts: list[bytes] = []
    left = size + 1
    while left and (part := os.read(descriptor, min(left, 1 << 30))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts) if len(parts) != 1 else parts[0]


def _open(path: str, _: int) -> int:
    return os.open(path, _FLAGS)


def _sidecar(path: str) -> bytes | None:
    beside = find_sidecar(from_text(path))
    if beside is None:
        return None
    try:
        with Path(beside).open("rb") as file:
            data = file.read(SIDECAR_BYTES + 1)
    except OSError:
        return None  # a photo is taken without the sidecar rather than not at all
    return data if len(data) <= SIDECAR_BYTES else None
