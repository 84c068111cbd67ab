"""From `Pixels` to the tensor a tower was trained on, as the checkpoint's own transform makes it.

Sizes are rounded as torchvision rounds them, because a row more or less moves every patch: the
long side of a "shortest" resize is cut off, not rounded. Where a crop starts in an odd margin
differs between libraries, and is part of the recipe.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.checkpoint import PixelRecipe
from mindseye.errors import EncoderError
from mindseye.types import Pixels

if TYPE_CHECKING:
    from PIL.Image import Image

# What the decoder has reduced, the resize here can no longer weigh. Ten photos of 2 to 16 MP differ
# from the reference transform of the whole picture by 1.1 grey levels of 255 on average at a factor
# of 1 and by 0.4 at 2 (worst 2.2 and 0.7; 224, bicubic), and a trained tower's vectors have a
# cosine of 0.997 and 0.9994; 3 gains next to nothing. A JPEG of 12 MP then takes 20 and 41 ms to
# decode, and the resize here 0.1 and 2.2 ms. Whole factors alone can keep the size that comes out:
# int(int(2 * side * ratio) / 2) is int(side * ratio), whatever the ratio.
DETAIL: Final = 2
"""How many times the tensor's side a decoded picture keeps."""

WHITE: Final = (255, 255, 255)


def resolution(recipe: PixelRecipe) -> int:
    """The short side in pixels that a picture must keep when it is decoded for this recipe."""
    return DETAIL * max(recipe.side, *recipe.size)


def with_white_padding(recipe: PixelRecipe) -> PixelRecipe:
    """The recipe with the whole picture in the square, on white: for figures and documents."""
    return replace(recipe, resize="longest", fill=WHITE, side=0)


def prepare(image: Pixels, recipe: PixelRecipe) -> NDArray[np.uint8]:
    """Resize and crop or pad a picture to (height, width, 3) of the recipe.

    Raises `EncoderError` when `image` is not uint8 (h, w, 3).
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise EncoderError(
            f"expected pixels as uint8 (height, width, 3), found {image.dtype} {image.shape}"
        )
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(image))
    height, width = recipe.size
    resized = _resized(picture, _target(picture.size, recipe), recipe.interpolation)
    if resized.size != (width, height):
        resized = _centred(resized, (width, height), recipe)
    return np.asarray(resized)


def normalise(batch: NDArray[np.uint8], recipe: PixelRecipe) -> NDArray[np.float32]:
    """`(value / 255 - mean) / std` of uint8 (n, h, w, 3) as float32 (n, 3, h, w)."""
    count, height, width, _ = batch.shape
    tensor = np.empty((count, 3, height, width), np.float32)
    scale = (1.0 / (255.0 * np.array(recipe.std))).astype(np.float32)
    shift = (-np.array(recipe.mean) / np.array(recipe.std)).astype(np.float32)
    for channel in range(3):
        np.multiply(batch[..., channel], scale[channel], out=tensor[:, channel])
        tensor[:, channel] += shift[channel]
    return tensor


def _target(size: tuple[int, int], recipe: PixelRecipe) -> tuple[int, int]:
    """What (width, height) a picture of `size` is resized to."""
    height, width = recipe.size
    if recipe.resize == "squash":
        return width, height
    if recipe.resize == "shortest" and height == width:
        return _shortest(size, recipe.side or width)
    ratios = (size[0] / width, size[1] / height)
    ratio = max(ratios) if recipe.resize == "longest" else min(ratios)
    return max(1, round(size[0] / ratio)), max(1, round(size[1] / ratio))


def _shortest(size: tuple[int, int], side: int) -> tuple[int, int]:
    short, long = min(size), max(size)
    stretched = int(side * long / short)
    return (side, stretched) if size[0] <= size[1] else (stretched, side)


def _resized(picture: Image, size: tuple[int, int], interpolation: str) -> Image:
    from PIL import Image

    if picture.size == size:
        return picture
    return picture.resize(size, Image.Resampling[interpolation.upper()])


def _centred(picture: Image, size: tuple[int, int], recipe: PixelRecipe) -> Image:
    """The centre of a picture; what it does not cover has the colour `fill`."""
    from PIL import Image

    margins = [have - want for have, want in zip(picture.size, size, strict=True)]
    left, top = (_start(margin, recipe) for margin in margins)
    if min(margins) >= 0:
        return picture.crop((left, top, left + size[0], top + size[1]))
    canvas = Image.new("RGB", size, recipe.fill)
    canvas.paste(picture, (-left, -top))
    return canvas


def _start(margin: int, recipe: PixelRecipe) -> int:
    """Where a crop starts that leaves `margin` out; not above 0 where the picture is too small."""
    if recipe.centre == "floor":
        return margin // 2
    return round(margin / 2) if margin >= 0 else -(-margin // 2)
