"""The contract of `Catalog.matching`: a table of filters, and random ones held to Python's answer.

Needs hypothesis, which the extra for development installs.
"""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mindseye.errors import QueryError
from mindseye.query.evaluate import matches
from mindseye.query.model import Field, Filter, Operator
from mindseye.query.parse import parse
from mindseye.stores.base import Batch, PhotoRecord, Placed, Store
from mindseye.testing.filters import LOCATED, MEMBERS, NOW, TEXTS, filters, photo_records
from mindseye.testing.picture_text_contract import shows
from mindseye.testing.samples import digest_of, frames_of, record
from mindseye.testing.store_contract import Opener
from mindseye.types import (
    Edit,
    Exposure,
    FileStamp,
    Generation,
    Gps,
    Located,
    Metadata,
    Photo,
    PictureFacts,
    Place,
    Precision,
    Source,
)

_DAY = Precision.DAY

PHOTOS: Final[Mapping[str, tuple[str, Metadata, PictureFacts]]] = {
    "kyoto.jpg": (
        "2023/Japan",
        Metadata(
            taken_at=datetime(2023, 4, 1, 0, 0, 0),
            offset=timedelta(hours=9),
            precision=Precision.SECOND,
            gps=Gps(35.0116, 135.7681),
            place=Place("Kyōto", "京都府", "Japan", "JP"),
            camera="Canon EOS R5",
            lens="RF24-105mm F4 L IS USM",
            exposure=Exposure(1 / 60, 2.8, 200, 50.0, 50.0),
            title="Kinkaku-ji",
            keywords=("Temple", "cherry blossom"),
            people=("Ann Lee", "José García"),
            favourite=True,
            rating=5,
            sources={"taken_at": Source.EXIF},
        ),
        PictureFacts(6000, 4000, "jpeg", colours={"green": 0.25, "grey": 0.59, "red": 0.051}),
    ),
    "Oslo.HEIC": (
        "2022",
        Metadata(
            taken_at=datetime(2022, 12, 31, 23, 59, 59, 999999),
            precision=Precision.SUBSECOND,
            gps=Gps(59.91, 10.75),
            place=Place("Oslo", None, "Norge", "NO"),
            camera="Apple iPhone 14",
            exposure=Exposure(1 / 120, 1.78, 64, 6.86, 26.0),
            caption="Smørrebrød for two",
            keywords=("vacation",),
            people=("Anne Leech",),
            rating=3,
            sources={"taken_at": Source.EXIF},
        ),
        PictureFacts(3024, 4032, "heic"),
    ),
    "fiji.tif": (
        "",
        Metadata(
            taken_at=datetime(2023, 1, 1),
            precision=Precision.YEAR,
            gps=Gps(-16.5, 179.99),
            rating=0,
            favourite=False,
            sources={"taken_at": Source.SIDECAR},
        ),
        PictureFacts(1000, 1000, "tiff", 3),
    ),
    "scan.png": (
        "",
        Metadata(
            taken_at=datetime(2023, 4, 1),
            precision=Precision.MONTH,
            sources={"taken_at": Source.XMP},
        ),
        PictureFacts(800, 600, "png", colours={"grey": 0.7, "white": 0.3, "monochrome": 1.0}),
    ),
    "castle_50%.webp": (
        "generated",
        Metadata(
            taken_at=datetime(2024, 3, 10, 12),
            precision=Precision.SECOND,
            generation=Generation("ComfyUI", "A castle, by night", "", "sdxl_base 1.0", {}),
            sources={"taken_at": Source.MTIME},
        ),
        PictureFacts(1024, 1024, "webp", 24),
    ),
    "raw.cr3": (
        "2023/Japan",
        Metadata(
            taken_at=datetime(2024, 3, 30),
            precision=_DAY,
            camera="Canon EOS R5",
            rating=-1,
            sources={"taken_at": Source.EXIF},
        ),
        PictureFacts(8192, 5464, "raw"),
    ),
    "empty.jpg": ("", Metadata(), PictureFacts(1, 1, "jpeg")),
}
"""Name -> folder, metadata and facts of the pictures that the table of filters is asked of."""

LOCATED_IN: Final = {
    "kyoto.jpg": Located(
        "Asia/Tokyo",
        city_names=("Kyoto", "Kioto", "京都市", "Lungsod ng Kyoto"),
        region_names=("Kyoto", "Kyōto-fu", "京都府"),
        country_names=("Japan", "Japón", "日本"),
    ),
    "Oslo.HEIC": Located("Europe/Oslo", city_names=("Oslo", "Christiania"), country_names=("NO",)),
    "fiji.tif": Located("Pacific/Fiji", country_names=("Fiji", "Viti", "100% Fiji")),
}
"""Name -> what the gazetteer said of the place."""

READ_IN: Final[Mapping[str, tuple[str, ...]]] = {
    "fiji.tif": ("Total", "Sum", "合計"),
    "scan.png": ("Ausgang",),
    "raw.cr3": (),
}
"""Name -> the lines read in the picture, and in its copies; in the others nobody has looked."""

_ALL: Final = frozenset(PHOTOS)

CASES: Final[Mapping[str, set[str] | frozenset[str]]] = {
    "date:2023": {"kyoto.jpg", "fiji.tif", "scan.png"},
    "date:2023-04": {"kyoto.jpg", "scan.png"},
    "date:2023-04-01": {"kyoto.jpg"},
    "date:2023-01": set(),
    "date:2022-12..2023-01": {"Oslo.HEIC"},
    "date:<=2023-04": {"kyoto.jpg", "Oslo.HEIC", "scan.png"},
    "date:<2023": {"Oslo.HEIC"},
    "date:>2022": _ALL - {"Oslo.HEIC", "empty.jpg"},
    "before:2023": {"Oslo.HEIC"},
    "after:2024": {"castle_50%.webp", "raw.cr3"},
    "after:2023 before:2024": {"kyoto.jpg", "fiji.tif", "scan.png"},
    "taken:-3w..": {"castle_50%.webp", "raw.cr3"},
    "date:yesterday": {"raw.cr3"},
    "date:..-1y": {"Oslo.HEIC"},
    "month:4": {"kyoto.jpg", "scan.png"},
    "month:3,12": {"castle_50%.webp", "raw.cr3", "Oslo.HEIC"},
    "-month:1..4": {"Oslo.HEIC", "fiji.tif", "empty.jpg"},
    "day:1": {"kyoto.jpg"},
    "day:>=30": {"Oslo.HEIC", "raw.cr3"},
    "month:3 day:10": {"castle_50%.webp"},
    "-date:2023": {"Oslo.HEIC", "castle_50%.webp", "raw.cr3", "empty.jpg"},
    "added:today": set(),
    "added:2000..": _ALL,
    "place:kyoto": {"kyoto.jpg"},
    "place:京都": {"kyoto.jpg"},
    "place:jp": {"kyoto.jpg"},
    "place:nor": {"Oslo.HEIC"},
    "city:OSLO": {"Oslo.HEIC"},
    "place:kioto": {"kyoto.jpg"},
    "place:kiot": set(),
    "place:日本,christiania": {"kyoto.jpg", "Oslo.HEIC"},
    "city:京都府": set(),
    "region:kyoto-fu": {"kyoto.jpg"},
    "country:JAPON": {"kyoto.jpg"},
    "country:viti": {"fiji.tif"},
    'country:"100% fiji"': {"fiji.tif"},
    "country:%": set(),
    "-place:kioto has:gps": {"Oslo.HEIC", "fiji.tif"},
    "region:京都府": {"kyoto.jpg"},
    "country:jp": {"kyoto.jpg"},
    "country:japan,norge": {"kyoto.jpg", "Oslo.HEIC"},
    "country:no": {"Oslo.HEIC"},
    "country:ap": set(),
    "near:35.01,135.77,20km": {"kyoto.jpg"},
    "near:35.01,135.77,100m": set(),
    "near:-16.5,-179.99,5km": {"fiji.tif"},
    "near:-16.5,179,120km": {"fiji.tif"},
    "near:90,0,6000km": {"Oslo.HEIC"},
    "has:gps": {"kyoto.jpg", "Oslo.HEIC", "fiji.tif"},
    "has:date": _ALL - {"castle_50%.webp", "empty.jpg"},
    "-has:date": {"castle_50%.webp", "empty.jpg"},
    "has:rating": {"kyoto.jpg", "Oslo.HEIC", "raw.cr3"},
    "has:caption,prompt": {"kyoto.jpg", "Oslo.HEIC", "castle_50%.webp"},
    "has:keywords has:place has:camera": {"kyoto.jpg", "Oslo.HEIC"},
    "has:lens": {"kyoto.jpg"},
    "camera:canon": {"kyoto.jpg", "raw.cr3"},
    "-camera:canon": _ALL - {"kyoto.jpg", "raw.cr3"},
    "NOT camera:canon has:camera": {"Oslo.HEIC"},
    "-(camera:canon iso:200)": _ALL - {"kyoto.jpg"},
    "is:rejected": {"raw.cr3"},
    "-is:rejected has:camera": {"kyoto.jpg", "Oslo.HEIC"},
    "is:favourite": {"kyoto.jpg"},
    "-is:favorite": _ALL - {"kyoto.jpg"},
    "is:edited": {"empty.jpg"},
    "-is:edited": _ALL - {"empty.jpg"},
    "is:duplicate": {"scan.png", "empty.jpg"},
    "-is:duplicate": _ALL - {"scan.png", "empty.jpg"},
    "has:people": {"kyoto.jpg", "Oslo.HEIC"},
    "-has:person": _ALL - {"kyoto.jpg", "Oslo.HEIC"},
    "person:ann": {"kyoto.jpg"},
    'person:"ANN lee"': {"kyoto.jpg"},
    "person:garcia": {"kyoto.jpg"},
    "person:jos": set(),
    "who:ann,leech": {"kyoto.jpg", "Oslo.HEIC"},
    "-person:ann": _ALL - {"kyoto.jpg"},
    "color:red": {"kyoto.jpg"},
    "colour:green,monochrome": {"kyoto.jpg", "scan.png"},
    "color:gray": {"scan.png"},
    "color:white": set(),
    "-color:red": _ALL - {"kyoto.jpg"},
    "-(camera:canon OR rating:3)": _ALL - {"kyoto.jpg", "raw.cr3", "Oslo.HEIC"},
    "-(-camera:canon)": {"kyoto.jpg", "raw.cr3"},
    "camera:canon,iphone": {"kyoto.jpg", "raw.cr3", "Oslo.HEIC"},
    "lens:24-105": {"kyoto.jpg"},
    "iso:200": {"kyoto.jpg"},
    "iso:<200": {"Oslo.HEIC"},
    "-iso:<200": _ALL - {"Oslo.HEIC"},
    "iso:64..200": {"kyoto.jpg", "Oslo.HEIC"},
    "f:1.8": {"Oslo.HEIC"},
    "f:<2.8": {"Oslo.HEIC"},
    "f:<=2.8": {"kyoto.jpg", "Oslo.HEIC"},
    "shutter:1/125": {"Oslo.HEIC"},
    "shutter:>1/60": set(),
    "shutter:>=1/60": {"kyoto.jpg"},
    "mm:26,50": {"kyoto.jpg", "Oslo.HEIC"},
    "mm:6.5..7": {"Oslo.HEIC"},
    "rating:>=3": {"kyoto.jpg", "Oslo.HEIC"},
    "rating:0": {"fiji.tif"},
    "rating:<0": {"raw.cr3"},
    "keyword:temple": {"kyoto.jpg"},
    "keyword:blossom": {"kyoto.jpg"},
    "keyword:cat": set(),
    "-keyword:temple": _ALL - {"kyoto.jpg"},
    "caption:smorrebrod": {"Oslo.HEIC"},
    "title:kinkaku": {"kyoto.jpg"},
    "folder:2023/japan": {"kyoto.jpg", "raw.cr3"},
    "folder:/photos": _ALL,
    "name:50%": {"castle_50%.webp"},
    "name:o": {"kyoto.jpg", "Oslo.HEIC"},
    "ext:heic,CR3": {"Oslo.HEIC", "raw.cr3"},
    "type:raw": {"raw.cr3"},
    "type:animated": {"castle_50%.webp"},
    "type:photo": _ALL - {"raw.cr3", "castle_50%.webp"},
    "format:png,tiff": {"fiji.tif", "scan.png"},
    "orientation:portrait": {"Oslo.HEIC"},
    "orientation:square": {"fiji.tif", "castle_50%.webp", "empty.jpg"},
    "width:>=6000": {"kyoto.jpg", "raw.cr3"},
    "height:<=600": {"scan.png", "empty.jpg"},
    "mp:12": {"Oslo.HEIC"},
    "mp:>12.5": {"kyoto.jpg", "raw.cr3"},
    "size:>5mb": {"raw.cr3"},
    "size:1..5kb": _ALL - {"raw.cr3"},
    'prompt:"castle, by"': {"castle_50%.webp"},
    "model:SDXL": {"castle_50%.webp"},
    "text:TOTAL": {"fiji.tif"},
    'text:"total sum"': {"fiji.tif"},
    "text:合計": {"fiji.tif"},
    "-text:total": _ALL - {"fiji.tif"},
    "ocr:ausgang": {"scan.png", "empty.jpg"},
    "text:castle": set(),
    "has:text": {"fiji.tif", "scan.png", "empty.jpg"},
    "-has:text": _ALL - {"fiji.tif", "scan.png", "empty.jpg"},
    "-prompt:castle": _ALL - {"castle_50%.webp"},
    "has:gps (date:2022 OR camera:canon)": {"kyoto.jpg", "Oslo.HEIC"},
}
"""Filter -> the photos that pass. The present moment is `NOW`."""


def table_records(root_id: int) -> list[PhotoRecord]:
    """The photos of the table, to be written."""
    return [
        replace(
            record(root_id, name, number, folder=folder),
            digest=digest_of(1 if name in ("scan.png", "empty.jpg") else 100 + number),
            metadata=metadata,
            picture=picture,
            stamp=FileStamp(52_000_000 if name == "raw.cr3" else 1000 + number, 1),
        )
        for number, (name, (folder, metadata, picture)) in enumerate(PHOTOS.items())
    ]


def filter_of(text: str) -> Filter:
    """The filter that a query consists of."""
    filter_ = parse(text).filter
    assert filter_ is not None
    return filter_


def names_of(photos: Iterable[Photo]) -> set[str]:
    """The names of the files."""
    return {photo.location.name for photo in photos}


def place_all(store: Store, located: Mapping[int, Located | None]) -> None:
    """Write what the gazetteer might have said of photos that wait, by id."""
    waiting = store.places.waiting(1000)
    store.places.put([Placed(known, seen, located.get(known), seen) for known, seen in waiting])


def passing(store: Store, filter_: Filter) -> list[int]:
    """Ids of the photos that pass, ascending."""
    frames = store.catalog.matching(filter_, NOW)
    owners = store.catalog.of_frames(frames.tolist())
    return sorted(photo.id for photo in owners.values())


class FilterContract:
    """Every test of `Catalog.matching`; the fixture `opener` says how to open a library."""

    @pytest.fixture
    def asked(self, opener: Opener) -> Iterator[Store]:
        with closing(opener()) as store:
            root = store.files.add_root("/Photos")
            ids = store.put(Batch(photos=table_records(root.id)))
            for photo in store.catalog.photos(ids):
                if photo.location.name in READ_IN:
                    lines = READ_IN[photo.location.name]
                    store.picture_texts.put(photo.digest, shows(*lines))
            # Says of the empty photo, and of one more, what they are said to be without as well.
            store.edits.put([ids[0], ids[-1]], Edit(title=""))
            store.edits.put(ids[:1], Edit(), revert=["title"])
            names = {photo.id: photo.location.name for photo in store.catalog.photos(ids)}
            place_all(store, {photo_id: LOCATED_IN.get(names[photo_id]) for photo_id in ids})
            yield store

    def test_every_filter_of_the_table_finds_its_photos(self, asked: Store) -> None:
        by_store, by_python = {}, {}
        everything = asked.catalog.by_date(len(PHOTOS))
        for text in CASES:
            ids = passing(asked, filter_of(text))
            by_store[text] = names_of(asked.catalog.photos(ids))
            by_python[text] = names_of(
                [photo for photo in everything if matches(filter_of(text), photo, NOW)]
            )
        expected = {text: set(names) for text, names in CASES.items()}
        assert by_store == expected
        assert by_python == expected

    def test_missing_photos_pass_no_filter(self, asked: Store) -> None:
        whole = filter_of("width:>0")
        ids = passing(asked, whole)
        asked.put(Batch(missing=ids[:2]))
        assert passing(asked, whole) == ids[2:]

    def test_frames_come_in_ascending_order(self, asked: Store) -> None:
        whole = filter_of("width:>0")
        frames = asked.catalog.matching(whole, NOW)
        assert frames.dtype == np.int64
        assert frames.tolist() == sorted(frames_of(asked, passing(asked, whole)))

    def test_a_field_that_is_not_there_is_refused(self, asked: Store) -> None:
        with pytest.raises(QueryError, match="no field 'mood'"):
            asked.catalog.matching(Field("mood", Operator.IS, "good"), NOW)

    @settings(
        max_examples=60,
        deadline=None,
        # Every backend runs this one test in a class of its own.
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(data=st.data(), random=st.lists(filters(MEMBERS), min_size=1, max_size=8))
    def test_a_store_lets_the_same_photos_through_as_python(
        self, asked: Store, data: st.DataObject, random: list[Filter]
    ) -> None:
        [root] = asked.files.roots()
        ids = asked.put(Batch(photos=data.draw(photo_records(root.id, 7))))
        place_all(asked, {photo_id: data.draw(LOCATED) for photo_id in ids})
        for photo in asked.catalog.photos(ids):
            lines = data.draw(st.none() | st.lists(TEXTS, max_size=2))
            if lines is not None:
                asked.picture_texts.put(photo.digest, shows(*lines))
        known = asked.catalog.photos(ids)
        for filter_ in random:
            expected = {photo.id for photo in known if matches(filter_, photo, NOW)}
            assert set(passing(asked, filter_)) & set(ids) == expected, str(filter_)
