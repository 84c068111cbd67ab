"""Image towers give what the reference libraries give on the same weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mindseye.encoders.checkpoint import WeightsTower
from mindseye.encoders.graphs.vision import read_vision

MISSING = "the reference libraries are not installed: make dev"
torch = pytest.importorskip("torch", reason=MISSING)
open_clip = pytest.importorskip("open_clip", reason=MISSING)
timm = pytest.importorskip("timm", reason=MISSING)
transformers = pytest.importorskip("transformers", reason=MISSING)

from tests.encoders.random_towers import (  # noqa: E402 - needs torch
    TEXT,
    Shapes,
    assert_same,
    enliven,
    open_clip_model,
    ours,
    pictures,
    saved,
    theirs,
)

OPEN_CLIP: dict[str, dict[str, Any]] = {
    "plain": {},
    "quick gelu": {"quick_gelu": True},
    "gelu by tanh": {"vision_cfg": {"act_kwargs": {"approximate": "tanh"}}},
    "layer scale": {"vision_cfg": {"ls_init_value": 0.3}},
    "the mean of patches": {"vision_cfg": {"pool_type": "avg"}},
    "norm after the mean": {"vision_cfg": {"pool_type": "avg", "final_ln_after_pool": True}},
    "no norm before": {"vision_cfg": {"no_ln_pre": True}},
    "fixed positions": {"vision_cfg": {"pos_embed_type": "sin_cos_2d"}},
    "not square": {"vision_cfg": {"image_size": [48, 80], "mlp_ratio": 3.0}},
    "a size patches do not fill": {"vision_cfg": {"image_size": 70}},
    "heads of 32": {"vision_cfg": {"head_width": 32}},
    "another epsilon": {"vision_cfg": {"norm_kwargs": {"eps": 0.1}}},
    "patches left out in training": {"vision_cfg": {"patch_dropout": 0.5}},
    "a text tower apart": {"custom_text": True},
}


@pytest.mark.parametrize("variation", OPEN_CLIP)
def test_open_clip_towers_agree(variation: str, tmp_path: Path) -> None:
    config, model = open_clip_model(OPEN_CLIP[variation])
    size = config["vision_cfg"]["image_size"]
    seen = pictures(size if isinstance(size, int) else tuple(size))
    tower = WeightsTower("open-clip", "image", (saved(model, tmp_path),), config)
    assert_same(ours(tower, {"pixels": seen}), theirs(model.encode_image, seen))


TIMM = {
    "vit_medium_patch32_clip_224": {"timm_pool": "token", "timm_proj": "linear"},
    "vit_base_patch32_clip_quickgelu_224": {"timm_pool": "token", "timm_proj": ""},
    "vit_base_patch32_clip_256": {"timm_pool": "avg", "timm_proj": ""},
    "vit_xsmall_patch16_clip_224": {"timm_pool": "avg", "timm_proj": "linear"},
    "vit_base_patch32_siglip_256": {"timm_pool": "map", "timm_proj": "none"},
    "vit_so400m_patch14_siglip_224": {"timm_pool": "map", "timm_proj": "none"},
    "vit_base_patch16_siglip_224": {"timm_pool": "map", "timm_proj": "linear"},
    "vit_base_patch32_siglip_gap_256": {"timm_pool": "avg", "timm_proj": "mlp"},
}


def timm_model(name: str, **changes: Any) -> tuple[dict[str, Any], Any]:
    """OpenCLIP's image tower around two of a timm model's blocks."""
    vision = {"timm_model_name": name, "image_size": int(name.rpartition("_")[2]), **changes}
    config = {"embed_dim": 32, "vision_cfg": vision, "text_cfg": TEXT}
    with torch.device("meta"):
        model = open_clip.CustomTextCLIP(**config)
    model.visual.trunk.blocks = model.visual.trunk.blocks[:2]
    return config, enliven(torch.nn.ModuleDict({"visual": model.visual}).to_empty(device="cpu"))


@pytest.mark.parametrize("name", TIMM)
def test_timm_towers_agree(name: str, tmp_path: Path) -> None:
    config, model = timm_model(name, **TIMM[name])
    tower = WeightsTower("open-clip", "image", (saved(model, tmp_path),), config)
    seen = pictures(config["vision_cfg"]["image_size"], 2)
    assert_same(ours(tower, {"pixels": seen}), theirs(model["visual"], seen))


def activation_named(name: str) -> Any:
    return {
        "gelu": torch.nn.functional.gelu,
        "gelu_tanh": lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
        "quick_gelu": lambda x: x * torch.sigmoid(1.702 * x),
    }[name]


NAMES = sorted(
    name
    for name in timm.list_models(["vit_*_siglip*", "vit_*_clip_*"])
    if "_siglip" in name or "_clip_" in name
)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_timm_name_tells_is_what_timm_builds(name: str) -> None:
    with torch.device("meta"):
        trunk = timm.create_model(name, depth=1, num_classes=0)
    config = {"timm_model_name": f"{name}.tag", "timm_pool": trunk.global_pool}
    config |= {"image_size": trunk.patch_embed.img_size}
    shapes = Shapes(torch.nn.ModuleDict({"visual": torch.nn.ModuleDict({"trunk": trunk})}))
    vision = read_vision(
        WeightsTower("open-clip", "image", (), {"vision_cfg": config, "text_cfg": {}}),
        shapes,  # type: ignore[arg-type]
    )
    block = trunk.blocks[0]
    assert vision.stack.heads == block.attn.num_heads
    assert vision.stack.epsilon == block.norm1.eps
    assert vision.token_count == trunk.pos_embed.shape[1]
    assert bool(vision.class_token) == trunk.has_class_token
    wave = torch.linspace(-4, 4, 101)
    assert torch.equal(activation_named(vision.stack.activation)(wave), block.mlp.act(wave))


def hf_model(family: str, vision: dict[str, Any]) -> Any:
    sizes = {
        "image_size": 64, "patch_size": 16, "hidden_size": 64, "intermediate_size": 112,
        "num_hidden_layers": 2, "num_attention_heads": 4,
    }  # fmt: skip
    text = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "vocab_size": 99}
    kind = transformers.CLIPModel if family == "hf-clip" else transformers.SiglipModel
    config = kind.config_class(
        vision_config=sizes | vision, text_config=text | {"num_attention_heads": 1}
    )
    return enliven(kind(config))


@pytest.mark.parametrize("family", ["hf-clip", "hf-siglip"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"hidden_act": "gelu"},
        {"hidden_act": "gelu_pytorch_tanh"},
        {"layer_norm_eps": 0.1, "image_size": 70},
    ],
    ids=str,
)
def test_hugging_face_towers_agree(family: Any, changes: dict[str, Any], tmp_path: Path) -> None:
    model = hf_model(family, changes)
    config = json.loads(model.config.to_json_string(use_diff=False))
    seen = pictures(changes.get("image_size", 64))
    tower = WeightsTower(family, "image", (saved(model, tmp_path),), config)
    found = ours(tower, {"pixels": seen})
    assert_same(found, theirs(lambda pixels: model.get_image_features(pixel_values=pixels), seen))


def test_the_early_form_of_a_clip_configuration_counts(tmp_path: Path) -> None:
    model = hf_model("hf-clip", {"hidden_act": "gelu"})
    config = json.loads(model.config.to_json_string(use_diff=False))
    early = {**config, "vision_config": {"hidden_act": "relu"}}
    early["vision_config_dict"] = config["vision_config"]
    files, seen = (saved(model, tmp_path),), pictures()
    wanted = ours(WeightsTower("hf-clip", "image", files, config), {"pixels": seen})
    assert_same(ours(WeightsTower("hf-clip", "image", files, early), {"pixels": seen}), wanted)


def test_a_tower_below_a_name_is_found(tmp_path: Path) -> None:
    model = hf_model("hf-clip", {})
    config = json.loads(model.config.to_json_string(use_diff=False))
    below = saved(torch.nn.ModuleDict({"model": model}), tmp_path)
    tower = WeightsTower("hf-clip", "image", (below,), config, prefix="model.")
    seen = pictures()
    expected = theirs(lambda pixels: model.get_image_features(pixel_values=pixels), seen)
    assert_same(ours(tower, {"pixels": seen}), expected)
