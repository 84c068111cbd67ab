"""Directories that transformers writes: CLIP, SigLIP and SigLIP 2 of a fixed resolution.

What a configuration leaves out has the value that transformers gives it (the `configuration_...`
modules of transformers 5); the early CLIPs leave out nearly all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mindseye.encoders.checkpoint import (
    Checkpoint,
    Cleaning,
    Family,
    PixelRecipe,
    TextRecipe,
    WeightsTower,
)
from mindseye.encoders.graphs.safetensors import TensorFiles
from mindseye.encoders.layouts.fields import MOST_DIM, Fields, read_json
from mindseye.encoders.layouts.preprocess import transformers_pixels
from mindseye.encoders.layouts.vocabulary import Vocabulary, context_of, read_vocabulary
from mindseye.encoders.layouts.weights import sigmoid_of, weights_in, weights_of
from mindseye.errors import SpecError

CONFIG: Final = "config.json"
WEIGHTS: Final = ("model.safetensors",)


@dataclass(frozen=True, slots=True)
class Described:
    """What the configurations of a transformers directory say, whatever its weights are."""

    family: Family
    pixels: PixelRecipe
    words: TextRecipe
    dim: int
    sources: tuple[Path, ...]


def read_hugging_face(folder: Path) -> Checkpoint | None:
    """The checkpoint of a CLIP or SigLIP of transformers; None where it is none.

    A folder without safetensors is left to the layouts that carry ONNX.
    """
    config = two_tower_config(folder)
    if config is None or (not weights_in(folder, WEIGHTS) and (folder / "onnx").is_dir()):
        return None
    return checkpoint_of(folder, config)


def checkpoint_of(folder: Path, config: Fields) -> Checkpoint:
    """The checkpoint of a folder with safetensors; raises `WeightsUnavailable`, `SpecError`."""
    files = weights_of(folder, WEIGHTS)
    scale, bias = sigmoid_of(TensorFiles(files))
    said = describe(folder, config)
    for part in ("vision_config", "text_config"):
        config.part(part).check_sizes("hidden_size", "num_attention_heads")
    return Checkpoint(
        folder=folder,
        layout="Hugging Face CLIP" if said.family == "hf-clip" else "Hugging Face SigLIP",
        image=WeightsTower(said.family, "image", files, config.values),
        text=WeightsTower(said.family, "text", files, config.values),
        pixels=said.pixels,
        words=said.words,
        dim=said.dim,
        sources=(*said.sources, *files),
        logit_scale=scale,
        logit_bias=bias,
    )


def two_tower_config(folder: Path) -> Fields | None:
    """The configuration of a CLIP or SigLIP; None where the folder has none.

    Raises `SpecError` for SigLIP 2 with variable resolution.
    """
    path = folder / CONFIG
    if not path.is_file():
        return None
    config = Fields(path, _whole(read_json(path)))
    kind = config.values.get("model_type")
    if kind == "siglip2":
        raise SpecError(
            f"{path} describes a SigLIP 2 of variable resolution (NaFlex), which is not supported",
            hint="the SigLIP 2 models with a resolution in their name are",
        )
    return config if kind in ("clip", "siglip") else None


def describe(folder: Path, config: Fields) -> Described:
    """Read the recipes beside a configuration; raises `WeightsUnavailable`, `SpecError`."""
    siglip = config.text("model_type") == "siglip"
    vision, text = config.part("vision_config"), config.part("text_config")
    pixels, beside = transformers_pixels(folder, siglip, vision.side_pair("image_size", 224))
    vocabulary = read_vocabulary(folder)
    if siglip:
        words = _siglip_words(vocabulary, context_of(text, "max_position_embeddings", 64))
        dim = vision.integer("hidden_size", 768, most=MOST_DIM)
    else:
        words = _clip_words(vocabulary, context_of(text, "max_position_embeddings", 77))
        dim = config.integer("projection_dim", 512, most=MOST_DIM)
    family: Family = "hf-siglip" if siglip else "hf-clip"
    sources = (config.path, beside, *vocabulary.sources)
    return Described(family, pixels, words, dim, sources)


def _clip_words(vocabulary: Vocabulary, context: int) -> TextRecipe:
    """A causal tower that takes the end token's row: what fills a row is never seen."""
    return TextRecipe(vocabulary.path, context, vocabulary.pad_id(), padded=False, cleaning="none")


def _siglip_words(vocabulary: Vocabulary, context: int) -> TextRecipe:
    """SigLIP was trained on full rows, padding included, and takes the last one.

    The first generation has a SentencePiece unigram and drops punctuation; the second has Gemma's
    BPE and only lower-cases, which the published tokenizers leave to the caller.
    """
    second = vocabulary.kind == "BPE" or vocabulary.made_by in (
        "GemmaTokenizer",
        "Siglip2Tokenizer",
    )
    cleaning: Cleaning = "lowercase" if second else "siglip"
    return TextRecipe(vocabulary.path, context, vocabulary.pad_id(), cleaning=cleaning)


def _whole(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration with what early CLIPs wrote beside it, which outranks it."""
    for part in ("text_config", "vision_config"):
        later = config.get(f"{part}_dict")
        if isinstance(later, dict):
            now = config.get(part)
            config[part] = {**(now if isinstance(now, dict) else {}), **later}
    return config
