"""OpenCLIP's directories: `open_clip_config.json`, weights in safetensors, a tokenizer.

What a configuration leaves out has the value that OpenCLIP gives it (`factory.py`, `model.py`,
`tokenizer.py` and `transform.py` of open_clip 3.3).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mindseye.encoders.checkpoint import Checkpoint, Cleaning, TextRecipe, WeightsTower
from mindseye.encoders.graphs.safetensors import TensorFiles
from mindseye.encoders.layouts.fields import MOST_DIM, Fields, read_fields
from mindseye.encoders.layouts.preprocess import open_clip_pixels
from mindseye.encoders.layouts.vocabulary import (
    Vocabulary,
    clip_words,
    context_of,
    read_vocabulary,
)
from mindseye.encoders.layouts.weights import sigmoid_of, weights_of
from mindseye.errors import SpecError, WeightsUnavailable

CONFIG: Final = "open_clip_config.json"
_WEIGHTS: Final = (
    "open_clip_model.safetensors",
    "open_clip_pytorch_model.safetensors",
    "model.safetensors",
)
_CLEANINGS: Final = MappingProxyType[str, Cleaning](
    {"whitespace": "whitespace", "lower": "lower", "canonicalize": "canonicalize"}
)
_TOKENIZER_OPTIONS: Final = frozenset({"clean", "strip_sep_token", "language"})


def read_open_clip(folder: Path) -> Checkpoint | None:
    """The checkpoint of an OpenCLIP directory; None where it is none.

    Also where the weights beside an OpenCLIP configuration are those of transformers: some
    publishers put both into one folder, and not every part of it was copied.
    """
    path = folder / CONFIG
    if not path.is_file():
        return None
    config = read_fields(path)
    model = config.part("model_cfg") if "model_cfg" in config else config
    files = weights_of(folder, _WEIGHTS)
    tensors = TensorFiles(files)
    if not any(name.startswith("visual.") for name in tensors):
        if (folder / "config.json").is_file():
            return None
        raise WeightsUnavailable(
            f"{files[0]} holds no OpenCLIP model: no tensor's name starts with 'visual.'",
            hint=f"place {_WEIGHTS[0]} there",
        )
    vision, text = model.part("vision_cfg", required=True), model.part("text_cfg", required=True)
    vision.check_sizes("width", "head_width")
    text.check_sizes("width", "heads")
    words, beside = open_clip_words(folder, text)
    scale, bias = sigmoid_of(tensors)
    return Checkpoint(
        folder=folder,
        layout="OpenCLIP",
        image=WeightsTower("open-clip", "image", files, model.values),
        text=WeightsTower("open-clip", "text", files, model.values),
        pixels=open_clip_pixels(config.part("preprocess_cfg"), size_of(model)),
        words=replace(words, padded=not _padding_is_inert(text)),
        dim=model.integer("embed_dim", most=MOST_DIM),
        sources=(path, *files, *beside),
        logit_scale=scale,
        logit_bias=bias,
    )


def size_of(model: Fields) -> tuple[int, int]:
    """(height, width) of the pictures that the image tower of a `model_cfg` takes."""
    return model.part("vision_cfg").side_pair("image_size", 224)


def open_clip_words(folder: Path, text: Fields) -> tuple[TextRecipe, tuple[Path, ...]]:
    """The recipe of a `text_cfg` and the files of the tokenizer in `folder`.

    CLIP's own tokenizer, unless `hf_tokenizer_name` is set: then the one in the folder, whatever
    the name says. Raises `WeightsUnavailable`, `SpecError`.
    """
    options = text.part("tokenizer_kwargs")
    unknown = sorted(options.values.keys() - _TOKENIZER_OPTIONS)
    if unknown or "tokenizer_mode" in text:
        field = f"tokenizer_kwargs.{unknown[0]}" if unknown else "tokenizer_mode"
        raise SpecError(f"{text.path}: text_cfg.{field} is not supported")
    context = context_of(text, "context_length", 77)
    if text.text("hf_tokenizer_name", ""):
        return _own_words(read_vocabulary(folder), options, context)
    words, sources = clip_words(folder, context)
    return replace(words, cleaning=_cleaning(options, "lower")), sources


def _own_words(
    vocabulary: Vocabulary, options: Fields, context: int
) -> tuple[TextRecipe, tuple[Path, ...]]:
    recipe = TextRecipe(
        vocabulary.path,
        context,
        vocabulary.pad_id(),
        cleaning=_cleaning(options, "whitespace"),
        strip_sep=options.flag("strip_sep_token", False),
        language=options.text("language", vocabulary.language()),
    )
    return recipe, vocabulary.sources


def multilingual_words(folder: Path, text: Fields) -> tuple[TextRecipe, tuple[Path, ...]]:
    """The same, where the configuration may be silent of a tokenizer that is not CLIP's."""
    vocabulary = read_vocabulary(folder)
    if vocabulary.is_clip or text.text("hf_tokenizer_name", ""):
        return open_clip_words(folder, text)
    context = context_of(text, "context_length", 77)
    return _own_words(vocabulary, text.part("tokenizer_kwargs"), context)


def _cleaning(options: Fields, default: Cleaning) -> Cleaning:
    found = options.choice("clean", default, {name: name for name in _CLEANINGS})
    return _CLEANINGS[found]


def _padding_is_inert(text: Fields) -> bool:
    """Whether ids after the end of a text change nothing.

    Text towers of transformers mask them; a causal tower that takes the end token's row never sees
    them. Others take the last row, or a class token that follows the padding.
    """
    if text.text("hf_model_name", ""):
        return True
    causal = not text.flag("no_causal_mask", False) and not text.flag("embed_cls", False)
    return causal and text.text("pool_type", "argmax") in ("argmax", "eos")
