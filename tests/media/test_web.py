"""A picture on the web: fetched when a query names it, refused when it is anything else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from mindseye.encode import load_picture
from mindseye.errors import MediaError, MediaTooLarge, NotFound
from mindseye.library import Library
from mindseye.media.base import DecodeLimits
from mindseye.media.web import fetch
from mindseye.query.model import Link, Pasted, Query, Term

PAGE = b"<!doctype html><title>no picture</title>"


class Pages(BaseHTTPRequestHandler):
    """A site of a picture, a page, redirects and answers that are wrong."""

    picture: bytes

    def do_GET(self) -> None:
        site = f"http://{self.headers['Host']}"
        match self.path:
            case "/red.png":
                self.answer(200, self.picture)
            case "/page":
                self.answer(200, PAGE)
            case "/moved":
                self.answer(302, b"", Location=f"{site}/red.png")
            case "/away":
                self.answer(302, b"", Location="file:///etc/passwd")
            case "/round":
                self.answer(302, b"", Location=f"{site}/round")
            case "/short":
                self.answer(200, PAGE, **{"Content-Length": "100000"})
            case _:
                self.answer(404, b"")

    def answer(self, code: int, body: bytes, **headers: str) -> None:
        self.send_response(code)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("site") / "red.png"
    Image.new("RGB", (64, 64), (255, 0, 0)).save(file)
    Pages.picture = file.read_bytes()
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["red.png", "moved"])
def test_a_picture_is_fetched(site: str, path: str) -> None:
    assert fetch(f"{site}/{path}", 1 << 20) == Pages.picture


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nothing", "answers 404"),
        ("away", "file"),
        ("round", "redirect|answers 302"),
        ("short", "cannot be fetched"),
    ],
)
def test_what_cannot_be_fetched_is_refused_with_the_reason(site: str, path: str, said: str) -> None:
    with pytest.raises(NotFound, match=said):
        fetch(f"{site}/{path}", 1 << 20)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x.png", "file:///etc/passwd", "http://[::1"])
def test_no_other_address_is_opened(url: str) -> None:
    with pytest.raises(NotFound, match="cannot be fetched"):
        fetch(url, 1 << 20)


def test_more_bytes_than_allowed_are_not_read(site: str) -> None:
    with pytest.raises(MediaTooLarge):
        fetch(f"{site}/red.png", 50)


def test_a_page_is_no_picture(site: str) -> None:
    with pytest.raises(MediaError, match="not a picture"):
        load_picture(Link(f"{site}/page"), DecodeLimits(64))


def test_a_picture_on_the_web_and_a_pasted_one_find_the_same(
    site: str, library: Library, photos: Path
) -> None:
    (photos / "red.png").write_bytes(Pages.picture)
    library.ingest([photos])
    linked = library.search(f"{site}/red.png")
    pasted = library.search(Query((Term(Pasted(Pages.picture)),)))
    assert [hit.score for hit in linked.hits] == [hit.score for hit in pasted.hits]
    assert linked.hits[0].score == pytest.approx(1.0, abs=0.01)
