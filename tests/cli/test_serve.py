"""The real server, in a process of its own, asked over a real connection."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.cli.conftest import Shell

RUN = "from mindseye.cli.main import run; run()"


@pytest.fixture
def server(shell: Shell) -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, "-c", RUN, "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        arguments, env=shell.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def address_of(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    told = "".join(server.stdout.readline() for _ in range(3))
    address: str = json.loads(told)["address"]
    return address


def test_a_server_answers_tells_events_and_ends(
    server: subprocess.Popen[str], photos: Path
) -> None:
    address = address_of(server)
    with httpx.Client(base_url=address, timeout=30) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        hits = client.get("/api/v1/search", params={"q": "red"}).json()["hits"]
        assert {hit["name"] for hit in hits} == {"red.png", "red-blue.png"}
        events = []
        with client.stream("GET", "/api/v1/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    events.append(line.removeprefix("event: "))
                if line.startswith("data: ") and events[-1] == "library" and len(events) == 1:
                    started = httpx.post(
                        f"{address}api/v1/jobs", json={"kind": "ingest"}, timeout=30
                    )
                    assert started.status_code == 201
                if line.startswith("data: ") and '"state": "done"' in line:
                    break
        # Roots are told of when they come to be seen, which may have been before.
        assert {"library", "job"} <= set(events) <= {"library", "root", "job"}
        with client.stream("GET", "/api/v1/events"):
            # Who still listens does not hold up the end.
            server.send_signal(signal.SIGINT)
            server.wait(30)
    assert server.stderr is not None
    assert "Traceback" not in server.stderr.read()
    assert server.returncode in {0, 130, -signal.SIGINT}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_an_address_that_others_reach_needs_accounts(empty: Shell, host: str) -> None:
    done = empty("serve", "--host", host, "--port", "0", code=2)
    assert "there are no accounts" in done.stderr
    assert "mindseye users add" in done.stderr


def test_a_port_that_is_taken_is_named(server: subprocess.Popen[str], empty: Shell) -> None:
    port = address_of(server).rstrip("/").rpartition(":")[2]
    done = empty("serve", "--port", port, code=2)
    assert f"127.0.0.1:{port} cannot be listened at" in done.stderr


def test_without_the_extra_the_line_that_installs_it_is_told(empty: Shell, tmp_path: Path) -> None:
    (tmp_path / "fastapi.py").write_text("raise ImportError('none', name='fastapi')")
    paths = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = empty("serve", code=4, PYTHONPATH=paths)
    assert 'pip install "mindseye[server]"' in done.stderr


@pytest.mark.parametrize("certificate", ["nowhere.pem", "setup.py"])
def test_a_certificate_that_cannot_be_used_is_named(
    empty: Shell, tmp_path: Path, certificate: str
) -> None:
    (tmp_path / "setup.py").write_text("no certificate")
    path = str(tmp_path / certificate)
    done = empty("serve", "--port", "0", code=2, MINDSEYE_CERTIFICATE=path, MINDSEYE_KEY=path)
    assert "the certificate" in done.stderr
    assert certificate in done.stderr
