"""Accounts on the command line, and a server that others can reach with them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.cli.conftest import Shell
from tests.cli.test_serve import RUN, address_of


def typed(shell: Shell, *arguments: str, password: str, code: int = 0) -> str:
    given = f"{password}\n".encode()
    done = shell("users", *arguments, "--password-stdin", code=code, given=given)
    return done.stderr if code else done.stdout


def test_users_are_added_listed_changed_and_removed(empty: Shell, tmp_path: Path) -> None:
    assert "no users" in empty("users", "list").stderr
    assert "must be an admin" in typed(empty, "add", "bob", password="long enough", code=2)
    assert typed(empty, "add", "ann", "--role", "admin", password="long enough") == (
        "ann may sign in as admin\n"
    )
    assert "8 to 1000 characters" in typed(empty, "add", "bob", password="short", code=2)
    typed(empty, "add", "bob", password="long enough")
    listed = json.loads(empty("users", "list", "--json").stdout)["users"]
    assert [(user["name"], user["role"]) for user in listed] == [
        ("ann", "admin"),
        ("bob", "viewer"),
    ]
    assert "is changed" in typed(empty, "passwd", "BOB", password="another one")
    assert "there is no user" in typed(empty, "passwd", "eve", password="another one", code=3)
    empty("users", "remove", "bob")
    assert "bob" not in empty("users", "list").stdout


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        pytest.param("::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")),
    ],
)
def test_with_accounts_a_server_may_listen_anywhere(empty: Shell, host: str) -> None:
    typed(empty, "add", "ann", "--role", "admin", password="long enough")
    arguments = [sys.executable, "-c", RUN, "serve", "--host", host, "--port", "0", "--json"]
    with subprocess.Popen(
        arguments, env=empty.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            address = address_of(process).replace("0.0.0.0", "127.0.0.1")
            assert httpx.get(f"{address}api/v1/status").status_code == 401
            with httpx.Client(base_url=address) as client:
                who = {"name": "ann", "password": "long enough"}
                assert client.post("/api/v1/login", json=who).status_code == 200
                assert client.get("/api/v1/status").status_code == 200
        finally:
            process.kill()
