"""The client asks a real application, and knows every operation of its document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.server.conftest import HERE, asking

from mindseye import errors
from mindseye.client import Client
from mindseye.library import Library

NOT_OURS = {"login", "logout", "search_by_picture", "facets_by_picture"}
"""What a program does without (it takes a token), or does as part of another method."""


@pytest.fixture
def asked(app: FastAPI) -> Iterator[Client]:
    """A client whose requests go straight into the application."""
    with (
        TestClient(app, base_url=HERE, client=("127.0.0.1", 1)) as browser,
        asking(browser) as client,
    ):
        yield client


def test_every_operation_has_a_method(app: FastAPI, asked: Client) -> None:
    rooms: tuple[Any, ...] = (
        asked, asked.photos, asked.albums, asked.jobs, asked.access, asked.state,
    )  # fmt: skip
    known = {name for room in rooms for name in dir(room) if not name.startswith("_")}
    operations = {
        operation["operationId"]
        for path in app.openapi()["paths"].values()
        for operation in path.values()
    }
    assert operations - known == NOT_OURS


def test_a_search_is_asked_and_paged(asked: Client) -> None:
    found = asked.search("red")
    assert {hit["name"] for hit in found["hits"]} == {"red.png", "both.png"}
    assert found["relevant"] == 2
    assert len(list(asked.hits("", limit=1))) == 4


def test_pictures_are_searched_by(asked: Client, photos: Path) -> None:
    for picture in (photos / "blue.png", (photos / "blue.png").read_bytes()):
        found = asked.search(pictures=[picture])
        assert found["hits"][0]["name"] == "blue.png"
        counted = asked.facets(names=["format"], pictures=[picture])["facets"]["format"]
        assert [count["photos"] for count in counted] == [found["relevant"]]


def test_columns_come_as_arrays(asked: Client, painted: Library) -> None:
    expected = painted.store.columns.timeline().ids.tolist()
    assert asked.timeline()["columns"]["id"].tolist() == expected
    assert asked.timeline("name:red")["meta"] == {"photos": 1}
    assert len(asked.semantic_map()["columns"]["x"]) == 4
    assert len(asked.themes()["columns"]["theme"]) == 4
    assert asked.positions()["meta"]["without"] == 4


def test_photos_are_read_and_edited(asked: Client, photos: Path) -> None:
    red = asked.search("name:red")["hits"][0]["id"]
    assert asked.photos.photo(red, "red")["reasons"]["relevant"] is True  # type: ignore[index]
    assert asked.photos.edit_photo(red, {"rating": 3})["metadata"]["rating"] == 3
    assert asked.photos.edit_photos([red], {"revert": ["rating"]}) == 1
    assert asked.photos.original(red) == (photos / "red.png").read_bytes()
    assert asked.photos.thumbnail(red)[8:12] == b"WEBP"
    assert asked.photos.similar(red, limit=1)["hits"][0]["name"] == "both.png"
    assert asked.photos.more(red)["relevant"] == 4


def test_albums_and_words(asked: Client) -> None:
    album = asked.albums.add_album({"name": "reds", "search": "red"})
    assert asked.albums.change_album(album["id"], {"max_results": 1})["max_results"] == 1
    blue = asked.search("name:blue")["hits"][0]["id"]
    assert asked.albums.pick(album["id"], [blue]) == 1
    assert asked.albums.unpick(album["id"], [blue]) == 1
    assert asked.albums.albums()[0] == asked.albums.album(album["id"])
    assert asked.explain("dog")["chips"][0]["means"] == "dog"
    assert asked.facets("red", ["type"])["facets"]["type"][0]["photos"] == 2
    assert asked.suggest("cam")[0]["value"] == "camera:"
    assert asked.fields()["facets"]
    assert asked.places("Lyon", limit=1)[0]["filter"] == "city:Lyon country:FR"
    assert asked.place_at(35.01, 135.77)["country_code"] == "JP"
    asked.albums.remove_album(album["id"])
    assert asked.albums.albums() == []


def test_long_work_is_waited_for(asked: Client) -> None:
    job = asked.jobs.start_job({"kind": "ingest"})
    assert asked.jobs.wait(job["id"], every=0.05)["state"] == "done"
    assert asked.jobs.jobs()[0]["id"] == job["id"]
    with pytest.raises(errors.UsageError):
        asked.jobs.resume_job(job["id"])


def test_the_state_is_told(asked: Client) -> None:
    assert asked.state.status()["encoded"] == 4
    assert asked.state.me()["role"] == "admin"
    assert asked.state.healthz()
    assert asked.state.readyz()
    assert "mindseye_photos" in asked.state.metrics()
    assert len(asked.state.skipped()) == 1
    assert asked.state.encoders()
    assert [one["rows"] for one in asked.state.index()] == [4]
    assert asked.state.settings()
    changed = {one["name"]: one for one in asked.state.change_settings({"watch_seconds": 7})}
    assert changed["watch_seconds"]["value"] == 7.0
    assert asked.state.folders()["folders"]
    [root] = asked.state.roots()
    assert asked.state.change_root(root["id"], watched=False)["own"] is False


def test_users_tokens_and_links_are_kept(asked: Client) -> None:
    asked.access.add_user({"name": "ann", "role": "admin", "password": "correct horse"})
    with pytest.raises(errors.NotAuthenticated):
        asked.access.users()


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda client: client.search("camra:x"), errors.QueryError),
        (lambda client: client.photos.photo(999), errors.NotFound),
        (lambda client: client.search(limit=0), errors.UsageError),
        (lambda client: client.search(pictures=[b"none"]), errors.UnsupportedMedia),
        (lambda client: client.state.folders("/etc"), errors.NotPermitted),
        (lambda client: client.photos.more(1, "place"), errors.NotFound),
    ],
)
def test_a_problem_is_raised_as_the_error_it_was(
    asked: Client, ask: Any, expected: type[errors.MindseyeError]
) -> None:
    with pytest.raises(expected) as raised:
        ask(asked)
    assert type(raised.value) is expected
    assert raised.value.message


def test_where_a_query_went_wrong_is_told(asked: Client) -> None:
    with pytest.raises(errors.QueryError) as raised:
        asked.search("red rating:lots")
    assert raised.value.offset == 11


@pytest.mark.parametrize(
    ("status", "name", "expected"),
    [
        (429, "TooManyAttempts", errors.TooManyAttempts),
        (501, "MissingExtra", errors.MindseyeError),
        (502, None, errors.MindseyeError),
        (418, "", errors.UsageError),
        (400, "Path", errors.UsageError),
    ],
)
def test_whatever_answers_is_told(
    status: int, name: str | None, expected: type[errors.MindseyeError]
) -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        if name is None:
            return httpx.Response(status, text="<html>")
        problem = {"type": f"urn:mindseye:error:{name}", "detail": "x"}
        return httpx.Response(status, json=problem)

    with (
        Client(transport=httpx.MockTransport(handle)) as client,
        pytest.raises(expected) as raised,
    ):
        client.state.status()
    assert type(raised.value) is expected


def test_a_server_that_is_not_there_is_named() -> None:
    with (
        Client("http://127.0.0.1:9") as client,
        pytest.raises(errors.StoreUnavailable, match=r"127.0.0.1:9"),
    ):
        client.state.status()
