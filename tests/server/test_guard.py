"""Requests that browsers were tricked into are refused, and answers carry their headers."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mindseye.server.guard import Names, is_loopback, policy


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost", True),
        ("LOCALHOST:8123", True),
        ("127.0.0.1:8123", True),
        ("[::1]:8123", True),
        ("photos.home", True),
        ("nas:9", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("evil.example@localhost:1", True),
        ("192.168.0.9", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_a_server_knows_its_names(host: str, known: bool) -> None:
    assert Names.of("nas", ["Photos.home", " "]).know(host) is known


def test_an_address_of_all_interfaces_is_no_name() -> None:
    assert not Names.of("0.0.0.0").know("0.0.0.0")


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
     ("0.0.0.0", False), ("::", False), ("192.168.0.2", False), ("nas", False), ("", False)],
)  # fmt: skip
def test_only_loopback_addresses_are_this_machine_s_alone(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/status", "/openapi.json", "/nowhere"])
def test_another_host_name_is_misdirected(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert answer.json()["status"] == 421


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 200),
        ("http://localhost:1", 403),
        ("http://evil.example", 403),
        ("null", 403),
    ],
)
def test_a_page_of_another_origin_may_ask_nothing(
    client: TestClient, origin: str, status: int
) -> None:
    for method, path in (("GET", "status"), ("POST", "edits"), ("DELETE", "albums/1")):
        answer = client.request(method, f"/api/v1/{path}", headers={"Origin": origin})
        if status == 403:
            assert answer.status_code == 403
        else:
            assert answer.status_code != 403


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/status", "/nowhere", "/openapi.json"])
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_map_tiles_may_come_from_where_the_setting_says() -> None:
    tiles = "https://tiles.example/{z}/{x}/{y}.png"
    assert "img-src 'self' blob: data: https://tiles.example;" in policy(tiles)
    assert "img-src 'self' blob: data:;" in policy()


def test_a_length_that_is_no_number_is_refused(client: TestClient) -> None:
    answer = client.post("/api/v1/edits", content=b"{}", headers={"Content-Length": "-5"})
    assert answer.status_code == 413
