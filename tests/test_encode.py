"""Pictures and texts as vectors, without any library on disk and with one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.conftest import Paint

import mindseye
from mindseye.errors import CorruptMedia, NotFound, SpecError, UnsupportedMedia
from mindseye.library import Library


def test_a_picture_is_the_same_as_path_text_bytes_and_pixels(paint: Paint) -> None:
    path = paint("red.png", "red")
    pixels = np.full((64, 64, 3), (220, 30, 30), np.uint8)
    vectors = [
        mindseye.encode_image(form, "test-colours")
        for form in (path, str(path), path.read_bytes(), pixels)
    ]
    for vector in vectors:
        assert vector.shape == (10,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
        assert vector @ vectors[0] == pytest.approx(1.0, abs=1e-2)


def test_a_text_meets_the_picture_it_names(paint: Paint) -> None:
    red = mindseye.encode_image(paint("red.png", "red"), "test-colours")
    assert red @ mindseye.encode_text("red", "test-colours") > 0.9
    assert red @ mindseye.encode_text("blue", "test-colours") < 0.3
    assert red @ mindseye.encode_text("red", "test-colours", optimise=True) > 0.9


def test_a_library_encodes_as_its_encoder_does(library: Library, paint: Paint) -> None:
    path = paint("blue.png", "blue")
    assert np.array_equal(library.encode_image(path), mindseye.encode_image(path, "test-colours"))
    assert np.array_equal(library.encode_text("blue"), mindseye.encode_text("blue", "test-colours"))


@pytest.mark.parametrize(
    ("picture", "error"),
    [
        (Path("nowhere.jpg"), NotFound),
        (b"not a picture", UnsupportedMedia),
        (b"\xff\xd8\xff\xe0 cut off", CorruptMedia),
    ],
)
def test_what_cannot_be_read_is_named(picture: Path | bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        mindseye.encode_image(picture, "test-colours")


def test_an_encoder_nobody_knows_is_named() -> None:
    with pytest.raises(SpecError, match="no-such"):
        mindseye.encode_text("red", "no-such:thing")
