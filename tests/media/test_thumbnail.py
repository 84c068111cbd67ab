"""A thumbnail comes with the decoding where that has the pixels, and changes nothing else."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mindseye.media.base import DecodeLimits
from mindseye.media.take import take

SIDE = 320


def picture(path: Path, width: int, height: int, *, turned: bool = False) -> Path:
    ramp = np.linspace(0, 255, width * height * 3).reshape(height, width, 3).astype(np.uint8)
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6
    Image.fromarray(ramp).save(path, exif=exif)
    return path


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("large.png", (1200, 900), (426, 320)),
        ("small.png", (200, 100), (200, 100)),
        ("large.jpg", (4000, 3000), (427, 320)),
        ("nearly.jpg", (3264, 2448), (408, 306)),
        ("unlucky.jpg", (1440, 1080), None),
        ("long.png", (9000, 600), None),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_thumbnail_is_made_where_the_decoding_has_the_pixels(
    tmp_path: Path, name: str, size: tuple[int, int], expected: tuple[int, int] | None, turned: bool
) -> None:
    path = str(picture(tmp_path / name, *size, turned=turned))
    plain = take(path, DecodeLimits(260))
    taken = take(path, DecodeLimits(260, thumbnail=SIDE))
    assert plain.thumbnail is None
    assert plain.decoded is not None
    assert taken.decoded is not None
    assert np.array_equal(taken.decoded.pixels, plain.decoded.pixels), "vectors stay the same"
    assert taken.decoded.large is None, "it need not be sent to another process"
    if expected is None:
        assert taken.thumbnail is None
        return
    assert taken.thumbnail is not None
    with Image.open(io.BytesIO(taken.thumbnail)) as small:
        assert small.format == "WEBP"
        assert small.size == (expected[::-1] if turned else expected)
