"""XMP (ISO 16684-1), embedded or in a sidecar, as Lightroom, digiKam and others write it.

A packet is RDF/XML. Only its simple form is used in practice: properties of the photo as
attributes or elements of `rdf:Description`, with lists in `rdf:Bag`, `rdf:Seq` and `rdf:Alt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from mindseye.media.base import FileContent
from mindseye.media.readers import names, text
from mindseye.media.readers.moments import Moment, parse
from mindseye.media.readers.numbers import number, position, positive
from mindseye.media.readers.people import people_in
from mindseye.types import Exposure, Gps, Metadata, Place

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"

_PREFIXES: Final = {
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://www.digikam.org/ns/1.0/": "digiKam",
    "http://ns.microsoft.com/photo/1.0/": "MicrosoftPhoto",
    "http://ns.microsoft.com/photo/1.0": "MicrosoftPhoto",
}
"""Namespaces that are read -> the prefix used for them here; files may use any other."""

_DATES: Final = (
    "exif:DateTimeOriginal",
    "photoshop:DateCreated",
    "Iptc4xmpCore:DateCreated",
    "exif:DateTimeDigitized",
    "xmp:CreateDate",
)
"""The first that is a date is when the photo was taken; a later one may say it more exactly."""

_COORDINATE: Final = re.compile(
    r"\s*(\d+(?:\.\d+)?)(?:,\s*(\d+(?:\.\d+)?))?(?:,\s*(\d+(?:\.\d+)?))?\s*([NSEWnsew])\s*"
)
_PERCENT_TO_STARS: Final = {0: 0, 1: 1, 25: 2, 50: 3, 75: 4, 99: 5}
"""What Windows calls a rating -> stars."""

Properties = Mapping[str, Sequence[str]]
"""Values by prefixed name; of a text in several languages, the default one comes first."""


class XmpReader:
    """Reads the packet embedded in the file."""

    def accepts(self, head: bytes, suffix: str) -> bool:  # noqa: ARG002
        """Any file: what has no packet gives nothing."""
        return True

    def read(self, content: FileContent) -> Metadata:
        """The fields that the embedded packet gives."""
        packet = content.blocks.xmp if content.blocks else None
        found = read_packet(packet) if packet else Metadata()
        # Cameras embed a rating of 0 in every picture; only in a sidecar did somebody mean it.
        return replace(found, rating=found.rating or None)


class SidecarReader:
    """Reads the XMP file beside the photo."""

    def accepts(self, head: bytes, suffix: str) -> bool:  # noqa: ARG002
        """Any file may have a sidecar."""
        return True

    def read(self, content: FileContent) -> Metadata:
        """The fields that the sidecar gives."""
        return read_packet(content.sidecar) if content.sidecar else Metadata()


def read_packet(packet: bytes) -> Metadata:
    """The fields that an XMP packet gives; none when it cannot be parsed."""
    root = _parsed(packet)
    values = _values(root)
    first = {name: items[0] for name, items in values.items() if items}
    moment = _moment(first)
    return Metadata(
        taken_at=moment.wall if moment else None,
        offset=moment.offset if moment else None,
        precision=moment.precision if moment else None,
        gps=_gps(first),
        place=_place(first),
        camera=names.camera(first.get("tiff:Make"), first.get("tiff:Model")),
        lens=names.lens(first.get("exifEX:LensModel"), first.get("aux:Lens")),
        exposure=_exposure(first),
        title=text.caption(first.get("dc:title") or first.get("photoshop:Headline")),
        caption=text.caption(first.get("dc:description")),
        keywords=_keywords(values),
        people=() if root is None else people_in(root),
        rating=_rating(first),
    )


def properties(packet: bytes) -> Properties:
    """The photo's own properties in a packet, by prefixed name; empty for what is not XMP.

    Entities and external references are refused by `defusedxml`.
    """
    return _values(_parsed(packet))


def _parsed(packet: bytes) -> Element | None:
    try:
        root: Element = fromstring(trimmed(packet), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root


def _values(root: Element | None) -> Properties:
    found: dict[str, list[str]] = {}
    for name, items in () if root is None else _properties(root):
        found.setdefault(name, []).extend(items)
    return found


def trimmed(packet: bytes) -> bytes:
    """The packet without what writers leave around it."""
    if packet[:2] in (b"\xff\xfe", b"\xfe\xff"):
        packet = packet.decode("utf-16", "replace").encode()
    start = packet.find(b"<")
    return packet[max(start, 0) :].rstrip(b"\0 \r\n\t")


def _properties(root: Element) -> Iterator[tuple[str, list[str]]]:
    for rdf in root.iter(f"{_RDF}RDF"):
        for description in rdf.findall(f"{_RDF}Description"):
            for key, value in description.attrib.items():
                if name := _prefixed(key):
                    yield name, [value]
            for element in description:
                if name := _prefixed(element.tag):
                    yield name, _items(element)


def _prefixed(tag: str) -> str | None:
    uri, brace, local = tag.removeprefix("{").partition("}")
    prefix = _PREFIXES.get(uri) if brace else None
    return f"{prefix}:{local}" if prefix else None


def _items(element: Element) -> list[str]:
    """The values of a property: its own text, or those of the list in it."""
    entries = [entry for entry in element.iter(f"{_RDF}li") if (entry.text or "").strip()]
    if entries:
        entries.sort(key=lambda entry: entry.get(_LANGUAGE) != "x-default")
        return [entry.text or "" for entry in entries]
    return [element.text] if (element.text or "").strip() and element.text else []


def _moment(first: Mapping[str, str]) -> Moment | None:
    moments = [parse(first[name]) for name in _DATES if name in first]
    known = [moment for moment in moments if moment is not None]
    if not known:
        return None
    finer = [moment for moment in known[1:] if moment.refines(known[0])]
    return finer[0] if finer else known[0]


def _gps(first: Mapping[str, str]) -> Gps | None:
    altitude = number(first.get("exif:GPSAltitude"))
    if altitude is not None and altitude > 0 and first.get("exif:GPSAltitudeRef") == "1":
        altitude = -altitude
    latitude = _degrees(first.get("exif:GPSLatitude"), "NS")
    longitude = _degrees(first.get("exif:GPSLongitude"), "EW")
    return position(latitude, longitude, altitude)


def _degrees(value: str | None, letters: str) -> float | None:
    match = _COORDINATE.fullmatch(value) if value else None
    if match is None or match[4].upper() not in letters:
        return None
    degrees, minutes, seconds = (float(match[part] or 0) for part in (1, 2, 3))
    total = degrees + minutes / 60 + seconds / 3600
    return -total if match[4].upper() == letters[1] else total


def _place(first: Mapping[str, str]) -> Place | None:
    code = text.name(first.get("Iptc4xmpCore:CountryCode"))
    place = Place(
        city=text.name(first.get("photoshop:City")),
        region=text.name(first.get("photoshop:State")),
        country=text.name(first.get("photoshop:Country")),
        country_code=code.upper() if code else None,
    )
    return place if place != Place() else None


def _exposure(first: Mapping[str, str]) -> Exposure | None:
    iso = positive(first.get("exif:ISOSpeedRatings") or first.get("exifEX:PhotographicSensitivity"))
    exposure = Exposure(
        seconds=positive(first.get("exif:ExposureTime")),
        f_number=positive(first.get("exif:FNumber")),
        iso=round(iso) if iso else None,
        focal_length=positive(first.get("exif:FocalLength")),
        focal_length_35mm=positive(first.get("exif:FocalLengthIn35mmFilm")),
    )
    return exposure if exposure != Exposure() else None


def _keywords(values: Properties) -> tuple[str, ...]:
    """Flat keywords, then every level of the hierarchical ones that is not among them."""
    flat = [*values.get("dc:subject", ()), *values.get("MicrosoftPhoto:LastKeywordXMP", ())]
    levels = [word for path in values.get("lr:hierarchicalSubject", ()) for word in path.split("|")]
    tags = [word for path in values.get("digiKam:TagsList", ()) for word in path.split("/")]
    return text.keywords([*flat, *levels, *tags])


def _rating(first: Mapping[str, str]) -> int | None:
    """-1 (rejected) to 5 stars; 0 is a rating too: somebody took the stars away."""
    stars = number(first.get("xmp:Rating"))
    if stars is not None and -1 <= stars <= 5:
        return round(stars)
    percent = number(first.get("MicrosoftPhoto:Rating"))
    return _PERCENT_TO_STARS.get(round(percent)) if percent is not None else None
