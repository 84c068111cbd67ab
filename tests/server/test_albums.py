"""Albums and saved searches over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import ids_of

ALBUMS = "/api/v1/albums"


def test_an_album_is_made_changed_searched_and_removed(client: TestClient, photos: Path) -> None:
    made = client.post(ALBUMS, json={"name": "deep", "folders": [str(photos / "deep")]})
    assert made.status_code == 201
    album = made.json()
    assert (album["frames"], album["folders"]) == (1, [str(photos / "deep")])
    hits = client.get("/api/v1/search", params={"album": "deep"}).json()["hits"]
    assert [hit["name"] for hit in hits] == ["green.png"]
    changed = client.patch(f"{ALBUMS}/{album['id']}", json={"name": "Deep", "max_results": 5})
    assert changed.json()["max_results"] == 5
    undone = client.patch(f"{ALBUMS}/{album['id']}", json={"max_results": None})
    assert undone.json()["max_results"] is None
    assert [entry["name"] for entry in client.get(ALBUMS).json()] == ["Deep"]
    assert client.delete(f"{ALBUMS}/{album['id']}").status_code == 204
    assert client.get(f"{ALBUMS}/{album['id']}").status_code == 404


def test_a_saved_search_is_always_up_to_date(client: TestClient) -> None:
    client.post(ALBUMS, json={"name": "best", "search": "rating:5"})
    assert client.get("/api/v1/search", params={"q": "album:best"}).json()["hits"] == []
    red = ids_of(client)["red.png"]
    client.patch(f"/api/v1/photos/{red}", json={"rating": 5})
    found = client.get("/api/v1/search", params={"q": "album:best"}).json()["hits"]
    assert [hit["id"] for hit in found] == [red]


def test_photos_are_picked_for_an_album_by_hand(client: TestClient) -> None:
    ids = ids_of(client)
    album = client.post(ALBUMS, json={"name": "picked"}).json()["id"]
    picked = {"photos": [ids["red.png"], ids["blue.png"]]}
    assert client.post(f"{ALBUMS}/{album}/photos", json=picked).json() == {"photos": 2}
    assert client.post(f"{ALBUMS}/{album}/photos", json=picked).json() == {"photos": 0}
    gone = {"photos": [ids["red.png"]]}
    assert client.post(f"{ALBUMS}/{album}/photos/remove", json=gone).json() == {"photos": 1}
    timeline = client.get("/api/v1/timeline", params={"album": "picked"}).json()
    assert timeline["columns"]["id"] == [ids["blue.png"]]


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({}, 422),
        ({"name": ""}, 422),
        ({"name": "x", "folders": ["/etc"]}, 403),
        ({"name": "x", "folders": ["/etc/../nowhere"]}, 403),
        ({"name": "x", "search": "camra:x"}, 400),
        ({"name": "x", "search": "/etc/passwd"}, 400),
        ({"name": "x", "search": 'album:"not there"'}, 400),
    ],
)
def test_an_album_that_cannot_be_is_not_made(
    client: TestClient, wanted: dict[str, object], status: int
) -> None:
    assert client.post(ALBUMS, json=wanted).status_code == status
    assert client.get(ALBUMS).json() == []


def test_two_albums_cannot_have_one_name(client: TestClient) -> None:
    assert client.post(ALBUMS, json={"name": "one"}).status_code == 201
    assert client.post(ALBUMS, json={"name": "ONE"}).status_code == 400
