"""PyTorch as a runtime: what no graph is written for, held to the reference libraries."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from mindseye.encoders.checkpoint import WeightsTower
from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions import open_tower
from mindseye.encoders.sessions.torch_module import open_module
from mindseye.errors import EncoderError, WeightsUnavailable

REASON = "the reference libraries are not installed: make dev"
torch = pytest.importorskip("torch", reason=REASON)
open_clip = pytest.importorskip("open_clip", reason=REASON)
transformers = pytest.importorskip("transformers", reason=REASON)
safetensors = pytest.importorskip("safetensors.torch", reason=REASON)

RNG = np.random.default_rng(11)
VIT = {"image_size": 32, "patch_size": 16, "width": 64, "head_width": 32, "layers": 2}
TEXT = {"context_length": 12, "vocab_size": 90, "width": 64, "heads": 2, "layers": 2}
DIM = 24

IMAGES = {
    "a ViT": VIT,
    "a ResNet": {"image_size": 64, "layers": [1, 1, 1, 1], "width": 8, "patch_size": None},
    "a ConvNeXt of timm": {
        "image_size": 64,
        "timm_model_name": "convnext_atto",
        "timm_model_pretrained": False,
        "timm_pool": "",
        "timm_proj": "linear",
    },
    "an EVA of timm": {
        "image_size": 224,
        "timm_model_name": "eva02_tiny_patch14_224",
        "timm_model_pretrained": False,
        "timm_pool": "token",
        "timm_proj": "linear",
    },
    "attentional pooling": {**VIT, "attentional_pool": True, "attn_pooler_heads": 2},
}
M2M = {
    "model_type": "m2m_100",
    "vocab_size": 90,
    "d_model": 64,
    "encoder_layers": 2,
    "decoder_layers": 1,
    "encoder_ffn_dim": 96,
    "decoder_ffn_dim": 96,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "max_position_embeddings": 40,
}
MT5 = {
    "model_type": "mt5",
    "vocab_size": 90,
    "d_model": 64,
    "d_kv": 16,
    "d_ff": 96,
    "num_layers": 2,
    "num_decoder_layers": 1,
    "num_heads": 4,
    "decoder_start_token_id": 0,
}
LANGUAGE_MODELS = {
    "an encoder of NLLB": (M2M, "cls_pooler"),
    "an encoder of mT5": (MT5, "mean_pooler"),
}


def shaken(model):
    """Weights of which each matters; fresh norms and scales are constants."""
    torch.manual_seed(7)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return model.eval()


def checkpoint(folder, model, config, family="open-clip"):
    path = folder / "model.safetensors"
    state = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    safetensors.save_file({name: tensor.clone() for name, tensor in state.items()}, path)
    return lambda part: WeightsTower(family, part, (path,), config)


def clip(vision=VIT, text=TEXT, kind="CustomTextCLIP", **more):
    config = {"embed_dim": DIM, "vision_cfg": vision, "text_cfg": text, **more}
    return shaken(getattr(open_clip, kind)(**config)), config


def pictures(side):
    side = side if isinstance(side, int) else side[0]
    return RNG.standard_normal((3, 3, side, side)).astype(np.float32)


def sentences(length=TEXT["context_length"]):
    ids = RNG.integers(3, 80, (4, length))
    ids[:, -1] = 89
    ids[0, 5:], ids[1, 3:] = 1, 1
    ids[0, 4], ids[1, 2] = 89, 89
    return ids


def options(runtime="torch", precision="auto"):
    return RunOptions(1, runtime, precision)


def agree(ours, theirs, least=0.99999):
    theirs = theirs.detach().float().numpy()
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    assert ((ours * theirs).sum(axis=1) / lengths).min() >= least


@pytest.mark.parametrize("vision", IMAGES.values(), ids=IMAGES.keys())
@pytest.mark.parametrize("wrapped", [False, True], ids=["model_cfg", "whole configuration"])
def test_image_towers_of_openclip(vision, wrapped, tmp_path):
    model, config = clip(vision)
    config = {"model_cfg": config, "preprocess_cfg": {}} if wrapped else config
    session = open_tower(checkpoint(tmp_path, model, config)("image"), options())
    seen = pictures(vision["image_size"])
    assert session.inputs[0].shape == (None, *seen.shape[1:])
    agree(session.run({"pixels": seen})["vectors"], model.encode_image(torch.from_numpy(seen)))


@pytest.mark.parametrize("quick_gelu", [False, True])
@pytest.mark.parametrize("kind", ["CLIP", "CustomTextCLIP"])
def test_text_towers_of_openclip(kind, quick_gelu, tmp_path):
    model, config = clip(kind=kind, quick_gelu=quick_gelu)
    session = open_tower(checkpoint(tmp_path, model, config)("text"), options())
    ids = sentences()
    assert [(port.name, port.shape) for port in session.inputs] == [("ids", (None, 12))]
    agree(session.run({"ids": ids})["vectors"], model.encode_text(torch.from_numpy(ids)))


def test_both_towers_of_a_captioner(tmp_path):
    decoder = {"context_length": 12, "vocab_size": 90, "width": 64, "heads": 2, "layers": 1}
    vision = {**VIT, "attentional_pool": True, "attn_pooler_heads": 2, "output_tokens": True}
    text = {**TEXT, "embed_cls": True, "output_tokens": True, "context_length": 11}
    model, config = clip(vision, text, "CoCa", multimodal_cfg=decoder)
    towers = checkpoint(tmp_path, model, config)
    seen, ids = pictures(32), sentences(11)
    found = open_tower(towers("image"), options()).run({"pixels": seen})["vectors"]
    agree(found, model.encode_image(torch.from_numpy(seen)))
    found = open_tower(towers("text"), options()).run({"ids": ids})["vectors"]
    agree(found, model.encode_text(torch.from_numpy(ids)))


@pytest.mark.parametrize(
    ("settings", "pooler"), LANGUAGE_MODELS.values(), ids=LANGUAGE_MODELS.keys()
)
def test_language_models_are_built_from_a_configuration_beside_the_weights(
    settings, pooler, tmp_path
):
    beside = tmp_path / "language-model"
    beside.mkdir()
    (beside / "config.json").write_text(json.dumps(settings))
    text = {
        "hf_model_name": str(beside),
        "hf_model_pretrained": False,
        "hf_proj_type": "linear",
        "hf_pooler_type": pooler,
        "context_length": 12,
    }
    model, config = clip(text=text)
    named = {**config, "text_cfg": {**text, "hf_model_name": "somebody/language-model"}}
    tower = checkpoint(tmp_path, model, named)("text")
    ids = sentences()
    agree(
        open_tower(tower, options()).run({"ids": ids})["vectors"],
        model.encode_text(torch.from_numpy(ids)),
    )
    (beside / "config.json").unlink()
    with pytest.raises(EncoderError, match="whose configuration is not on this machine") as refused:
        open_tower(tower, options())
    assert str(beside) in refused.value.hint


def hf_clip():
    sizes = {"hidden_size": 64, "intermediate_size": 96, "num_attention_heads": 2}
    config = transformers.CLIPConfig(
        text_config={**sizes, "num_hidden_layers": 2, "vocab_size": 90, "eos_token_id": 89,
                     "bos_token_id": 88, "pad_token_id": 0, "max_position_embeddings": 12},
        vision_config={**sizes, "num_hidden_layers": 2, "image_size": 32, "patch_size": 16},
        projection_dim=DIM,
    )  # fmt: skip
    return shaken(transformers.CLIPModel(config)), config


def hf_siglip():
    sizes = {"hidden_size": 64, "intermediate_size": 96, "num_attention_heads": 2}
    config = transformers.SiglipConfig(
        text_config={**sizes, "num_hidden_layers": 2, "vocab_size": 90,
                     "max_position_embeddings": 12},
        vision_config={**sizes, "num_hidden_layers": 2, "image_size": 32, "patch_size": 16},
    )  # fmt: skip
    return shaken(transformers.SiglipModel(config)), config


@pytest.mark.parametrize(("make", "family"), [(hf_clip, "hf-clip"), (hf_siglip, "hf-siglip")])
def test_both_towers_of_transformers(make, family, tmp_path):
    model, config = make()
    towers = checkpoint(tmp_path, model, config.to_dict(), family)
    seen, ids = pictures(32), sentences()
    found = open_tower(towers("image"), options()).run({"pixels": seen})["vectors"]
    agree(found, model.get_image_features(torch.from_numpy(seen)).pooler_output)
    found = open_tower(towers("text"), options()).run({"ids": ids})["vectors"]
    agree(found, model.get_text_features(torch.from_numpy(ids)).pooler_output)


def test_bf16_stays_near_fp32(tmp_path):
    model, config = clip()
    tower = checkpoint(tmp_path, model, config)("image")
    session = open_tower(tower, options(precision="bf16"))
    seen = pictures(32)
    found = session.run({"pixels": seen})["vectors"]
    assert found.dtype == np.float32
    assert session.runtime.endswith("bf16")
    agree(found, model.encode_image(torch.from_numpy(seen)), least=0.999)


def test_what_no_graph_is_written_for_is_run_by_itself_unless_told_otherwise(tmp_path):
    model, config = clip(IMAGES["a ResNet"])
    tower = checkpoint(tmp_path, model, config)("image")
    assert open_tower(tower, options("auto")).runtime.startswith("PyTorch")
    for runtime in ("onnxruntime", "openvino"):
        with pytest.raises(EncoderError, match=f"{runtime} cannot run it") as refused:
            open_tower(tower, options(runtime))
        assert "torch" in refused.value.hint


def test_weights_that_are_not_whole_are_refused_by_name(tmp_path):
    model, config = clip()
    tower = checkpoint(tmp_path, model, config)("image")
    cases = [
        (replace(tower, config={**config, "vision_cfg": {**VIT, "layers": 3}}), "lack"),
        (replace(tower, config={**config, "vision_cfg": {**VIT, "width": 96}}), "do not fit"),
        (replace(tower, files=(tmp_path / "absent.safetensors",)), "absent.safetensors"),
    ]
    for spoiled, said in cases:
        with pytest.raises(WeightsUnavailable, match=said) as refused:
            open_module(spoiled, options())
        assert str(tmp_path) in refused.value.message
    tower.files[0].write_bytes(tower.files[0].read_bytes()[:-100])
    with pytest.raises(WeightsUnavailable, match=r"model\.safetensors cannot be read"):
        open_module(tower, options())


@pytest.mark.parametrize(
    "changes",
    [{"vision_cfg": None}, {"vision_cfg": {**VIT, "layers": "many"}}, {"embed_dim": None}],
)
def test_configurations_that_make_no_sense_are_refused(changes, tmp_path):
    model, config = clip()
    tower = checkpoint(tmp_path, model, {**config, **changes})("image")
    with pytest.raises(EncoderError, match="describes no image tower"):
        open_module(tower, options())


def test_arrays_that_do_not_fit_are_refused(tmp_path):
    model, config = clip()
    towers = checkpoint(tmp_path, model, config)
    with pytest.raises(EncoderError, match=r"takes pixels as float32 \(any, 3, 32, 32\)"):
        open_module(towers("image"), options()).run({"pixels": pictures(48)})
    with pytest.raises(EncoderError, match="could not run"):
        open_module(towers("text"), options()).run({"ids": sentences() + 90})
