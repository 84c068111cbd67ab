"""A small picture of a picture, as the bytes of a WebP file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

from PIL import Image

from mindseye.types import Pixels

WEBP: Final[Mapping[str, int]] = {"quality": 78, "method": 3}
"""How it is written, as Pillow says it."""

LONGEST: Final = 16_383
"""The longest side that WebP can hold, in pixels."""


def shrunk(pixels: Pixels, side: int) -> Image.Image:
    """The picture with a short side of so many pixels; a smaller one stays as it is."""
    image = Image.fromarray(pixels)
    scale = min(1.0, side / min(image.size), LONGEST / max(image.size))
    if scale == 1.0:
        return image
    width, height = (max(1, round(length * scale)) for length in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def webp(pixels: Pixels, side: int) -> bytes:
    """The bytes of a WebP file with a short side of so many pixels."""
    buffer = io.BytesIO()
    shrunk(pixels, side).save(buffer, "WEBP", **WEBP)
    return buffer.getvalue()
