"""Text towers give what the reference libraries give on the same weights."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mindseye.encoders import graphs
from mindseye.encoders.checkpoint import WeightsTower

MISSING = "the reference libraries are not installed: make dev"
torch = pytest.importorskip("torch", reason=MISSING)
open_clip = pytest.importorskip("open_clip", reason=MISSING)
transformers = pytest.importorskip("transformers", reason=MISSING)

from tests.encoders.random_towers import (  # noqa: E402 - needs torch
    END,
    VOCABULARY,
    assert_same,
    clip_ids,
    enliven,
    masked_ids,
    open_clip_model,
    ours,
    saved,
    theirs,
)

SIGLIP_TEXT = {
    "context_length": 16,
    "no_causal_mask": True,
    "proj_bias": True,
    "pool_type": "last",
    "norm_kwargs": {"eps": 1e-6},
    "act_kwargs": {"approximate": "tanh"},
}

OPEN_CLIP: dict[str, dict[str, Any]] = {
    "plain": {},
    "quick gelu": {"quick_gelu": True},
    "layer scale": {"text_cfg": {"ls_init_value": 0.3}},
    "a tower apart": {"custom_text": True},
    "like SigLIP": {"custom_text": True, "text_cfg": SIGLIP_TEXT},
    "like SigLIP i18n, not projected": {
        "embed_dim": 64,
        "custom_text": True,
        "text_cfg": {**SIGLIP_TEXT, "proj_type": "none"},
    },
    "like CLIPA": {"text_cfg": {"context_length": 32, "no_causal_mask": True, "pool_type": "last"}},
    "like MobileCLIP, the end token without a causal mask": {"text_cfg": {"no_causal_mask": True}},
    "the first token": {"text_cfg": {"pool_type": "first"}},
    "the last token of a causal tower": {"text_cfg": {"pool_type": "last"}},
    "a named end token": {"text_cfg": {"pool_type": "eos", "eos_id": END}},
    "one block": {"text_cfg": {"layers": 1}},
}


@pytest.mark.parametrize("variation", OPEN_CLIP)
def test_open_clip_towers_agree(variation: str, tmp_path: Path) -> None:
    config, model = open_clip_model(OPEN_CLIP[variation])
    ids = clip_ids(config["text_cfg"]["context_length"])
    tower = WeightsTower("open-clip", "text", (saved(model, tmp_path),), config)
    assert_same(ours(tower, {"ids": ids}), theirs(model.encode_text, ids))


def hf_model(family: str, changes: dict[str, Any]) -> Any:
    vision = {"image_size": 16, "patch_size": 16, "hidden_size": 32, "num_hidden_layers": 1}
    vision |= {"num_attention_heads": 1}
    text = {
        "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
        "num_attention_heads": 2, "vocab_size": VOCABULARY,
        "max_position_embeddings": 77 if family == "hf-clip" else 16, **changes,
    }  # fmt: skip
    kind = transformers.CLIPModel if family == "hf-clip" else transformers.SiglipModel
    return enliven(kind(kind.config_class(text_config=text, vision_config=vision)))


@pytest.mark.parametrize(
    ("family", "changes"),
    [
        ("hf-clip", {"eos_token_id": END}),
        ("hf-clip", {"eos_token_id": 2}),
        ("hf-clip", {"eos_token_id": END, "pad_token_id": END}),
        ("hf-clip", {"eos_token_id": END, "hidden_act": "gelu"}),
        ("hf-siglip", {}),
        ("hf-siglip", {"projection_size": 24}),
        ("hf-siglip", {"hidden_act": "gelu"}),
    ],
    ids=str,
)
def test_hugging_face_towers_agree(family: Any, changes: dict[str, Any], tmp_path: Path) -> None:
    model = hf_model(family, changes)
    config = json.loads(model.config.to_json_string(use_diff=False))
    context = model.config.text_config.max_position_embeddings
    ids = clip_ids(context, changes.get("pad_token_id", 1))
    tower = WeightsTower(family, "text", (saved(model, tmp_path),), config)
    expected = theirs(lambda ids: model.get_text_features(input_ids=ids), ids)
    assert_same(ours(tower, {"ids": ids}), expected)


CAUSAL = [
    ("open-clip", {}),
    ("open-clip", {"text_cfg": {"pool_type": "eos", "eos_id": END}}),
    ("hf-clip", {"eos_token_id": END}),
]


@pytest.mark.parametrize(("family", "changes"), CAUSAL, ids=str)
def test_a_causal_text_needs_no_padding(family: Any, changes: Any, tmp_path: Path) -> None:
    if family == "open-clip":
        config, model = open_clip_model(changes)
    else:
        model = hf_model(family, changes)
        config = json.loads(model.config.to_json_string(use_diff=False))
    tower = WeightsTower(family, "text", (saved(model, tmp_path),), config)
    padded = clip_ids()
    whole = ours(tower, {"ids": padded})
    for row, vector in zip(padded, whole, strict=True):
        alone = row[None, : int(row.argmax()) + 1]
        assert_same(ours(tower, {"ids": alone}), vector[None])


XLM_R = {
    "hidden_size": 128, "intermediate_size": 96, "num_hidden_layers": 2, "vocab_size": VOCABULARY,
    "num_attention_heads": 2, "max_position_embeddings": 40, "pad_token_id": 1,
    "type_vocab_size": 1, "layer_norm_eps": 1e-5,
}  # fmt: skip


def hf_text_encoder(name: str, pooler: str, projection: str | None) -> Any:
    from open_clip.hf_model import HFTextEncoder

    sizes = dict(XLM_R)
    if "roberta" not in name:
        sizes |= {"pad_token_id": 0, "type_vocab_size": 2, "layer_norm_eps": 1e-12}
        config = transformers.BertConfig(**sizes)
    else:
        config = transformers.XLMRobertaConfig(**sizes)
    width = 32 if projection else 128
    text = HFTextEncoder("", width, config, pooler_type=pooler, proj_type=projection)
    return enliven(torch.nn.ModuleDict({"text": text}))


@pytest.mark.parametrize(
    ("name", "pooler", "projection"),
    [
        ("xlm-roberta-base", "mean_pooler", "mlp"),
        ("FacebookAI/roberta-base", "mean_pooler", "linear"),
        ("xlm-roberta-large", "mean_pooler", None),
        ("xlm-roberta-base", "cls_last_hidden_state_pooler", "mlp"),
        ("bert-base-uncased", "cls_pooler", "linear"),
        ("org/Some-BERT", "cls_last_hidden_state_pooler", "mlp"),
    ],
)
def test_open_clip_towers_from_hugging_face_agree(
    name: str, pooler: str, projection: str | None, tmp_path: Path
) -> None:
    model = hf_text_encoder(name, pooler, projection)
    config = {"text_cfg": {"hf_model_name": name, "hf_pooler_type": pooler}}
    tower = WeightsTower("open-clip", "text", (saved(model, tmp_path),), config)
    ids, mask = masked_ids(pad=model["text"].config.pad_token_id)
    assert_same(ours(tower, {"ids": ids, "mask": mask}), theirs(model["text"], ids))


def bert_like(kind: str) -> Any:
    sizes = {"vocab_size": VOCABULARY, "max_position_embeddings": 40}
    if kind == "distilbert":
        sizes |= {"dim": 64, "hidden_dim": 96, "n_layers": 2, "n_heads": 2}
        return transformers.DistilBertModel(transformers.DistilBertConfig(**sizes))
    sizes |= {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2}
    sizes |= {"num_attention_heads": 2}
    if kind == "bert":
        return transformers.BertModel(transformers.BertConfig(**sizes))
    return transformers.XLMRobertaModel(transformers.XLMRobertaConfig(**sizes, pad_token_id=1))


class Sentence(torch.nn.Module):
    """The modules of a sentence-transformers model, one after the other."""

    def __init__(self, kind: str, pooling: str, activation: Any) -> None:
        from sentence_transformers.sentence_transformer.modules import Dense, Pooling

        super().__init__()
        self.transformer = enliven(bert_like(kind))
        self.pooling = Pooling(64, pooling_mode=pooling)
        self.dense = enliven(Dense(64, 32, bias=False, activation_function=activation), seed=1)

    def forward(self, ids: Any, mask: Any) -> Any:
        states = self.transformer(input_ids=ids, attention_mask=mask).last_hidden_state
        features = {"token_embeddings": states, "attention_mask": mask}
        return self.dense(self.pooling(features))["sentence_embedding"]

    def saved(self, folder: Path) -> WeightsTower:
        (folder / "dense").mkdir()
        files = (saved(self.transformer, folder), saved(self.dense, folder / "dense"))
        config = {
            "transformer": self.transformer.config.to_dict(),
            "pooling": self.pooling.get_config_dict(),
            "dense": self.dense.get_config_dict(),
        }
        return WeightsTower("hf-text", "text", files, config)


@pytest.mark.parametrize(
    ("kind", "pooling", "activation"),
    [
        ("distilbert", "mean", torch.nn.Identity()),
        ("distilbert", "cls", torch.nn.Identity()),
        ("bert", "mean", torch.nn.Tanh()),
        ("xlm-roberta", "mean", torch.nn.Identity()),
    ],
    ids=str,
)
def test_sentence_transformers_agree(
    kind: str, pooling: str, activation: Any, tmp_path: Path
) -> None:
    model = Sentence(kind, pooling, activation)
    tower = model.saved(tmp_path)
    ids, mask = masked_ids()
    expected = theirs(model, ids, mask)
    assert_same(ours(tower, {"ids": ids, "mask": mask}), expected)
    legacy = {f"pooling_mode_{'mean_tokens' if pooling == 'mean' else 'cls_token'}": True}
    early = replace(tower, config={**tower.config, "pooling": legacy})
    assert_same(ours(early, {"ids": ids, "mask": mask}), expected)


def test_padding_that_is_masked_changes_nothing(tmp_path: Path) -> None:
    model = hf_text_encoder("xlm-roberta-base", "mean_pooler", "mlp")
    config = {"text_cfg": {"hf_model_name": "xlm-roberta-base"}}
    tower = WeightsTower("open-clip", "text", (saved(model, tmp_path),), config)
    ids, mask = masked_ids()
    whole = ours(tower, {"ids": ids, "mask": mask})
    for row, seen, vector in zip(ids, mask, whole, strict=True):
        kept = int(seen.sum())
        alone = ours(tower, {"ids": row[None, :kept], "mask": np.ones((1, kept), np.int64)})
        assert_same(alone, vector[None])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pooling": {"pooling_mode": "lasttoken"}}, "lasttoken"),
        ({"pooling": {"pooling_mode": ["mean", "cls"]}}, r"mean\+cls"),
        ({"pooling": {"pooling_mode_max_tokens": True}}, "max_tokens"),
        ({"dense": {"activation_function": "torch.nn.modules.activation.ReLU"}}, "ReLU"),
        ({"transformer": {"model_type": "mpnet"}}, "mpnet"),
        ({"transformer": {"model_type": "deberta"}}, "deberta"),
    ],
    ids=str,
)
def test_another_sentence_model_is_refused_by_name(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    tower = Sentence("distilbert", "mean", torch.nn.Identity()).saved(tmp_path)
    with pytest.raises(graphs.UnsupportedArchitecture, match=message):
        graphs.build(replace(tower, config={**tower.config, **changes}))
