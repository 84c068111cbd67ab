"""`mindseye places`: what lies at a point, what a name means, and looking up anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from tests.cli.conftest import Shell


def test_a_point_is_told_in_english_and_as_people_there_say(empty: Shell) -> None:
    done = empty("places", "at", "35.0394,135.7292")
    assert "city       Kyoto (京都)" in done.stdout
    assert "country    Japan (日本)" in done.stdout
    assert "Asia/Tokyo" in done.stdout


def test_a_point_as_json_has_all_names(empty: Shell) -> None:
    done = empty("places", "at", "--json", "--", "-33.8568,151.2153")
    told = json.loads(done.stdout)
    assert (told["city"], told["country_code"], told["timezone"]) == (
        "Sydney",
        "AU",
        "Australia/Sydney",
    )
    assert "悉尼" in told["city_names"]


@pytest.mark.parametrize("point", ["kyoto", "91,0", "0,181", "1", "1,2,3", "nan,0"])
def test_what_is_no_point_is_refused(empty: Shell, point: str) -> None:
    done = empty("places", "at", point, code=2)
    assert "latitude" in done.stderr


def test_a_name_lists_its_places(empty: Shell) -> None:
    done = empty("places", "find", "firenze")
    assert done.stdout.startswith("city     Florence (Firenze), IT")
    assert "no place is called" in empty("places", "find", "no such place anywhere").stdout
    told = json.loads(empty("places", "find", "kyoto", "--json", "--limit", "1").stdout)
    assert [place["country_code"] for place in told["places"]] == ["JP"]


def test_an_ingested_photo_shows_where_it_was_taken_and_is_looked_up_anew(
    empty: Shell, tmp_path: Path
) -> None:
    path = tmp_path / "pictures" / "a.jpg"
    path.parent.mkdir()
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (43.0, 46.0, 4.0), 3: "E", 4: (11.0, 15.0, 19.0)}
    exif[0x8769] = {0x9003: "2023:07:01 12:00:00"}
    Image.new("RGB", (64, 64), "red").save(path, exif=exif)
    empty("ingest", str(path.parent))
    shown = empty("show", str(path)).stdout
    assert "2023-07-01 12:00:00 +02:00, to the second   [exif, offset: gps]" in shown
    assert "city Florence, region Tuscany, country Italy, country_code IT   [gps]" in shown
    assert "Firenze, Toscana, Italia" in shown
    assert "Europe/Rome   [gps]" in shown
    told = json.loads(empty("show", str(path), "--json").stdout)
    assert told["located"]["local"]["city"] == "Firenze"
    assert "looked up the places of 1 photos" in empty("places", "refresh").stdout
    assert empty("show", str(path)).stdout == shown
