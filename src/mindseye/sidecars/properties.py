"""What users say of photos as XMP properties: those that `mindseye.media.readers.xmp` reads.

Names and forms are those of the XMP Specification, part 2 (ISO 16684-1), the IPTC Photo Metadata
Standard and, for ratings, of Microsoft Photo. A favourite has no property there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from mindseye.sidecars.packet import Packet
from mindseye.stores.edits import covered
from mindseye.types import Edit, Metadata, Place, Precision

_PERCENT: Final = {1: "1", 2: "25", 3: "50", 4: "75", 5: "99"}
"""Stars -> what Windows calls them."""

_LENGTH: Final = {
    Precision.YEAR: len("2023"),
    Precision.MONTH: len("2023-04"),
    Precision.DAY: len("2023-04-05"),
    Precision.MINUTE: len("2023-04-05T12:30"),
    Precision.SECOND: len("2023-04-05T12:30:15"),
    Precision.SUBSECOND: len("2023-04-05T12:30:15.123456"),
}
"""Characters of an ISO 8601 moment that say so much of it."""

_CLOCK: Final = frozenset({Precision.MINUTE, Precision.SECOND, Precision.SUBSECOND})


@dataclass(frozen=True, slots=True)
class Said:
    """What a user says of a photo, and what is shown of the photo under it."""

    edit: Edit
    shown: Metadata


def names_of(edit: Edit) -> list[str]:
    """What is said that XMP has properties for, by the names of `mindseye.stores.edits.FIELDS`."""
    return [name for name in covered(edit) if name in _WRITERS]


def say(packet: Packet, said: Said) -> tuple[str, ...]:
    """Let a packet say what the user says; returns under which names it said another thing."""
    return tuple(name for name in names_of(said.edit) if _WRITERS[name](packet, said))


def touch(packet: Packet, now: datetime) -> None:
    """Let a packet say when its properties were last changed; `now` knows its zone."""
    packet.set_text("xmp:MetadataDate", now.isoformat(timespec="seconds"))


def _date(packet: Packet, said: Said) -> bool:
    edit = said.edit
    if edit.taken_at is None or edit.precision is None:
        return False
    text = _moment(edit.taken_at, edit.precision, edit.offset)
    old = [name for name in _OLD_DATES if packet.values(name)]
    return packet.set_texts(dict.fromkeys([*_DATES, *old], text))


_DATES: Final = ("exif:DateTimeOriginal", "photoshop:DateCreated")
_OLD_DATES: Final = ("Iptc4xmpCore:DateCreated",)
"""Kept in step where they are there."""


def _moment(wall: datetime, precision: Precision, offset: timedelta | None) -> str:
    text = wall.isoformat(timespec="microseconds")[: _LENGTH[precision]]
    if offset is None or precision not in _CLOCK:
        return text
    minutes = round(offset.total_seconds() / 60)
    return f"{text}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _gps(packet: Packet, said: Said) -> bool:
    gps = said.edit.gps
    if gps is None:
        return False
    high = None if gps.altitude is None else Fraction(abs(gps.altitude)).limit_denominator(1000)
    values = {
        "exif:GPSLatitude": _degrees(gps.latitude, "NS"),
        "exif:GPSLongitude": _degrees(gps.longitude, "EW"),
        "exif:GPSAltitude": None if high is None else f"{high.numerator}/{high.denominator}",
        "exif:GPSAltitudeRef": None if gps.altitude is None else str(int(gps.altitude < 0)),
        # Whatever datum was meant for the position that stood here: ours is WGS 84, the usual one.
        "exif:GPSMapDatum": None,
    }
    return packet.set_texts(values)


def _degrees(angle: float, letters: str) -> str:
    """Degrees and decimal minutes: "35,0.60000000N"; the digits hold the 7 of a degree we keep."""
    degrees, rest = divmod(round(abs(angle) * 10**7), 10**7)
    return f"{degrees},{rest * 60 / 10**7:.8f}{letters[angle < 0]}"


def _place(packet: Packet, said: Said) -> bool:
    place = said.shown.place or Place()
    values = {
        "photoshop:City": place.city,
        "photoshop:State": place.region,
        "photoshop:Country": place.country,
        "Iptc4xmpCore:CountryCode": place.country_code,
    }
    return packet.set_texts(values)


def _rating(packet: Packet, said: Said) -> bool:
    rating = said.edit.rating
    if rating is None:
        return False
    values: dict[str, str | None] = {"xmp:Rating": str(rating)}
    if packet.values("MicrosoftPhoto:Rating"):
        values["MicrosoftPhoto:Rating"] = _PERCENT.get(rating)
    return packet.set_texts(values)


def _title(packet: Packet, said: Said) -> bool:
    changed = [packet.set_default("dc:title", said.edit.title or None)]
    if not said.edit.title:
        # Read as the title where there is none.
        changed.append(packet.set_text("photoshop:Headline", None))
    return any(changed)


def _caption(packet: Packet, said: Said) -> bool:
    return packet.set_default("dc:description", said.edit.caption or None)


def _keywords(packet: Packet, said: Said) -> bool:
    """All keywords that are shown; those that are hidden leave every other list they stand in."""
    gone = {word.casefold() for word in said.edit.remove_keywords}
    changed = [packet.set_bag("dc:subject", said.shown.keywords)]
    for name, separator in _OTHER_KEYWORDS.items():
        before = packet.values(name)
        paths = [_without(path.split(separator), gone) for path in before]
        kept = [separator.join(levels) for levels in paths if levels]
        if kept != before:
            changed.append(packet.set_bag(name, list(dict.fromkeys(kept))))
    return any(changed)


_OTHER_KEYWORDS: Final = {
    "lr:hierarchicalSubject": "|",
    "digiKam:TagsList": "/",
    "MicrosoftPhoto:LastKeywordXMP": "\0",
}
"""Other properties with keywords -> what stands between the levels of one; in the last nothing."""


def _without(levels: list[str], gone: set[str]) -> list[str]:
    """The levels above the first one that is gone."""
    for at, level in enumerate(levels):
        if " ".join(level.split()).casefold() in gone:
            return levels[:at]
    return levels


_WRITERS: Final[Mapping[str, Callable[[Packet, Said], bool]]] = {
    "date": _date,
    "gps": _gps,
    "place": _place,
    "rating": _rating,
    "title": _title,
    "caption": _caption,
    "keywords": _keywords,
}
