"""Hits as tables of real pyarrow and pandas, with every fact in its place and type."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import Paint

from mindseye.errors import MissingExtra
from mindseye.library import Library
from mindseye.search.found import Found
from mindseye.search.tables import to_arrow, to_pandas
from mindseye.testing.samples import FULL_METADATA
from mindseye.types import (
    FileStamp,
    Generation,
    Hit,
    Location,
    Metadata,
    Photo,
    PictureFacts,
    TermScore,
)

pa = pytest.importorskip("pyarrow", reason="the extra `arrow` is not installed: make dev")
pd = pytest.importorskip("pandas", reason="the extra `pandas` is not installed: make dev")

REASON = pa.struct([("term", pa.string()), ("weight", pa.float64()), ("score", pa.float64())])
SCHEMA = {
    "rank": pa.int64(),
    "relevant": pa.bool_(),
    **dict.fromkeys(["score", "probability"], pa.float64()),
    "id": pa.int64(),
    "path": pa.string(),
    "frame": pa.int64(),
    "taken_at": pa.timestamp("us"),
    "offset": pa.duration("s"),
    **dict.fromkeys(["precision", "city", "region", "country", "country_code"], pa.string()),
    **dict.fromkeys(["latitude", "longitude", "altitude"], pa.float64()),
    **dict.fromkeys(["camera", "lens"], pa.string()),
    **dict.fromkeys(["exposure_seconds", "f_number"], pa.float64()),
    "iso": pa.int64(),
    **dict.fromkeys(["focal_length", "focal_length_35mm"], pa.float64()),
    **dict.fromkeys(["title", "caption", "text"], pa.string()),
    **dict.fromkeys(["keywords", "people", "colours"], pa.list_(pa.string())),
    "rating": pa.int32(),
    **dict.fromkeys(["tool", "prompt", "model", "format"], pa.string()),
    **dict.fromkeys(["width", "height", "frames"], pa.int32()),
    "size": pa.int64(),
    "copies": pa.int32(),
    "digest": pa.string(),
    "added_at": pa.timestamp("us"),
    "why": pa.list_(REASON),
}

PHOTO = Photo(
    id=7,
    path="/photos/猫\U0010fee9.jpg",
    location=Location(1, "", "猫\U0010fee9.jpg"),
    stamp=FileStamp(2**40, 1),
    digest="ab" * 32,
    picture=PictureFacts(640, 480, "jpeg", 2, {"red": 0.9}),
    metadata=replace(
        FULL_METADATA, people=("Ann",), generation=Generation("ComfyUI", "a cat", model="sdxl")
    ),
    added_at=datetime(2024, 3, 1, 12),
    copies=1,
    text="Invoice 4711",
)
BARE = replace(PHOTO, id=8, text=None, metadata=Metadata(), picture=PictureFacts(1, 1, "png"))
HITS = (
    Hit(PHOTO, 0.25, 0.75, 70, (TermScore("cat", 1.0, 0.5), TermScore("dog", -1.0, 0.125))),
    Hit(BARE, 0.125, None, 80),
)


def test_the_columns_have_these_types_whether_or_not_there_are_hits() -> None:
    for hits in (HITS, ()):
        schema = to_arrow(hits, 1).schema
        assert dict(zip(schema.names, schema.types, strict=True)) == SCHEMA


def test_every_fact_is_in_its_place() -> None:
    row = to_arrow(HITS, 1).to_pylist()[0]
    assert row == {
        "rank": 1,
        "relevant": True,
        "score": 0.25,
        "probability": 0.75,
        "id": 7,
        "path": PHOTO.path,
        "frame": 70,
        "taken_at": datetime(2024, 2, 29, 23, 59, 58, 123000),
        "offset": timedelta(hours=-9, minutes=-30),
        "precision": "subsecond",
        "city": "Sydney",
        "region": "New South Wales",
        "country": "Australia",
        "country_code": "AU",
        "latitude": -33.85678,
        "longitude": 151.2153,
        "altitude": -4.5,
        "camera": "Nikon Z 8",
        "lens": "NIKKOR Z 85mm f/1.8 S",
        "exposure_seconds": 1 / 8000,
        "f_number": 1.8,
        "iso": 64,
        "focal_length": 85.0,
        "focal_length_35mm": 85.0,
        "title": FULL_METADATA.title,
        "caption": FULL_METADATA.caption,
        "text": "Invoice 4711",
        "keywords": ["sea", "Sea", "海", "sea"],
        "people": ["Ann"],
        "colours": ["red"],
        "rating": 5,
        "tool": "ComfyUI",
        "prompt": "a cat",
        "model": "sdxl",
        "format": "jpeg",
        "width": 640,
        "height": 480,
        "frames": 2,
        "size": 2**40,
        "copies": 1,
        "digest": "ab" * 32,
        "added_at": datetime(2024, 3, 1, 12),
        "why": [
            {"term": "cat", "weight": 1.0, "score": 0.5},
            {"term": "dog", "weight": -1.0, "score": 0.125},
        ],
    }


def test_what_is_not_known_is_null() -> None:
    row = to_arrow(HITS, 1).to_pylist()[1]
    known = {name for name, value in row.items() if value is not None}
    assert known == {
        *("rank", "relevant", "score", "id", "path", "frame", "keywords", "people", "colours"),
        *("format", "width", "height", "frames", "size", "copies", "digest", "added_at", "why"),
    }
    assert (row["rank"], row["relevant"], row["keywords"], row["why"]) == (2, False, [], [])


def test_a_data_frame_keeps_whole_numbers_whole() -> None:
    frame = to_pandas(HITS, 1)
    assert frame["iso"].dtype == pd.Int64Dtype()
    assert frame["rating"].dtype == pd.Int32Dtype()
    assert frame["iso"].tolist() == [64, pd.NA]
    assert frame["relevant"].tolist() == [True, False]
    assert frame["taken_at"][0] == pd.Timestamp("2024-02-29 23:59:58.123")
    assert frame["offset"][0] == pd.Timedelta(hours=-9, minutes=-30)
    assert list(frame["keywords"][1]) == []
    assert len(to_pandas((), 0)) == 0


def test_what_a_library_finds_is_a_table(library: Library, paint: Paint, photos: Path) -> None:
    paint("red.png", "red")
    paint("red-blue.png", "red", "blue")
    library.ingest([photos])
    found = library.search("red")
    table = found.to_arrow()
    assert [Path(path).stem for path in table["path"].to_pylist()] == ["red", "red-blue"]
    assert table["score"].to_pylist() == [hit.score for hit in found.hits]
    assert found.to_pandas()["why"][0][0]["term"] == "red"


@pytest.mark.parametrize(
    ("absent", "method", "extra"),
    [
        ("pyarrow", Found.to_arrow, "arrow"),
        ("pyarrow", Found.to_pandas, "pandas"),
        ("pandas", Found.to_pandas, "pandas"),
    ],
)
def test_without_the_package_the_line_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch, absent: str, method: object, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, absent, None)
    found = Found(HITS, relevant=1, cutoff=None, candidates=2, seconds=0.0)
    with pytest.raises(MissingExtra, match=absent) as caught:
        method(found)  # type: ignore[operator]
    assert caught.value.hint == f'pip install "mindseye[{extra}]"'


def test_the_docs_list_every_column() -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "use-from-python.md"
    told = re.findall(r"`(\w+)`", page.read_text().partition("## Hits as tables")[2])
    assert set(SCHEMA) <= set(told)
