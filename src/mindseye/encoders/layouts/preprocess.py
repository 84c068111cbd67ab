"""How pictures become tensors, in the words of OpenCLIP and of transformers."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

from mindseye.encoders.checkpoint import Interpolation, PixelRecipe, Resize
from mindseye.encoders.layouts.fields import MOST_SIDE, Fields, read_fields
from mindseye.errors import SpecError, WeightsUnavailable

CLIP_MEAN: Final = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD: Final = (0.26862954, 0.26130258, 0.27577711)
_HALVES: Final = (0.5, 0.5, 0.5)

_RESIZES: Final = MappingProxyType({name: name for name in ("shortest", "squash", "longest")})

_INTERPOLATIONS: Final = MappingProxyType(
    {"bicubic": "bicubic", "bilinear": "bilinear", "random": "bicubic"}
)
"""OpenCLIP's; it was trained with any where it says random, and takes bicubic to encode."""

_RESAMPLES: Final = MappingProxyType({0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic"})
"""Pillow's numbers, which transformers writes."""

_TRANSFORMERS_SCALE: Final = 1 / 255


def open_clip_pixels(config: Fields, size: tuple[int, int]) -> PixelRecipe:
    """The recipe of a `preprocess_cfg`; `size` is that of the image tower, which outranks it.

    A fill colour is one number for all channels or one for each.
    """
    resize = cast("Resize", config.choice("resize_mode", "shortest", _RESIZES))
    interpolation = config.choice("interpolation", "bicubic", _INTERPOLATIONS)
    if resize == "shortest" and size[0] != size[1]:
        interpolation = "bicubic"  # OpenCLIP does not hand its choice on here.
    fill = config.three("fill_color", (0.0, 0.0, 0.0))
    if not all(0 <= value <= 255 for value in fill):
        config.reject("fill_color", "of 0 to 255")
    return PixelRecipe(
        size,
        resize,
        cast("Interpolation", interpolation),
        config.three("mean", CLIP_MEAN),
        _deviations(config, "std", CLIP_STD),
        fill=(int(fill[0]), int(fill[1]), int(fill[2])),
    )


def transformers_pixels(
    folder: Path, siglip: bool, size: tuple[int, int]
) -> tuple[PixelRecipe, Path]:
    """The recipe of a transformers directory, and the file it stands in.

    `size` is what the image tower takes. Raises `SpecError` for processing that makes pictures of
    several sizes, `WeightsUnavailable` where the files are missing or do not fit each other.
    """
    config = _processor(folder)
    resize, side, cropped = _resizing(config, siglip)
    if cropped != size:
        raise WeightsUnavailable(
            f"{config.path} makes pictures of {cropped[0]} x {cropped[1]}, but config.json says "
            f"that the image tower takes {size[0]} x {size[1]}",
            hint="place the files of one and the same model there",
        )
    mean, std = _normalisation(config, siglip)
    number = config.integer("resample", 3, most=5, least=0)
    if number not in _RESAMPLES:
        raise SpecError(f"{config.path}: resample={number} is not supported")
    return PixelRecipe(
        size,
        resize,
        cast("Interpolation", _RESAMPLES[number]),
        mean,
        std,
        side=side,
        centre="floor",
    ), config.path


def _processor(folder: Path) -> Fields:
    """The image processor: alone in its file, or a part of the one transformers 5 writes."""
    nested, alone = folder / "processor_config.json", folder / "preprocessor_config.json"
    if nested.is_file():
        config = read_fields(nested)
        if "image_processor" in config:
            return config.part("image_processor")
    if not alone.is_file():
        raise WeightsUnavailable(
            f"{folder} does not say how pictures are prepared", hint=f"place {alone.name} there"
        )
    return read_fields(alone)


def _resizing(config: Fields, siglip: bool) -> tuple[Resize, int, tuple[int, int]]:
    """How pictures are resized, the short side before the crop, and the size that comes out."""
    if not config.flag("do_resize", True) or "patch_size" in config:
        raise SpecError(
            f"{config.path} prepares pictures of variable resolution, which is not supported",
            hint="choose a model of a fixed resolution",
        )
    crop = config.flag("do_center_crop", not siglip)
    named = isinstance(config.values.get("size"), dict)
    keys = config.part("size").values.keys() if named else set[str]()
    if named and keys not in ({"shortest_edge"}, {"height", "width"}):
        raise SpecError(f"{config.path}: a size of {', '.join(keys)} is not supported")
    if "height" in keys or (not named and siglip):
        squashed = config.side_pair("size", 224)
        if crop and "crop_size" in config and config.side_pair("crop_size") != squashed:
            raise SpecError(f"{config.path}: squashing and then cropping is not supported")
        return "squash", 0, squashed
    where, name = (config.part("size"), "shortest_edge") if named else (config, "size")
    side = where.integer(name, 224, most=MOST_SIDE)
    cropped = config.side_pair("crop_size", 224)
    if not crop or cropped[0] != cropped[1]:
        raise SpecError(
            f"{config.path}: resizing the short side without a square crop is not supported"
        )
    return "shortest", side, cropped


def _normalisation(
    config: Fields, siglip: bool
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Mean and deviation of values of 0 to 1, whatever scale the file gives them for."""
    mean, std = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    if config.flag("do_normalize", True):
        mean = config.three("image_mean", _HALVES if siglip else CLIP_MEAN)
        std = _deviations(config, "image_std", _HALVES if siglip else CLIP_STD)
    scale = config.number("rescale_factor", _TRANSFORMERS_SCALE)
    if not config.flag("do_rescale", True):
        scale = 1.0
    if scale <= 0:
        config.reject("rescale_factor", "above 0")
    factor = scale * 255
    if abs(factor - 1) < 1e-6:
        return mean, std
    return (
        (mean[0] / factor, mean[1] / factor, mean[2] / factor),
        (std[0] / factor, std[1] / factor, std[2] / factor),
    )


def _deviations(
    config: Fields, name: str, default: tuple[float, float, float]
) -> tuple[float, float, float]:
    found = config.three(name, default)
    if min(found) <= 0:
        config.reject(name, "above 0")
    return found
