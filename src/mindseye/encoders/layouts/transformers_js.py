"""Directories for transformers.js: the configurations of transformers, and towers under `onnx/`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mindseye.encoders.checkpoint import Checkpoint
from mindseye.encoders.layouts.hugging_face import describe, two_tower_config
from mindseye.encoders.layouts.onnx_pair import read_pair
from mindseye.errors import WeightsUnavailable

PRECISIONS: Final = MappingProxyType(
    {
        "": "fp32",
        "_fp16": "fp16",
        "_quantized": "int8",
        "_int8": "int8",
        "_uint8": "uint8",
        "_q4": "4-bit",
        "_q4f16": "4-bit with fp16",
        "_bnb4": "4-bit (bitsandbytes)",
    }
)
"""Endings of the files -> precision, the most faithful first; that is also the one taken.

`_quantized` is the eight-bit form its publisher chose for the model, so it precedes the others.
"""


def read_transformers_js(folder: Path) -> Checkpoint | None:
    """The checkpoint of a CLIP or SigLIP for transformers.js; None where it is none.

    Both towers are taken in the same precision: rounding that differs between them costs more than
    either. Raises `WeightsUnavailable` where no precision is there for both.
    """
    config = two_tower_config(folder)
    towers = folder / "onnx"
    if config is None or not towers.is_dir():
        return None
    ending = next((ending for ending in PRECISIONS if _both(towers, ending)), None)
    if ending is None:
        raise WeightsUnavailable(
            f"{towers} holds no pair of towers of one precision",
            hint="place vision_model.onnx and text_model.onnx there",
        )
    pair = read_pair(*(path for path in _paths(towers, ending)))
    said = describe(folder, config)
    image, text = pair.towers
    return Checkpoint(
        folder=folder,
        layout="transformers.js",
        image=image,
        text=text,
        pixels=said.pixels,
        words=replace(said.words, padded=True),
        dim=pair.dim(said.dim),
        sources=(*said.sources, *pair.files),
        notes={"precision": PRECISIONS[ending], "towers": f"onnx/*{ending}.onnx"},
    )


def _paths(towers: Path, ending: str) -> tuple[Path, Path]:
    return towers / f"vision_model{ending}.onnx", towers / f"text_model{ending}.onnx"


def _both(towers: Path, ending: str) -> bool:
    return all(path.is_file() for path in _paths(towers, ending))
