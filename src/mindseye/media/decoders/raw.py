"""The decoder of camera raw files, through LibRaw (extra `raw`).

The preview a camera embeds is taken where it is large enough: it is what the photographer saw and
costs a hundredth of developing the sensor data.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

from mindseye.errors import CorruptMedia, MissingExtra, UnsupportedMedia
from mindseye.media.base import Decoded, DecodeLimits
from mindseye.media.decoders.picture import check_size, decode_opened, open_picture
from mindseye.media.formats import Family, named, recognise
from mindseye.types import PictureFacts

if TYPE_CHECKING:
    import rawpy

_FLIPS: Final = {3: 3, 5: 8, 6: 6}
"""LibRaw's `flip` -> the EXIF orientation that means the same turn."""


class RawDecoder:
    """Decodes camera raw files: the embedded preview, else the sensor data at half size."""

    def accepts(self, head: bytes, suffix: str) -> bool:
        """Whether the file is a camera raw file."""
        row = recognise(head, suffix)
        return row is not None and row.family is Family.RAW

    def decode(self, path: str, data: bytes, limits: DecodeLimits) -> Decoded:
        """The preview or the developed picture; raises `UnsupportedMedia` without the extra."""
        rawpy = _rawpy(path)
        try:
            with rawpy.imread(BytesIO(data)) as raw:
                return _decode(path, raw, limits)
        except rawpy.LibRawFileUnsupportedError as error:
            raise UnsupportedMedia(path, "LibRaw does not know this camera's raw files") from error
        except rawpy.LibRawError as error:
            raise CorruptMedia(path, f"the raw file cannot be developed: {_text(error)}") from error


def _rawpy(path: str) -> Any:
    try:
        import rawpy
    except ImportError as error:
        raise UnsupportedMedia(
            path,
            "camera raw files need 'rawpy', which is not installed",
            hint=MissingExtra("rawpy", "raw").hint,
        ) from error
    return rawpy


def _decode(path: str, raw: rawpy.RawPy, limits: DecodeLimits) -> Decoded:
    sizes = raw.sizes
    check_size(path, sizes.width, sizes.height, limits)
    orientation = _FLIPS.get(sizes.flip, 1)
    decoded = _preview(path, raw, limits, orientation)
    if decoded is None:
        half = min(sizes.width, sizes.height) // 2 >= limits.resolution
        array = raw.postprocess(half_size=half, use_camera_wb=True, output_bps=8)
        decoded = decode_opened(path, Image.fromarray(array), "raw", limits, turn=1)
    width, height = sizes.width, sizes.height
    if orientation >= 5:
        width, height = height, width
    return Decoded(decoded.pixels, PictureFacts(width, height, "raw"), decoded.large)


def _preview(path: str, raw: rawpy.RawPy, limits: DecodeLimits, orientation: int) -> Decoded | None:
    """The embedded JPEG, where it has the resolution asked for."""
    import rawpy

    try:
        thumbnail = raw.extract_thumb()
    except rawpy.LibRawError:  # none, or of a kind LibRaw cannot give
        return None
    if thumbnail.format is not rawpy.ThumbFormat.JPEG:
        return None
    try:
        with open_picture(path, bytes(thumbnail.data), named("jpeg")) as image:
            if min(image.size) < limits.resolution:
                return None
            # Previews seldom carry EXIF of their own; those that are turned already are upright.
            turned = (image.width < image.height) != (raw.sizes.width < raw.sizes.height)
            return decode_opened(path, image, "jpeg", limits, turn=1 if turned else orientation)
    except (OSError, SyntaxError, ValueError):  # a damaged preview; the sensor data may be whole
        return None


def _text(error: Exception) -> str:
    first = error.args[0] if error.args else error
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
