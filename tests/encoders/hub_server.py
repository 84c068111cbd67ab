"""A model hub in miniature: a real HTTP server that speaks what huggingface_hub asks for."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

COMMIT = "a" * 40


@dataclass
class FakeHub:
    """What the hub keeps, and how it misbehaves.

    `repositories` maps "org/name" to files; those of at least `large` bytes are told with their
    sha256, others with git's name of them. `requests` notes every path with its Range.
    """

    repositories: dict[str, dict[str, bytes]]
    commit: str = COMMIT
    large: int = 1000
    cuts: dict[str, list[int]] = field(default_factory=dict)
    """File -> after how many bytes each next answer breaks off."""

    answers: list[int] = field(default_factory=list)
    """Statuses of the next answers, whatever is asked."""

    wrong: dict[str, int] = field(default_factory=dict)
    """File -> how many next answers hold other bytes than listed."""

    gated: bool = False
    ignores_ranges: bool = False
    redirects: bool = False
    requests: list[tuple[str, str]] = field(default_factory=list)
    endpoint: str = ""

    def ranges(self, name: str) -> list[str]:
        """The Range of every request for a file."""
        return [asked for path, asked in self.requests if path.endswith(f"/{name}")]

    def downloads(self) -> list[str]:
        """Names of the files asked for."""
        return [path.rpartition("/")[2] for path, _ in self.requests if "/resolve/" in path]

    def info(self, repository: str) -> dict[str, object]:
        """What the hub says of a repository."""
        files = []
        for name, data in self.repositories[repository].items():
            blob = hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()
            entry: dict[str, object] = {"rfilename": name, "size": len(data), "blobId": blob}
            if len(data) >= self.large:
                sha256 = hashlib.sha256(data).hexdigest()
                entry["lfs"] = {"sha256": sha256, "size": len(data), "pointerSize": 134}
            files.append(entry)
        return {"id": repository, "modelId": repository, "sha": self.commit, "siblings": files}


class HubServer(ThreadingHTTPServer):
    """A server that knows its hub."""

    def __init__(self, hub: FakeHub) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.hub = hub


class Handler(BaseHTTPRequestHandler):
    """Answers as a `FakeHub` says."""

    server: HubServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        self.server.hub.requests.append((self.path, asked))
        if self.server.hub.answers:
            self.say(self.server.hub.answers.pop(0), {})
            return
        info = re.fullmatch(r"/api/models/([\w.-]+/[\w.-]+)/revision/(\S+?)(\?.*)?", self.path)
        file = re.fullmatch(r"(/cdn)?/([\w.-]+/[\w.-]+)/resolve/(\w+)/(.+)", self.path)
        if info:
            self.tell(info[1], info[2])
        elif file:
            self.give(file[2], file[4], asked, moved=file[1] is not None)
        else:
            self.say(404, {"X-Error-Code": "EntryNotFound"})

    def tell(self, repository: str, revision: str) -> None:
        if repository not in self.server.hub.repositories:
            self.say(401, {"X-Error-Code": "RepoNotFound"})
        elif revision not in {"main", self.server.hub.commit}:
            self.say(404, {"X-Error-Code": "RevisionNotFound"})
        elif self.server.hub.gated:
            self.say(403, {"X-Error-Code": "GatedRepo"})
        else:
            body = json.dumps(self.server.hub.info(repository)).encode()
            self.say(200, {"Content-Type": "application/json"}, body)

    def give(self, repository: str, name: str, asked: str, *, moved: bool) -> None:
        if self.server.hub.redirects and not moved:
            self.say(302, {"Location": f"{self.server.hub.endpoint}/cdn{self.path}"})
            return
        data = self.server.hub.repositories[repository][name]
        if self.server.hub.wrong.get(name, 0) > 0:
            self.server.hub.wrong[name] -= 1
            data = bytes(len(data))
        start = 0
        if asked and not self.server.hub.ignores_ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        end = self.server.hub.cuts[name].pop(0) if self.server.hub.cuts.get(name) else len(data)
        headers = {"ETag": '"etag"', "X-Repo-Commit": self.server.hub.commit}
        self.say(206 if start else 200, headers, data[start:], sent=max(end - start, 0))

    def say(
        self, status: int, headers: dict[str, str], body: bytes = b"", sent: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        part = body if sent is None else body[:sent]
        self.wfile.write(part)
        if len(part) < len(body):
            self.close_connection = True


@contextmanager
def serving(hub: FakeHub) -> Iterator[FakeHub]:
    """The hub at an address of this machine, for as long as it is needed."""
    server = HubServer(hub)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
