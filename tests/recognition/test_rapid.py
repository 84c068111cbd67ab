"""Text is read as it stands in a picture, without a network, and only with the extra `ocr`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.recognition.drawing import drawn

from mindseye.errors import MissingExtra, RecognitionError
from mindseye.recognition import open_text_reader, rapid
from mindseye.recognition.base import TextReader
from mindseye.types import Pixels


def said(reader: TextReader, pixels: Pixels) -> list[str]:
    return [region.text for region in reader.read(pixels)]


@pytest.mark.parametrize(
    ("pixels", "lines"),
    [
        (drawn("EXIT", size=60, ink="yellow", ground="black"), ["EXIT"]),
        (drawn("Invoice", size=12, width=100), ["Invoice"]),
        (drawn("Ticket 12/05/2024", size=40, width=1000), ["Ticket 12/05/2024"]),
        (drawn("Upside down")[::-1, ::-1], ["Upside down"]),
        (drawn("Sideways")[::-1].transpose(1, 0, 2), ["Sideways"]),
        (drawn("- - -", "...", "!!!"), []),
    ],
    ids=["light on dark", "small", "wide", "upside down", "sideways", "no letters"],
)
def test_text_is_read_however_it_is_shown(
    rapid_reader: TextReader, pixels: Pixels, lines: list[str]
) -> None:
    assert said(rapid_reader, pixels) == lines


def test_a_pattern_without_letters_shows_no_text(rapid_reader: TextReader) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (120, 160, 3), np.uint8)
    assert said(rapid_reader, noise) == []


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert said(open_text_reader(), drawn("Invoice")) == ["Invoice"]


def test_a_picture_that_the_networks_refuse_is_an_error_of_ours(
    rapid_reader: TextReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Pixels) -> None:
        raise ValueError("trace\nno such shape")

    monkeypatch.setattr(rapid, "_scaled", fail)
    with pytest.raises(RecognitionError, match="not be looked at for text: no such shape"):
        rapid_reader.read(drawn("Invoice"))


def test_a_package_without_its_networks_says_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for package in ("rapidocr", "cv2"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        monkeypatch.delitem(sys.modules, package, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RecognitionError, match="one network for 'Det' is expected") as raised:
        open_text_reader()
    assert "--force-reinstall" in raised.value.hint


@pytest.mark.parametrize("package", ["rapidocr", "cv2"])
def test_without_the_extra_the_line_for_pip_is_given(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra) as raised:
        open_text_reader()
    assert 'pip install "mindseye[ocr]"' in raised.value.hint


def test_opening_a_reader_loads_none_of_its_packages() -> None:
    pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")
    script = (
        "import sys; from mindseye.recognition import open_text_reader; "
        "open_text_reader().name; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ
    )
    assert not {"rapidocr", "cv2", "onnxruntime"} & set(done.stdout.split())
