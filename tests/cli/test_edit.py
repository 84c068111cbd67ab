"""`mindseye edit` changes what a photo says, one by one or all that a query finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Shell

PROGRAM = "from mindseye.cli.main import run; run()"


def shown(shell: Shell, path: Path) -> dict[str, object]:
    metadata = json.loads(shell("show", str(path), "--json").stdout)["metadata"]
    assert isinstance(metadata, dict)
    return metadata


def test_everything_that_can_be_said_is_shown_as_the_users(shell: Shell, photos: Path) -> None:
    path = photos / "red.png"
    done = shell(
        *("edit", str(path), "--rating", "5", "--favorite", "--date", "2023-04-05T12:30+09:00"),
        *("--place", "Kyoto, Kyoto Prefecture, Japan", "--gps", "-35.01,135.77"),
        *("--title", "T", "--caption", "two words", "--add-keyword", "a", "--add-keyword", "b"),
    )
    assert done.stdout == "1 photo edited\n"
    found = shown(shell, path)
    assert (found["taken_at"], found["offset"]) == ("2023-04-05T12:30:00", "+09:00")
    assert found["place"] == {
        "city": "Kyoto",
        "region": "Kyoto Prefecture",
        "country": "Japan",
        "country_code": None,
    }
    assert found["gps"] == {"latitude": -35.01, "longitude": 135.77, "altitude": None}
    assert (found["rating"], found["favourite"], found["keywords"]) == (5, True, ["a", "b"])
    assert set(found["sources"].values()) == {"user"}  # type: ignore[attr-defined]
    lines = shell("show", str(path)).stdout.splitlines()
    assert "favourite      yes   [user]" in lines
    assert "keywords       a, b   [user]" in lines


def test_parts_of_a_place_and_keywords_change_alone_and_revert(shell: Shell, photos: Path) -> None:
    path = photos / "red.png"
    before = shown(shell, path)
    shell("edit", str(path), "--place", "Kyoto,Japan", "--add-keyword", "a")
    shell("edit", str(path), "--country", "JP", "--add-keyword", "b", "--remove-keyword", "A")
    place = {"city": "Kyoto", "region": None, "country": None, "country_code": "JP"}
    found = shown(shell, path)
    assert (found["place"], found["keywords"]) == (place, ["b"])
    shell("edit", str(path), "--revert", "place")
    assert (shown(shell, path)["place"], shown(shell, path)["keywords"]) == (None, ["b"])
    shell("edit", str(path), "--revert", "all")
    assert shown(shell, path) == before


def test_all_that_a_query_finds_are_edited_after_a_question(shell: Shell, photos: Path) -> None:
    done = shell("edit", "--query", "color:red", "--rating", "-1", code=130)
    assert "Edit 2 photos?" in done.stderr
    assert shell("search", "--paths", "is:edited").stdout == ""
    done = shell("edit", "--query", "color:red", "--rating", "-1", "--yes", "--json")
    assert json.loads(done.stdout) == {"edited": 2}
    paths = shell("search", "--paths", "is:rejected is:edited").stdout.split()
    assert sorted(Path(path).name for path in paths) == ["red-blue.png", "red.png"]


def test_a_query_that_finds_nothing_edits_nothing(shell: Shell) -> None:
    assert shell("edit", "--query", "iso:100", "--rating", "1").stdout == "0 photos edited\n"


@pytest.mark.parametrize("ends", ["\n", "\0"])
def test_paths_come_from_a_pipe(shell: Shell, photos: Path, ends: str) -> None:
    paths = [str(photos / name) for name in ("red.png", "blue.png")]
    given = (ends.join(paths) + ends).encode()
    done = shell("edit", "-", "--date", "1987", given=given)
    assert done.stdout == "2 photos edited\n"
    found = shell("search", "--paths", "date:1987").stdout.split()
    assert sorted(found) == sorted(paths)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["red.png"], 2, "nothing is to be changed"),
        ([], 2, "say which photos"),
        (["red.png", "--query", "color:red", "--rating", "1"], 2, "say which photos"),
        (["none.png", "--rating", "1"], 3, "not in the library"),
        (["red.png", "--rating", "6"], 2, "-1<=x<=5"),
        (["red.png", "--date", "soon"], 2, "hint:  write 2023"),
        (["red.png", "--gps", "100,0"], 2, "no position on Earth"),
        (["red.png", "--place", "a", "--city", "b"], 2, "--city says it again"),
        (["red.png", "--revert", "mood"], 2, "'mood' is not one of"),
        (["--query", "colour:rot", "--rating", "1"], 2, "color: knows no 'rot'"),
    ],
)
def test_a_mistake_is_answered_and_edits_nothing(
    shell: Shell, photos: Path, arguments: list[str], code: int, said: str
) -> None:
    given = [str(photos / each) if each.endswith(".png") else each for each in arguments]
    assert said in shell("edit", *given, code=code).stderr
    assert shell("search", "--paths", "is:edited").stdout == ""
