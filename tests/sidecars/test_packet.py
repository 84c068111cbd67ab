"""A packet is changed where it is asked to be and stays as it was everywhere else."""

from __future__ import annotations

import io
from xml.etree import ElementTree as ET

import pytest
from tests.sidecars.packets import DARKTABLE, DIGIKAM, LIGHTROOM

from mindseye.media.readers.xmp import properties
from mindseye.sidecars.markup import NotWritable
from mindseye.sidecars.packet import RDF, Packet

PACKETS = pytest.mark.parametrize(
    "data", [LIGHTROOM, DARKTABLE, DIGIKAM], ids=["lightroom", "darktable", "digikam"]
)


def canonical(data: bytes, without: tuple[str, ...] = ()) -> str:
    """The document by Canonical XML, without the photo's properties of these local names."""
    parser = ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))
    root = ET.parse(io.BytesIO(data), parser).getroot()
    for description in root.findall(f"./{{{RDF}}}RDF/{{{RDF}}}Description"):
        for child in list(description):
            if isinstance(child.tag, str) and child.tag.endswith(without):
                description.remove(child)
        for name in list(description.attrib):
            if name.endswith(without):
                del description.attrib[name]
    text = ET.tostring(root, encoding="unicode")
    return ET.canonicalize(text, with_comments=True, strip_text=True)


@PACKETS
def test_a_packet_that_is_not_changed_is_the_same_document(data: bytes) -> None:
    written = Packet(data).to_bytes()
    assert canonical(written) == canonical(data)
    assert Packet(written).to_bytes() == written


@PACKETS
def test_what_is_not_asked_for_stays(data: bytes) -> None:
    packet = Packet(data)
    assert packet.set_text("xmp:Rating", "5")
    assert packet.set_bag("dc:subject", ["a", "b"])
    assert packet.set_default("dc:description", "words")
    changed = (
        "{http://ns.adobe.com/xap/1.0/}Rating",
        "{http://purl.org/dc/elements/1.1/}subject",
        "{http://purl.org/dc/elements/1.1/}description",
    )
    written = packet.to_bytes()
    assert canonical(written, changed) == canonical(data, changed)
    said = properties(written)
    assert (said["xmp:Rating"], said["dc:subject"]) == (["5"], ["a", "b"])
    assert said["dc:description"] == ["words"]


def test_processing_instructions_and_cdata_stay() -> None:
    assert Packet(DIGIKAM).to_bytes().startswith('<?xpacket begin="\ufeff" id="W5M'.encode())
    assert Packet(DIGIKAM).to_bytes().rstrip().endswith(b'<?xpacket end="w"?>')
    assert b"<![CDATA[x < y & z]]>" in Packet(LIGHTROOM).to_bytes()
    assert Packet(DARKTABLE).to_bytes().startswith(b"<?xml")


def test_a_property_of_something_else_is_not_the_photos() -> None:
    packet = Packet(LIGHTROOM)
    assert packet.values("xmp:Rating") == ["2"]
    packet.set_text("xmp:Rating", None)
    assert packet.values("xmp:Rating") == []
    assert b'xmp:Rating="4"' in packet.to_bytes()


def test_a_value_that_is_there_already_changes_nothing() -> None:
    packet = Packet(LIGHTROOM)
    before = packet.to_bytes()
    assert not packet.set_text("xmp:Rating", "2")
    assert not packet.set_text("photoshop:City", None)
    assert not packet.set_bag("dc:subject", ["Japan", "Kyoto"])
    assert not packet.set_default("dc:title", "Temple")
    assert packet.to_bytes() == before


def test_a_text_in_other_languages_stays_unless_it_said_the_same() -> None:
    packet = Packet(LIGHTROOM)
    packet.set_default("dc:title", "Shrine")
    written = packet.to_bytes().decode()
    assert '<rdf:li xml:lang="x-default">Shrine</rdf:li><rdf:li xml:lang="de">Tempel<' in written
    assert "en-GB" not in written
    assert packet.set_default("dc:title", None)
    assert packet.values("dc:title") == []


def test_a_prefix_that_means_something_else_is_not_taken() -> None:
    packet = Packet(DIGIKAM)
    packet.set_default("dc:title", "a title")
    packet.set_text("MicrosoftPhoto:Rating", "99")
    written = packet.to_bytes()
    assert properties(written)["dc:title"] == ["a title"]
    assert b"not a title" in written
    assert Packet(written).values("MicrosoftPhoto:Rating") == ["99"]
    inner = DIGIKAM.replace(b"<r:RDF", b'<r:RDF xmlns:xmp="urn:else"')
    packet = Packet(inner)
    packet.set_text("xmp:Rating", "3")
    assert properties(packet.to_bytes())["xmp:Rating"] == ["3"]


@pytest.mark.parametrize("text", ["a & b < c > \"d\" 'e'", "two\nlines", "]]>", "海边 🌊", "\r"])
def test_any_text_comes_back_as_it_was(text: str) -> None:
    packet = Packet()
    packet.set_text("photoshop:City", text)
    packet.set_bag("dc:subject", [text, "b"])
    again = Packet(packet.to_bytes())
    assert again.values("dc:subject") == [value for value in (text, "b") if value.strip()]
    assert again.values("photoshop:City") == ([text] if text.strip() else [])


BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>"""
OUTSIDE = b"""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>"""
DEEP = LIGHTROOM.replace(b"<!-- kept -->", b"<crs:a>" * 5000 + b"</crs:a>" * 5000)
MANY = LIGHTROOM.replace(b"<!-- kept -->", b"<crs:a/>" * 300_001)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        (DEEP, "nests deeper"),
        (MANY, "more than 300,000 tags"),
        (b"", "not XML"),
        (b"\x00\x01\xff binary", "not XML"),
        (LIGHTROOM[:-40], "not XML"),
        (b"<html><body/></html>", "without a description"),
        ("<a>".encode("utf-16"), "not XML"),
        (b'<?xml version="1.0" encoding="none-such"?><a/>', "not XML"),
    ],
)
def test_what_is_hostile_or_no_xmp_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(NotWritable, match=reason):
        Packet(data).to_bytes()
