"""The networks of the reference libraries, one tower at a time, without weights."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mindseye.encoders.checkpoint import WeightsTower
from mindseye.encoders.sessions.base import Port
from mindseye.errors import EncoderError

if TYPE_CHECKING:
    from torch import Tensor, nn

_TINY_TEXT = {"context_length": 8, "vocab_size": 8, "width": 64, "heads": 1, "layers": 1}
_TINY_IMAGE = {"image_size": 8, "patch_size": 8, "width": 64, "head_width": 64, "layers": 1}
"""Stand for the tower that is not asked for: both are always built together."""


@dataclass(frozen=True, slots=True)
class Network:
    """A module, how it makes vectors of its one input, and how a checkpoint names its tensors."""

    module: nn.Module
    input: Port
    forward: Callable[[Any, Tensor], Tensor]
    rename: Callable[[Mapping[str, Tensor]], dict[str, Tensor]]


def build_network(tower: WeightsTower) -> Network:
    """Build a tower from its configuration; raises `EncoderError` when that is not enough."""
    try:
        if tower.family == "open-clip":
            return _open_clip(tower)
        if tower.family in {"hf-clip", "hf-siglip"}:
            return _transformers(tower)
    except (TypeError, ValueError, KeyError, AttributeError, RuntimeError) as error:
        raise EncoderError(
            f"the configuration in {tower.files[0].parent} describes no {tower.part} tower that "
            f"PyTorch can build: {error}"
        ) from error
    raise EncoderError(f"PyTorch runs no towers of the family {tower.family!r} here")


def _open_clip(tower: WeightsTower) -> Network:
    """A tower of OpenCLIP, native, of timm or of transformers.

    Contrastive captioners (CoCa) are built as what their two towers are: a model without decoder.
    """
    import open_clip

    config = dict(tower.config.get("model_cfg", tower.config))
    wants_text = tower.part == "text"
    vision: dict[str, Any]
    text: dict[str, Any]
    vision = {**_TINY_IMAGE} if wants_text else {**config["vision_cfg"], "output_tokens": False}
    text = {**config["text_cfg"], "output_tokens": False} if wants_text else {**_TINY_TEXT}
    if "timm_model_name" in vision:
        vision["timm_model_pretrained"] = False
    with tempfile.TemporaryDirectory() as folder:
        if text.get("hf_model_name"):
            text |= _local_language_model(text["hf_model_name"], tower, folder)
        model = open_clip.CustomTextCLIP(
            embed_dim=config["embed_dim"],
            vision_cfg=vision,
            text_cfg=text,
            quick_gelu=config.get("quick_gelu", False),
        )
    if wants_text:
        port = Port("ids", "int64", (None, text.get("context_length", 77)))
        return Network(model.text, port, _call, _open_clip_text(tower.prefix))
    side = vision["image_size"]
    height, width = side if isinstance(side, tuple | list) else (side, side)
    port = Port("pixels", "float32", (None, 3, height, width))
    return Network(model.visual, port, _call, _below(f"{tower.prefix}visual."))


def _local_language_model(name: str, tower: WeightsTower, folder: str) -> dict[str, Any]:
    """Settings by which OpenCLIP builds a language model of transformers without asking a hub.

    The configuration is looked for beside the weights and in the cache of earlier downloads.
    """
    from transformers import AutoConfig

    beside = tower.files[0].parent
    for place in (name, str(beside / Path(name).name), str(beside)):
        try:
            found = AutoConfig.from_pretrained(place, local_files_only=True)
        except (OSError, ValueError):
            continue
        found.save_pretrained(folder)
        return {"hf_model_name": folder, "hf_model_pretrained": False}
    raise EncoderError(
        f"the text tower is a {name}, whose configuration is not on this machine",
        hint=f"put its config.json into {beside / Path(name).name}",
    )


def _transformers(tower: WeightsTower) -> Network:
    """A tower of transformers' CLIP or SigLIP."""
    import transformers

    config = transformers.AutoConfig.for_model(**tower.config)
    if config.model_type not in {"clip", "siglip"}:
        raise EncoderError(f"PyTorch runs no model of the type {config.model_type!r} here")
    part = config.vision_config if tower.part == "image" else config.text_config
    if config.model_type == "clip":
        # The whole model's length of a vector is the one that counts.
        part.projection_dim = config.projection_dim
    kind = {
        ("clip", "image"): transformers.CLIPVisionModelWithProjection,
        ("clip", "text"): transformers.CLIPTextModelWithProjection,
        ("siglip", "image"): transformers.SiglipVisionModel,
        ("siglip", "text"): transformers.SiglipTextModel,
    }[config.model_type, tower.part]
    module = kind(part)
    forward = _call_clip if config.model_type == "clip" else _call_siglip
    if tower.part == "image":
        port = Port("pixels", "float32", (None, 3, part.image_size, part.image_size))
    else:
        port = Port("ids", "int64", (None, part.max_position_embeddings))
    return Network(module, port, forward, _fitting(module, tower))


def _call(module: Any, given: Tensor) -> Tensor:
    rows: Tensor = module(given)
    return rows


def _call_clip(module: Any, given: Tensor) -> Tensor:
    output = module(given)
    rows: Tensor = output.text_embeds if hasattr(output, "text_embeds") else output.image_embeds
    return rows


def _call_siglip(module: Any, given: Tensor) -> Tensor:
    rows: Tensor = module(given).pooler_output
    return rows


def _below(prefix: str) -> Callable[[Mapping[str, Tensor]], dict[str, Tensor]]:
    def rename(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {
            name.removeprefix(prefix): tensor
            for name, tensor in tensors.items()
            if name.startswith(prefix)
        }

    return rename


def _open_clip_text(prefix: str) -> Callable[[Mapping[str, Tensor]], dict[str, Tensor]]:
    """Text towers lie below `text.`, or, in checkpoints of the first kind, beside `visual.`."""

    def rename(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        own = _below(f"{prefix}text.")(tensors)
        return own or _below(prefix)(tensors)

    return rename


def _fitting(
    module: nn.Module, tower: WeightsTower
) -> Callable[[Mapping[str, Tensor]], dict[str, Tensor]]:
    """Checkpoints name a tower's tensors by the whole model; some releases drop the first word."""
    own = tuple(module.state_dict())
    first = "vision_model." if tower.part == "image" else "text_model."
    kept = any(name.startswith(first) for name in own)

    def rename(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        named = _below(tower.prefix)(tensors)
        return named if kept else {name.removeprefix(first): t for name, t in named.items()}

    return rename
