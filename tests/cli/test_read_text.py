"""`mindseye read-text`: from a photographed receipt to the words that find it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from tests.cli.conftest import Shell
from tests.conftest import Paint
from tests.recognition.drawing import drawn

LINES = ("Garden Cafe", "Invoice 4711", "Total 12.50")


@pytest.fixture
def receipt(empty: Shell, paint: Paint, photos: Path) -> Path:
    """A receipt, taken in beside an older picture that shows no text."""
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")
    path = photos / "IMG_20240301_101500.png"
    Image.fromarray(drawn(*LINES)).save(path)
    paint("IMG_20230301_101500.png", "blue")
    empty("ingest", str(photos))
    return path


def test_a_receipt_is_found_by_what_it_says(empty: Shell, receipt: Path) -> None:
    done = empty("read-text", "--limit", "1")
    assert "1 pictures read, 1 of them show text, in " in done.stdout
    assert "1 still to be read: the same command goes on from here" in done.stdout
    assert "text       read in 1 of 2 photos, 1 show some" in empty("status").stdout

    assert empty("search", "--paths", "invoice 4711").stdout == f"{receipt}\n"
    shown = empty("show", str(receipt)).stdout
    assert [line.split("  ")[-1].strip() for line in shown.splitlines()[-3:]] == list(LINES)
