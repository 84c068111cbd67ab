"""A file becomes upright sRGB pixels: the decoder is chosen here, and its failures are named here.

Every exception of a foreign decoder becomes one of three: `UnsupportedMedia`, `CorruptMedia` or
`MediaTooLarge`, with a message that a user understands.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import Image

from mindseye.errors import CorruptMedia, MediaError, MediaTooLarge, UnsupportedMedia
from mindseye.media.base import Decoded, DecodeLimits, Decoder
from mindseye.media.decoders.picture import PictureDecoder
from mindseye.media.decoders.raw import RawDecoder
from mindseye.media.decoders.video import VideoDecoder
from mindseye.media.formats import HEAD_BYTES, Family, by_suffix, suffix_of

DECODERS: Final[tuple[Decoder, ...]] = (PictureDecoder(), RawDecoder(), VideoDecoder())
"""The first that accepts a file decodes it."""

FOREIGN: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow, libheif and their plug-ins raise on damaged files, as found by feeding them some."""

_BROKEN_STRUCTURE: Final = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError,
                            struct.error)  # fmt: skip
"""What comes of following offsets and counts that are not true; the text says nothing to a user."""

_CUT_OFF: Final = ("truncated", "unexpected end", "broken data stream", "end of file")
_TOO_LARGE: Final = (
    "security limit",
    "exceeds limit",
    "decompression bomb",
    "too large",
    "out of memory",
)


def decode(path: str, data: bytes, limits: DecodeLimits | None = None) -> Decoded:
    """The first frame of the file with these bytes, upright, in sRGB, on white, reduced.

    `path` gives the suffix and goes into errors; nothing is read from it. Raises
    `UnsupportedMedia`, `CorruptMedia` or `MediaTooLarge`, and nothing else.
    """
    decoder = _choose(path, data[:HEAD_BYTES])
    with quiet():
        try:
            return decoder.decode(path, data, limits or DecodeLimits())
        except MediaError:
            raise
        except FOREIGN as error:
            raise _named(path, error) from error


def refuse(path: str, head: bytes) -> None:
    """Raises what `decode` would raise for a file with these first bytes, whatever follows them."""
    decoder = _choose(path, head)
    if isinstance(decoder, VideoDecoder):
        decoder.decode(path, head, DecodeLimits())


def _choose(path: str, head: bytes) -> Decoder:
    suffix = suffix_of(path)
    if not head:
        raise CorruptMedia(path, "the file is empty")
    for decoder in DECODERS:
        if decoder.accepts(head, suffix):
            return decoder
    expected = by_suffix(suffix)
    if expected is None:
        raise UnsupportedMedia(path, "this kind of file is not a picture Mindseye knows")
    if expected.family is Family.VIDEO:
        return VideoDecoder()
    raise CorruptMedia(path, f"the file is named {suffix} and does not start like a picture")


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings of foreign decoders are not shown: what matters of them is raised by their result.

    Filters are per process in Python before 3.14: decode in several threads at once and the worst
    that happens is a warning shown.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _named(path: str, error: BaseException) -> MediaError:
    """The error of ours that says what a foreign one means for the user."""
    detail = next(iter(str(error).strip().splitlines()), type(error).__name__)
    lower = detail.lower()
    if isinstance(error, (MemoryError, Image.DecompressionBombError)):
        return MediaTooLarge(path, "decoding the picture takes more memory than is allowed")
    if any(words in lower for words in _TOO_LARGE):
        return MediaTooLarge(path, f"the picture is too large to decode: {detail}")
    if isinstance(error, EOFError) or any(words in lower for words in _CUT_OFF):
        return CorruptMedia(
            path,
            "the file ends before the picture does",
            hint="it may not have been copied completely",
        )
    # Pillow wraps what goes wrong while it opens a file into a SyntaxError.
    if isinstance(error, _BROKEN_STRUCTURE) or isinstance(error.__cause__, _BROKEN_STRUCTURE):
        return CorruptMedia(path, "the file is damaged: its structure makes no sense")
    if isinstance(error, NotImplementedError):
        return UnsupportedMedia(path, f"this variant of the format is not supported: {detail}")
    return CorruptMedia(path, f"the file is damaged: {detail}")
