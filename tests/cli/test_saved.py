"""Searches that are kept, and searches inside what an earlier one found, from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Shell


def found(shell: Shell, *arguments: str) -> list[str]:
    lines = shell("search", *arguments, "--paths").stdout.splitlines()
    return sorted(Path(line).name for line in lines)


def test_a_search_is_kept_shown_and_searched_in(shell: Shell, photos: Path) -> None:
    kept = shell("search", "red width:>3", "--save", "our reds")
    assert "saved as the album 'our reds'" in kept.stderr
    assert len(kept.stdout.splitlines()) == 2
    listed = shell("album", "show", "our reds", "--paths").stdout.splitlines()
    assert sorted(listed) == [str(photos / "red-blue.png"), str(photos / "red.png")]
    assert len(shell("album", "show", "our reds", "--limit", "1").stdout.splitlines()) == 1
    assert found(shell, "blue", "--album", "our reds") == ["red-blue.png"]
    assert found(shell, 'blue -album:"our reds"') == ["blue.png"]
    told = json.loads(shell("album", "list", "--json").stdout)["albums"]
    assert [(each["album"]["search"], each["frames"]) for each in told] == [("red width:>3", None)]
    assert "our reds: what its search finds, by test-colours" in shell("album", "list").stdout
    assert "our reds: what its search finds" in shell("status").stdout


def test_a_sentence_is_kept_as_the_dates_it_meant(shell: Shell) -> None:
    shell("search", "red in 2019", "--save", "reds")
    told = json.loads(shell("album", "list", "--json").stdout)["albums"]
    assert [each["album"]["search"] for each in told] == ['"red" date:2019']


def test_limits_given_with_a_search_are_kept_with_it(shell: Shell) -> None:
    shell("search", "red", "--save", "best", "--limit", "1", "--min-score", "0.5")
    shell("search", "blue", "--album", "best", "--save", "inner", "--json")
    told = json.loads(shell("album", "list", "--json").stdout)["albums"]
    kept = {each["album"]["name"]: each["album"] for each in told}
    assert (kept["best"]["max_results"], kept["best"]["min_score"]) == (1, 0.5)
    assert (kept["inner"]["max_results"], kept["inner"]["search"]) == (None, "album:best blue")
    assert len(shell("album", "show", "best").stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["red", "--literal"], "with --literal cannot be saved"),
        (["red", "--image", "PICTURE"], "with --image cannot be saved"),
        (["red", "--within", "-"], "with --within cannot be saved"),
        (["red", "--like", "PICTURE"], "with --like cannot be saved"),
        ([""], "no search to save"),
        (["score:>0.2"], "finds every photo"),
        (["album:x"], "no album 'x'"),
    ],
)
def test_what_a_text_alone_cannot_say_again_is_not_saved(
    shell: Shell, photos: Path, arguments: list[str], message: str
) -> None:
    given = [str(photos / "red.png") if each == "PICTURE" else each for each in arguments]
    assert message in shell("search", *given, "--save", "one", code=2).stderr
    assert json.loads(shell("album", "list", "--json").stdout)["albums"] == []


def test_a_name_that_is_taken_is_not_saved_over(shell: Shell) -> None:
    shell("search", "red", "--save", "one")
    assert "album edit" in shell("search", "blue", "--save", "ONE", code=2).stderr
    assert "search red" in shell("album", "list").stdout


@pytest.mark.parametrize("form", ["--json", "--paths", "--null"])
def test_a_search_looks_in_what_another_printed(shell: Shell, tmp_path: Path, form: str) -> None:
    before = tmp_path / "before"
    before.write_text(shell("search", "red", form).stdout)
    assert found(shell, "blue", "--within", str(before)) == ["red-blue.png"]
    assert found(shell, "--within", str(before)) == ["red-blue.png", "red.png"]


def test_photos_that_are_not_known_are_told_of(shell: Shell, photos: Path, tmp_path: Path) -> None:
    listed = tmp_path / "listed"
    listed.write_text(f"{photos}/red.png\r\n{photos}/none.png\n\n")
    done = shell("search", "--within", str(listed), "--paths")
    assert done.stdout.splitlines() == [str(photos / "red.png")]
    assert "1 of 2 paths are no photos of the library" in done.stderr
    listed.write_text(f"{photos}/none.png")
    assert "none of the 1 paths" in shell("search", "--within", str(listed), code=3).stderr
    listed.write_text("")
    assert found(shell, "--within", str(listed)) == []


def test_ids_of_another_library_are_not_taken_for_photos_of_this_one(
    shell: Shell, photos: Path, tmp_path: Path
) -> None:
    told = json.loads(shell("search", "red", "--json").stdout)
    ids = [hit["id"] for hit in told["hits"]]
    for hit, other in zip(told["hits"], reversed(ids), strict=True):
        hit["id"] = other
    before = tmp_path / "before.json"
    before.write_text(json.dumps({**told, "hits": told["hits"][:1]}))
    assert found(shell, "--within", str(before)) == [Path(told["hits"][0]["path"]).name]


@pytest.mark.parametrize("text", ["{", '{"photos": []}', '{"hits": [1]}', '{"hits": 3}'])
def test_json_of_something_else_is_refused(shell: Shell, tmp_path: Path, text: str) -> None:
    before = tmp_path / "before.json"
    before.write_text(text)
    assert "not what" in shell("search", "--within", str(before), code=2).stderr


def test_photos_are_picked_for_an_album_and_taken_out(shell: Shell, photos: Path) -> None:
    assert "album add-photos 'my best'" in shell("album", "add", "my best").stderr
    red, blue = str(photos / "red.png"), str(photos / "blue.png")
    assert "2 photos picked" in shell("album", "add-photos", "my best", red, blue).stdout
    again = json.loads(shell("album", "add-photos", "my best", red, "--json").stdout)
    assert (again["done"], again["picked"], again["frames"]) == ({"picked": 0}, 2, 2)
    assert found(shell, 'album:"my best" red') == ["red.png"]
    gone = shell("album", "remove-photos", "my best", blue, str(photos / "red-blue.png"))
    assert "1 photo removed" in gone.stdout
    assert "1 of the photos were not picked by hand" in gone.stderr
    assert "my best: 1 pictures (1 picked by hand)" in shell("album", "list").stdout


def test_an_album_is_given_a_search_and_loses_it_again(shell: Shell, photos: Path) -> None:
    shell("album", "add", "all", str(photos), "--search", "name:blue")
    assert "all: 2 pictures" in shell("album", "list").stdout
    shell("album", "edit", "all", "--search", "")
    assert "all: 3 pictures" in shell("album", "list").stdout
    shell("album", "edit", "all", "--folder", "")
    assert "all: 0 pictures" in shell("album", "list").stdout


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("mindseye search album:o", ["album:one"]),
        ("mindseye search 'x -album:'", ['x -album:"two dogs"', "x -album:one"]),
        ("mindseye search '(-album:T'", ['(-album:"two dogs"']),
        ("mindseye search 'red album:\"tw'", ['red album:"two dogs"']),
        ("mindseye search --album O", ["one"]),
        ("mindseye album show t", ["two dogs"]),
        ("mindseye search album:x", []),
    ],
)
def test_the_names_of_albums_are_completed(shell: Shell, words: str, completed: list[str]) -> None:
    for name in ("one", "two dogs"):
        shell("album", "add", name, "--search", "red")
    count = {"album": 3}.get(words.split()[1], 3 if "--album" in words else 2)
    done = shell(_MINDSEYE_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(count))
    assert sorted(line.partition(",")[2] for line in done.stdout.splitlines() if line) == completed


def test_where_there_is_no_library_nothing_is_completed(empty: Shell) -> None:
    done = empty(
        _MINDSEYE_COMPLETE="bash_complete", COMP_WORDS="mindseye search album:", COMP_CWORD="2"
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")
