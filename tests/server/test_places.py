"""What names of places mean, and what lies at a point, over HTTP."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import ids_of

PLACES = "/api/v1/places"


def test_a_name_in_any_language_means_places_that_are_counted(client: TestClient) -> None:
    red = ids_of(client)["red.png"]
    place = {"city": "Florence", "country": "Italy", "country_code": "IT"}
    assert client.patch(f"/api/v1/photos/{red}", json={"place": place}).status_code == 200
    first = client.get(PLACES, params={"name": "firenze"}).json()[0]
    assert (first["city"], first["country_code"], first["kind"]) == ("Florence", "IT", "city")
    assert (first["filter"], first["photos"]) == ("city:Florence country:IT", 1)
    hits = client.get("/api/v1/search", params={"q": first["filter"]}).json()["hits"]
    assert [hit["id"] for hit in hits] == [red]
    assert client.get(PLACES, params={"name": "フィレンツェ"}).json()[0] == first


def test_places_of_one_name_are_told_apart(client: TestClient) -> None:
    found = client.get(PLACES, params={"name": "Paris", "limit": 3}).json()
    assert len(found) == 3
    assert found[0]["country_code"] == "FR"
    assert found[0]["population"] > found[1]["population"] > 0
    assert {place["photos"] for place in found} == {0}


@pytest.mark.parametrize(
    ("name", "kind", "filter_"),
    [("Japan", "country", "country:JP"), ("Toskana", "region", "region:Tuscany country:IT")],
)
def test_countries_and_regions_are_places_too(
    client: TestClient, name: str, kind: str, filter_: str
) -> None:
    first = client.get(PLACES, params={"name": name}).json()[0]
    assert (first["kind"], first["filter"]) == (kind, filter_)


def test_what_no_place_is_called_is_none(client: TestClient) -> None:
    assert client.get(PLACES, params={"name": "qwxyz"}).json() == []
    assert client.get(PLACES, params={"name": ""}).status_code == 422


def test_a_point_lies_somewhere(client: TestClient) -> None:
    found = client.get(f"{PLACES}/at", params={"latitude": 35.01, "longitude": 135.77}).json()
    assert (found["city"], found["country_code"]) == ("Kyoto", "JP")
    assert found["timezone"] == "Asia/Tokyo"
    outside = client.get(f"{PLACES}/at", params={"latitude": 91, "longitude": 0})
    assert outside.status_code == 422
