"""Immich's ONNX directories: `visual/` and `textual/` beside OpenCLIP's `model_cfg`.

The towers of the first generation take floats; those of the second take bytes, normalise them and
give unit vectors. Which one it is, the graph tells, not the name.
"""

from __future__ import annotations

from pathlib import Path

from mindseye.encoders.checkpoint import Checkpoint
from mindseye.encoders.layouts.fields import MOST_DIM, read_fields
from mindseye.encoders.layouts.onnx_header import OnnxHeader
from mindseye.encoders.layouts.onnx_pair import OnnxPair, read_pair
from mindseye.encoders.layouts.open_clip import multilingual_words, size_of
from mindseye.encoders.layouts.preprocess import open_clip_pixels
from mindseye.errors import WeightsUnavailable

_PLACES = ("", "fp16")


def read_immich(folder: Path) -> Checkpoint | None:
    """The checkpoint of an Immich directory; None where it is none."""
    pair = _pair(folder)
    if pair is None:
        return None
    path, preprocess = folder / "config.json", folder / "visual" / "preprocess_cfg.json"
    model, said = read_fields(path), read_fields(preprocess)
    words, beside = multilingual_words(folder / "textual", model.part("text_cfg"))
    said.choice("mode", "RGB", {"RGB": "RGB"})
    size = said.side_pair("size") if "size" in said else size_of(model)
    _check_size(pair.image, size)
    image, text = pair.towers
    dim = model.integer("embed_dim", most=MOST_DIM) if "embed_dim" in model else None
    return Checkpoint(
        folder=folder,
        layout="Immich",
        image=image,
        text=text,
        pixels=open_clip_pixels(said, size),
        words=words,
        dim=pair.dim(dim),
        sources=(path, preprocess, *beside, *pair.files),
        notes={
            "generation": "2, takes bytes" if pair.image.takes_bytes else "1, takes floats",
            "towers": str(pair.image.path.relative_to(folder)),
        },
    )


def _pair(folder: Path) -> OnnxPair | None:
    """The towers in fp32 where they are there, else those in fp16."""
    for place in _PLACES:
        image, text = (folder / part / place / "model.onnx" for part in ("visual", "textual"))
        if image.is_file() or text.is_file():
            return read_pair(image, text)
    return None


def _check_size(image: OnnxHeader, size: tuple[int, int]) -> None:
    taken = image.side_pair
    if taken is not None and taken != size:
        raise WeightsUnavailable(
            f"{image.path} takes pictures of {taken[0]} x {taken[1]}, but its preprocess_cfg.json "
            f"says {size[0]} x {size[1]}",
            hint="place the files of one and the same model there",
        )
