"""Two ONNX files of a CLIP in one folder, with nothing that describes them but themselves.

rclip keeps `visual.onnx` and `textual.onnx`, and CLIP's vocabulary in a folder beside; CLIP-as-
service and its variants put the name of the model before and the precision after those names.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mindseye.encoders.checkpoint import Checkpoint, PixelRecipe
from mindseye.encoders.layouts.onnx_pair import read_pair
from mindseye.encoders.layouts.vocabulary import clip_words
from mindseye.errors import SpecError, WeightsUnavailable

_NAME: Final = re.compile(r"(?P<model>.*?)[-_]?(?P<part>visual|textual)(?P<ending>.*)\.onnx")

_PRECISIONS: Final = MappingProxyType(
    {"": "fp32", "float32": "fp32", "float16": "fp16", "fp16": "fp16", "qint8": "int8",
     "int8": "int8", "quint8": "uint8", "uint8": "uint8"}
)  # fmt: skip
"""What stands after a tower's name -> precision, the most faithful first; that one is taken."""

_CONTEXT: Final = 77


def read_flat_onnx(folder: Path) -> Checkpoint | None:
    """The checkpoint of two flat ONNX files; None where there is no such file.

    Pixels are prepared as for every CLIP; the size is what the graph takes. Raises
    `WeightsUnavailable` where it does not tell, `SpecError` for several models in one folder.
    """
    found = _towers(folder)
    if not found:
        return None
    ending = _ending(folder, found)
    pair = read_pair(found["visual", ending], found["textual", ending])
    size = pair.image.side_pair
    if size is None:
        raise WeightsUnavailable(
            f"nothing tells how large the pictures are that {pair.image.path} takes",
            hint="use a model whose graph or configuration says it",
        )
    places = (folder / "tokenizer", folder.parent / "tokenizer", folder.parent)
    words, sources = clip_words(folder, pair.text.length or _CONTEXT, places)
    image, text = pair.towers
    return Checkpoint(
        folder=folder,
        layout="rclip" if image.path.name == "visual.onnx" else "CLIP-as-service",
        image=image,
        text=text,
        pixels=PixelRecipe(size),
        words=words,
        dim=pair.dim(),
        sources=(*pair.files, *sources),
        notes={"precision": _PRECISIONS.get(ending.strip("-_."), ending.strip("-_."))},
    )


def _towers(folder: Path) -> dict[tuple[str, str], Path]:
    """The files by part and by what follows it; raises `SpecError` for those of two models."""
    found, models = dict[tuple[str, str], Path](), set[str]()
    for path in sorted(folder.glob("*.onnx")):
        match = _NAME.fullmatch(path.name)
        if match:
            found[match["part"], match["ending"]] = path
            models.add(match["model"])
    if len(models) > 1:
        raise SpecError(
            f"{folder} holds the towers of several models: {', '.join(sorted(models))}",
            hint="put the two files of each model into a folder of its own",
        )
    return found


def _ending(folder: Path, found: dict[tuple[str, str], Path]) -> str:
    pairs = {
        ending for _, ending in found if {("visual", ending), ("textual", ending)} <= found.keys()
    }
    order = list(_PRECISIONS)
    ranked = sorted(
        pairs,
        key=lambda ending: (
            order.index(ending.strip("-_.")) if ending.strip("-_.") in order else len(order),
            ending,
        ),
    )
    if not ranked:
        there = ", ".join(sorted(path.name for path in found.values()))
        raise WeightsUnavailable(
            f"{folder} holds no pair of a visual and a textual tower, only {there}",
            hint="place both towers of one precision there",
        )
    return ranked[0]
