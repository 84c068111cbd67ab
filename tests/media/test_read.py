"""Metadata is read from every layer, and the strongest answer to each field wins."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image, TiffImagePlugin
from PIL.ExifTags import GPS, IFD, Base
from tests.media.pictures import rational, saved, scene

from mindseye.media.base import Blocks, FileContent
from mindseye.media.read import READERS, find_sidecar, merge, read
from mindseye.media.readers import names, text
from mindseye.media.readers.exif import ExifReader, user_comment
from mindseye.media.readers.generation import GenerationReader
from mindseye.media.readers.iptc import IptcReader
from mindseye.media.readers.moments import offset_between, parse, parse_offset
from mindseye.media.readers.name import date_in
from mindseye.media.readers.xmp import read_packet
from mindseye.types import Exposure, Gps, Metadata, Place, Precision, Source

NAN = TiffImagePlugin.IFDRational(0, 0)


def exif(
    tags: dict[int, object], photo: dict[int, object] | None = None, gps: object = None
) -> Metadata:
    blocks = Blocks(exif=tags, exif_photo=photo or {}, exif_gps=gps or {})
    return ExifReader().read(FileContent("a.jpg", b"", blocks=blocks))


def packet(attributes: str = "", elements: str = "") -> bytes:
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
    xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
    {attributes}>{elements}</rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()


def bag(name: str, *items: str) -> str:
    entries = "".join(f"<rdf:li>{item}</rdf:li>" for item in items)
    return f"<{name}><rdf:Bag>{entries}</rdf:Bag></{name}>"


@pytest.mark.parametrize(
    ("written", "wall", "precision"),
    [
        ("2023:04:01 12:34:56", datetime(2023, 4, 1, 12, 34, 56), Precision.SECOND),
        ("2023-04-01T12:34:56", datetime(2023, 4, 1, 12, 34, 56), Precision.SECOND),
        ("2023/04/01 12:34:56\0", datetime(2023, 4, 1, 12, 34, 56), Precision.SECOND),
        ("2023:04:01 12:34", datetime(2023, 4, 1, 12, 34), Precision.MINUTE),
        ("2023-04-01T12:34:56.5Z", datetime(2023, 4, 1, 12, 34, 56, 500000), Precision.SUBSECOND),
        ("2023:04:01   :  :  ", datetime(2023, 4, 1), Precision.DAY),
        ("2023-04", datetime(2023, 4, 1), Precision.MONTH),
        ("2023", datetime(2023, 1, 1), Precision.YEAR),
        ("2023:00:00 00:00:00", datetime(2023, 1, 1), Precision.YEAR),
        ("2016-12-31T23:59:60", datetime(2016, 12, 31, 23, 59, 59), Precision.SECOND),
    ],
)
def test_a_date_is_read_as_far_as_it_is_known(
    written: str, wall: datetime, precision: Precision
) -> None:
    moment = parse(written)
    assert moment is not None
    assert (moment.wall, moment.precision) == (wall, precision)


@pytest.mark.parametrize(
    "written",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "",
        "today",
        "1970:01:01 00:00:00",
        "1980-01-01T00:00:00",
        "1904:01:01 00:00:00",
        "2023:13:01 00:00:00",
        "2023:02:30 00:00:00",
        "2023:02:03 25:00:00",
        "0001:01:01 00:00:00",
        "9999:12:31 23:59:59",
        None,
        17,
        ("2023:04:01",),
    ],
)
def test_a_date_that_is_none_is_none(written: object) -> None:
    assert parse(written) is None


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("+02:00", 120), ("-0330", -210), ("Z", 0), ("+14:00", 840), ("+5", 300), ("+02:00\0", 120)],
)
def test_an_offset_is_read(written: str, minutes: int) -> None:
    assert parse_offset(written) == timedelta(minutes=minutes)


@pytest.mark.parametrize("written", ["", "   :  ", "+15:00", "02:00 h", None, 2])
def test_an_offset_that_is_none_is_none(written: object) -> None:
    assert parse_offset(written) is None


@pytest.mark.parametrize(
    ("minutes", "seconds", "expected"),
    [(120, 3, 120), (330, -20, 330), (-210, 0, -210), (0, 40, 0), (135, 0, None), (20, 0, None),
     (900, 0, None)],
)  # fmt: skip
def test_the_offset_between_wall_and_gps_time_must_be_one_in_use(
    minutes: int, seconds: int, expected: int | None
) -> None:
    utc = datetime(2023, 4, 1, 10, 0, 0)
    found = offset_between(utc + timedelta(minutes=minutes, seconds=seconds), utc)
    assert found == (None if expected is None else timedelta(minutes=expected))


def test_exif_gives_original_time_with_its_own_fraction_and_offset() -> None:
    metadata = exif(
        {Base.DateTime: "2024:01:01 00:00:01"},
        {
            Base.DateTimeOriginal: "2023:04:01 12:34:56",
            Base.SubsecTimeOriginal: "07",
            Base.OffsetTimeOriginal: "+02:00",
            Base.OffsetTime: "+09:00",
        },
    )
    assert metadata.taken_at == datetime(2023, 4, 1, 12, 34, 56, 70000)
    assert metadata.offset == timedelta(hours=2)
    assert metadata.precision is Precision.SUBSECOND


def test_a_bad_original_time_gives_way_to_the_next_tag() -> None:
    photo = {Base.DateTimeOriginal: "0000:00:00 00:00:00"}
    metadata = exif({Base.DateTime: "2023:04:01 12:34:56"}, photo)
    assert metadata.taken_at == datetime(2023, 4, 1, 12, 34, 56)


def test_gps_time_tells_the_offset_that_no_tag_tells() -> None:
    gps = {GPS.GPSDateStamp: "2023:04:01", GPS.GPSTimeStamp: (10.0, 34.0, 50.0)}
    metadata = exif({}, {Base.DateTimeOriginal: "2023:04:01 12:34:56"}, gps)
    assert metadata.offset == timedelta(hours=2)


def fix(**changes: object) -> dict[int, object]:
    values: dict[int, object] = {
        GPS.GPSLatitudeRef: "S",
        GPS.GPSLatitude: (33.0, 51.0, 24.12),
        GPS.GPSLongitudeRef: "E",
        GPS.GPSLongitude: (151.0, 12.0, 54.0),
    }
    return values | {GPS[key]: value for key, value in changes.items()}


def test_gps_is_degrees_with_the_sign_of_the_hemisphere() -> None:
    gps = exif({}, gps=fix(GPSAltitude=rational(12.5), GPSAltitudeRef=b"\x01")).gps
    assert gps == Gps(-33.8567, 151.215, -12.5)


@pytest.mark.parametrize(
    "changes",
    [
        {"GPSLatitude": (NAN, NAN, NAN)},
        {"GPSLatitude": (91.0, 0.0, 0.0)},
        {"GPSLongitude": (181.0, 0.0, 0.0)},
        {"GPSLatitudeRef": ""},
        {"GPSLongitudeRef": "\0"},
        {"GPSLatitude": None},
        {"GPSLatitude": ()},
        {"GPSLatitude": "north"},
        {"GPSLatitude": (0.0, 0.0, 0.0), "GPSLongitude": (0.0, 0.0, 0.0)},
    ],
)
def test_a_position_that_is_none_is_none(changes: dict[str, object]) -> None:
    assert exif({}, gps=fix(**changes)).gps is None


def test_seconds_of_nothing_leave_degrees_and_minutes() -> None:
    gps = exif({}, gps=fix(GPSLatitude=(33.0, rational(30.5), NAN))).gps
    assert gps is not None
    assert gps.latitude == pytest.approx(-33.508333, abs=1e-6)


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("Canon", "Canon EOS 6D", "Canon EOS 6D"),
        ("NIKON CORPORATION", "NIKON D90", "NIKON D90"),
        ("Apple", "iPhone 12", "Apple iPhone 12"),
        ("OLYMPUS IMAGING CORP.", "E-M1", "OLYMPUS E-M1"),
        ("SONY", "ILCE-7M3", "SONY ILCE-7M3"),
        ("Eastman Kodak Company", "KODAK DC240", "KODAK DC240"),
        ("HUAWEI\0\0", "HUAWEI P30", "HUAWEI P30"),
        (None, "X100V", "X100V"),
        ("FUJIFILM", None, "FUJIFILM"),
        ("  ", "", None),
    ],
)
def test_a_camera_is_named_once(make: str | None, model: str | None, expected: str | None) -> None:
    assert names.camera(make, model) == expected


@pytest.mark.parametrize("value", ["", "----", "0.0 mm f/0.0", "Unknown (0)", None, 5])
def test_a_lens_that_is_none_is_none(value: object) -> None:
    assert names.lens(value) is None


def test_exposure_comes_in_plain_numbers_and_iso_from_where_it_fits() -> None:
    metadata = exif(
        {},
        {
            Base.ExposureTime: rational(0.004),
            Base.FNumber: rational(2.8),
            Base.ISOSpeedRatings: 65535,
            Base.RecommendedExposureIndex: 102400,
            Base.FocalLength: rational(35),
            Base.FocalLengthIn35mmFilm: 0,
        },
    )
    assert metadata.exposure == Exposure(0.004, 2.8, 102400, 35.0, None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"ASCII\0\0\0a boat", "a boat"),
        (b"UNICODE\0" + "ein Böt".encode("utf-16-be"), "ein Böt"),
        (b"UNICODE\0" + "ein Böt".encode("utf-16-le"), "ein Böt"),
        (b"UNICODE\0" + "船".encode("utf-16"), "船"),
        (b"\0" * 8 + "ein Böt".encode(), "ein Böt"),
        (b"JIS\0\0\0\0\0" + "船".encode("iso2022_jp"), "船"),
        (b"no code at all", "no code at all"),
        ("already text", "already text"),
        (None, None),
    ],
)
def test_a_user_comment_is_read_in_its_character_code(value: object, expected: str | None) -> None:
    assert user_comment(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  A  boat \0rubbish", "A boat"),
        ("OLYMPUS DIGITAL CAMERA         ", None),
        ("\0\0\0\0", None),
        ("   ", None),
        ("---", None),
        ("Ã¼ber den Fluss", "über den Fluss"),
        ("über den Fluss", "über den Fluss"),
        ("line one\r\nline  two", "line one\nline two"),
        ("x" * 20_000, "x" * 10_000),
    ],
)
def test_a_caption_is_what_somebody_wrote(value: str, expected: str | None) -> None:
    assert text.caption(value) == expected


def test_keywords_are_kept_once_and_bounded() -> None:
    assert text.keywords(["Sea", "sea ", "", None, "Ship"]) == ("Sea", "Ship")
    assert len(text.keywords(map(str, range(5000)))) == text.MOST_KEYWORDS


def test_windows_tags_are_utf_16() -> None:
    metadata = exif(
        {
            Base.XPTitle: "Übersee\0".encode("utf-16-le"),
            Base.XPKeywords: tuple("Meer;Schiff\0".encode("utf-16-le")),
            Base.Rating: 4,
        }
    )
    assert (metadata.title, metadata.keywords) == ("Übersee", ("Meer", "Schiff"))
    assert metadata.rating == 4


@pytest.mark.parametrize("rating", [0, 6, -1, "x", None])
def test_a_rating_that_cameras_write_says_nothing(rating: object) -> None:
    assert exif({Base.Rating: rating}).rating is None


def test_generation_parameters_are_no_caption() -> None:
    comment = b"UNICODE\0" + "a cat\nSteps: 20, Sampler: Euler, Seed: 1".encode("utf-16-be")
    assert exif({}, {Base.UserComment: comment}).caption is None


def test_xmp_gives_every_field() -> None:
    metadata = read_packet(
        packet(
            'xmp:Rating="4" photoshop:DateCreated="2023-04-01T12:34:56+02:00" '
            'photoshop:City="Husum" photoshop:State="Schleswig-Holstein" '
            'photoshop:Country="Germany" Iptc4xmpCore:CountryCode="de" '
            'exif:GPSLatitude="54,28.6N" exif:GPSLongitude="9,3,0W" '
            'exif:GPSAltitude="125/10" exif:GPSAltitudeRef="1" '
            'tiff:Make="Canon" tiff:Model="Canon EOS 6D" aux:Lens="EF50mm" '
            'exif:FNumber="28/10" exif:ExposureTime="1/250"',
            bag("dc:subject", "Sea", "Ship")
            + bag("lr:hierarchicalSubject", "Things|Ship", "Places|Husum")
            + "<dc:title><rdf:Alt><rdf:li xml:lang='de'>Hafen</rdf:li>"
            + "<rdf:li xml:lang='x-default'>Harbour</rdf:li></rdf:Alt></dc:title>"
            + "<dc:description>Boats &amp; birds</dc:description>"
            + "<exif:ISOSpeedRatings><rdf:Seq><rdf:li>200</rdf:li></rdf:Seq>"
            + "</exif:ISOSpeedRatings>",
        )
    )
    assert metadata == Metadata(
        taken_at=datetime(2023, 4, 1, 12, 34, 56),
        offset=timedelta(hours=2),
        precision=Precision.SECOND,
        gps=Gps(54.4766667, -9.05, -12.5),
        place=Place("Husum", "Schleswig-Holstein", "Germany", "DE"),
        camera="Canon EOS 6D",
        lens="EF50mm",
        exposure=Exposure(0.004, 2.8, 200),
        title="Harbour",
        caption="Boats & birds",
        keywords=("Sea", "Ship", "Things", "Places", "Husum"),
        rating=4,
    )


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\0\0",
        b"<",
        b"<x:xmpmeta",
        packet()[:200],
        b"<?xml version='1.0' encoding='no-such'?><a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        packet('xmp:Rating="many" exif:GPSLatitude="x" exif:FNumber="1/0"'),
    ],
)
def test_damaged_or_hostile_xmp_gives_nothing(damaged: bytes) -> None:
    assert read_packet(damaged) == Metadata()


def test_xmp_may_be_utf_16_and_padded() -> None:
    assert read_packet(packet('xmp:Rating="3"').decode().encode("utf-16") + b"\0\0").rating == 3
    assert read_packet(packet('xmp:Rating="3"') + b"  \n\0").rating == 3


def test_stars_taken_away_in_a_sidecar_are_a_rating_and_a_cameras_zero_is_none() -> None:
    zero = packet('xmp:Rating="0"')
    assert read(FileContent("a.jpg", b"", zero)).rating == 0
    assert read(FileContent("a.jpg", b"", blocks=Blocks(xmp=zero))).rating is None


def iptc(sets: dict[tuple[int, int], list[bytes]]) -> Metadata:
    return IptcReader().read(FileContent("a.jpg", b"", blocks=Blocks(iptc=sets)))


def test_iptc_gives_words_place_and_time() -> None:
    metadata = iptc(
        {
            (1, 90): [b"\x1b%G"],
            (2, 5): ["Überfahrt".encode()],
            (2, 25): [b"sea", b"ship"],
            (2, 55): [b"20230401"],
            (2, 60): [b"123456+0200"],
            (2, 90): [b"Husum"],
            (2, 100): [b"DEU"],
            (2, 120): [b"Crossing the bay"],
        }
    )
    assert metadata == Metadata(
        taken_at=datetime(2023, 4, 1, 12, 34, 56),
        offset=timedelta(hours=2),
        precision=Precision.SECOND,
        place=Place(city="Husum", country_code="DEU"),
        title="Überfahrt",
        caption="Crossing the bay",
        keywords=("sea", "ship"),
    )


def test_iptc_without_a_character_set_is_utf_8_or_western() -> None:
    assert iptc({(2, 120): ["Fähre".encode()]}).caption == "Fähre"
    assert iptc({(2, 120): ["Fähre".encode("cp1252")]}).caption == "Fähre"


@pytest.mark.parametrize("day", [b"00000000", b"", b"xxxxxxxx"])
def test_an_iptc_date_that_is_none_is_none(day: bytes) -> None:
    assert iptc({(2, 55): [day], (2, 25): [b"x"]}).taken_at is None


@pytest.mark.parametrize(
    ("name", "wall", "precision"),
    [
        ("IMG_20230401_123456.jpg", datetime(2023, 4, 1, 12, 34, 56), Precision.SECOND),
        ("20230401_123456.jpg", datetime(2023, 4, 1, 12, 34, 56), Precision.SECOND),
        ("2023-04-01 12.34.56.jpg", datetime(2023, 4, 1, 12, 34, 56), Precision.SECOND),
        ("2023-04-01_12-34.png", datetime(2023, 4, 1, 12, 34), Precision.MINUTE),
        (
            "Screenshot_20230401-123456_Maps.png",
            datetime(2023, 4, 1, 12, 34, 56),
            Precision.SECOND,
        ),
        (
            "Screenshot 2023-04-01 at 1.34.56 PM.png",
            datetime(2023, 4, 1, 13, 34, 56),
            Precision.SECOND,
        ),
        (
            "Bildschirmfoto 2023-04-01 um 12.34.56.png",
            datetime(2023, 4, 1, 12, 34, 56),
            Precision.SECOND,
        ),
        ("IMG-20230401-WA0001.jpg", datetime(2023, 4, 1), Precision.DAY),
        (
            "signal-2023-04-01-12-34-56-789.jpg",
            datetime(2023, 4, 1, 12, 34, 56, 789000),
            Precision.SUBSECOND,
        ),
        (
            "WhatsApp Image 2023-04-01 at 12.34.56.jpeg",
            datetime(2023, 4, 1, 12, 34, 56),
            Precision.SECOND,
        ),
        ("photo_2023-04-01_12-34-56.jpg", datetime(2023, 4, 1, 12, 34, 56), Precision.SECOND),
        ("2023-04-01.jpg", datetime(2023, 4, 1), Precision.DAY),
        ("1987_06_05 Oma.jpg", datetime(1987, 6, 5), Precision.DAY),
        ("IMG_20230401_0012.jpg", datetime(2023, 4, 1), Precision.DAY),
        ("20230401_996099.jpg", datetime(2023, 4, 1), Precision.DAY),
    ],
)
def test_the_date_in_a_name_is_read(name: str, wall: datetime, precision: Precision) -> None:
    moment = date_in(name)
    assert moment is not None
    assert (moment.wall, moment.precision, moment.offset) == (wall, precision, None)


@pytest.mark.parametrize(
    "name",
    [
        "DSC_0042.jpg",
        "IMG_1234.HEIC",
        "20231301.jpg",
        "120230401_5.jpg",
        "202304011.jpg",
        "18701231.jpg",
        "2023-02-30.jpg",
        "f8e19feecd202304012461.jpg",
        "1680352496123.jpg",
        "",
    ],
)
def test_a_name_without_a_date_gives_none(name: str) -> None:
    assert date_in(name) is None


def test_the_name_of_a_pixel_photo_is_utc() -> None:
    moment = date_in("PXL_20230401_123456789.PORTRAIT.jpg")
    assert moment is not None
    assert (moment.wall, moment.offset) == (
        datetime(2023, 4, 1, 12, 34, 56, 789000),
        timedelta(0),
    )


def generation(content: dict[str, str], comment: bytes = b"") -> object:
    blocks = Blocks(text=content, exif_photo={Base.UserComment: comment} if comment else {})
    return GenerationReader().read(FileContent("a.png", b"", blocks=blocks)).generation


A1111 = "a cat in a boat\nNegative prompt: dog\nSteps: 20, Sampler: Euler, Seed: 7, Model: m1"


def test_a_prompt_in_a_png_is_read() -> None:
    found = generation({"parameters": A1111})
    assert (found.tool, found.prompt) == ("AUTOMATIC1111", "a cat in a boat")
    assert (found.negative_prompt, found.model) == ("dog", "m1")
    assert found.parameters["seed"] == "7"


def test_a_prompt_in_the_exif_of_a_jpeg_is_read_and_never_that_of_the_picture_before() -> None:
    for prompt in ("a cat", "a dog", "a bird"):
        comment = b"UNICODE\0" + f"{prompt}\n{A1111.splitlines()[2]}".encode("utf-16-be")
        assert generation({}, comment).prompt == prompt


def test_the_newest_invokeai_names_its_model_differently() -> None:
    found = generation(
        {
            "invokeai_metadata": '{"positive_prompt": "a cat", "scheduler": "euler", "seed": 1, '
            '"steps": 2, "cfg_scale": 3, "model": {"key": "k", "name": "flux"}}'
        }
    )
    assert (found.tool, found.prompt, found.model) == ("InvokeAI", "a cat", "flux")


@pytest.mark.parametrize(
    "content",
    [
        {"parameters": "just a comment"},
        {"prompt": "not json"},
        {"prompt": "[1, 2]"},
        {"invokeai_metadata": '{"model": null}'},
        {"sd-metadata": "null"},
        {"Comment": "Created with GIMP"},
        {"Dream": ""},
        {"prompt": "[" * 100_000},
    ],
)
def test_text_of_another_kind_is_no_generation(content: dict[str, str]) -> None:
    assert generation(content) is None


def test_the_table_of_readers_lists_every_source_that_is_read_from_the_file_in_order() -> None:
    said_elsewhere = {Source.USER, Source.GPS}
    assert [source for source, _ in READERS] == [s for s in Source if s not in said_elsewhere]


def test_the_strongest_source_wins_each_field_and_is_named() -> None:
    merged = merge(
        [
            (Source.SIDECAR, Metadata(rating=5)),
            (Source.XMP, Metadata(rating=1, title="a", exposure=Exposure(iso=100))),
            (Source.EXIF, Metadata(title="b", camera="c", exposure=Exposure(0.5, iso=200))),
        ]
    )
    assert (merged.rating, merged.title, merged.camera) == (5, "a", "c")
    assert merged.exposure == Exposure(0.5, iso=100)
    assert merged.sources == {
        "rating": "sidecar",
        "title": "xmp",
        "camera": "exif",
        "exposure": "xmp",
    }


DAY = Metadata(datetime(2023, 4, 1), None, Precision.DAY)
SECOND = Metadata(datetime(2023, 4, 1, 12, 34, 56), timedelta(hours=2), Precision.SECOND)
OTHER = Metadata(datetime(2023, 4, 2, 1, 0, 0), timedelta(hours=2), Precision.SECOND)


def test_a_weaker_source_may_say_the_same_time_more_exactly() -> None:
    merged = merge([(Source.IPTC, DAY), (Source.EXIF, SECOND)])
    assert (merged.taken_at, merged.offset) == (SECOND.taken_at, SECOND.offset)
    assert merged.sources["taken_at"] is Source.EXIF


def test_a_weaker_source_may_not_say_another_time() -> None:
    merged = merge([(Source.IPTC, DAY), (Source.EXIF, OTHER)])
    assert (merged.taken_at, merged.precision, merged.offset) == (DAY.taken_at, "day", None)


def test_the_offset_is_borrowed_from_a_source_that_tells_the_same_time() -> None:
    naive = Metadata(SECOND.taken_at, None, Precision.SECOND)
    merged = merge([(Source.XMP, naive), (Source.EXIF, SECOND)])
    assert merged.offset == timedelta(hours=2)
    assert (merged.sources["taken_at"], merged.sources["offset"]) == ("xmp", "exif")


def test_the_time_of_change_never_makes_a_date_more_exact() -> None:
    merged = merge([(Source.NAME, DAY), (Source.MTIME, SECOND)])
    assert (merged.precision, merged.offset) == (Precision.DAY, None)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone can be set on POSIX only")
def test_the_time_of_change_is_local_with_its_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        metadata = read(FileContent("a.jpg", b"", mtime_ns=1_680_352_496 * 10**9))
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert metadata.taken_at == datetime(2023, 4, 1, 18, 4, 56)
    assert metadata.offset == timedelta(hours=5, minutes=30)
    assert metadata.sources["taken_at"] is Source.MTIME


def tagged() -> Image.Exif:
    tags = Image.Exif()
    tags[Base.Make], tags[Base.Model] = "Canon", "Canon EOS 6D"
    tags[Base.ImageDescription] = "Boats"
    tags.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2023:04:01 12:34:56"
    tags.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (rational(54), rational(28), rational(36)),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (rational(9), rational(3), rational(0)),
        }
    )
    return tags


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_container_gives_its_exif_and_xmp(kind: str) -> None:
    xmp = packet('xmp:Rating="4"')
    options: dict[str, object] = {"xmp": xmp}
    if kind == "PNG":
        from PIL.PngImagePlugin import PngInfo

        chunks = PngInfo()
        chunks.add_itxt("XML:com.adobe.xmp", xmp.decode())
        options = {"pnginfo": chunks}
    tags = tagged()
    if kind == "TIFF":
        tags[700], options = xmp, {}
    data = saved(scene(), kind, exif=tags.tobytes(), **options)
    metadata = read(FileContent(f"a.{kind.lower()}", data))
    assert metadata.camera == "Canon EOS 6D"
    assert metadata.caption == "Boats"
    assert metadata.taken_at == datetime(2023, 4, 1, 12, 34, 56)
    assert metadata.gps == Gps(54.4766667, 9.05)
    assert (metadata.rating, metadata.sources["rating"]) == (4, Source.XMP)


def test_a_sidecar_wins_over_what_is_embedded() -> None:
    data = saved(scene(), "JPEG", exif=tagged(), xmp=packet('xmp:Rating="4"'))
    metadata = read(FileContent("a.jpg", data, packet('xmp:Rating="1" tiff:Model="Leica"')))
    assert (metadata.rating, metadata.camera) == (1, "Leica")
    assert metadata.sources["camera"] is Source.SIDECAR


@pytest.mark.parametrize("name", ["a.jpg.xmp", "a.xmp", "a.jpg.XMP", "a.XMP"])
def test_a_sidecar_is_found_beside_the_photo(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert find_sidecar(str(tmp_path / "a.jpg")) == str(tmp_path / name)


def test_the_sidecar_with_the_full_name_comes_first(tmp_path: Path) -> None:
    for name in ("a.xmp", "a.jpg.xmp"):
        (tmp_path / name).touch()
    assert find_sidecar(str(tmp_path / "a.jpg")) == str(tmp_path / "a.jpg.xmp")


def test_no_sidecar_is_none_and_a_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.xmp").mkdir()
    assert find_sidecar(os.fspath(tmp_path / "a.jpg")) is None


def test_damaged_metadata_gives_what_can_be_read_and_never_an_exception() -> None:
    import numpy as np

    rng = np.random.default_rng(3)
    for kind in ("JPEG", "PNG", "TIFF", "WEBP"):
        whole = saved(scene(), kind, exif=tagged())
        for _ in range(150):
            data = bytearray(whole)
            for at in rng.integers(0, min(len(data), 700), 6):
                data[at] = rng.integers(0, 256)
            read(FileContent(f"a.{kind.lower()}", bytes(data)))
