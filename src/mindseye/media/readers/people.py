"""The names of people in a picture, as photo managers write them into XMP.

Three ways are in use: a plain list (IPTC Extension, `PersonInImage`), regions of faces as
Lightroom, digiKam and Picasa write them (Metadata Working Group, Guidelines 2.0,
`mwg-rs:RegionList`), and those of Windows (`MPReg:PersonDisplayName`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from mindseye.media.readers import text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_IPTC: Final = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_MWG: Final = "{http://www.metadataworkinggroup.com/schemas/regions/}"
_WINDOWS: Final = "{http://ns.microsoft.com/photo/1.2/t/Region#}"


def people_in(root: Element) -> tuple[str, ...]:
    """The names in a parsed packet, each once, in order; faces without a name are left out."""
    return text.keywords([*_listed(root), *_faces(root), *_of_windows(root)])


def _listed(root: Element) -> Iterator[str]:
    for people in root.iter(f"{_IPTC}PersonInImage"):
        for person in people.iter(f"{_RDF}li"):
            yield person.text or ""


def _faces(root: Element) -> Iterator[str]:
    """Names of regions that are faces: others are pets, things, points of focus."""
    for regions in root.iter(f"{_MWG}RegionList"):
        for region in regions.iter(f"{_RDF}li"):
            if _value(region, f"{_MWG}Type").casefold() == "face":
                yield _value(region, f"{_MWG}Name")


def _of_windows(root: Element) -> Iterator[str]:
    name = f"{_WINDOWS}PersonDisplayName"
    for element in root.iter():
        if name in element.attrib:
            yield element.attrib[name]
        elif element.tag == name:
            yield element.text or ""


def _value(region: Element, name: str) -> str:
    """A property of a region, which writers put into an attribute or an element, or one deeper."""
    for element in region.iter():
        if name in element.attrib:
            return element.attrib[name]
        if element.tag == name:
            return element.text or ""
    return ""
