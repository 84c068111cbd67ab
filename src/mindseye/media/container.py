"""The metadata blocks of a file: taken out of its container once, without decoding its pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from PIL import Image, IptcImagePlugin
from PIL.ExifTags import IFD

from mindseye.errors import MediaError
from mindseye.media.base import Blocks
from mindseye.media.decode import FOREIGN, quiet
from mindseye.media.decoders.picture import open_picture
from mindseye.media.formats import HEAD_BYTES, Family, recognise, suffix_of

if TYPE_CHECKING:
    from PIL.PngImagePlugin import PngImageFile

_T = TypeVar("_T")

_IPTC_FORMATS: Final = frozenset({"JPEG", "MPO", "TIFF", "PSD"})

_LATE_TEXT: Final = (b"tEXt", b"iTXt", b"zTXt", b"eXIf")
"""PNG chunks that may follow the pixels, where Pillow sees them only after decoding."""

_NOT_TEXT: Final = frozenset({"exif", "icc_profile", "xmp", "XML:com.adobe.xmp"})


def open_blocks(path: str, data: bytes) -> Blocks:
    """The metadata blocks of the file with these bytes; damaged ones are left out."""
    row = recognise(data[:HEAD_BYTES], suffix_of(path))
    with quiet():
        if row is None or row.family is Family.VIDEO:
            return Blocks()
        if row.family is Family.RAW:  # most raw formats are TIFF; their EXIF lies where TIFF's does
            return _with_exif(Image.Exif(), data)
        image = _whole(lambda: open_picture(path, data, row), None)
        if image is None:
            return Blocks()
        with image:
            if row.name != "png" or not _has_late_text(data):
                return _of_picture(image)
            none: dict[str, str] = {}
            late = _whole(lambda: dict(cast("PngImageFile", image).text), none)
            return replace(_of_picture(image), text=_strings({**image.info, **late}))


def _of_picture(image: Image.Image) -> Blocks:
    tags = _whole(image.getexif, Image.Exif())
    return Blocks(
        exif=_whole(lambda: dict(tags), {}),
        exif_photo=_directory(tags, IFD.Exif),
        exif_gps=_directory(tags, IFD.GPSInfo),
        xmp=_xmp(image.info),
        iptc=_whole(lambda: _iptc(image), {}),
        text=_strings(image.info),
    )


def _with_exif(tags: Image.Exif, data: bytes) -> Blocks:
    _whole(lambda: tags.load(data), None)
    return Blocks(
        exif=_whole(lambda: dict(tags), {}),
        exif_photo=_directory(tags, IFD.Exif),
        exif_gps=_directory(tags, IFD.GPSInfo),
    )


def _directory(tags: Image.Exif, which: IFD) -> Mapping[int, object]:
    return _whole(lambda: dict(tags.get_ifd(which)), {})


def _xmp(info: Mapping[Any, Any]) -> bytes | None:
    packet = info.get("xmp") or info.get("XML:com.adobe.xmp")
    if isinstance(packet, str):
        return packet.encode("utf-8", "replace")
    return packet if isinstance(packet, bytes) else None


def _iptc(image: Image.Image) -> dict[tuple[int, int], list[bytes]]:
    if image.format not in _IPTC_FORMATS:
        return {}
    found = IptcImagePlugin.getiptcinfo(image) or {}  # type: ignore[arg-type]
    lists = {key: value if isinstance(value, list) else [value] for key, value in found.items()}
    # A dataset of length 0 comes as None.
    return {key: [item for item in items if item] for key, items in lists.items() if any(items)}


def _strings(info: Mapping[Any, Any]) -> dict[str, str]:
    """What PNG and its like keep under a keyword."""
    return {
        key: str(value)
        for key, value in info.items()
        if isinstance(key, str) and isinstance(value, str) and key not in _NOT_TEXT
    }


def _has_late_text(data: bytes) -> bool:
    last = data.rfind(b"IDAT")
    return last >= 0 and any(data.find(chunk, last) >= 0 for chunk in _LATE_TEXT)


def _whole(read: Callable[[], _T], otherwise: _T) -> _T:
    """What `read` gives, or `otherwise` where the block is damaged."""
    try:
        return read()
    except (*FOREIGN, MediaError):
        return otherwise
