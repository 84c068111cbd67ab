"""Which files of a repository make an encoder: one set of weights, and what describes it.

Repositories hold the same weights several times (PyTorch, TensorFlow, Flax, Core ML, ONNX in many
precisions). Only safetensors and ONNX are ever taken; pickled weights could run code when loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from mindseye.errors import WeightsUnavailable

TOKENIZER_FILES: Final = frozenset(
    {
        "added_tokens.json",
        "bpe_simple_vocab_16e6.txt.gz",
        "merges.txt",
        "sentencepiece.bpe.model",
        "special_tokens_map.json",
        "spiece.model",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.json",
        "vocab.txt",
    }
)

_OPEN_CLIP_CONFIG: Final = "open_clip_config.json"

_DESCRIPTIONS: Final = TOKENIZER_FILES | {
    "config.json",
    "config_sentence_transformers.json",
    "encoder.json",
    "modules.json",
    _OPEN_CLIP_CONFIG,
    "preprocess_cfg.json",
    "preprocessor_config.json",
    "processor_config.json",
    "quantize_config.json",
    "sentence_bert_config.json",
}
_LEGAL = re.compile(r"(LICEN[CS]E|NOTICE|COPYING)([.-]\w+)?", re.IGNORECASE)
_PICKLED: Final = frozenset({".bin", ".ckpt", ".pickle", ".pkl", ".pt", ".pth"})
_FOREIGN: Final = frozenset({".armnn", ".h5", ".mlmodel", ".msgpack", ".rknn", ".tflite"})

_PRECISIONS: Final = ("", "_fp16", "_quantized", "_int8", "_uint8", "_q4f16", "_q4", "_bnb4")
"""How transformers.js marks precisions, the best first."""

Names = Collection[str]


def choose(names: Names, precision: str = "auto") -> list[str]:
    """The files to fetch of all `names` in a repository, sorted; `precision` as in `RunOptions`.

    Raises `WeightsUnavailable` where nothing can be loaded, saying what there is instead.
    """
    for rule in _RULES:
        if weights := rule(names, precision):
            break
    else:
        raise _nothing_to_load(names)
    folders = {str(PurePosixPath(name).parent) for name in weights} | {"."}
    described = {name for name in names if _describes(PurePosixPath(name), folders)}
    if rule is not _open_clip:
        # It describes other weights than these, which were pickled only.
        described.discard(_OPEN_CLIP_CONFIG)
    return sorted({*weights, *described})


def tokenizer_files(names: Names) -> list[str]:
    """The tokenizer's files at the top of a repository; one without `tokenizer.json` has none."""
    return sorted(TOKENIZER_FILES & set(names)) if "tokenizer.json" in names else []


def has_tokenizer(names: Names) -> bool:
    """Whether a tokenizer that can be read is among these files."""
    ends = ("tokenizer.json", "bpe_simple_vocab_16e6.txt.gz")
    return any(PurePosixPath(name).name in ends for name in names)


def _describes(path: PurePosixPath, folders: Collection[str]) -> bool:
    beside = str(path.parent) in folders
    if str(path.parent) == "." and _LEGAL.fullmatch(path.name):
        return True
    # Sentence-transformers keep the settings of each module in "0_CLIPModel", "1_Pooling"; rclip
    # its vocabulary in "tokenizer".
    below = len(path.parts) == 2 and re.match(r"\d+_|tokenizer$", path.parts[0]) is not None
    return path.name in _DESCRIPTIONS and (beside or below)


def _open_clip(names: Names, _: str) -> Sequence[str]:
    if _OPEN_CLIP_CONFIG not in names:
        return ()
    stems = ["open_clip_model", "open_clip_pytorch_model"]
    if "config.json" not in names:
        # With one, this name belongs to the same model as transformers would save it.
        stems.append("model")
    return next((found for stem in stems if (found := _safetensors(names, stem))), ())


def _exported(names: Names, _: str) -> Sequence[str]:
    """What `mindseye encoders export` wrote."""
    return list(_at_top(names, (".onnx", ".data"))) if "encoder.json" in names else ()


def _immich(names: Names, _: str) -> Sequence[str]:
    if not {"visual/model.onnx", "textual/model.onnx"} <= set(names):
        return ()
    # Weights too large for one ONNX file lie beside it, under names of their own.
    return [name for name in names if name.startswith(("visual/", "textual/")) and _loadable(name)]


def _uform(names: Names, _: str) -> Sequence[str]:
    return _graphs(names, "image_encoder.onnx", "text_encoder.onnx")


def _sentence_transformers(names: Names, _: str) -> Sequence[str]:
    if "modules.json" not in names:
        return ()
    inside = re.compile(r"(\d+_\w+/)?model(-\d+-of-\d+)?\.safetensors(\.index\.json)?")
    return [name for name in names if inside.fullmatch(name)]


def _transformers(names: Names, _: str) -> Sequence[str]:
    return _safetensors(names, "model") if "config.json" in names else ()


def _transformers_js(names: Names, precision: str) -> Sequence[str]:
    order = ("_fp16", *_PRECISIONS) if precision == "fp16" else _PRECISIONS
    for mark in order:
        files = (f"onnx/vision_model{mark}.onnx", f"onnx/text_model{mark}.onnx")
        if found := _graphs(names, *files):
            return found
    return ()


def _flat(names: Names, _: str) -> Sequence[str]:
    """One picture and one text tower side by side, as rclip and clip-as-service keep them."""
    towers = [
        [name for name in names if re.fullmatch(rf"([\w.-]+-)?{part}\.onnx", name)]
        for part in ("visual", "textual")
    ]
    return _graphs(names, towers[0][0], towers[1][0]) if list(map(len, towers)) == [1, 1] else ()


_RULES: Final[Sequence[Callable[[Names, str], Sequence[str]]]] = (
    _open_clip,
    _exported,
    _immich,
    _uform,
    _sentence_transformers,
    _transformers,
    _transformers_js,
    _flat,
)


def _safetensors(names: Names, stem: str) -> Sequence[str]:
    """One file, or the parts of one with their index."""
    if f"{stem}.safetensors" in names:
        return (f"{stem}.safetensors",)
    index = f"{stem}.safetensors.index.json"
    part = re.compile(rf"{re.escape(stem)}-\d+-of-\d+\.safetensors")
    return [index, *filter(part.fullmatch, names)] if index in names else ()


def _graphs(names: Names, *towers: str) -> Sequence[str]:
    """All of these ONNX files with the data that lies outside of them, or nothing."""
    if not set(towers) <= set(names):
        return ()
    outside = tuple(f"{tower}{mark}" for tower in towers for mark in ("_data", ".data"))
    return [name for name in names if name in towers or name.startswith(outside)]


def _at_top(names: Names, suffixes: tuple[str, ...]) -> Iterator[str]:
    return (name for name in names if "/" not in name and name.endswith(suffixes))


def _loadable(name: str) -> bool:
    path = PurePosixPath(name)
    return len(path.parts) == 2 and path.suffix not in _PICKLED | _FOREIGN


def _nothing_to_load(names: Names) -> WeightsUnavailable:
    pickled = sorted(name for name in names if PurePosixPath(name).suffix in _PICKLED)
    if pickled:
        return WeightsUnavailable(
            f"this repository has only pickled weights ({', '.join(pickled[:3])}), "
            "which are never loaded: they could run code",
            hint="look for a revision or a copy of it with safetensors or ONNX files",
        )
    return WeightsUnavailable(
        "this repository holds no encoder that can be read: no safetensors, no pair of ONNX towers",
        hint="the layouts that can be read are listed in docs/how-to/choose-an-encoder.md",
    )
