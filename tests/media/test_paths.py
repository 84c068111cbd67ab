"""Paths become text and come back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mindseye.errors import UnsupportedMedia, UsageError
from mindseye.media import paths
from mindseye.types import Location

posix = pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
RESERVED = "".join(map(chr, range(0x10FE80, 0x10FF00)))


@posix
@given(st.binary(max_size=40))
@example(b"\xff\xfe.jpg")
@example("é".encode("latin-1"))
@example(b"\xed\xa0\x80")
def test_any_bytes_come_back_from_text_that_a_database_can_hold(name: bytes) -> None:
    try:
        text = paths.to_text(name)
    except UnsupportedMedia:
        assert any(mark in name.decode(errors="replace") for mark in RESERVED)
        return
    text.encode("utf-8")
    assert os.fsencode(paths.from_text(text)) == name


@posix
@given(st.binary(max_size=8), st.binary(max_size=8))
def test_two_names_never_share_a_text(one: bytes, other: bytes) -> None:
    try:
        assert (paths.to_text(one) == paths.to_text(other)) == (one == other)
    except UnsupportedMedia:
        return


@pytest.mark.parametrize(
    "name", ["plain.jpg", "Überfahrt.jpg", "写真.jpg", "e\u0301.jpg", "😀.png"]
)
def test_a_name_in_utf_8_stays_as_it_is(name: str) -> None:
    assert paths.to_text(name) == name
    assert paths.from_text(name) == name


def test_a_name_that_uses_the_reserved_block_is_refused_not_confused() -> None:
    with pytest.raises(UnsupportedMedia, match="U\\+10FE80"):
        paths.to_text("a\U0010fe80.jpg")


def test_half_a_utf_16_pair_is_refused() -> None:
    with pytest.raises(UnsupportedMedia, match="UTF-16"):
        paths.to_text("a\ud800.jpg")


@pytest.mark.parametrize(
    ("root", "folder", "name", "path"),
    [
        ("/p", "", "a.jpg", "/p/a.jpg"),
        ("/p", "x/y", "a.jpg", "/p/x/y/a.jpg"),
        ("/", "", "a.jpg", "/a.jpg"),
        ("/", "x", "a.jpg", "/x/a.jpg"),
        ("C:/p", "x", "a.jpg", "C:/p/x/a.jpg"),
    ],
)
def test_join_and_split_are_inverse(root: str, folder: str, name: str, path: str) -> None:
    assert paths.join(root, Location(1, folder, name)) == path
    assert paths.split(root, path) == (folder, name)


def test_a_folder_is_joined_without_a_slash_at_its_end() -> None:
    assert paths.join("/p", Location(1, "x", "")) == "/p/x"
    assert paths.join("/p", Location(1, "", "")) == "/p"


def test_split_refuses_a_path_outside_the_root() -> None:
    with pytest.raises(UsageError):
        paths.split("/photos", "/photos2/a.jpg")


@pytest.mark.parametrize(
    ("root", "path", "covered"),
    [("/p", "/p", True), ("/p", "/p/x", True), ("/p", "/p2", False), ("/", "/x", True)],
)
def test_covers_knows_folders_from_prefixes(root: str, path: str, covered: bool) -> None:
    assert paths.covers(root, path) is covered


def test_absolute_resolves_dots_and_leaves_links(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path, target_is_directory=True)
    assert paths.absolute(link / "x" / ".." / "a.jpg") == str(link / "a.jpg")
