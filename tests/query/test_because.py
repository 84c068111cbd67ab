"""What is known of a photo that passed a filter is told on one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from mindseye.query.because import reasons
from mindseye.query.parse import parse
from mindseye.types import FileStamp, Location, Metadata, Photo, PictureFacts

NOW = datetime(2024, 3, 1)
PHOTO = Photo(
    id=1,
    path="/photos/a.jpg",
    location=Location(1, "", "a.jpg"),
    stamp=FileStamp(1, 1),
    digest="ab" * 32,
    picture=PictureFacts(640, 480, "jpeg"),
    metadata=Metadata(keywords=("sea", "sun")),
    added_at=NOW,
)
LONG = "\n".join([*(f"line {number} of many" for number in range(20)), "INVOICE 4711", "the end"])


@pytest.mark.parametrize(
    ("text", "query", "known"),
    [
        ("Garden Cafe\nInvoice 4711", "text:invoice", "Garden Cafe Invoice 4711"),
        (LONG, "text:invoice", "INVOICE 4711"),
        (LONG, 'text:"4711 the end"', f"{' '.join(LONG.splitlines())[:159]}…"),
        ("x" * 500, "text:x", f"{'x' * 159}…"),
        ("Garden Cafe", "has:text", "Garden Cafe"),
        ("Garden Cafe", "keyword:sea", "sea, sun"),
    ],
    ids=["short", "the line of a long one", "over a line's end", "no lines", "any", "another"],
)
def test_of_a_long_text_the_lines_are_told_that_hold_what_was_looked_for(
    text: str, query: str, known: str
) -> None:
    filter_ = parse(query).filter
    assert filter_ is not None
    [reason] = reasons(filter_, replace(PHOTO, text=text), NOW)
    assert (reason.filter, reason.known) == (query, known)
