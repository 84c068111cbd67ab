"""XMP over HTTP: beside one photo at once, beside many by a job, and only where it is asked for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import HERE, asking, ids_of, settings_of

from mindseye.errors import NotFound
from mindseye.library import Library
from mindseye.media.readers.xmp import read_packet
from mindseye.server.app import create_app

API = "/api/v1"


@pytest.fixture
def own(gallery: Path, tmp_path: Path) -> Path:
    """A copy of the photos, beside which may be written."""
    return Path(shutil.copytree(gallery / "photos", tmp_path / "photos"))


@pytest.fixture
def client(own: Path) -> Iterator[TestClient]:
    """Asks a server of a library of that copy."""
    given = replace(settings_of(own.parent), library=own.parent / "library")
    with Library.open(settings=given) as library:
        library.ingest([own])
        app = create_app(library)
        with TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000)) as client:
            yield client


def test_one_photo_is_written_when_it_is_asked_for(client: TestClient, own: Path) -> None:
    red = ids_of(client)["red.png"]
    assert client.post(f"{API}/photos/{red}/xmp").json()["outcome"] == "unsaid"
    client.patch(f"{API}/photos/{red}", json={"rating": 4, "caption": "at the pool"})
    assert not (own / "red.png.xmp").exists()
    assert client.post(f"{API}/photos/{red}/xmp").json() == {
        "outcome": "written",
        "file": "red.png.xmp",
        "names": ["rating", "caption"],
        "is_new": True,
    }
    assert read_packet((own / "red.png.xmp").read_bytes()).caption == "at the pool"
    assert client.post(f"{API}/photos/{red}/xmp").json()["outcome"] == "unchanged"
    logged = [entry["what"] for entry in client.get(f"{API}/audit").json()]
    assert f"photo {red}: red.png.xmp" in logged


def test_what_cannot_be_written_is_said_and_stays(client: TestClient, own: Path) -> None:
    red = ids_of(client)["red.png"]
    client.patch(f"{API}/photos/{red}", json={"rating": 4})
    (own / "red.xmp").write_text("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>")
    answer = client.post(f"{API}/photos/{red}/xmp")
    assert answer.status_code == 422
    assert "document type" in answer.json()["detail"]
    assert (own / "red.xmp").read_text().startswith("<!DOCTYPE")
    assert client.post(f"{API}/photos/9999/xmp").status_code == 404


def test_many_are_written_by_a_job(client: TestClient, own: Path) -> None:
    ids = ids_of(client)
    client.post(f"{API}/edits", json={"photos": list(ids.values()), "add_keywords": ["sea"]})
    (own / "blue.xmp").write_text("no xml")
    with asking(client) as asked:
        some = asked.photos.write_many_xmp([ids["red.png"], ids["blue.png"]])
        done = asked.jobs.wait(some["id"], every=0.02)
        report = done["report"]
        assert report is not None
        assert (done["progress"]["what"], done["progress"]["total"]) == ("sidecars", 2)
        assert [one["path"] for one in report["written"]] == [f"{own}/red.png.xmp"]
        assert [one["path"] for one in report["left"]] == [f"{own}/blue.png"]
        job = asked.jobs.wait(asked.photos.write_many_xmp()["id"], every=0.02)
        assert job["report"] is not None
        assert (job["report"]["written_count"], job["report"]["unchanged"]) == (2, 1)
        assert asked.photos.write_xmp(ids["red.png"])["outcome"] == "unchanged"
        with pytest.raises(NotFound, match="no photo 9999"):
            asked.photos.write_many_xmp([9999])
        started = asked.jobs.start_job({"kind": "write-xmp", "photos": [ids["both.png"]]})
        assert asked.jobs.wait(started["id"], every=0.02)["state"] == "done"


def test_long_lists_are_told_in_part(client: TestClient) -> None:
    ids = list(ids_of(client).values()) * 100
    job = client.post(f"{API}/xmp", json={"photos": ids}).json()
    assert job["arguments"] == {"photos": ids[:200]}


def test_places_are_found_by_any_of_their_names(client: TestClient) -> None:
    found = client.get(f"{API}/places", params={"name": "京都"}).json()
    if not found:
        pytest.skip("the gazetteer is not compiled on this machine")
    cities = [place for place in found if place["kind"] == "city"]
    assert (cities[0]["city"], cities[0]["country"], cities[0]["country_code"]) == (
        "Kyoto",
        "Japan",
        "JP",
    )
    assert cities[0]["latitude"] == pytest.approx(35.0, abs=0.1)
    [country] = client.get(f"{API}/places", params={"name": "Deutschland"}).json()[:1]
    assert (country["kind"], country["city"], country["country"]) == ("country", None, "Germany")
    assert client.get(f"{API}/places", params={"name": "Nowhere at all"}).json() == []
