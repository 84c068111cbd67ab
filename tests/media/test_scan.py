"""The scan finds media files and nothing else, once each, whatever lies around them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from mindseye.media.paths import to_text
from mindseye.media.scan import Folder, scan
from mindseye.types import FileStamp


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")


def found(root: Path, below: str = "", **options: bool) -> list[str]:
    return [
        f"{folder.path}/{file.name}".lstrip("/")
        for folder in scan(to_text(root), below, **options)
        for file in folder.files
    ]


def test_folders_come_in_order_parents_first_each_with_its_files(tmp_path: Path) -> None:
    make(tmp_path, "b/2.jpg", "b/1.JPG", "a/x/3.png", "0.heic")
    folders = list(scan(str(tmp_path)))
    assert [folder.path for folder in folders] == ["", "a", "a/x", "b"]
    assert found(tmp_path) == ["0.heic", "a/x/3.png", "b/1.JPG", "b/2.jpg"]


def test_a_file_carries_its_size_and_mtime(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg")
    os.utime(tmp_path / "a.jpg", ns=(1, 1_234_567_890_123_456_789))
    (folder,) = scan(str(tmp_path))
    assert folder.files[0].stamp == FileStamp(1, 1_234_567_890_123_456_789)


def test_media_nobody_decodes_are_listed_and_other_files_are_not(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "b.cr2", "c.psd", "d.txt", "e.jpg.xmp", "f", "jpg", "g.pdf")
    assert found(tmp_path) == ["a.mp4", "b.cr2", "c.psd"]


def test_an_empty_file_is_listed(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    assert found(tmp_path) == ["a.jpg"]


@pytest.mark.parametrize(
    "name",
    [
        ".hidden/a.jpg",
        ".a.jpg",
        "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg",
        "#recycle/a.jpg",
        "$RECYCLE.BIN/a.jpg",
        "System Volume Information/a.jpg",
        "__MACOSX/a.jpg",
        "lost+found/a.jpg",
        "Catalog Previews.lrdata/a.jpg",
        "My.photoslibrary/resources/derivatives/a.jpeg",
    ],
)
def test_hidden_and_system_places_are_left_out(tmp_path: Path, name: str) -> None:
    make(tmp_path, name, "kept.jpg")
    assert found(tmp_path) == ["kept.jpg"]


def test_the_originals_of_a_photo_library_are_found(tmp_path: Path) -> None:
    make(tmp_path, "My.photoslibrary/originals/0/a.heic", "My.photoslibrary/database/b.jpg")
    assert found(tmp_path) == ["My.photoslibrary/originals/0/a.heic"]


def test_hidden_files_are_found_when_asked_for_but_never_apple_double(tmp_path: Path) -> None:
    make(tmp_path, ".hidden/a.jpg", ".b.jpg", "._c.jpg", "c.jpg")
    assert found(tmp_path, include_hidden=True) == [".b.jpg", "c.jpg", ".hidden/a.jpg"]


@pytest.mark.parametrize("marker", [".nomedia", ".mindseyeignore"])
def test_a_marked_folder_is_left_out_with_all_below_unless_it_is_the_one_asked_for(
    tmp_path: Path, marker: str
) -> None:
    make(tmp_path, f"a/{marker}", "a/1.jpg", "a/b/2.jpg", "c/3.jpg", marker)
    assert found(tmp_path) == ["c/3.jpg"]
    assert found(tmp_path, "a") == ["a/1.jpg", "a/b/2.jpg"]


def test_only_what_is_below_is_scanned(tmp_path: Path) -> None:
    make(tmp_path, "a/1.jpg", "a/b/2.jpg", "ab/3.jpg")
    assert found(tmp_path, "a") == ["a/1.jpg", "a/b/2.jpg"]


def test_a_link_to_a_parent_makes_no_loop(tmp_path: Path) -> None:
    make(tmp_path, "a/1.jpg")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    assert found(tmp_path) == ["a/1.jpg"]


def test_a_linked_folder_outside_is_followed_once(tmp_path: Path) -> None:
    make(tmp_path, "out/x/1.jpg", "root/2.jpg")
    (tmp_path / "out" / "x" / "back").symlink_to(tmp_path / "out", target_is_directory=True)
    for name in ("a", "b"):
        (tmp_path / "root" / name).symlink_to(tmp_path / "out", target_is_directory=True)
    assert found(tmp_path / "root") == ["2.jpg", "a/x/1.jpg"]


def test_linked_files_are_followed_and_broken_links_ignored(tmp_path: Path) -> None:
    make(tmp_path, "out/1.jpg")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.jpg").symlink_to(tmp_path / "out" / "1.jpg")
    (tmp_path / "root" / "b.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "root" / "c.jpg").symlink_to("c.jpg")
    assert found(tmp_path / "root") == ["a.jpg"]


def test_pipes_and_folders_named_like_pictures_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    make(tmp_path, "folder.jpg/a.jpg")
    assert found(tmp_path) == ["folder.jpg/a.jpg"]


def test_names_that_are_not_utf_8_are_found_and_names_without_text_left_out(
    tmp_path: Path,
) -> None:
    for name in (b"caf\xe9.jpg", "x\U0010fe90.jpg".encode(), "写真.jpg".encode()):
        (tmp_path / os.fsdecode(name)).touch()
    assert sorted(found(tmp_path)) == sorted(["写真.jpg", to_text(b"caf\xe9.jpg")])


def test_a_folder_that_is_not_there_is_unreadable_with_a_reason(tmp_path: Path) -> None:
    (folder,) = scan(str(tmp_path / "gone"))
    assert folder == Folder("", (), readable=False, reason="No such file or directory")


def test_a_folder_that_vanishes_during_the_scan_is_unreadable(tmp_path: Path) -> None:
    make(tmp_path, "a/1.jpg", "b/2.jpg")
    walk = scan(str(tmp_path))
    next(walk)
    shutil.rmtree(tmp_path / "a")
    assert [(folder.path, folder.readable) for folder in walk] == [("a", False), ("b", True)]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_folder_without_permission_is_unreadable_and_the_rest_is_scanned(tmp_path: Path) -> None:
    make(tmp_path, "a/1.jpg", "b/2.jpg")
    (tmp_path / "a").chmod(0)
    try:
        folders = list(scan(str(tmp_path)))
    finally:
        (tmp_path / "a").chmod(0o700)
    assert [(folder.path, folder.readable) for folder in folders] == [
        ("", True),
        ("a", False),
        ("b", True),
    ]
