"""What holds for every graph: batches, precisions, memory, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mindseye.encoders import graphs
from mindseye.encoders.checkpoint import WeightsTower

MISSING = "the reference libraries are not installed: make dev"
torch = pytest.importorskip("torch", reason=MISSING)
pytest.importorskip("open_clip", reason=MISSING)

from safetensors.torch import save_file  # noqa: E402 - comes with the reference libraries
from tests.encoders.random_towers import (  # noqa: E402 - needs torch
    LARGEST_ERROR,
    TEXT,
    VISION,
    assert_same,
    clip_ids,
    cosine,
    error,
    open_clip_model,
    ours,
    pictures,
    saved,
    theirs,
)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> WeightsTower:
    """The image tower of a small CLIP; its text tower is in the same file."""
    config, model = open_clip_model({})
    path = saved(model, tmp_path_factory.mktemp("plain"))
    return WeightsTower("open-clip", "image", (path,), config)


def feeds(tower: WeightsTower) -> dict[str, np.ndarray]:
    return {"pixels": pictures()} if tower.part == "image" else {"ids": clip_ids()}


MISTAKES: list[tuple[Any, dict[str, Any]]] = [
    ("image", {"quick_gelu": True}),
    ("image", {"vision_cfg": {**VISION, "act_kwargs": {"approximate": "tanh"}}}),
    ("image", {"vision_cfg": {**VISION, "pool_type": "avg"}}),
    ("image", {"vision_cfg": {**VISION, "no_ln_pre": True}}),
    ("image", {"vision_cfg": {**VISION, "head_width": 32}}),
    ("image", {"vision_cfg": {**VISION, "norm_kwargs": {"eps": 1e-3}}}),
    ("text", {"quick_gelu": True}),
    ("text", {"text_cfg": {**TEXT, "act_kwargs": {"approximate": "tanh"}}}),
    ("text", {"text_cfg": {**TEXT, "no_causal_mask": True}}),
    ("text", {"text_cfg": {**TEXT, "pool_type": "last"}}),
    ("text", {"text_cfg": {**TEXT, "pool_type": "first"}}),
    ("text", {"text_cfg": {**TEXT, "heads": 4}}),
]


@pytest.mark.parametrize(("part", "mistake"), MISTAKES, ids=str)
def test_a_mistake_would_be_noticed(
    part: Any, mistake: dict[str, Any], plain: WeightsTower
) -> None:
    right = replace(plain, part=part)
    wrong = replace(right, config={**plain.config, **mistake})
    assert error(ours(wrong, feeds(wrong)), ours(right, feeds(right))) > 2 * LARGEST_ERROR


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str)
@pytest.mark.parametrize("part", ["image", "text"])
def test_weights_of_another_precision_are_computed_in_float32(
    part: Any, dtype: Any, tmp_path: Path
) -> None:
    config, model = open_clip_model({})
    full = theirs(*call_of(model, part))
    tower = WeightsTower("open-clip", part, (saved(model, tmp_path, dtype),), config)
    found = ours(tower, feeds(tower))
    assert_same(found, theirs(*call_of(model.to(dtype).float(), part)))
    assert cosine(found, full) >= 0.999


def call_of(model: Any, part: str) -> tuple[Any, np.ndarray]:
    return (model.encode_image, pictures()) if part == "image" else (model.encode_text, clip_ids())


@pytest.mark.parametrize("part", ["image", "text"])
def test_a_vector_does_not_depend_on_its_batch(part: Any, plain: WeightsTower) -> None:
    tower = replace(plain, part=part)
    ((name, rows),) = feeds(tower).items()
    together = ours(tower, {name: rows})
    alone = np.concatenate([ours(tower, {name: row[None]}) for row in rows])
    assert error(together, alone) <= 1e-5
    repeated = ours(tower, {name: np.concatenate([rows, rows[::-1]])})
    assert error(repeated[: len(rows)], alone) <= 1e-5


@pytest.mark.parametrize("part", ["image", "text"])
def test_weights_stay_in_the_file(part: Any, plain: WeightsTower) -> None:
    graph = graphs.build(replace(plain, part=part))
    assert len(graph.model) < 50_000
    for name, array in graph.weights.items():
        owner: Any = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        assert isinstance(owner, np.memmap), name


@pytest.mark.parametrize("part", ["image", "text"])
def test_a_graph_is_valid_onnx(part: Any, plain: WeightsTower) -> None:
    onnx = pytest.importorskip("onnx", reason="pip install 'mindseye[encoders]'")
    graph = graphs.build(replace(plain, part=part))
    model = onnx.load_model_from_string(graph.model)
    for entry in model.graph.initializer:
        if entry.name in graph.weights:
            entry.CopyFrom(onnx.numpy_helper.from_array(graph.weights[entry.name], entry.name))
    onnx.checker.check_model(model, full_check=True)
    (output,) = model.graph.output
    assert output.name == "vectors"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"vision_cfg": {"layers": [3, 4, 6, 3]}}, "ResNet"),
        ({"vision_cfg": {"timm_model_name": "convnext_base"}}, "convnext"),
        ({"vision_cfg": {"timm_model_name": "eva02_base_patch16_clip_224"}}, "eva02"),
        ({"vision_cfg": {"timm_model_name": "vit_base_mci_224"}}, "vit_base_mci_224"),
        ({"vision_cfg": {**VISION, "attentional_pool": True}}, "attentional_pool"),
        ({"vision_cfg": {**VISION, "pool_type": "none"}}, "pool_type"),
        ({"vision_cfg": {**VISION, "qk_norm": True}}, "qk_norm"),
        ({"vision_cfg": {**VISION, "block_type": "custom"}}, "block_type"),
        ({"vision_cfg": {**VISION, "image_size": 96}}, "patches"),
        ({"vision_cfg": {**VISION, "image_size": 10**9}}, "patches"),
        ({"vision_cfg": {**VISION, "image_size": "64"}}, "image_size"),
        ({"vision_cfg": {**VISION, "image_size": [64, 0]}}, "0, not a number above zero"),
        ({"vision_cfg": {**VISION, "head_width": 0}}, "head_width"),
        ({"vision_cfg": {**VISION, "head_width": True}}, "head_width"),
        ({"vision_cfg": {**VISION, "head_width": 40}}, "3 heads"),
        ({"vision_cfg": {**VISION, "norm_kwargs": {"eps": "small"}}}, "eps"),
        ({"vision_cfg": {**VISION, "norm_kwargs": 3}}, "norm_kwargs"),
        ({"vision_cfg": "ViT"}, "vision_cfg"),
    ],
    ids=str,
)
def test_another_kind_of_image_tower_is_refused_by_name(
    config: dict[str, Any], message: str, plain: WeightsTower
) -> None:
    with pytest.raises(graphs.UnsupportedArchitecture, match=message):
        graphs.build(replace(plain, config={"text_cfg": {}, **config}))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({**TEXT, "embed_cls": True}, "embed_cls"),
        ({**TEXT, "pool_type": "none"}, "pool_type"),
        ({**TEXT, "heads": 5}, "5 heads"),
        ({**TEXT, "heads": None}, "heads"),
        ({"hf_model_name": "google/mt5-base"}, "mt5"),
        ({"hf_model_name": "facebook/nllb-200-distilled-600M"}, "nllb"),
        ({"hf_model_name": "microsoft/deberta-v3-base"}, "deberta"),
        ({"hf_model_name": "roberta-base", "hf_pooler_type": "max_pooler"}, "max_pooler"),
        ({"hf_model_name": "roberta-base"}, "word_embeddings"),
    ],
    ids=str,
)
def test_another_kind_of_text_tower_is_refused_by_name(
    config: dict[str, Any], message: str, plain: WeightsTower
) -> None:
    tower = replace(plain, part="text", config={"vision_cfg": VISION, "text_cfg": config})
    with pytest.raises(graphs.UnsupportedArchitecture, match=message):
        graphs.build(tower)


def renamed(tensors: dict[str, Any], old: str, new: str) -> None:
    tensors[new] = tensors.pop(old)


DAMAGES: dict[str, Any] = {
    r"visual\.ln_post\.weight": lambda t: t.pop("visual.ln_post.weight"),
    r"visual\.transformer\.resblocks": lambda t: renamed(
        t,
        "visual.transformer.resblocks.1.ln_1.weight",
        "visual.transformer.resblocks.7.ln_1.weight",
    ),
    r"shape \(128,\)": lambda t: t.update({"visual.conv1.weight": torch.zeros(128)}),
    "4 colours": lambda t: t.update({"visual.conv1.weight": torch.zeros(128, 4, 16, 16)}),
    "I8, not floating point": lambda t: t.update({"visual.proj": t["visual.proj"].to(torch.int8)}),
}


@pytest.mark.parametrize("message", DAMAGES)
def test_a_damaged_checkpoint_is_refused_by_its_tensor(message: str, tmp_path: Path) -> None:
    config, model = open_clip_model({})
    tensors = {name: value.detach().clone() for name, value in model.state_dict().items()}
    DAMAGES[message](tensors)
    save_file(tensors, tmp_path / "m.safetensors")
    tower = WeightsTower("open-clip", "image", (tmp_path / "m.safetensors",), config)
    with pytest.raises(graphs.UnsupportedArchitecture, match=message):
        graphs.build(tower)


def test_a_checkpoint_in_shards_is_one(plain: WeightsTower, tmp_path: Path) -> None:
    _, model = open_clip_model({})
    tensors = {name: value.detach().clone() for name, value in model.state_dict().items()}
    half = len(tensors) // 2
    parts = [dict(list(tensors.items())[:half]), dict(list(tensors.items())[half:])]
    files = tuple(tmp_path / f"model-0000{n}-of-00002.safetensors" for n in (1, 2))
    for part, file in zip(parts, files, strict=True):
        save_file(part, file)
    sharded = replace(plain, files=files)
    assert_same(ours(sharded, feeds(sharded)), ours(plain, feeds(plain)))
