"""The seams of media: a path becomes upright pixels, and metadata with its sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mindseye.types import Metadata, PictureFacts, Pixels


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What decoding one file may cost.

    `pixels` bounds width x height as declared in the file; `resolution` is the short side in
    pixels that must survive: a decoder may reduce down to it, never below (never enlarging), and
    bounds the long side so that one panorama cannot fill the memory. Only a picture's own embedded
    thumbnail may fall a tenth short of it. `file_bytes` bounds the file.

    `thumbnail` is the short side of a second, smaller picture that is wanted beside; 0 is none.
    """

    resolution: int = 512
    pixels: int = 500_000_000
    file_bytes: int = 1 << 30
    thumbnail: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """The first frame of a file, upright and in sRGB, with what the file said of itself.

    `large` is the same a little larger, where a thumbnail was wanted that takes more pixels and the
    decoding had them anyway.
    """

    pixels: Pixels
    picture: PictureFacts
    large: Pixels | None = None


class Decoder(Protocol):
    """Turns the bytes of one kind of file into pixels."""

    def accepts(self, head: bytes, suffix: str) -> bool:
        """Whether this decoder takes a file with these first bytes and this lower-case suffix."""

    def decode(self, path: str, data: bytes, limits: DecodeLimits) -> Decoded:
        """Decode; raises `UnsupportedMedia`, `CorruptMedia` or `MediaTooLarge`."""


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The metadata a file's container holds, taken out once for all readers, as plain values.

    EXIF tags are keyed by number, one mapping per directory; IPTC datasets by (record, dataset);
    `text` is what PNG and its like keep under a keyword.
    """

    exif: Mapping[int, object] = field(default_factory=dict)
    exif_photo: Mapping[int, object] = field(default_factory=dict)
    exif_gps: Mapping[int, object] = field(default_factory=dict)
    xmp: bytes | None = None
    iptc: Mapping[tuple[int, int], Sequence[bytes]] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file as readers see it: where it lies, its bytes and those of its XMP sidecar, if any.

    `blocks` are filled in by `mindseye.media.read` before the readers are asked.
    """

    path: str
    data: bytes
    sidecar: bytes | None = None
    mtime_ns: int | None = None
    blocks: Blocks | None = None


class MetadataReader(Protocol):
    """Reads one layer of metadata; fields it does not know stay empty, `sources` stays empty."""

    def accepts(self, head: bytes, suffix: str) -> bool:
        """Whether this reader has something to say about such a file."""

    def read(self, content: FileContent) -> Metadata:
        """Read; damaged metadata gives the fields that could be read, never an exception."""
