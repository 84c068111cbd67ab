"""What is written about a photo, and where it says what was asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mindseye.query.passages import mentions
from mindseye.types import FileStamp, Location, Mention, Metadata, Photo, PictureFacts

PHOTO = Photo(
    id=1,
    path="/photos/trip/a.jpg",
    location=Location(1, "trip", "a.jpg"),
    stamp=FileStamp(1, 1),
    digest="ab" * 32,
    picture=PictureFacts(640, 480, "jpeg"),
    metadata=Metadata(),
    added_at=datetime(2024, 3, 1),
)


def test_mentions_tell_which_texts_say_it_with_a_piece_of_each() -> None:
    long = f"{'far away ' * 30}there is a BIRTHDAY cake {'and more ' * 30}"
    photo = replace(PHOTO, metadata=Metadata(title="Birthday!", caption=long))
    title, caption = mentions(photo, "the birthday")
    assert title == Mention("title", "Birthday!")
    assert caption.field == "caption"
    assert "BIRTHDAY cake" in caption.snippet
    assert len(caption.snippet) < 100
    assert caption.snippet[0] == caption.snippet[-1] == "…"


def test_a_photo_whose_texts_say_nothing_of_it_has_no_mention() -> None:
    assert mentions(PHOTO, "birthday") == ()
    assert mentions(PHOTO, "") == ()
