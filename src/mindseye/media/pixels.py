"""An opened picture becomes `Pixels`: 8 bits, reduced, sRGB, on white, upright, in this order.

Reducing comes first because everything after it then costs next to nothing. Pillow reduces with
colours multiplied by alpha, so what a transparent pixel hides does not bleed into its neighbours,
and compositing the reduced picture on white equals reducing the composited one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mindseye.media.colour import to_srgb
from mindseye.types import Pixels

LONGEST: Final = 8
"""The long side of decoded pixels is at most this many times the resolution asked for; phone
panoramas stay well below it."""

SPARE: Final = 2
"""A picture that a decoder made smaller may stay this many times larger than was asked for."""

UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation (tag 0x0112) -> what brings such a picture upright; 1 needs nothing."""

_KEPT: Final = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "LAB"})


@dataclass(frozen=True, slots=True)
class Drafted:
    """How a decoder made a picture smaller: its `size` before, and the `box` it now fills.

    A JPEG at an eighth of its size is rounded up to whole pixels, of which the last row and column
    lie partly outside the picture; the box ends where the picture does.
    """

    size: tuple[int, int]
    box: tuple[float, float, float, float]

    def is_whole(self, size: tuple[int, int]) -> bool:
        """Whether the picture fills all of `size` and kept its proportions exactly."""
        return self.box == (0, 0, *size)


def to_pixels(
    image: Image.Image, resolution: int, orientation: int = 1, drafted: Drafted | None = None
) -> Pixels:
    """The picture upright in sRGB on white, its short side reduced to `resolution` at least.

    Never enlarges. `orientation` is the EXIF value still to be applied.
    """
    profile = image.info.get("icc_profile")
    small = reduced(plain(image), resolution, drafted)
    flat = _on_white(to_srgb(small, profile if isinstance(profile, bytes) else None))
    method = UPRIGHT.get(orientation)
    return np.array(flat if method is None else flat.transpose(method))


def target_size(size: tuple[int, int], resolution: int) -> tuple[int, int]:
    """The size in pixels that a picture of `size` is reduced to; small ones stay as they are.

    Parts of pixels are cut off, not rounded: an encoder that then resizes to a whole fraction, as
    torchvision does, comes to the size it would have come to from the picture itself.
    """
    short, long = min(size), max(size)
    scale = min(1.0, resolution / short, LONGEST * resolution / long)
    width, height = (int(side * scale + 1e-6) for side in size)
    return max(1, width), max(1, height)


def reduced(image: Image.Image, resolution: int, drafted: Drafted | None = None) -> Image.Image:
    """The picture at `target_size`, or a little larger where a decoder made it smaller already.

    Whoever asked resizes once more: to do it twice would cost a third of the time of decoding, and
    some sharpness.
    """
    size = target_size(drafted.size if drafted else image.size, resolution)
    if size == image.size and drafted is None:
        return image
    if drafted is not None and drafted.is_whole(image.size) and image.width <= SPARE * size[0]:
        return image
    box = drafted.box if drafted else None
    # A gap of 3 lets Pillow average whole blocks first: several times faster, and not visible.
    return image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def plain(image: Image.Image) -> Image.Image:
    """The picture with 8 bits per channel in one of the modes L, LA, RGB, RGBA, CMYK and LAB."""
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_to_8_bits(np.asarray(image), image.format))
    if image.has_transparency_data:
        return image.convert("LA" if image.mode in ("1", "L", "La", "LA") else "RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in _KEPT else image.convert("RGB")


def _to_8_bits(values: NDArray[Any], container: str | None) -> NDArray[np.uint8]:
    """Samples of 16 bits, 32 bits or floats scaled to 0..255.

    16-bit samples keep their scale; outside PNG, whose samples always fill it, a camera's 10, 12
    or 14 bits are shifted up first. Wider ones have no agreed scale: their range is stretched.
    """
    if values.dtype.kind == "u" and values.dtype.itemsize == 2:
        bits = 16 if container == "PNG" else max(8, int(values.max()).bit_length())
        shifted: NDArray[np.uint8] = (values >> (bits - 8)).astype(np.uint8)
        return shifted
    floats = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(floats.min()), float(floats.max())
    if low >= 0.0 and high <= 1.0:
        low, high = 0.0, 1.0
    elif low >= 0.0 and high <= 255.0:
        low, high = 0.0, 255.0
    stretched = (floats - low) * (255.0 / max(high - low, 1e-12))
    clipped: NDArray[np.uint8] = np.clip(np.rint(stretched), 0, 255).astype(np.uint8)
    return clipped


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("LA", "RGBA"):
        colours = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, colours)
    return image if image.mode == "RGB" else image.convert("RGB")
