"""Pixels meet the tower as the checkpoint's own transform would bring them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mindseye.encoders.checkpoint import PixelRecipe
from mindseye.encoders.towers import pixels
from mindseye.errors import EncoderError

SIZES = [
    (640, 480), (480, 640), (641, 479), (333, 500), (1000, 333), (333, 1001), (224, 224),
    (225, 224), (31, 47), (1, 300), (300, 1), (2, 2), (1919, 1081),
]  # fmt: skip
HALF = (0.5, 0.5, 0.5)
RECIPES = {
    "shortest": PixelRecipe((224, 224)),
    "shortest, bilinear": PixelRecipe((224, 224), interpolation="bilinear", mean=HALF, std=HALF),
    "squash": PixelRecipe((256, 256), "squash", mean=HALF, std=HALF),
    "squash, bilinear": PixelRecipe((256, 256), "squash", "bilinear", mean=HALF, std=HALF),
    "longest on black": PixelRecipe((224, 224), "longest"),
    "longest on grey": PixelRecipe((224, 224), "longest", fill=(127, 127, 127)),
    "squash to a rectangle": PixelRecipe((224, 336), "squash"),
    "shortest to a rectangle": PixelRecipe((224, 336)),
}


@pytest.fixture(scope="module")
def photos(shared_data: Path) -> list[np.ndarray]:
    """Real photos brought to odd sizes."""
    files = sorted((shared_data / "flickr8k/images").iterdir())[: len(SIZES)]
    return [
        np.asarray(Image.open(file).convert("RGB").resize(size, Image.Resampling.LANCZOS))
        for file, size in zip(files, SIZES, strict=True)
    ]


def ours(image: np.ndarray, recipe: PixelRecipe) -> np.ndarray:
    return pixels.normalise(pixels.prepare(image, recipe)[None], recipe)[0]


def off(ours: np.ndarray, theirs: np.ndarray, std: tuple[float, ...]) -> float:
    """The greatest difference in steps of one in 255."""
    return float(np.abs((ours - theirs) * np.array(std)[:, None, None]).max() * 255)


@pytest.mark.parametrize("name", RECIPES)
def test_pixels_equal_those_of_open_clip(name: str, photos: list[np.ndarray]) -> None:
    pytest.importorskip("open_clip", reason="the reference libraries are not installed: make dev")
    from open_clip.transform import image_transform

    recipe = RECIPES[name]
    transform = image_transform(
        recipe.size if recipe.size[0] != recipe.size[1] else recipe.size[0],
        is_train=False,
        mean=recipe.mean,
        std=recipe.std,
        resize_mode=recipe.resize,
        interpolation=recipe.interpolation,
        fill_color=recipe.fill[0],
    )
    for photo in photos:
        if min(photo.shape[:2]) == 1 and recipe.resize == "longest":
            continue  # The reference resizes to a width of zero, and fails.
        theirs = transform(Image.fromarray(photo)).numpy()
        assert off(ours(photo, recipe), theirs, recipe.std) <= 0.01, photo.shape


def hf_clip():
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    return CLIPImageProcessorPil()


def hf_clip_larger():
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    return CLIPImageProcessorPil(size={"shortest_edge": 256}, crop_size=224)


def hf_clip_padded():
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    return CLIPImageProcessorPil(size={"shortest_edge": 101}, crop_size=224)


def hf_siglip():
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    return SiglipImageProcessorPil(
        size={"height": 256, "width": 256}, image_mean=HALF, image_std=HALF, resample=2
    )


@pytest.mark.parametrize(
    ("make", "recipe"),
    [
        (hf_clip, PixelRecipe((224, 224), centre="floor")),
        (hf_clip_larger, PixelRecipe((224, 224), side=256, centre="floor")),
        (hf_clip_padded, PixelRecipe((224, 224), side=101, centre="floor")),
        (hf_siglip, PixelRecipe((256, 256), "squash", "bilinear", HALF, HALF)),
    ],
)
def test_pixels_equal_those_of_transformers(make, recipe, photos: list[np.ndarray]) -> None:
    pytest.importorskip("transformers", reason="the reference libraries are not installed")
    processor = make()
    for photo in photos:
        theirs = processor(Image.fromarray(photo), return_tensors="np")["pixel_values"][0]
        assert off(ours(photo, recipe), theirs, recipe.std) <= 1.01, photo.shape


def test_a_whole_picture_is_kept_on_white() -> None:
    recipe = pixels.with_white_padding(PixelRecipe((64, 64)))
    square = pixels.prepare(np.zeros((100, 400, 3), np.uint8), recipe)
    assert square.shape == (64, 64, 3)
    assert (square[:20] == 255).all()
    assert (square[-20:] == 255).all()
    assert (square[28:36] == 0).all()


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(image: np.ndarray) -> None:
    with pytest.raises(EncoderError, match="uint8"):
        pixels.prepare(image, PixelRecipe((64, 64)))


@pytest.mark.parametrize("centre", ["even", "floor"])
def test_a_margin_of_one_pixel_is_filled(centre) -> None:
    recipe = PixelRecipe((64, 64), "longest", fill=(9, 9, 9), centre=centre)
    square = pixels.prepare(np.full((63, 64, 3), 200, np.uint8), recipe)
    assert sorted(np.unique(square)) == [9, 200]
    assert (square == 9).sum() == 64 * 3


def test_pixels_are_normalised_to_contiguous_planes() -> None:
    batch = np.random.default_rng(0).integers(0, 256, (3, 5, 7, 3), np.uint8)
    recipe = PixelRecipe((5, 7))
    tensor = pixels.normalise(batch, recipe)
    exact = (batch / 255 - np.array(recipe.mean)) / np.array(recipe.std)
    np.testing.assert_allclose(tensor, exact.transpose(0, 3, 1, 2), atol=1e-6)
    assert tensor.dtype == np.float32
    assert tensor.flags.c_contiguous


def test_the_decoder_is_asked_for_more_than_the_tower_takes() -> None:
    assert pixels.resolution(PixelRecipe((224, 224))) == 448
    assert pixels.resolution(PixelRecipe((224, 224), side=256)) == 512
