"""Pictures of text, drawn."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mindseye.types import Pixels


def drawn(
    *lines: str, width: int = 320, size: int = 24, ink: str = "black", ground: str = "white"
) -> Pixels:
    """Lines of text one below the other, with a margin."""
    picture = Image.new("RGB", (width, 2 * size * (len(lines) + 1)), ground)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    for number, line in enumerate(lines):
        pen.text((size, size * (2 * number + 1)), line, ink, font)
    return np.asarray(picture)
