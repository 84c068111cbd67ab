"""`mindseye evaluate` as a user meets it, on pictures that are really decoded and searched."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.cli.conftest import Shell
from tests.conftest import Paint


@pytest.fixture
def captions(paint: Paint, photos: Path) -> Path:
    rows = [
        {"image": paint("red.png", "red").name, "captions": ["red", "all red"], "split": "val"},
        {"image": paint("blue.png", "blue").name, "captions": ["blue"], "split": "val"},
        {"image": paint("green.png", "green").name, "captions": ["yellow"], "split": "val"},
        {"image": paint("grey.png", "grey").name, "captions": ["grey"], "split": "train"},
        {"image": "gone.png", "captions": ["white"], "split": "val"},
    ]
    path = photos / "captions.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def rows_of(text: str, start: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith(f"| {start}")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_captions_are_measured_and_reported(empty: Shell, captions: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    told = empty(
        "evaluate", str(captions), "--split", "val", "--k", "3,1", "--direction", "both",
        "--encoder", "test-colours", "--encoder", "test-colours:other", "--out", str(report),
    ).stdout  # fmt: skip
    assert report.read_text() == told
    assert "3 pictures, 4 captions" in told
    assert "gone.png: the file is not there" in told
    assert "## text-to-image, 4 queries" in told
    first = rows_of(told, "test-colours ")[0]
    assert re.fullmatch(r"75\.0 \(\d+\.\d-\d+\.\d\)", first[1])
    assert rows_of(told, "recall@1")[0][3:5] == ["+0.0 (+0.0 to +0.0)", "1.0000"]
    assert "## image-to-text, 3 queries" in told
    assert rows_of(told, "test-colours ")[-1][2:4] == ["1.0000", "1.0000"]


def test_the_report_is_data_as_well(empty: Shell, captions: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = empty("evaluate", str(captions), "--json", "--out", str(report))
    said = json.loads(done.stdout)
    assert said["evaluation"] == json.loads(report.read_text())
    (result,) = said["evaluation"]["results"]
    assert result["measures"]["recall@1"]["value"] == pytest.approx(4 / 5)
    assert said["evaluation"]["index"][0]["recall"] == {"1": 1.0, "5": 1.0, "10": 1.0}


def test_pictures_of_another_file_join_the_crowd(
    empty: Shell, captions: Path, photos: Path
) -> None:
    other = photos / "other.csv"
    other.write_text("image,caption,split\ngrey.png,grey,val\nred.png,red,val\n")
    told = empty("evaluate", str(captions), "--split", "val", "--among", str(other)).stdout
    assert "4 pictures, 4 captions" in told
    assert "1 pictures have no caption" in told


def test_vectors_are_kept_where_the_user_says(empty: Shell, captions: Path, tmp_path: Path) -> None:
    arguments = ("evaluate", str(captions), "--json", "--cache", str(tmp_path / "kept"))
    first = empty(*arguments).stdout
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "kept").rglob("*.rows")}
    again = empty(*arguments).stdout
    assert len(stamps) == 2
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert [json.loads(out)["evaluation"]["results"] for out in (first, again)] == [
        json.loads(first)["evaluation"]["results"]
    ] * 2


def test_a_library_is_measured_as_it_is(shell: Shell, photos: Path, tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    rows = [
        {"query": "red", "relevant": [str(photos / "red.png"), str(photos / "red-blue.png")]},
        {"query": "blue name:red", "relevant": "name:red-blue"},
        {"query": "green", "relevant": []},
        {"query": "blue", "relevant": ["nowhere.png"]},
    ]
    queries.write_text("\n".join(map(json.dumps, rows)))
    said = json.loads(shell("evaluate", str(queries), "--json", "--k", "1,2").stdout)
    (found,) = said["evaluation"]
    assert (found["encoder"], found["queries"]) == ("test-colours", 2)
    assert found["measures"]["recall@2"]["value"] == 1.0
    assert found["measures"]["MRR"]["value"] == 1.0
    assert found["cut_off"]["recall"] == 1.0
    assert (found["cut_off"]["hopeless"], found["cut_off"]["false_alarms"]) == (1, 0)
    assert found["unanswerable"] == ["blue"]
    told = shell("evaluate", str(queries)).stdout
    assert "2 queries with an answer, 1 without" in told
    assert rows_of(told, "test-colours")[-1][1:4] == ["3", "100.0%", "100.0%"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["absent.jsonl"], 2, "does not exist"),
        (["CAPTIONS", "--k", "0"], 2, "expected numbers from 1"),
        (["CAPTIONS", "--k", "one"], 2, "expected numbers from 1"),
        (["CAPTIONS", "--out", "report.txt"], 2, "a report is .json or .md"),
        (["CAPTIONS", "--split", "test"], 2, "no split 'test'; it names train, val"),
        (["CAPTIONS", "--encoder", "nonsense"], 2, "none of the encoders"),
    ],
)
def test_a_mistake_is_answered(
    empty: Shell, captions: Path, arguments: list[str], code: int, message: str
) -> None:
    named = [str(captions) if each == "CAPTIONS" else each for each in arguments]
    assert message in empty("evaluate", *named, code=code).stderr


def test_a_library_that_is_not_there_is_not_made(empty: Shell, tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"query": "red", "relevant": []}')
    assert "there is no library" in empty("evaluate", str(queries), code=3).stderr
    assert not (tmp_path / "library").exists()
