"""Photos over HTTP: facts, pictures, edits."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient
from tests.server.conftest import ids_of

PHOTO = "/api/v1/photos"


def test_a_photo_tells_all_that_is_known(client: TestClient, photos: Path) -> None:
    ids = ids_of(client)
    facts = client.get(f"{PHOTO}/{ids['green.png']}").json()
    assert facts["path"] == str(photos / "deep" / "green.png")
    assert (facts["width"], facts["height"], facts["format"]) == (400, 400, "png")
    assert facts["digest"].startswith(facts["tag"])
    assert facts["reasons"] is None
    assert "green" in facts["colours"]


@pytest.mark.parametrize(
    ("q", "relevant"), [("red", True), ("blue", False), ("name:red", True), ("name:nothing", None)]
)
def test_a_photo_says_why_a_query_finds_it(
    client: TestClient, q: str, relevant: bool | None
) -> None:
    ids = ids_of(client)
    reasons = client.get(f"{PHOTO}/{ids['red.png']}", params={"q": q}).json()["reasons"]
    assert (None if reasons is None else reasons["relevant"]) == relevant


@pytest.mark.parametrize(
    ("photo", "status"), [("99999", 404), ("0", 422), ("x", 422), (str(2**64), 422)]
)
def test_what_is_no_photo_is_a_problem(client: TestClient, photo: str, status: int) -> None:
    for tail in ("", "/thumbnail", "/original", "/similar", "/more"):
        answer = client.get(f"{PHOTO}/{photo}{tail}")
        assert answer.status_code == status
        assert answer.json()["status"] == status


@pytest.mark.parametrize(
    ("accept", "size", "kind"),
    [
        ("image/avif,image/webp,*/*", 160, "image/webp"),
        ("image/avif,image/webp,*/*", 640, "image/avif"),
        ("image/webp", 1440, "image/webp"),
        ("image/avif", 320, "image/avif"),
        ("*/*", 320, "image/jpeg"),
    ],
)
def test_a_thumbnail_comes_as_the_client_takes_it(
    client: TestClient, accept: str, size: int, kind: str
) -> None:
    green = ids_of(client)["green.png"]
    answer = client.get(
        f"{PHOTO}/{green}/thumbnail", params={"size": size}, headers={"Accept": accept}
    )
    assert answer.headers["content-type"] == kind
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (min(size, 400), min(size, 400))
        red, green_part, blue = image.convert("RGB").getpixel((20, 20))
    assert green_part > red
    assert green_part > blue


def test_a_thumbnail_of_its_content_is_kept_for_ever(client: TestClient) -> None:
    red = ids_of(client)["red.png"]
    tag = client.get(f"{PHOTO}/{red}").json()["tag"]
    kept = client.get(f"{PHOTO}/{red}/thumbnail", params={"tag": tag})
    assert "immutable" in kept.headers["cache-control"]
    stale = client.get(f"{PHOTO}/{red}/thumbnail", params={"tag": "00000000"})
    assert "immutable" not in stale.headers["cache-control"]
    known = {"If-None-Match": kept.headers["etag"]}
    assert client.get(f"{PHOTO}/{red}/thumbnail", headers=known).status_code == 304


def test_an_original_is_the_file_and_ranges_of_it(client: TestClient, photos: Path) -> None:
    red = ids_of(client)["red.png"]
    file = (photos / "red.png").read_bytes()
    whole = client.get(f"{PHOTO}/{red}/original")
    assert whole.content == file
    assert whole.headers["content-type"] == "image/png"
    assert "sandbox" in whole.headers["content-security-policy"]
    part = client.get(f"{PHOTO}/{red}/original", headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content) == (206, file[2:6])
    beyond = client.get(f"{PHOTO}/{red}/original", headers={"Range": "bytes=999999-"})
    assert beyond.status_code == 416
    saved = client.get(f"{PHOTO}/{red}/original", params={"download": True})
    assert saved.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("becomes", ["nothing", "a folder"])
def test_a_file_that_is_one_no_more_is_not_found(
    client: TestClient, photos: Path, becomes: str
) -> None:
    red, path = ids_of(client)["red.png"], photos / "red.png"
    aside = path.rename(photos.parent / "aside.png")
    try:
        if becomes == "a folder":
            path.mkdir()
        assert client.get(f"{PHOTO}/{red}/original").status_code == 404
        assert client.get(f"{PHOTO}/{red}/thumbnail").status_code == 422
    finally:
        if becomes == "a folder":
            path.rmdir()
        aside.rename(path)


def test_an_edit_is_shown_and_can_be_taken_back(client: TestClient) -> None:
    red = ids_of(client)["red.png"]
    change = {
        "rating": 4, "favourite": True, "caption": "at the pool", "add_keywords": ["summer"],
        "date": "2023-04-05T12:30+09:00", "place": {"city": "Kyoto", "country": "Japan"},
    }  # fmt: skip
    said = client.patch(f"{PHOTO}/{red}", json=change).json()["metadata"]
    assert (said["rating"], said["favourite"], said["keywords"]) == (4, True, ["summer"])
    assert (said["taken_at"], said["offset"]) == ("2023-04-05T12:30:00", "+09:00")
    assert said["place"]["city"] == "Kyoto"
    assert said["sources"]["caption"] == "user"
    back = client.patch(f"{PHOTO}/{red}", json={"revert": ["rating", "keywords"]}).json()
    assert (back["metadata"]["rating"], back["metadata"]["keywords"]) == (None, [])
    assert back["metadata"]["caption"] == "at the pool"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 400),
        ({"rating": 9}, 422),
        ({"date": "yesterday"}, 400),
        ({"gps": {"latitude": 100, "longitude": 0}}, 422),
        ({"revert": ["everything"]}, 422),
        ({"stars": 5}, 422),
    ],
)
def test_what_no_photo_can_have_changes_nothing(
    client: TestClient, change: dict[str, object], status: int
) -> None:
    red = ids_of(client)["red.png"]
    assert client.patch(f"{PHOTO}/{red}", json=change).status_code == status


def test_many_photos_are_edited_at_once_or_none(client: TestClient) -> None:
    ids = list(ids_of(client).values())
    done = client.post("/api/v1/edits", json={"photos": ids, "rating": 2})
    assert done.json() == {"edited": 4}
    failed = client.post("/api/v1/edits", json={"photos": [ids[0], 9999], "rating": 5})
    assert failed.status_code == 404
    assert client.get(f"{PHOTO}/{ids[0]}").json()["metadata"]["rating"] == 2
