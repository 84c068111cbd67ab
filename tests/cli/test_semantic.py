"""A library without semantic search: nothing is encoded, and names, dates and filters find."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Shell
from tests.conftest import Paint


def test_without_semantic_search_nothing_is_encoded_until_it_is_switched_on(
    empty: Shell, paint: Paint, photos: Path
) -> None:
    paint("IMG_2041.png", "red")
    paint("birthday cake.png", "blue")
    off = {"MINDSEYE_SEMANTIC": "no", "MINDSEYE_ENCODER": "no-such-encoder"}
    taken = json.loads(empty("ingest", str(photos), "--json", **off).stdout)
    assert taken["added"] == 2
    found = json.loads(empty("search", "IMG_2041", "--json", **off).stdout)
    assert [Path(hit["path"]).name for hit in found["hits"]] == ["IMG_2041.png"]
    assert empty("search", "type:photo", "--paths", **off).stdout.count(".png") == 2
    assert "pictures are not compared" in empty("search", "photo:1", code=2, **off).stderr

    status = json.loads(empty("status", "--json").stdout)
    assert (status["encoded"], status["waiting"]) == (0, 2)
    empty("ingest", str(photos))
    assert json.loads(empty("status", "--json").stdout)["encoded"] == 2
    hits = json.loads(empty("search", "red", "--json").stdout)["hits"]
    assert [Path(hit["path"]).name for hit in hits] == ["IMG_2041.png"]


def test_a_copy_and_a_move_are_recognised_without_semantic_search(
    empty: Shell, paint: Paint, photos: Path
) -> None:
    first = paint("one.png", "red")
    empty("ingest", str(photos), "--no-semantic")
    (photos / "two.png").write_bytes(first.read_bytes())
    assert json.loads(empty("ingest", str(photos), "--no-semantic", "--json").stdout)["added"] == 1
    first.rename(photos / "three.png")
    moved = json.loads(empty("ingest", str(photos), "--no-semantic", "--json").stdout)
    assert (moved["moved"], moved["added"]) == (1, 0)


def test_the_plan_of_a_search_is_shown(shell: Shell) -> None:
    shown = shell("explain", "--plan", "red type:photo").stdout
    assert shown.startswith("plan    ")
    assert "of the library" in shown
    assert "rank" in shown
    facts = json.loads(shell("explain", "--plan", "--json", "red").stdout)
    assert (facts["access"], facts["share"], facts["relevant"]) == ("all", None, 2)
    assert [step["name"] for step in facts["steps"]] == ["plan", "encode", "rank"]
