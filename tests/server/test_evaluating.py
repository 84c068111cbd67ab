"""Evaluations over HTTP: of encoders on captioned pictures, and of the library itself."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.server.test_jobs import JOBS, until

from mindseye.server.context import Context
from mindseye.server.evaluating import evaluated


def reported(client: TestClient, wanted: dict[str, Any]) -> dict[str, Any]:
    started = client.post(JOBS, json={"kind": "evaluate", **wanted})
    assert started.status_code == 201, started.json()
    job = started.json()["id"]
    until(lambda: client.get(f"{JOBS}/{job}").json()["state"] not in {"waiting", "running"})
    done = client.get(f"{JOBS}/{job}").json()
    assert done["state"] == "done", done["error"]
    report: dict[str, Any] = done["report"]
    return report


def test_a_library_is_asked_what_people_judged(client: TestClient, photos: Path) -> None:
    rows = [
        {"query": "red", "relevant": ["red.png", "both.png"]},
        {"query": "green", "relevant": "name:green"},
        {"query": "blue", "relevant": {"red.png": 1, "nowhere.png": 2}},
    ]
    wanted = {"rows": rows, "folder": str(photos), "ks": [4, 1]}
    [found] = reported(client, wanted)["evaluations"]
    assert (found["encoder"], found["queries"]) == ("test-colours", 3)
    assert found["absent"] == [str(photos / "nowhere.png")]
    assert found["measures"]["recall@1"]["value"] == pytest.approx((1 / 2 + 1 + 0) / 3)
    assert found["measures"]["recall@4"]["value"] == 1.0


def test_encoders_are_compared_on_captioned_pictures(client: TestClient, photos: Path) -> None:
    rows = [
        {"image": "red.png", "captions": ["red"]},
        {"image": "blue.png", "captions": ["blue"]},
        {"image": "gone.png", "captions": ["grey"]},
    ]
    encoders = ["test-colours", "test-colours:other"]
    wanted = {"rows": rows, "folder": str(photos), "encoders": encoders, "direction": "both"}
    [found] = reported(client, wanted)["evaluations"]
    assert (found["pictures"], found["captions"], found["left_count"]) == (2, 2, 1)
    assert [one["encoder"] for one in found["results"]] == [each for each in encoders for _ in "ab"]
    assert found["results"][0]["measures"]["recall@1"]["value"] == 1.0
    assert found["comparisons_count"] > 0


@pytest.mark.parametrize(
    ("wanted", "status", "said"),
    [
        ({"rows": []}, 422, ""),
        ({"rows": [{"query": "red"}]}, 400, "line 1"),
        ({"rows": [{"image": "a.png", "captions": ["x"]}]}, 400, "relative paths"),
        ({"rows": [{"query": "red", "relevant": ["a.png"]}]}, 400, "relative paths"),
        ({"rows": [{"image": "/etc/passwd", "captions": ["x"]}]}, 403, "passwd"),
        ({"rows": [{"query": "x", "relevant": []}], "folder": "/etc"}, 403, "etc"),
        ({"rows": [{"query": "x", "relevant": []}], "encoders": [":"]}, 400, ""),
        ({"rows": [{"query": "x", "relevant": []}], "ks": [0]}, 422, ""),
    ],
)
def test_what_cannot_be_evaluated_is_refused_at_once(
    client: TestClient, app: FastAPI, wanted: dict[str, Any], status: int, said: str
) -> None:
    answer = client.post(JOBS, json={"kind": "evaluate", **wanted})
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    context: Context = app.state.context
    kept = context.settings.library / "evaluations"
    assert list(kept.glob("*")) == [], "what was refused is not kept"


def test_a_picture_above_the_folder_is_refused(client: TestClient, photos: Path) -> None:
    rows = [{"image": "../" * 20 + "etc/passwd", "captions": ["x"]}]
    wanted = {"kind": "evaluate", "rows": rows, "folder": str(photos)}
    assert client.post(JOBS, json=wanted).status_code == 403


@pytest.mark.parametrize(
    "row",
    [{"query": "red", "relevant": "name:red"}, {"image": "red.png", "captions": ["red"]}],
)
def test_an_evaluation_that_is_stopped_says_nothing(
    client: TestClient, app: FastAPI, photos: Path, row: dict[str, Any]
) -> None:
    wanted = {"kind": "evaluate", "rows": [row], "folder": str(photos)}
    arguments = client.post(JOBS, json=wanted).json()["arguments"]
    stopped = Event()
    stopped.set()
    context: Context = app.state.context
    assert evaluated(context.library, arguments, lambda _: None, stopped) is None
