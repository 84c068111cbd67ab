"""UForm 3's directories: `image_encoder.onnx`, `text_encoder.onnx` and one `config.json`.

UForm's own numpy processor squashes tall pictures by mistake; the recipe here is that of its torch
processor, which the models were trained with: the short side to the size, then a centre crop.
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from mindseye.encoders.checkpoint import Checkpoint, PixelRecipe, TextRecipe
from mindseye.encoders.layouts.fields import MOST_DIM, Fields, read_fields
from mindseye.encoders.layouts.onnx_pair import read_pair
from mindseye.encoders.layouts.preprocess import CLIP_MEAN, CLIP_STD
from mindseye.encoders.layouts.vocabulary import NAME, context_of
from mindseye.errors import WeightsUnavailable

_LISTS = ("matryoshka_dims", "matryoshka_dimensions", "embedding_dims", "embedding_dim")
"""Names under which a configuration lists the lengths its vectors may be cut to."""

PUBLISHED = MappingProxyType({768: (64, 256, 512, 768)})
"""Length of a vector -> what it may be cut to by the model card, where no configuration says so.

English large was trained at these lengths, the smaller ones at 256 alone.
"""


def read_uform(folder: Path) -> Checkpoint | None:
    """The checkpoint of a UForm 3; None where the folder is none."""
    path = folder / "config.json"
    if not path.is_file():
        return None
    config = read_fields(path)
    if "image_encoder" not in config or "text_encoder" not in config:
        return None
    pair = read_pair(folder / "image_encoder.onnx", folder / "text_encoder.onnx")
    vision, text = config.part("image_encoder"), config.part("text_encoder")
    lengths = _lengths(config, text)
    tokenizer = folder / NAME
    if not tokenizer.is_file():
        raise WeightsUnavailable(f"{folder} lacks the tokenizer", hint=f"place {NAME} there")
    size = vision.integer("image_size", most=4096)
    image, words = pair.towers
    dim = pair.dim(lengths[-1] if lengths else None)
    return Checkpoint(
        folder=folder,
        layout="UForm 3",
        image=image,
        text=words,
        pixels=PixelRecipe(
            (size, size),
            mean=vision.three("normalization_means", CLIP_MEAN),
            std=vision.three("normalization_deviations", CLIP_STD),
        ),
        words=TextRecipe(
            tokenizer,
            context_of(text, "max_position_embeddings"),
            text.integer("padding_idx", least=0, most=1 << 31),
            cleaning="none",
        ),
        dim=dim,
        sources=(path, tokenizer, *pair.files),
        matryoshka=lengths if len(lengths) > 1 else PUBLISHED.get(dim, ()),
    )


def _lengths(config: Fields, text: Fields) -> tuple[int, ...]:
    """The lengths of a vector that the configuration lists, ascending; the last is the whole."""
    found = set[int]()
    for fields in (config, text):
        for name in _LISTS:
            said = fields.values.get(name)
            for value in said if isinstance(said, list) else [said]:
                if value is not None:
                    found.add(Fields(fields.path, {name: value}).integer(name, most=MOST_DIM))
    return tuple(sorted(found))
