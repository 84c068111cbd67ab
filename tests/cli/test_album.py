"""`mindseye album`: named parts of the library, from making one to searching it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Shell
from tests.conftest import Paint

from mindseye.config import load_settings
from mindseye.library import Library
from mindseye.types import Album

NEW = "test-colours:new"


def library_of(shell: Shell) -> Library:
    settings = load_settings(
        {"library": shell.environment["MINDSEYE_LIBRARY"], "workers": 1, "encoder": "test-colours"}
    )
    return Library.open(settings=settings)


@pytest.fixture
def named(empty: Shell, photos: Path) -> Shell:
    """A library without photos and with an album."""
    with library_of(empty) as library:
        library.put_album(Album("Our Trip", (str(photos / "trip"),), "by boat"))
    return empty


@pytest.fixture
def albums(named: Shell, paint: Paint, photos: Path) -> Shell:
    """The same with five photos, two of them in the album."""
    for name, *colours in (
        ("red.png", "red"),
        ("both.png", "red", "blue"),
        ("blue.png", "blue"),
        ("trip/red.png", "red"),
        ("trip/green.png", "green"),
    ):
        paint(name, *colours, seed=len(name))
    with library_of(named) as library:
        library.ingest([photos])
    return named


def test_an_album_is_made_listed_searched_and_removed(albums: Shell, photos: Path) -> None:
    told = albums("album", "list").stdout
    assert "Our Trip: 2 pictures, by test-colours" in told
    assert "by boat" in told
    assert str(photos / "trip") in told
    assert albums("search", "red", "--album", "our trip", "--paths").stdout.splitlines() == [
        str(photos / "trip" / "red.png")
    ]
    assert len(albums("search", "--album", "Our Trip", "--paths").stdout.splitlines()) == 2
    assert "its photos stay" in albums("album", "remove", "OUR TRIP").stdout
    assert json.loads(albums("album", "list", "--json").stdout)["albums"] == []
    assert len(albums("search", "red", "--paths").stdout.splitlines()) == 3


def test_an_album_asks_for_an_encoder_and_gets_it_by_a_change(albums: Shell) -> None:
    done = albums("album", "edit", "Our Trip", "--encoder", NEW)
    assert "searched by test-colours" in done.stdout
    assert "mindseye reencode --album 'Our Trip'" in done.stderr
    searched = albums("search", "red", "--album", "Our Trip")
    assert "mindseye reencode --album 'Our Trip'" in searched.stderr
    assert len(searched.stdout.splitlines()) == 1
    assert "the album 'Our Trip' is searched by" in albums("reencode", "--album", "Our Trip").stdout
    after = albums("search", "red", "--album", "Our Trip")
    assert after.stderr == ""
    assert after.stdout == searched.stdout
    [entry] = json.loads(albums("album", "list", "--json").stdout)["albums"]
    assert (entry["encoder"], entry["album"]["encoder"]) == (NEW, NEW)


def test_what_an_album_says_gives_way_to_a_flag(albums: Shell) -> None:
    albums("album", "edit", "Our Trip", "--max-results", "1", "--min-score", "0")
    assert len(albums("search", "red", "--album", "Our Trip").stdout.splitlines()) == 1
    several = albums("search", "red", "--album", "Our Trip", "--limit", "5").stdout
    assert len(several.splitlines()) == 2
    cut = albums("search", "red", "--album", "Our Trip", "--limit", "5", "--min-score", "0.5")
    assert len(cut.stdout.splitlines()) == 1
    albums("album", "edit", "Our Trip", "--default", "max-results", "--default", "min-score")
    [entry] = json.loads(albums("album", "list", "--json").stdout)["albums"]
    assert (entry["album"]["max_results"], entry["album"]["min_score"]) == (None, None)


def test_an_album_of_photos_that_wait_says_what_encodes_them(
    albums: Shell, photos: Path, tmp_path: Path
) -> None:
    made = albums("album", "add", "later", str(tmp_path / "nothing here yet"))
    assert "no photo lies there yet" in made.stderr
    albums("reencode", "--album", "Our Trip", "--encoder", NEW)
    grown = albums("album", "edit", "Our Trip", "--folder", str(photos))
    assert "3 pictures wait" in grown.stderr
    albums("ingest", str(photos))
    status = albums("status").stdout
    assert f"album      Our Trip: 5 pictures by {NEW}, 0 waiting" in status


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        (["add", "our trip", "."], 2, "there is an album 'our trip' already", "album edit"),
        (["add", "", "."], 2, "needs a name", ""),
        (["add", "x", "--search", "a camra:x"], 2, "no field 'camra'", "camera:"),
        (["add", "x", "--search", "album:outrip"], 2, "no album 'outrip'", "'Our Trip'"),
        (["add", "x", "--search", "album:X"], 2, "go in circles: 'x' names 'x'", "album edit"),
        (["add", "x", "--search", "score:>0.3"], 2, "finds every photo", "filters"),
        (["add", "x", "--search", "./test_album.py"], 2, "no picture at", ""),
        (["add-photos", "our trip", "nothing.jpg"], 3, "not in the library", ""),
        (["show", "our trips"], 3, "no album 'our trips'", "'Our Trip'"),
        (["edit", "Our Trp", "--max-results", "3"], 3, "no album 'Our Trp'", "'Our Trip'"),
        (["edit", "Our Trip"], 2, "nothing is to be changed", ""),
        (["edit", "Our Trip", "--max-results", "0"], 2, "max-results", ""),
        (["remove", "x"], 3, "no album 'x'", "album list"),
    ],
)
def test_a_mistake_is_answered_with_a_message_and_a_code(
    named: Shell, arguments: list[str], code: int, message: str, hint: str
) -> None:
    done = named("album", *arguments, code=code)
    assert message in done.stderr
    assert hint in done.stderr


def test_json_of_an_album_holds_all_of_it(named: Shell, photos: Path) -> None:
    told = json.loads(
        named("album", "edit", "Our Trip", "--name", "Trip", "--optimise", "--json").stdout
    )
    assert told["album"]["name"] == "Trip"
    assert told["album"]["optimise"] is True
    assert told["album"]["folders"] == [str(photos / "trip")]
    assert told["frames"] == 0
    assert "no photo lies there yet" in told["notices"][0]


@pytest.mark.parametrize(
    "command", ["add", "edit", "list", "remove", "show", "add-photos", "remove-photos"]
)
def test_every_command_explains_itself(empty: Shell, command: str) -> None:
    help_text = empty("album", command, "--help").stdout
    assert help_text.startswith(f"Usage: mindseye album {command}")
