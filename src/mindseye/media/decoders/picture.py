"""The decoder for everything Pillow and its plug-ins open.

Each format is opened by its own plug-in class rather than by `Image.open`, so that a file is never
offered to plug-ins the table does not name, and the size limit is ours instead of a global of
Pillow that this library would have to change for the whole program.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from typing import Final, cast

from PIL import ExifTags, Image, ImageFile

from mindseye.errors import CorruptMedia, MediaTooLarge, MissingExtra, UnsupportedMedia
from mindseye.media.base import Decoded, DecodeLimits
from mindseye.media.formats import Family, Format, recognise, suffix_of
from mindseye.media.pixels import UPRIGHT, Drafted, target_size, to_pixels
from mindseye.types import PictureFacts

_Opener = Callable[[BytesIO, str], Image.Image]

_OPENERS: Final = {
    "jpeg": "PIL.JpegImagePlugin:jpeg_factory",
    "png": "PIL.PngImagePlugin:PngImageFile",
    "heic": "pillow_heif:HeifImageFile",
    "heif": "pillow_heif:HeifImageFile",
    "avif": "PIL.AvifImagePlugin:AvifImageFile",
    "webp": "PIL.WebPImagePlugin:WebPImageFile",
    "gif": "PIL.GifImagePlugin:GifImageFile",
    "tiff": "PIL.TiffImagePlugin:TiffImageFile",
    "bmp": "PIL.BmpImagePlugin:BmpImageFile",
    "jp2": "PIL.Jpeg2KImagePlugin:Jpeg2KImageFile",
    "psd": "PIL.PsdImagePlugin:PsdImageFile",
    "ppm": "PIL.PpmImagePlugin:PpmImageFile",
    "jxl": "pillow_jxl.JpegXLImagePlugin:JXLImageFile",
}
"""Format -> the plug-in class that opens it."""

_EXTRAS: Final = {"jxl": ("pillow-jxl-plugin", "jxl")}
"""Format -> the package of its plug-in and the extra that brings it, where that is optional."""

_DRAFTED: Final = frozenset({"jpeg", "heic", "heif"})
"""Formats of which less than the whole can be decoded."""


class PictureDecoder:
    """Decodes photos and images: JPEG, PNG, HEIC, AVIF, TIFF and the rest of `formats.FORMATS`."""

    def accepts(self, head: bytes, suffix: str) -> bool:
        """Whether Pillow or one of its plug-ins takes such a file."""
        row = recognise(head, suffix)
        return row is not None and row.family is Family.PICTURE

    def decode(self, path: str, data: bytes, limits: DecodeLimits) -> Decoded:
        """The first frame; raises `UnsupportedMedia` where the plug-in's extra is missing."""
        row = recognise(data, suffix_of(path))
        if row is None:
            raise CorruptMedia(path, "the file does not start like a picture")
        with open_picture(path, data, row) as image:
            return decode_opened(path, image, row.name, limits)


_ENOUGH: Final = 0.9
"""Part of a thumbnail's side that is enough: nobody sees the rest, and decoding more costs time."""


def open_picture(path: str, data: bytes, row: Format) -> Image.Image:
    """The picture with its header read and, JPEG XL excepted, nothing decoded.

    The plug-ins' own exceptions pass; `mindseye.media.decode` maps them.
    """
    module, _, attribute = _OPENERS[row.name].partition(":")
    try:
        opener = cast("_Opener", getattr(import_module(module), attribute))
    except ImportError as error:
        package, extra = _EXTRAS.get(row.name, (module.partition(".")[0], row.name))
        missing = MissingExtra(package, extra)
        raise UnsupportedMedia(
            path, f"{row.name} pictures need {package!r}, which is not installed", hint=missing.hint
        ) from error
    return opener(BytesIO(data), "")


def decode_opened(
    path: str, image: Image.Image, name: str, limits: DecodeLimits, *, turn: int | None = None
) -> Decoded:
    """Pixels and facts of an opened picture. `turn` replaces the orientation it names itself."""
    width, height = image.size
    check_size(path, width, height, limits)
    frames = _frames(image, name)
    drafted = _draft(image, name, limits)
    image.load()
    # Asked for only now: Pillow turns a TIFF upright while loading it, and then says so.
    turn = _orientation(image, name) if turn is None else turn
    pixels = to_pixels(image, limits.resolution, turn, drafted)
    large, wanted = None, min(limits.thumbnail, width, height)
    if min(pixels.shape[:2]) < wanted and min(image.size) >= wanted * _ENOUGH:
        large = to_pixels(image, limits.thumbnail, turn, drafted)
    if turn >= 5:
        width, height = height, width
    return Decoded(pixels, PictureFacts(width, height, name, frames), large)


def _draft(image: Image.Image, name: str, limits: DecodeLimits) -> Drafted | None:
    """Have less decoded where the format can.

    A JPEG is decoded at a half, quarter or eighth of its size; of a HEIC, its thumbnail is taken
    where it has nine tenths of the resolution asked for. None where nothing was made smaller, or
    where the smaller picture is a whole one of its own.
    """
    if name not in _DRAFTED or not isinstance(image, ImageFile.ImageFile):
        return None
    # Asking for twice the size aliases less (1.4 grey levels on average become 0.4) and costs a
    # third more time (30 ms instead of 23 for 12 megapixels at 260): encoders that want it ask.
    resolution, size = limits.resolution, image.size
    if name in ("heic", "heif"):
        # Phones embed 320 x 240: taking it decodes fifty times faster than 12 megapixels.
        image.draft(None, target_size(size, resolution * 9 // 10))
        return None
    done = image.draft(None, target_size(size, resolution))
    return None if done is None or image.size == size else Drafted(size, done[1])


def check_size(path: str, width: int, height: int, limits: DecodeLimits) -> None:
    """Raises `MediaTooLarge` for a picture of more pixels than `limits` allow."""
    if width < 1 or height < 1:
        raise CorruptMedia(path, f"the picture claims to be {width} x {height} pixels")
    if width * height > limits.pixels:
        raise MediaTooLarge(
            path,
            f"the picture is {width} x {height} = {width * height / 1e6:.0f} megapixels, and "
            f"{limits.pixels / 1e6:.0f} are allowed",
        )


def _orientation(image: Image.Image, name: str) -> int:
    """The EXIF orientation still to be applied: 1 for HEIF, which its decoder turns upright."""
    if name in ("heic", "heif"):
        return 1
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError):
        return 1  # damaged EXIF says nothing; the picture may still be whole
    return value if isinstance(value, int) and value in UPRIGHT else 1


def _frames(image: Image.Image, name: str) -> int:
    if name == "psd":  # Pillow counts layers, and shows all of them merged
        return 1
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError):
        return 1  # a damaged later frame; the first one may be whole
