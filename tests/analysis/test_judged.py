"""A real library asked what is known: where answers come, and what lies above the line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.conftest import Paint

from mindseye.analysis.judged import (
    Answer,
    Judged,
    evaluate_library,
    is_judged,
    read_judged,
)
from mindseye.errors import UsageError
from mindseye.library import Library
from mindseye.query.model import Field, Operator
from mindseye.query.parse import parse

REDS = Field("name", Operator.IS, "red")


@pytest.fixture
def ids(library: Library, paint: Paint, photos: Path) -> Mapping[str, int]:
    for name, colours in {
        "red": ["red"],
        "red-blue": ["red", "blue"],
        "blue": ["blue"],
        "green": ["green"],
    }.items():
        paint(f"{name}.png", *colours)
    library.ingest([photos])
    found = library.search("").hits
    return {Path(hit.photo.path).stem: hit.photo.id for hit in found}


@pytest.mark.parametrize(
    ("relevant", "answers", "above", "expected"),
    [
        # answers best first; recall@1, recall@3, MRR; wrong, missed, precision, recall
        ({"red": 1}, ["red", "blue"], 1, (1, 1, 1, 0, 0, 1, 1)),
        ({"red": 1}, ["blue", "red"], 2, (0, 1, 1 / 2, 1, 0, 1 / 2, 1)),
        ({"red": 1}, ["blue", "red"], 1, (0, 1, 1 / 2, 1, 1, 0, 0)),
        ({"red": 1}, ["blue", "red"], 0, (0, 1, 1 / 2, 0, 1, None, 0)),
        ({"red": 1, "green": 1}, ["red", "blue"], 2, (1 / 2, 1 / 2, 1, 1, 1, 1 / 2, 1 / 2)),
        (REDS, ["red", "red-blue"], 2, (1 / 2, 1, 1, 0, 0, 1, 1)),
    ],
)
def test_answers_are_measured_like_this(
    library: Library,
    ids: Mapping[str, int],
    photos: Path,
    relevant: object,
    answers: list[str],
    above: int,
    expected: tuple[float, ...],
) -> None:
    if isinstance(relevant, dict):
        relevant = {photos / f"{name}.png": grade for name, grade in relevant.items()}
    answer = Answer([ids[name] for name in answers], above)
    found = evaluate_library(
        library.store,
        lambda text: answer,
        [Judged("red", relevant)],  # type: ignore[arg-type]
        (1, 3),
    )
    measured = tuple(found.measures[name].value for name in ("recall@1", "recall@3", "MRR"))
    cut = found.cut_off
    assert (*measured, cut.wrong, cut.missed, cut.precision, cut.recall) == expected


def test_queries_that_nothing_answers_raise_false_alarms_or_none(
    library: Library, ids: Mapping[str, int]
) -> None:
    answers = {"silence": Answer([ids["red"]], 0), "noise": Answer([ids["red"]], 1)}
    judged = [Judged(text, {}) for text in answers]
    found = evaluate_library(library.store, answers.__getitem__, judged, (1,))
    assert (found.queries, found.measures) == (0, {})
    assert (found.cut_off.hopeless, found.cut_off.false_alarms) == (2, 1)
    assert (found.cut_off.precision, found.cut_off.recall) == (0.0, None)


def test_answers_that_are_not_in_the_library_are_said(
    library: Library, ids: Mapping[str, int], photos: Path
) -> None:
    gone = photos / "gone.png"
    judged = [
        Judged("red", {photos / "red.png": 1.0, gone: 1.0}),
        Judged("lost", {gone: 1.0}),
        Judged("yellow", Field("name", Operator.IS, "yellow")),
    ]
    found = evaluate_library(
        library.store, lambda text: Answer([ids["red"]], 1), judged, (1,), encoder="x"
    )
    assert (found.queries, found.absent, found.encoder) == (1, (str(gone),), "x")
    assert found.unanswerable == ("lost", "yellow")
    assert found.measures["recall@1"].value == 1.0


@pytest.mark.parametrize(
    ("relevant", "expected"),
    [
        (["a.png"], {"a.png": 1.0}),
        ({"a.png": 3, "b.png": 0}, {"a.png": 3.0}),
        ([], {}),
        ("name:red rating:>=3", parse("name:red rating:>=3").filter),
    ],
)
def test_a_row_names_its_answers_like_this(
    tmp_path: Path, relevant: object, expected: object
) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(json.dumps({"query": "red date:2023", "relevant": relevant}))
    if isinstance(expected, dict):
        expected = {tmp_path / name: grade for name, grade in expected.items()}
    assert is_judged(path)
    assert read_judged(path) == [Judged("red date:2023", expected)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"query": "red"}, "line 2: expected a list of paths"),
        ({"query": "red", "relevant": [3]}, "line 2: expected a list of paths"),
        ({"query": "red", "relevant": {"a": -1}}, "grade from 0"),
        ({"query": "red", "relevant": "mood:good"}, "there is no field 'mood'"),
        ({"query": "red", "relevant": "sunny date:2023"}, "a filter without words"),
        ({"query": " ", "relevant": []}, "a text under 'query'"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(
    tmp_path: Path, row: object, message: str
) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(f'{{"query": "x", "relevant": []}}\n{json.dumps(row)}')
    with pytest.raises(UsageError, match=message):
        read_judged(path)


@pytest.mark.parametrize(
    ("name", "text"), [("a.jsonl", '{"image": "x"}'), ("a.jsonl", ""), ("a.json", '{"query": 1}')]
)
def test_captions_are_no_queries(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert not is_judged(tmp_path / name)
