"""Thumbnails are kept up to a limit, those used least go first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient
from tests.server.test_jobs import JOBS, until

from mindseye.errors import MediaError, NotFound
from mindseye.library import Library
from mindseye.server.thumbnails import JPEG, WEBP, Size, Thumbnails
from mindseye.types import Photo


@pytest.fixture
def kept(tmp_path: Path) -> Thumbnails:
    return Thumbnails(tmp_path / "thumbnails", 1_000_000, 10**8)


def photos_of(library: Library) -> list[Photo]:
    return [hit.photo for hit in library.search("", limit=9).hits]


def files(thumbnails: Thumbnails) -> list[Path]:
    return sorted(thumbnails.folder.glob("*/*"))


def test_a_thumbnail_is_made_once(painted: Library, kept: Thumbnails) -> None:
    photo = photos_of(painted)[0]
    made = kept.get(photo, Size.TINY, WEBP)
    [file] = files(kept)
    file.write_bytes(b"kept")
    assert kept.get(photo, Size.TINY, WEBP) == b"kept"
    assert made != b"kept"


def test_sizes_and_formats_lie_side_by_side(painted: Library, kept: Thumbnails) -> None:
    photo = photos_of(painted)[0]
    for size in (Size.TINY, Size.SMALL):
        for kind in (WEBP, JPEG):
            kept.get(photo, size, kind)
    assert len(files(kept)) == 4


def test_those_used_longest_ago_go_when_the_limit_is_reached(
    painted: Library, tmp_path: Path
) -> None:
    first, second, third, _ = photos_of(painted)
    probe = Thumbnails(tmp_path / "probe", 10**9, 10**8)
    sizes = {photo.id: len(probe.get(photo, Size.TINY, WEBP)) for photo in (first, second, third)}
    limit = sum(sizes.values()) - 1
    kept = Thumbnails(tmp_path / "kept", limit, 10**8)
    for photo in (first, second, first, third):
        kept.get(photo, Size.TINY, WEBP)
    left = {path.name.partition("-")[0] for path in files(kept)}
    assert second.digest not in left
    assert third.digest in left
    assert sum(path.stat().st_size for path in files(kept)) <= limit


def test_what_an_earlier_server_kept_counts(painted: Library, tmp_path: Path) -> None:
    first, second, *_ = photos_of(painted)
    one = len(Thumbnails(tmp_path / "kept", 10**9, 10**8).get(first, Size.TINY, WEBP))
    later = Thumbnails(tmp_path / "kept", one, 10**8)
    later.get(second, Size.TINY, WEBP)
    assert sum(path.stat().st_size for path in files(later)) <= one


def test_a_file_that_changed_is_shown_and_not_kept(
    library: Library, kept: Thumbnails, tmp_path: Path
) -> None:
    path = tmp_path / "own" / "red.png"
    path.parent.mkdir()
    Image.new("RGB", (64, 64), "red").save(path)
    library.ingest([path.parent])
    [photo] = photos_of(library)
    Image.new("RGB", (70, 70), "blue").save(path)
    assert kept.get(photo, Size.TINY, WEBP)
    assert files(kept) == []
    path.unlink()
    with pytest.raises(MediaError):
        kept.get(photo, Size.TINY, WEBP)
    with pytest.raises(NotFound):
        kept.get(replace(photo, missing_since=photo.added_at), Size.TINY, WEBP)


def test_an_ingest_makes_thumbnails_of_what_it_decodes(
    client: TestClient, painted: Library, photos: Path, tmp_path: Path
) -> None:
    folder = painted.settings.library / "thumbnails"
    wanted = {"kind": "ingest", "folders": [str(photos)], "again": True}
    for on, expected in ((False, 0), (True, 4)):
        painted.settings = replace(painted.settings, thumbnails=on)
        job = client.post(JOBS, json=wanted).json()["id"]
        until(lambda job=job: client.get(f"{JOBS}/{job}").json()["state"] == "done")
        assert len(list(folder.glob("*/*-320.webp"))) == expected
    green = next(photo for photo in photos_of(painted) if photo.location.name == "green.png")
    address = f"/api/v1/photos/{green.id}/thumbnail"
    data = client.get(address, headers={"Accept": "image/webp"}).content
    assert data == (folder / green.digest[:2] / f"{green.digest}-320.webp").read_bytes()
    drawn = Thumbnails(tmp_path / "drawn", 10**9, 10**8).get(green, Size.SMALL, WEBP)
    assert data == drawn, "one that is made at ingest is the one that is drawn later"


def test_a_full_disk_costs_a_thumbnail_and_no_ingest(tmp_path: Path) -> None:
    (tmp_path / "thumbnails").write_text("a file where a folder should be")
    kept = Thumbnails(tmp_path / "thumbnails", 10**9, 10**8)
    kept.put("ab" * 32, b"picture")
    assert (tmp_path / "thumbnails").is_file()
