"""The table of file formats: how each is recognised, and which decoder family takes it.

A file is what its first bytes say; its suffix decides only between formats that start alike, such
as TIFF and the camera raw formats built on it. `docs/reference/formats.md` shows this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HEAD_BYTES: Final = 64
"""How many first bytes of a file `recognise` wants to see."""


class Family(StrEnum):
    """Which decoder takes a format."""

    PICTURE = "picture"
    RAW = "raw"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Format:
    """One file format. `signatures` are (offset, bytes); any one of them is enough."""

    name: str
    family: Family
    suffixes: tuple[str, ...]
    signatures: tuple[tuple[int, bytes], ...] = ()
    brands: tuple[bytes, ...] = ()
    """Major brands of an ISO base media file (ISO/IEC 14496-12), at byte 8 after "ftyp"."""

    def starts(self, head: bytes) -> bool:
        """Whether a file with these first bytes is of this format."""
        if self.brands and head[4:8] == b"ftyp":
            return head[8:12] in self.brands
        return any(head.startswith(magic, offset) for offset, magic in self.signatures)


_TIFF: Final = ((0, b"II*\0"), (0, b"MM\0*"), (0, b"II+\0"), (0, b"MM\0+"))
_RAW_SUFFIXES: Final = (
    ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".iiq", ".k25", ".kdc",
    ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl",
    ".sr2", ".srf", ".srw", ".x3f",
)  # fmt: skip
_VIDEO_SUFFIXES: Final = (
    ".3g2", ".3gp", ".avi", ".flv", ".insv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg",
    ".mpg", ".mts", ".mxf", ".ogv", ".qt", ".vob", ".webm", ".wmv",
)  # fmt: skip

FORMATS: Final[tuple[Format, ...]] = (
    Format("jpeg", Family.PICTURE, (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
           ((0, b"\xff\xd8\xff"),)),
    Format("png", Family.PICTURE, (".png", ".apng"), ((0, b"\x89PNG\r\n\x1a\n"),)),
    Format("heic", Family.PICTURE, (".heic", ".heics", ".hif"),
           brands=(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs")),
    Format("avif", Family.PICTURE, (".avif", ".avifs"), brands=(b"avif", b"avis")),
    Format("heif", Family.PICTURE, (".heif", ".heifs"), brands=(b"mif1", b"msf1")),
    Format("webp", Family.PICTURE, (".webp",), ((8, b"WEBPVP8"),)),
    Format("gif", Family.PICTURE, (".gif",), ((0, b"GIF87a"), (0, b"GIF89a"))),
    Format("tiff", Family.PICTURE, (".tif", ".tiff"), _TIFF),
    Format("bmp", Family.PICTURE, (".bmp", ".dib"), ((0, b"BM"),)),
    Format("jp2", Family.PICTURE, (".jp2", ".j2k", ".jpc", ".j2c", ".jpf", ".jpx"),
           ((0, b"\0\0\0\x0cjP  \r\n\x87\n"), (0, b"\xff\x4f\xff\x51"))),
    Format("psd", Family.PICTURE, (".psd",), ((0, b"8BPS\0\x01"),)),
    Format("ppm", Family.PICTURE, (".ppm", ".pgm", ".pbm", ".pnm"),
           tuple((0, b"P%d" % kind + space) for kind in range(1, 7) for space in (b"\n", b" "))),
    Format("jxl", Family.PICTURE, (".jxl",), ((0, b"\xff\x0a"), (0, b"\0\0\0\x0cJXL \r\n\x87\n"))),
    Format("raw", Family.RAW, _RAW_SUFFIXES,
           (*_TIFF, (0, b"IIU\0"), (0, b"IIRO"), (0, b"IIRS"), (0, b"MMOR"),
            (0, b"FUJIFILMCCD-RAW"), (0, b"\0MRM"), (0, b"FOVb"), (6, b"HEAPCCDR")),
           (b"crx ",)),
    Format("video", Family.VIDEO, _VIDEO_SUFFIXES,
           ((8, b"AVI "), (0, b"\x1a\x45\xdf\xa3"), (4, b"moov"), (4, b"mdat"), (4, b"wide"),
            (0, b"\0\0\x01\xba"), (0, b"\0\0\x01\xb3"), (0, b"FLV\x01"), (0, b"OggS"),
            (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")),
           (b"qt  ", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1",
            b"M4V ", b"MSNV", b"3gp4", b"3gp5", b"3gp6", b"3g2a", b"XAVC")),
)  # fmt: skip

_BY_SUFFIX: Final = {suffix: row for row in FORMATS for suffix in row.suffixes}

SUFFIXES: Final = frozenset(_BY_SUFFIX)
"""Every lower-case suffix in the table, those of formats nothing here decodes yet included."""


def suffix_of(path: str) -> str:
    """The lower-case suffix of a path with its dot, or "" where it has none."""
    name = path.replace("\\", "/").rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    return f".{suffix.lower()}" if dot and stem else ""


def recognise(head: bytes, suffix: str) -> Format | None:
    """The format of a file with these first `HEAD_BYTES` bytes; None when they say nothing.

    A raw suffix goes before the other formats that share a start with it, because a raw file read
    as TIFF gives only its thumbnail.
    """
    named = _BY_SUFFIX.get(suffix)
    if named is not None and named.starts(head):
        return _settled(named, head)
    return _settled(next((row for row in FORMATS if row.starts(head)), None), head)


def by_suffix(suffix: str) -> Format | None:
    """The format that files with this suffix ought to have."""
    return _BY_SUFFIX.get(suffix)


def named(name: str) -> Format:
    """The row of the table with this name."""
    return next(row for row in FORMATS if row.name == name)


def _settled(row: Format | None, head: bytes) -> Format | None:
    """`row`, or AVIF where a HEIF container says among its compatible brands that it is one."""
    if row is not None and row.name == "heif" and _brands(head) & {b"avif", b"avis"}:
        return named("avif")
    return row


def _brands(head: bytes) -> set[bytes]:
    """The compatible brands in an "ftyp" box, as far as they lie in `head`."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[at : at + 4] for at in range(16, end - 3, 4)}
