"""Image towers as values: vision transformers of OpenCLIP, timm, Hugging Face CLIP and SigLIP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from mindseye.encoders.checkpoint import WeightsTower
from mindseye.encoders.graphs import blocks
from mindseye.encoders.graphs.blocks import Stack
from mindseye.encoders.graphs.reading import (
    UnsupportedArchitecture,
    activation,
    count_layers,
    divided,
    hf_part,
    open_clip_activation,
    pair,
    positive,
    refuse,
    refuse_custom_blocks,
    section,
    sides,
    small,
)
from mindseye.encoders.graphs.safetensors import Tensors


@dataclass(frozen=True, slots=True)
class Head:
    """The tensors of a pool that attends from a probe; `fused` is one layer for q, k and v."""

    probe: str
    norm: str
    out: str
    up: str
    down: str
    fused: str = ""
    q: str = ""
    kv: str = ""


Pool: TypeAlias = Literal["class", "mean"] | Head
"""The class token, the mean of the patches, or attention from a learned probe."""


@dataclass(frozen=True, slots=True)
class Vision:
    """A vision transformer by the names of its tensors; "" is a part it does not have.

    `size` is (height, width) of a picture, `patch` that of a patch. `norm_first` normalises before
    the pool. `project` are the layers after it.
    """

    size: tuple[int, int]
    patch: tuple[int, int]
    stack: Stack
    patches: str
    positions: str
    post_norm: str
    class_token: str = ""
    pre_norm: str = ""
    norm_first: bool = True
    pool: Pool = "class"
    project: tuple[str, ...] = ()

    @property
    def patch_count(self) -> int:
        """How many whole patches a picture has."""
        return (self.size[0] // self.patch[0]) * (self.size[1] // self.patch[1])

    @property
    def token_count(self) -> int:
        """How many tokens a picture becomes."""
        return self.patch_count + bool(self.class_token)


def read_vision(tower: WeightsTower, tensors: Tensors) -> Vision:
    """An image tower as a value; raises `UnsupportedArchitecture`, `KeyError` for a tensor."""
    if tower.family == "open-clip":
        config = section(tower.config, "vision_cfg")
        if config.get("timm_model_name"):
            return _timm(config, tensors)
        return _open_clip(tower.config, config, tensors)
    if tower.family == "hf-text":
        raise UnsupportedArchitecture("a text model has no image tower")
    return _hf(tower, tensors)


def _open_clip(model: Mapping[str, Any], config: Mapping[str, Any], tensors: Tensors) -> Vision:
    if isinstance(config.get("layers"), list | tuple):
        raise UnsupportedArchitecture("no graph is written for ResNets")
    refuse_custom_blocks(config)
    refuse(config, "attentional_pool")
    pool = config.get("pool_type", "tok")
    if pool not in ("tok", "avg"):
        raise UnsupportedArchitecture(f"no graph is written for pool_type={pool!r}")
    width, height, across = _patches(tensors, "visual.conv1")
    prefix = "visual.transformer."
    stack = Stack(
        blocks.OPEN_CLIP,
        prefix,
        count_layers(tensors, prefix, blocks.OPEN_CLIP.block),
        width,
        divided(width, width // min(width, positive(config, "head_width", 64))),
        open_clip_activation(model, config),
        small(section(config, "norm_kwargs"), "eps", 1e-5),
    )
    return Vision(
        pair(config, "image_size", 224),
        (height, across),
        stack,
        "visual.conv1",
        "visual.positional_embedding",
        class_token="visual.class_embedding",  # noqa: S106 - a tensor's name
        pre_norm="" if config.get("no_ln_pre") else "visual.ln_pre",
        post_norm="visual.ln_post",
        norm_first=not config.get("final_ln_after_pool"),
        pool="class" if pool == "tok" else "mean",
        project=("visual.proj",),
    )


def _patches(tensors: Tensors, name: str) -> tuple[int, int, int]:
    """The width of a patch's embedding, and its height and width in pixels."""
    width, colours, height, across = sides(tensors, f"{name}.weight", 4)
    if colours != 3:
        raise UnsupportedArchitecture(f"{name!r} takes {colours} colours, not 3")
    return width, height, across


_TIMM_TANH = (
    "patch32_siglip", "large_patch16_siglip_512", "large_patch16_siglip_gap_512",
    "so400m_patch16_siglip", "giantopt_patch16_siglip",
)  # fmt: skip
"""Parts of the names of timm's towers that use the tanh form of gelu; the others use erf's."""

_TIMM_SIXTEEN_HEADS = ("so400m", "giantopt", "huge", "giant", "gigantic")
"""timm's towers whose heads are not 64 wide: they have sixteen."""

_TIMM_POOLS: Mapping[str, Pool] = MappingProxyType(
    {
        "token": "class",
        "avg": "mean",
        "map": Head(
            "visual.trunk.attn_pool.latent",
            "visual.trunk.attn_pool.norm",
            "visual.trunk.attn_pool.proj",
            "visual.trunk.attn_pool.mlp.fc1",
            "visual.trunk.attn_pool.mlp.fc2",
            q="visual.trunk.attn_pool.q",
            kv="visual.trunk.attn_pool.kv",
        ),
    }
)

_TIMM_PROJECTIONS = (
    ("visual.head.proj",),
    ("visual.trunk.head",),
    ("visual.head.mlp.fc1", "visual.head.mlp.fc2"),
)


def _timm(config: Mapping[str, Any], tensors: Tensors) -> Vision:
    """A plain vision transformer of timm; its name tells what its tensors do not."""
    name = str(config["timm_model_name"]).partition(".")[0]
    if not name.startswith("vit_") or not ("_siglip" in name or "_clip_" in name):
        raise UnsupportedArchitecture(f"no graph is written for timm's {name}")
    trunk = "visual.trunk."
    pool = _TIMM_POOLS.get(str(config.get("timm_pool", "avg")))
    if pool is None or f"{trunk}reg_token" in tensors:
        raise UnsupportedArchitecture(f"no graph is written for timm's {name} as configured")
    width, height, across = _patches(tensors, f"{trunk}patch_embed.proj")
    heads = 16 if any(part in name for part in _TIMM_SIXTEEN_HEADS) else max(1, width // 64)
    stack = Stack(
        blocks.TIMM,
        trunk,
        count_layers(tensors, trunk, blocks.TIMM.block),
        width,
        divided(width, heads),
        timm_activation(name),
        1e-6 if "_siglip" in name else 1e-5,
    )
    # timm normalises after the pool only in towers that it builds for a mean.
    after = f"{trunk}fc_norm.weight" in tensors
    return Vision(
        pair(config, "image_size", 224),
        (height, across),
        stack,
        f"{trunk}patch_embed.proj",
        f"{trunk}pos_embed",
        class_token=f"{trunk}cls_token" if f"{trunk}cls_token" in tensors else "",
        pre_norm=f"{trunk}norm_pre" if f"{trunk}norm_pre.weight" in tensors else "",
        post_norm=f"{trunk}fc_norm" if after else f"{trunk}norm",
        norm_first=not after,
        pool=pool,
        project=next((p for p in _TIMM_PROJECTIONS if f"{p[0]}.weight" in tensors), ()),
    )


def timm_activation(name: str) -> str:
    """The activation of a timm tower of this name, which its weights do not tell."""
    if "quickgelu" in name:
        return "quick_gelu"
    return "gelu_tanh" if any(part in name for part in _TIMM_TANH) else "gelu"


def _hf(tower: WeightsTower, tensors: Tensors) -> Vision:
    siglip = tower.family == "hf-siglip"
    config = hf_part(tower.config, "vision_config")
    start = f"{tower.prefix}vision_model."
    patches = f"{start}embeddings.patch_embedding"
    width, height, across = _patches(tensors, patches)
    stack = Stack(
        blocks.HF,
        start,
        count_layers(tensors, start, blocks.HF.block),
        width,
        divided(width, positive(config, "num_attention_heads", 12)),
        activation(config, "hidden_act", "gelu_pytorch_tanh" if siglip else "quick_gelu"),
        small(config, "layer_norm_eps", 1e-6 if siglip else 1e-5),
    )
    return Vision(
        pair(config, "image_size", 224),
        (height, across),
        stack,
        patches,
        f"{start}embeddings.position_embedding.weight",
        class_token="" if siglip else f"{start}embeddings.class_embedding",
        pre_norm="" if siglip else f"{start}pre_layrnorm",
        post_norm=f"{start}post_layernorm",
        pool=_hf_head(f"{start}head.") if siglip else "class",
        project=() if siglip else (f"{tower.prefix}visual_projection",),
    )


def _hf_head(at: str) -> Head:
    return Head(
        f"{at}probe", f"{at}layernorm", f"{at}attention.out_proj", f"{at}mlp.fc1", f"{at}mlp.fc2",
        fused=f"{at}attention.in_proj",
    )  # fmt: skip
