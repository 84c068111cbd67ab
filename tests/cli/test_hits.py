"""Hits as lines for a terminal."""

from __future__ import annotations

from datetime import datetime

import click
import pytest

from mindseye.cli import hits
from mindseye.types import FileStamp, Hit, Location, Mention, Metadata, Photo, PictureFacts


@pytest.mark.parametrize(
    ("mentions", "note"),
    [
        ((Mention("caption", "a red door"),), "  caption: a red door"),
        ((Mention("name", "red.png"), Mention("folder", "red")), ""),
        ((Mention("name", "red.png"), Mention("title", "Red")), "  title: Red"),
    ],
)
def test_a_terminal_shows_texts_that_the_path_does_not(mentions, note: str) -> None:
    root = Location(1, "", "red.png")
    photo = Photo(
        1, "/photos/red.png", root, FileStamp(1, 1), "0" * 64, PictureFacts(1, 1, "png"),
        Metadata(), datetime(2024, 1, 1),
    )  # fmt: skip
    line = click.unstyle(hits._line(Hit(photo, 0.5, 0.9, 1, mentions=mentions), 1))
    assert line.endswith(f"/photos/red.png{note}")
