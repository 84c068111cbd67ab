"""The library as a whole over HTTP, health and metrics."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.server.conftest import HERE, ids_of

from mindseye import __version__
from mindseye.config import setting_fields
from mindseye.server.routes.page import version


def test_the_status_says_how_complete_the_library_is(client: TestClient, photos: Path) -> None:
    status = client.get("/api/v1/status").json()
    assert (status["coverage"]["photos"], status["encoded"], status["waiting"]) == (4, 4, 0)
    assert (status["encoder"], status["version"]) == ("test-colours", __version__)
    assert status["roots"] == [str(photos)]
    assert [space["vectors"] for space in status["spaces"]] == [4]
    [skipped] = client.get("/api/v1/skipped").json()
    assert skipped["path"] == str(photos / "broken.jpg")
    assert skipped["reason"]


def test_every_setting_is_told_and_no_password(client: TestClient) -> None:
    told = {entry["name"]: entry for entry in client.get("/api/v1/settings").json()}
    assert list(told) == [entry.name for entry in setting_fields()]
    assert told["encoder"]["source"] == "flag"
    assert told["store"]["value"] == ""


def test_encoders_are_listed_with_the_one_in_use(client: TestClient) -> None:
    few = client.get("/api/v1/encoders").json()
    every = client.get("/api/v1/encoders", params={"all": True}).json()
    assert [entry["spec"] for entry in few if entry["in_use"]] == ["test-colours"]
    assert len(few) < len(every)
    assert {"builtin"} <= {entry["spec"] for entry in few if entry["here"]}


def test_advice_names_encoders_with_the_time_they_would_take(client: TestClient) -> None:
    few, many = (
        client.get("/api/v1/encoders/advice", params={"photos": count}).json() for count in (1, 10)
    )
    assert [entry["spec"] for entry in few] == [entry["spec"] for entry in many]
    timed = [(a["seconds"], b["seconds"]) for a, b in zip(few, many, strict=True) if a["seconds"]]
    assert timed
    assert all(long == pytest.approx(10 * short, rel=0.01) for short, long in timed)
    assert client.get("/api/v1/encoders/advice").json()[0]["photos"] == 4


def test_what_a_folder_would_take_is_estimated(client: TestClient, photos: Path) -> None:
    counted = client.get("/api/v1/folders/count", params={"below": str(photos)}).json()
    assert counted == {"files": 5, "complete": True}
    assert client.get("/api/v1/folders/count", params={"below": "/"}).status_code == 403
    pace = client.get("/api/v1/encoders/pace").json()
    assert pace["encoder"] == "test-colours"
    assert pace["pictures_per_second"] > 0
    assert client.get("/api/v1/encoders/pace").json() == pace


def test_a_count_that_takes_too_long_is_given_up(
    client: TestClient, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mindseye.server.routes.estimates._PATIENCE", -1.0)
    counted = client.get("/api/v1/folders/count", params={"below": str(photos)}).json()
    assert counted == {"files": 4, "complete": False}


def test_the_page_learns_who_asks(client: TestClient) -> None:
    me = client.get("/api/v1/me").json()
    assert (me["role"], me["accounts"], me["album"]) == ("admin", False, None)


def test_the_language_of_queries_is_told(client: TestClient) -> None:
    said = client.get("/api/v1/fields").json()
    assert {"date", "camera"} <= {field["name"] for field in said["fields"]}
    assert "year" in said["facets"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_healthy_server_says_so(client: TestClient, path: str) -> None:
    assert client.get(path).json() == {"status": "ok"}


def test_metrics_count_requests_by_route(client: TestClient) -> None:
    client.get("/api/v1/photos/99999")
    client.get("/nowhere")
    told = client.get("/metrics").text
    route = 'method="GET",route="/api/v1/photos/{photo_id}",status="404"'
    assert f"mindseye_requests_total{{{route}}} 1.0" in told
    assert 'mindseye_photos{state="photos"} 4.0' in told
    assert "process_resident_memory_bytes" in told
    assert "/nowhere" not in told


@pytest.mark.parametrize("path", ["/", "/map", "/photo/3", "/albums"])
def test_every_page_is_the_shell(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.headers["content-type"].startswith("text/html")
    assert "Mindseye" in page.text
    assert "<script>" not in page.text


def test_files_of_the_page_are_kept_for_ever_at_their_version(client: TestClient) -> None:
    kept = client.get(f"/static/{version()}/css/shell.css")
    assert kept.status_code == 200
    assert "immutable" in kept.headers["cache-control"]
    assert client.get(f"/static/{version()}/../app.py").status_code == 404
    assert client.get(f"/static/{version()}/%2e%2e/app.py").status_code == 404


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("DELETE", "/api/v1/status")])
def test_what_there_is_not_is_a_problem_too(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code in {404, 405}
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_large_answer_is_compressed(client: TestClient) -> None:
    answer = client.get("/api/v1/fields", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


def test_what_breaks_is_told_without_details(app: FastAPI) -> None:
    def broken() -> None:
        raise ValueError("a secret of the server")

    app.add_api_route("/broken", broken)
    local = ("127.0.0.1", 1)
    with TestClient(app, base_url=HERE, client=local, raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


def test_every_photo_has_a_theme_and_the_largest_comes_first(client: TestClient) -> None:
    ids = ids_of(client)
    told = client.get("/api/v1/themes").json()
    theme_of = dict(zip(told["columns"]["id"], told["columns"]["theme"], strict=True))
    themes = told["meta"]["themes"]
    assert sorted(theme_of) == sorted(ids.values())
    assert [theme["photos"] for theme in themes] == sorted(
        (theme["photos"] for theme in themes), reverse=True
    )
    for place, theme in enumerate(themes):
        assert list(theme_of.values()).count(place) == theme["photos"]
    assert client.get("/api/v1/themes", params={"album": "none such"}).status_code == 404
