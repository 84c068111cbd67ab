"""What a model directory says, as values: how to treat pixels and words, and where the towers are.

`mindseye.encoders.layouts` makes these from files; everything after it reads only these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

Resize: TypeAlias = Literal["shortest", "squash", "longest"]
"""shortest: the short side to `side`, then a centre crop; squash: both sides, losing the aspect;
longest: the long side to the size, the rest filled."""

Interpolation: TypeAlias = Literal["nearest", "bilinear", "bicubic", "lanczos"]

Cleaning: TypeAlias = Literal["none", "whitespace", "lower", "canonicalize", "lowercase", "siglip"]
"""What is done to a text before its tokenizer.

none: nothing. whitespace, lower, canonicalize: OpenCLIP's functions of these names (each repairs
mojibake and HTML entities and folds white space; lower also lower-cases; canonicalize lower-cases
and drops punctuation). lowercase: letter by letter, inside the tokenizer (SigLIP 2). siglip: the
canonicalisation of SigLIP's own tokenizer.
"""

Family: TypeAlias = Literal["open-clip", "hf-clip", "hf-siglip", "hf-text"]
"""Whose tensor names a safetensors file carries. hf-text: a text tower alone, beside a CLIP."""


@dataclass(frozen=True, slots=True)
class PixelRecipe:
    """From `Pixels` to the tensor a tower takes: `(value / 255 - mean) / std` per channel.

    `size` is (height, width) of the tensor; `side` the length the short side is resized to before
    the crop (shortest only; 0 means that `size` is just covered). `fill` colours what longest
    leaves. `centre` says where a crop with an odd margin starts: "even" rounds half to even
    (torchvision), "floor" down (transformers).
    """

    size: tuple[int, int]
    resize: Resize = "shortest"
    interpolation: Interpolation = "bicubic"
    mean: tuple[float, float, float] = (0.48145466, 0.4578275, 0.40821073)
    std: tuple[float, float, float] = (0.26862954, 0.26130258, 0.27577711)
    side: int = 0
    fill: tuple[int, int, int] = (0, 0, 0)
    centre: Literal["even", "floor"] = "even"


@dataclass(frozen=True, slots=True)
class TextRecipe:
    """From a text to token ids.

    `tokenizer` is a `tokenizer.json`, or CLIP's `bpe_simple_vocab_16e6.txt.gz`. `context` is the
    longest row of ids; with `padded` every row has that length, else that of the longest row of its
    batch (only where a mask or causal attention makes padding inert). `strip_sep` replaces the
    separator's id by 0, `language` is the source language of tokenizers that take one (NLLB).
    """

    tokenizer: Path
    context: int
    pad_id: int = 0
    padded: bool = True
    cleaning: Cleaning = "lower"
    strip_sep: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class OnnxTower:
    """A tower as an ONNX file; inputs and outputs are read from the graph itself."""

    path: Path


@dataclass(frozen=True, slots=True)
class WeightsTower:
    """A tower whose weights lie in safetensors files, described by a configuration.

    `config` is the `model_cfg` of an `open_clip_config.json` or the whole Hugging Face
    `config.json`; `prefix` is set where the tower's tensors lie below a name.
    """

    family: Family
    part: Literal["image", "text"]
    files: tuple[Path, ...]
    config: Mapping[str, Any]
    prefix: str = ""


Tower: TypeAlias = OnnxTower | WeightsTower


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One two-tower encoder in a folder.

    `sources` are all files that decide a vector; the fingerprint hashes them. `dim` is the length
    of a vector. `logit_scale` (already an exponential) and `logit_bias` make a cosine a probability
    where the encoder was trained with a sigmoid loss (SigLIP). `matryoshka` are the lengths a
    vector may be cut to. `space_of` is the encoder whose pictures a text tower was taught to speak
    of: both are one space, and its vectors serve both.
    """

    folder: Path
    layout: str
    image: Tower
    text: Tower
    pixels: PixelRecipe
    words: TextRecipe
    dim: int
    sources: tuple[Path, ...]
    logit_scale: float | None = None
    logit_bias: float | None = None
    matryoshka: tuple[int, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    space_of: Checkpoint | None = None
