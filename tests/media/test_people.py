"""Names of people are read from everything that photo managers write them into."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.media.pictures import saved, scene

from mindseye.media.base import Blocks, FileContent
from mindseye.media.read import read
from mindseye.media.readers.xmp import read_packet
from mindseye.media.take import take

_NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" '
    'xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" '
    'xmlns:MP="http://ns.microsoft.com/photo/1.2/" '
    'xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#" '
    'xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"'
)

LIST = (
    "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Ann Lee</rdf:li><rdf:li> José </rdf:li>"
    "</rdf:Bag></Iptc4xmpExt:PersonInImage>"
)
DIGIKAM = """
<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions/>
 <mwg-rs:RegionList><rdf:Bag>
  <rdf:li><rdf:Description mwg-rs:Name="Ann Lee" mwg-rs:Type="Face">
   <mwg-rs:Area stArea:x="0.5" stArea:y="0.5" stArea:w="0.1" stArea:h="0.1"/>
  </rdf:Description></rdf:li>
  <rdf:li><rdf:Description mwg-rs:Type="Face"><mwg-rs:Area stArea:x="0.1"/>
  </rdf:Description></rdf:li>
 </rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"""
LIGHTROOM = """
<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Seq>
  <rdf:li rdf:parseType="Resource"><mwg-rs:Area stArea:x="0.5"/>
   <mwg-rs:Name>小林</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type></rdf:li>
  <rdf:li rdf:parseType="Resource"><mwg-rs:Name>Rex</mwg-rs:Name><mwg-rs:Type>Pet</mwg-rs:Type>
  </rdf:li>
  <rdf:li mwg-rs:Name="AF point" mwg-rs:Type="Focus"/>
</rdf:Seq></mwg-rs:RegionList></mwg-rs:Regions>"""
WINDOWS = """
<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>
  <rdf:li MPReg:Rectangle="0.1, 0.1, 0.2, 0.2" MPReg:PersonDisplayName="Ann Lee"/>
  <rdf:li rdf:parseType="Resource"><MPReg:PersonDisplayName>Bo</MPReg:PersonDisplayName></rdf:li>
  <rdf:li MPReg:Rectangle="0.5, 0.1, 0.2, 0.2"/>
</rdf:Bag></MPRI:Regions></MP:RegionInfo>"""


def packet(body: str) -> bytes:
    text = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {_NAMESPACES}>'
        f'<rdf:Description rdf:about="">{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    )
    return text.encode()


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (LIST, ("Ann Lee", "José")),
        (DIGIKAM, ("Ann Lee",)),
        (LIGHTROOM, ("小林",)),
        (WINDOWS, ("Ann Lee", "Bo")),
        (LIST + DIGIKAM + LIGHTROOM + WINDOWS, ("Ann Lee", "José", "小林", "Bo")),
        ("", ()),
    ],
    ids=["list", "digiKam", "Lightroom", "Windows", "all", "none"],
)
def test_every_way_of_naming_people_is_read(body: str, names: tuple[str, ...]) -> None:
    assert read_packet(packet(body)).people == names


def test_a_sidecar_names_people_before_the_file_does() -> None:
    blocks = Blocks(xmp=packet(LIST))
    alone = read(FileContent("a.jpg", b"", blocks=blocks))
    assert (alone.people, alone.sources["people"]) == (("Ann Lee", "José"), "xmp")
    beside = read(FileContent("a.jpg", b"", packet(LIGHTROOM), blocks=blocks))
    assert (beside.people, beside.sources["people"]) == (("小林",), "sidecar")


def test_people_of_a_real_file_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(saved(scene(), "JPEG", xmp=packet(DIGIKAM)))
    taken = take(str(path))
    assert taken.metadata.people == ("Ann Lee",)
    assert taken.picture is not None
    assert taken.picture.colours
