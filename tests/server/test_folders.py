"""Paths of clients lead nowhere but below the folders that are allowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from mindseye.errors import MindseyeError, NotFound, NotPermitted
from mindseye.server.folders import Folders


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("open/a", "open/.hidden", "open/B", "root", "secret/deep"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "open" / "file").write_text("x")
    (tmp_path / "open" / "way").symlink_to(tmp_path / "secret")
    return tmp_path


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("open", "open"),
        ("open/a", "open/a"),
        ("open/a/../B", "open/B"),
        ("root", "root"),
        ("open/nowhere", NotFound),
        ("open/file", NotFound),
        ("secret", NotPermitted),
        ("secret/nowhere", NotPermitted),
        ("open/../secret", NotPermitted),
        ("open/way", NotPermitted),
        ("open/way/deep", NotPermitted),
        ("", NotPermitted),
        ("open/\0", NotFound),
    ],
)
def test_a_path_is_resolved_inside_what_is_allowed(
    tree: Path, named: str, found: str | type[MindseyeError]
) -> None:
    folders = Folders((tree / "open",), lambda: [str(tree / "root")])
    if isinstance(found, str):
        assert folders.resolve(f"{tree}/{named}") == tree / found
    else:
        with pytest.raises(found):
            folders.resolve(f"{tree}/{named}")


def test_folders_are_listed_without_hidden_ones_and_links(tree: Path) -> None:
    folders = Folders.of(str(tree / "open"), list)
    assert [folder.name for folder in folders.inside(tree / "open")] == ["a", "B"]


def test_without_a_setting_it_is_the_home_folder() -> None:
    assert Folders.of("", list).allowed == [Path.home().resolve()]


def test_clients_browse_folders(client: TestClient, photos: Path) -> None:
    begin = client.get("/api/v1/folders").json()
    assert begin == {"folder": None, "above": None, "folders": [str(photos)]}
    inside = client.get("/api/v1/folders", params={"below": str(photos)}).json()
    assert inside == {"folder": str(photos), "above": None, "folders": [str(photos / "deep")]}
    deep = client.get("/api/v1/folders", params={"below": str(photos / "deep")}).json()
    assert deep["above"] == str(photos)
    assert client.get("/api/v1/folders", params={"below": "/etc"}).status_code == 403
