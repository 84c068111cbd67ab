"""The reference pages say what the tables say."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from mindseye.media.formats import FORMATS
from mindseye.media.scan import IGNORE_FILES
from mindseye.types import Metadata, Source

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.name)
def test_every_format_and_suffix_is_documented(row: object) -> None:
    page = (REFERENCE / "formats.md").read_text("utf-8")
    for word in (row.name, *row.suffixes):
        assert f"`{word}`" in page


def test_every_field_source_and_marker_is_documented() -> None:
    page = (REFERENCE / "metadata.md").read_text("utf-8")
    for word in (*(entry.name for entry in fields(Metadata)), *Source):
        assert f"`{word}`" in page
    formats = (REFERENCE / "formats.md").read_text("utf-8")
    assert all(f"`{name}`" in formats for name in IGNORE_FILES)
