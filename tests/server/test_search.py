"""Searching over HTTP."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.server.conftest import ids_of
from tests.server.unpacked import unpacked

from mindseye.places.gazetteer import Gazetteer
from mindseye.server.columns import BINARY


def names(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [hit["name"] for hit in answer["hits"]]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"q": "red"}, ["red.png", "both.png"]),
        ({"q": "red - blue"}, ["red.png"]),
        ({"q": "name:blue"}, ["blue.png"]),
        ({"q": "name:.png", "sort": "oldest"}, ["red.png", "both.png", "blue.png", "green.png"]),
        ({"q": "purple"}, []),
        ({"q": "blue", "limit": 1}, ["blue.png"]),
        ({"q": "red", "min_score": 0.9}, ["red.png"]),
    ],
)
def test_a_search_finds_what_the_library_finds(
    client: TestClient, params: dict[str, str], expected: list[str]
) -> None:
    answer = client.get("/api/v1/search", params=params)
    assert answer.status_code == 200
    assert sorted(names(answer.json())) == sorted(expected)


def test_a_hit_says_why_it_was_found(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "red name:red"}).json()
    [hit] = answer["hits"]
    assert hit["why"][0]["term"] == "red"
    assert hit["passed"] == [{"filter": "name:red", "known": "red.png"}]
    assert hit["relevant"] is True
    assert [chip["kind"] for chip in answer["chips"]] == ["term", "filter"]
    assert answer["filter"] == "name:red"


def test_pages_follow_each_other_without_gap_or_repetition(client: TestClient) -> None:
    found: list[str] = []
    after = None
    while True:
        page = client.get(
            "/api/v1/search", params={"limit": 1, **({"after": after} if after else {})}
        )
        found += names(page.json())
        after = page.json()["more"]
        if after is None:
            break
    assert sorted(found) == ["blue.png", "both.png", "green.png", "red.png"]


def test_hits_come_as_binary_columns_too(client: TestClient) -> None:
    plain = client.get("/api/v1/search", params={"q": "red"}).json()
    packed = client.get("/api/v1/search", params={"q": "red"}, headers={"Accept": BINARY})
    columns, meta = unpacked(packed.content)
    assert columns["id"].tolist() == [hit["id"] for hit in plain["hits"]]
    assert columns["score"].tolist() == pytest.approx([hit["score"] for hit in plain["hits"]])
    assert [f"{tag:08x}" for tag in columns["tag"]] == [hit["tag"] for hit in plain["hits"]]
    assert meta["relevant"] == plain["relevant"]
    assert packed.headers["content-type"] == BINARY


def test_a_picture_that_comes_along_is_searched_by(client: TestClient, photos: Path) -> None:
    sent = {"picture": ("x.png", (photos / "blue.png").read_bytes(), "image/png")}
    answer = client.post("/api/v1/search", files=sent, params={"limit": 1})
    assert names(answer.json()) == ["blue.png"]
    assert len(ids_of(client)) == 4


def test_what_is_relevant_to_a_picture_is_counted(client: TestClient, photos: Path) -> None:
    sent = {"picture": ("x.png", (photos / "blue.png").read_bytes(), "image/png")}
    answer = client.post("/api/v1/facets", params={"names": "format"}, files=sent).json()
    relevant = client.post("/api/v1/search", files=sent).json()["relevant"]
    assert [count["photos"] for count in answer["facets"]["format"]] == [relevant]


@pytest.mark.parametrize(
    ("name", "sent", "status"),
    [
        ("x", b"no picture at all", 415),
        ("x.png", b"no picture either", 422),
        ("x.png", b"\x89PNG\r\n\x1a\n broken", 422),
        ("x.png", b"x" * 1_100_000, 413),
    ],
    ids=["nothing", "misnamed", "broken", "long"],
)
def test_what_is_no_picture_or_too_much_is_refused(
    client: TestClient, name: str, sent: bytes, status: int
) -> None:
    answer = client.post("/api/v1/search", files={"picture": (name, sent)})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_does_not_say_how_long_it_is_ends_at_the_limit(client: TestClient) -> None:
    def endless() -> object:
        yield b'--b\r\nContent-Disposition: form-data; name="picture"; filename="x"\r\n\r\n'
        for _ in range(20):
            yield b"x" * 100_000

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = client.post("/api/v1/search", content=endless(), headers=kind)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "q",
    ["/etc/passwd", "red + /nowhere/at/all.png", "~/x.png", "2:./red.png", "file:///etc/hosts",
     "https://example.org/x.jpg", "dog - http://127.0.0.1:1/x", '"/etc/passwd"', "C:\\x.png"],
)  # fmt: skip
def test_a_query_reads_neither_files_nor_the_web(client: TestClient, q: str) -> None:
    answer = client.get("/api/v1/search", params={"q": q})
    assert answer.status_code == 400
    assert "cannot name a file or a web address" in answer.json()["detail"]


def test_nobody_learns_which_files_there_are(client: TestClient, photos: Path) -> None:
    there, nowhere = (
        client.get("/api/v1/search", params={"q": f"{photos}/{name}"}).json()
        for name in ("red.png", "rad.png")
    )
    assert there == nowhere


@pytest.mark.parametrize(
    ("params", "status", "offset"),
    [
        ({"q": "camra:x"}, 400, 0),
        ({"q": "red rating:lots"}, 400, 11),
        ({"q": "red", "after": "nonsense"}, 400, 0),
        ({"limit": 0}, 422, None),
        ({"limit": 10**9}, 422, None),
        ({"sort": "random"}, 422, None),
        ({"nonsense": 1}, 422, None),
        ({"like": 0}, 422, None),
        ({"like": 2**70}, 422, None),
        ({"like": 12345}, 404, None),
        ({"min_score": "nan"}, 422, None),
        ({"album": "nowhere"}, 404, None),
    ],
)
def test_mistakes_are_problems(
    client: TestClient, params: dict[str, str], status: int, offset: int | None
) -> None:
    answer = client.get("/api/v1/search", params=params)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["status"] == status
    assert problem.get("offset") == offset
    assert problem["type"]
    assert problem["detail"]


def test_photos_like_one_are_found_without_it(client: TestClient) -> None:
    ids = ids_of(client)
    answer = client.get(f"/api/v1/photos/{ids['red.png']}/similar").json()
    assert names(answer)[0] == "both.png"
    assert "red.png" not in names(answer)


def test_more_comes_from_the_same_day(client: TestClient) -> None:
    ids = ids_of(client)
    answer = client.get(f"/api/v1/photos/{ids['red.png']}/more", params={"from": "day"})
    assert set(names(answer.json())) == {"red.png", "both.png", "blue.png", "green.png"}


def test_facets_count_what_is_relevant(client: TestClient) -> None:
    answer = client.get("/api/v1/facets", params={"q": "red", "names": "format,type"}).json()
    assert answer["facets"]["type"] == [{"value": "photo", "photos": 2, "filter": "type:photo"}]
    unknown = client.get("/api/v1/facets", params={"names": "colourfulness"})
    assert unknown.status_code == 400


def test_suggestions_complete_the_last_word_with_counts(client: TestClient) -> None:
    ids = ids_of(client)
    client.patch(f"/api/v1/photos/{ids['red.png']}", json={"add_keywords": ["holiday", "Höhle"]})
    suggested = client.get("/api/v1/suggest", params={"q": "red -ho"}).json()
    assert ("red -keyword:holiday", 1) in {(each["text"], each["photos"]) for each in suggested}
    assert {entry["value"] for entry in suggested} >= {"holiday", "Höhle"}
    fields = client.get("/api/v1/suggest", params={"q": "cam"}).json()
    assert [entry["text"] for entry in fields] == ["camera:"]


def test_explaining_a_query_names_its_parts(client: TestClient) -> None:
    said = client.get("/api/v1/explain", params={"q": "2:dog date:2023 - cat"}).json()
    chips = [(chip["kind"], chip["text"], chip["means"], chip["weight"]) for chip in said["chips"]]
    assert ("filter", "date:2023", "date:2023", None) in chips
    assert [weight for kind, _, _, weight in chips if kind == "term"] == [2.0, -1.0]


def test_a_sentence_is_read_unless_the_client_says_no(client: TestClient) -> None:
    params = {"q": "newest photos of red cars in 2019 near a lake"}
    said = client.get("/api/v1/explain", params=params).json()
    assert (said["filter"], said["order"]) == ("date:2019", "newest")
    order, term, year = said["chips"]
    assert (order["kind"], order["means"], order["typed"]) == ("sort", "newest", False)
    assert [params["q"][slice(*piece)] for piece in term["pieces"]] == ["red cars", "near a lake"]
    assert (year["text"], year["means"], year["said"]) == ("in 2019", "date:2019", "taken in 2019")
    assert client.get("/api/v1/search", params=params).json()["filter"] == "date:2019"
    words = client.get("/api/v1/search", params={**params, "plain": "false"}).json()
    assert words["filter"] is None
    assert [chip["kind"] for chip in words["chips"]] == ["term"]


def test_the_timeline_has_every_photo_once_and_says_when_it_is_known(client: TestClient) -> None:
    first = client.get("/api/v1/timeline", headers={"Accept": BINARY})
    columns, meta = unpacked(first.content)
    assert sorted(columns["id"].tolist()) == sorted(ids_of(client).values())
    assert meta == {"photos": 4}
    plain = client.get("/api/v1/timeline").json()["columns"]
    assert plain["id"] == columns["id"].tolist()
    assert plain["minute"] == columns["minute"].tolist()
    again = {"Accept": BINARY, "If-None-Match": first.headers["etag"]}
    assert client.get("/api/v1/timeline", headers=again).status_code == 304
    client.patch(f"/api/v1/photos/{columns['id'][0]}", json={"date": "1987"})
    assert client.get("/api/v1/timeline", headers=again).status_code == 200


def test_a_timeline_of_a_query_has_what_is_relevant_to_it(client: TestClient) -> None:
    ids = ids_of(client)
    columns = client.get("/api/v1/timeline", params={"q": "red"}).json()["columns"]
    assert set(columns["id"]) == {ids["red.png"], ids["both.png"]}


def test_positions_are_those_that_are_known(client: TestClient) -> None:
    ids = ids_of(client)
    place = {"gps": {"latitude": 35.0, "longitude": 135.75}}
    client.patch(f"/api/v1/photos/{ids['red.png']}", json=place)
    answer = client.get("/api/v1/positions").json()
    assert answer["columns"] == {"id": [ids["red.png"]], "latitude": [35.0], "longitude": [135.75]}
    assert answer["meta"] == {"photos": 4, "without": 3}


def test_the_map_puts_like_photos_close_together(client: TestClient) -> None:
    ids = ids_of(client)
    columns = client.get("/api/v1/map").json()["columns"]
    place = {
        photo: np.array([x, y])
        for photo, x, y in zip(columns["id"], columns["x"], columns["y"], strict=True)
    }
    assert set(place) == set(ids.values())
    red, both, blue = (place[ids[f"{name}.png"]] for name in ("red", "both", "blue"))
    assert np.linalg.norm(red - both) < np.linalg.norm(red - blue)
    assert np.abs(np.array(list(place.values()))).max() == pytest.approx(1.0)


def test_a_place_that_no_photo_is_from_is_taken_as_words(client: TestClient) -> None:
    Gazetteer.open().close()
    answer = client.get("/api/v1/search", params={"q": "red in Paris"}).json()
    assert "red.png" in names(answer)
    assert "no photo is known to be from Paris" in " ".join(answer["notices"])
    typed = client.get("/api/v1/search", params={"q": "red place:paris"}).json()
    assert typed["hits"] == []
