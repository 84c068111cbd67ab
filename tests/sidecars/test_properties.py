"""What users say, written as XMP, is what a reader reads there: ours, and somebody else's."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.sidecars.packets import DARKTABLE, DIGIKAM, LIGHTROOM

from mindseye.media.readers.moments import Moment, cut, parse
from mindseye.media.readers.xmp import read_packet
from mindseye.sidecars.packet import Packet
from mindseye.sidecars.properties import Said, names_of, say, touch
from mindseye.stores.edits import checked_edit, overlaid
from mindseye.types import Edit, Gps, Metadata, Place, Precision

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEXTS = st.just("") | st.text(max_size=30).map("Photo {}".format)
"""What begins with a word: a reader takes mere punctuation for nothing."""
NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20)


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    precision = draw(st.sampled_from(list(Precision)))
    wall = cut(draw(st.datetimes(datetime(1826, 1, 1), datetime(2099, 12, 31))), precision)
    # Readers know clocks that were never set.
    assume(parse(wall.isoformat()) is not None)
    assume(precision is not Precision.SUBSECOND or wall.microsecond)
    offset = None
    if precision in {Precision.MINUTE, Precision.SECOND, Precision.SUBSECOND}:
        minutes = st.integers(-14 * 60, 14 * 60)
        offset = draw(st.none() | minutes.map(lambda count: timedelta(minutes=count)))
    return Moment(wall, precision, offset)


@st.composite
def positions(draw: st.DrawFn) -> Gps:
    latitude, longitude = draw(st.floats(-90, 90)), draw(st.floats(-180, 180))
    assume(round(latitude, 7) or round(longitude, 7))
    metres = st.integers(-11_000_000, 90_000_000).map(lambda mm: mm / 1000)
    return Gps(latitude, longitude, draw(st.none() | metres))


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    moment = draw(st.none() | moments())
    said = Edit(
        taken_at=moment and moment.wall,
        precision=moment and moment.precision,
        offset=moment and moment.offset,
        gps=draw(st.none() | positions()),
        place=draw(st.none() | st.builds(Place, NAMES, st.none() | NAMES, NAMES)),
        rating=draw(st.none() | st.integers(-1, 5)),
        title=draw(st.none() | TEXTS),
        caption=draw(st.none() | TEXTS),
        add_keywords=tuple(draw(st.lists(NAMES, max_size=4))),
        remove_keywords=tuple(draw(st.lists(st.sampled_from(["JAPAN", "kyoto", "sea", "x"])))),
    )
    assume(said != Edit())
    return checked_edit(said, ["rating"])


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None)
@given(edit=edits(), before=st.sampled_from([None, LIGHTROOM, DARKTABLE, DIGIKAM]))
def test_what_is_written_is_read_again_and_the_rest_as_before(
    edit: Edit, before: bytes | None
) -> None:
    files = Metadata() if before is None else read_packet(before)
    shown = overlaid(files, edit)
    packet = Packet() if before is None else Packet(before)
    changed = say(packet, Said(edit, shown))
    touch(packet, NOW)
    found = read_packet(packet.to_bytes())
    assert replace(found, favourite=None) == replace(shown, favourite=None, sources={})
    assert set(changed) <= set(names_of(edit))
    assert say(Packet(packet.to_bytes()), Said(edit, shown)) == ()


@pytest.mark.parametrize(
    ("before", "edit", "there", "gone"),
    [
        (LIGHTROOM, Edit(remove_keywords=("kyoto",)), "Places|Japan<", "Kyoto"),
        (LIGHTROOM, Edit(remove_keywords=("JAPAN",)), "<rdf:li>Places<", "Places|"),
        (DIGIKAM, Edit(remove_keywords=("Sea",)), "Places/Japan/Kyoto", "Sea"),
        (DIGIKAM, Edit(rating=5), "MicrosoftPhoto:Rating>99<", ">50<"),
        (DIGIKAM, Edit(rating=-1), "xmp:Rating>-1<", "mp:Rating>50<"),
        (DARKTABLE, Edit(rating=0), ">0</xmp:Rating>", 'xmp:Rating="1"'),
        (DARKTABLE, Edit(favourite=True), 'xmp:Rating="1"', "MetadataDate"),
        (None, Edit(title=""), "rdf:Description", "title"),
    ],
)
def test_no_other_property_says_what_the_user_took_back(
    before: bytes | None, edit: Edit, there: str, gone: str
) -> None:
    packet = Packet() if before is None else Packet(before)
    files = Metadata() if before is None else read_packet(before)
    if say(packet, Said(edit, overlaid(files, edit))):
        touch(packet, NOW)
    written = packet.to_bytes().decode()
    assert there in written
    assert gone not in written


def test_a_headline_is_no_title_where_the_user_says_there_is_none() -> None:
    packet = Packet(LIGHTROOM)
    packet.set_text("photoshop:Headline", "News")
    say(packet, Said(Edit(title="Mine"), Metadata(title="Mine")))
    assert packet.values("photoshop:Headline") == ["News"]
    assert say(packet, Said(Edit(title=""), Metadata())) == ("title",)
    assert read_packet(packet.to_bytes()).title is None


def test_the_datum_of_another_position_goes_with_it() -> None:
    packet = Packet(LIGHTROOM)
    packet.set_text("exif:GPSMapDatum", "TOKYO")
    packet.set_text("exif:GPSAltitude", "12/1")
    say(packet, Said(Edit(gps=Gps(1.5, -2.25)), Metadata()))
    assert packet.values("exif:GPSMapDatum") == packet.values("exif:GPSAltitude") == []
    assert packet.values("exif:GPSLongitude") == ["2,15.00000000W"]


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="needs exiftool")
def test_another_program_reads_the_same(tmp_path: Path) -> None:
    edit = Edit(
        taken_at=datetime(2023, 4, 5, 12, 30),
        offset=timedelta(hours=9),
        precision=Precision.MINUTE,
        gps=Gps(-35.0123456, 135.77, -4.5),
        place=Place("京都", "Kyoto Prefecture", "Japan", "JP"),
        rating=4,
        title="Two & more",
        caption="a <b>\nc",
        add_keywords=("sea, side", "海"),
    )
    for name, before in (("new", None), ("old", LIGHTROOM)):
        packet = Packet() if before is None else Packet(before)
        say(packet, Said(edit, overlaid(Metadata(), edit)))
        (tmp_path / f"{name}.xmp").write_bytes(packet.to_bytes())
        told = subprocess.run(
            ["exiftool", "-json", "-n", "-XMP:all", str(tmp_path / f"{name}.xmp")],
            capture_output=True,
            check=True,
        )
        [facts] = json.loads(told.stdout)
        assert facts["GPSLatitude"] == pytest.approx(-35.0123456, abs=1e-7)
        assert facts["GPSAltitude"] == -4.5 or facts["GPSAltitude"] == 4.5
        assert facts["DateTimeOriginal"] == facts["DateCreated"] == "2023:04:05 12:30+09:00"
        assert (facts["Rating"], facts["Title"], facts["Description"]) == (
            4,
            "Two & more",
            "a <b>\nc",
        )
        assert facts["Subject"] == ["sea, side", "海"]
        assert (facts["City"], facts["State"], facts["Country"], facts["CountryCode"]) == (
            "京都",
            "Kyoto Prefecture",
            "Japan",
            "JP",
        )
