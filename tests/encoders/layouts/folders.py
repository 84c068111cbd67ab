"""Model directories written by hand: right in their files, with next to no weights."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

CLIP_TOKENS = ("<|startoftext|>", "<|endoftext|>")


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def change_json(path: Path, **fields: Any) -> None:
    """Overlay fields of a JSON file; a field given as ... is taken away."""
    value = json.loads(path.read_text(encoding="utf-8")) | fields
    write_json(path, {name: field for name, field in value.items() if field is not ...})


def write_weights(path: Path, **tensors: float | np.ndarray) -> None:
    """A safetensors file of float32 tensors; "__" in a name stands for a dot."""
    header, body = dict[str, Any](), b""
    for name, value in tensors.items():
        array = np.asarray(value, np.float32)
        place = [len(body), len(body) + array.nbytes]
        header[name.replace("__", ".")] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": place,
        }
        body += array.tobytes()
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def write_tokenizer(folder: Path, *special: str, kind: str = "BPE", **config: Any) -> None:
    """The head of a tokenizer with these special tokens, whose ids count up from 0."""
    added = [{"id": place, "content": token} for place, token in enumerate(special)]
    model = {"type": kind, "vocab": {"a": 7, "the-pad": 9}}
    write_json(folder / "tokenizer.json", {"added_tokens": added, "model": model})
    if config:
        write_json(folder / "tokenizer_config.json", config)


def open_clip(folder: Path, preprocess: dict[str, Any] | None = None, **model: Any) -> Path:
    """OpenCLIP's directory; `model` overlays its `model_cfg`."""
    config = {"embed_dim": 8, "vision_cfg": {"image_size": 64}, "text_cfg": {}, **model}
    write_json(
        folder / "open_clip_config.json", {"model_cfg": config, "preprocess_cfg": preprocess or {}}
    )
    write_weights(folder / "open_clip_model.safetensors", visual__proj=np.zeros((2, 8)))
    write_tokenizer(folder, *CLIP_TOKENS)
    return folder


PROCESSOR = {
    "do_resize": True,
    "size": {"shortest_edge": 64},
    "do_center_crop": True,
    "crop_size": {"height": 64, "width": 64},
    "resample": 3,
    "image_mean": [0.1, 0.2, 0.3],
    "image_std": [0.4, 0.5, 0.6],
}


def hf_clip(folder: Path, processor: dict[str, Any] | None = None, **config: Any) -> Path:
    """Transformers' directory of a CLIP; `processor` and `config` overlay its configurations."""
    said = {"model_type": "clip", "projection_dim": 8, "vision_config": {"image_size": 64}}
    write_json(folder / "config.json", said | {"text_config": {}} | config)
    merged = PROCESSOR | (processor or {})
    kept = {name: value for name, value in merged.items() if value is not ...}
    write_json(folder / "preprocessor_config.json", kept)
    write_tokenizer(folder, *CLIP_TOKENS, pad_token="<|endoftext|>")
    write_weights(folder / "model.safetensors", logit_scale=4.6, visual_projection__weight=[0.0])
    return folder


def hf_siglip(folder: Path, kind: str = "Unigram", **config: Any) -> Path:
    """Transformers' directory of a SigLIP, whose tokenizer is of a kind."""
    said = {"model_type": "siglip", "vision_config": {"image_size": 64, "hidden_size": 8}}
    write_json(folder / "config.json", said | {"text_config": {}} | config)
    size = {"height": 64, "width": 64}
    write_json(folder / "preprocessor_config.json", {"size": size, "resample": 2})
    write_tokenizer(folder, "<pad>", "</s>", kind=kind, pad_token="</s>")
    write_weights(folder / "model.safetensors", logit_scale=[4.7], logit_bias=[-16.5])
    return folder
