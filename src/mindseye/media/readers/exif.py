"""EXIF as cameras write it (CIPA DC-008), with the Windows tags for titles and ratings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from PIL.ExifTags import GPS, Base

from mindseye.media.base import Blocks, FileContent
from mindseye.media.readers import names, text
from mindseye.media.readers.moments import Moment, offset_between, parse
from mindseye.media.readers.numbers import number, position, positive
from mindseye.types import Exposure, Gps, Metadata

_Tags = Mapping[int, object]

_DATES: Final = (
    (Base.DateTimeOriginal, Base.SubsecTimeOriginal, Base.OffsetTimeOriginal),
    (Base.DateTimeDigitized, Base.SubsecTimeDigitized, Base.OffsetTimeDigitized),
    (Base.DateTime, Base.SubsecTime, Base.OffsetTime),
)
"""When it was taken, digitised, last changed: the first that is a date is taken."""

_ISO_OVERFLOW: Final = 65535
"""What the 16-bit ISO tag holds when the value does not fit; another tag has it then."""

_CHARSETS: Final = {b"ASCII\0\0\0": "ascii", b"JIS\0\0\0\0\0": "iso2022_jp", b"\0" * 8: ""}
_WINDOWS_ENCODING: Final = "utf-16-le"


class ExifReader:
    """Reads what the camera wrote down."""

    def accepts(self, head: bytes, suffix: str) -> bool:  # noqa: ARG002
        """Any file: what has no EXIF gives nothing."""
        return True

    def read(self, content: FileContent) -> Metadata:
        """The fields that the EXIF tags of the file give."""
        blocks = content.blocks or Blocks()
        tags = {**blocks.exif, **blocks.exif_photo}
        moment = _moment(tags, blocks.exif_gps)
        return Metadata(
            taken_at=moment.wall if moment else None,
            offset=moment.offset if moment else None,
            precision=moment.precision if moment else None,
            gps=_gps(blocks.exif_gps),
            camera=names.camera(tags.get(Base.Make), tags.get(Base.Model)),
            lens=names.lens(tags.get(Base.LensModel)),
            exposure=_exposure(tags),
            title=text.caption(_windows(tags.get(Base.XPTitle))),
            caption=_caption(tags),
            keywords=text.keywords((_windows(tags.get(Base.XPKeywords)) or "").split(";")),
            rating=_rating(tags.get(Base.Rating)),
        )


def user_comment(value: object) -> str | None:
    """The text of a UserComment, whose first 8 bytes name its character code."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        return None
    code, body = value[:8], value[8:]
    if code == b"UNICODE\0":
        return _utf16(body)
    encoding = _CHARSETS.get(code)
    if encoding is None:  # no code at all: the text starts at once
        return text.decoded(value)
    return body.decode(encoding, "replace") if encoding == "iso2022_jp" else text.decoded(body)


def _utf16(body: bytes) -> str:
    """UTF-16 whose byte order the standard leaves to the file and the file may not tell."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    # Western and most other text has its zero or small byte first in big-endian order.
    big = sum(body[0:200:2]) <= sum(body[1:200:2])
    return body.decode("utf-16-be" if big else "utf-16-le", "replace")


def _moment(tags: _Tags, gps: _Tags) -> Moment | None:
    for date, fraction, offset in _DATES:
        moment = parse(tags.get(date), fraction=tags.get(fraction), offset=tags.get(offset))
        if moment is not None:
            break
    else:
        return None
    if moment.offset is not None:
        return moment
    utc = _gps_time(gps)
    found = offset_between(moment.wall, utc) if utc is not None else None
    return Moment(moment.wall, moment.precision, found)


def _gps_time(gps: _Tags) -> datetime | None:
    """The UTC time of the last fix."""
    clock = gps.get(GPS.GPSTimeStamp)
    day = parse(gps.get(GPS.GPSDateStamp))
    if day is None or not isinstance(clock, (tuple, list)) or len(clock) != 3:
        return None
    hours, minutes, seconds = (number(part) for part in clock)
    if hours is None or minutes is None or seconds is None:
        return None
    return day.wall + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _gps(tags: _Tags) -> Gps | None:
    latitude = _degrees(tags.get(GPS.GPSLatitude), tags.get(GPS.GPSLatitudeRef), "NS")
    longitude = _degrees(tags.get(GPS.GPSLongitude), tags.get(GPS.GPSLongitudeRef), "EW")
    altitude = number(tags.get(GPS.GPSAltitude))
    below_sea = tags.get(GPS.GPSAltitudeRef) in (1, b"\x01", "1")
    if altitude is not None and below_sea and altitude > 0:
        altitude = -altitude
    return position(latitude, longitude, altitude)


def _degrees(value: object, ref: object, letters: str) -> float | None:
    """Degrees, minutes and seconds as signed degrees; None without knowing the hemisphere."""
    if isinstance(ref, bytes):
        ref = ref.decode("ascii", "replace")
    side = ref.strip("\0 ").upper()[:1] if isinstance(ref, str) else ""
    if not side or side not in letters:
        return None
    parts = list(value) if isinstance(value, (tuple, list)) else [value]
    numbers = [number(part) for part in parts[:3]]
    degrees, minutes, seconds = [*numbers, 0.0, 0.0, 0.0][:3]
    if not numbers or degrees is None or minutes is None:
        return None
    # A seconds value of 0/0 says that the minutes carry the fraction.
    total = degrees + minutes / 60 + (seconds or 0.0) / 3600
    return -total if side == letters[1] else total


def _exposure(tags: _Tags) -> Exposure | None:
    iso = positive(tags.get(Base.ISOSpeedRatings))
    if iso is None or iso >= _ISO_OVERFLOW:
        iso = positive(tags.get(Base.RecommendedExposureIndex)) or positive(tags.get(Base.ISOSpeed))
    exposure = Exposure(
        seconds=positive(tags.get(Base.ExposureTime)),
        f_number=positive(tags.get(Base.FNumber)),
        iso=round(iso) if iso else None,
        focal_length=positive(tags.get(Base.FocalLength)),
        focal_length_35mm=positive(tags.get(Base.FocalLengthIn35mmFilm)),
    )
    return exposure if exposure != Exposure() else None


def _caption(tags: _Tags) -> str | None:
    """A description somebody wrote; generation parameters and JSON are no such thing."""
    candidates = (
        tags.get(Base.ImageDescription),
        _windows(tags.get(Base.XPComment)),
        user_comment(tags.get(Base.UserComment)),
        _windows(tags.get(Base.XPSubject)),
    )
    found = (text.caption(candidate) for candidate in candidates)
    return next((words for words in found if words and not _is_machine_made(words)), None)


def _is_machine_made(words: str) -> bool:
    return words[0] in "{[" or ("Steps: " in words and "Sampler: " in words)


def _windows(value: object) -> str | None:
    """The text of the tags that Windows writes, in UTF-16 with a NUL at the end."""
    if isinstance(value, (tuple, list)):
        try:
            value = bytes(value)
        except (TypeError, ValueError):
            return None
    if not isinstance(value, bytes):
        return value if isinstance(value, str) else None
    return value.decode(_WINDOWS_ENCODING, "ignore").split("\0", 1)[0]


def _rating(value: object) -> int | None:
    """1 to 5 stars; cameras write 0 into every picture, which says nothing."""
    stars = number(value)
    return round(stars) if stars is not None and 1 <= stars <= 5 else None
