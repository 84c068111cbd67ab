"""A directory that is damaged, dishonest or not for us ends in an error that says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.encoders import checkpoints
from tests.encoders.layouts import folders

from mindseye.encoders.layouts import open_checkpoint
from mindseye.errors import SpecError, WeightsUnavailable

CONFIG = "open_clip_config.json"


def model(**fields: Any) -> dict[str, Any]:
    whole = {"embed_dim": 8, "vision_cfg": {"image_size": 64}, "text_cfg": {}}
    return {"model_cfg": whole | fields, "preprocess_cfg": {}}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (model(embed_dim=10**9), "embed_dim should be a whole number of 1 to"),
        (model(embed_dim=True), "embed_dim"),
        (model(embed_dim=None), "lacks model_cfg.embed_dim"),
        (model(vision_cfg={"image_size": 10**9}), "vision_cfg.image_size"),
        (model(vision_cfg={"image_size": [64]}), None),
        (model(vision_cfg={"image_size": [64, 64, 3]}), "vision_cfg.image_size"),
        (model(vision_cfg={"image_size": "64"}), "vision_cfg.image_size"),
        (model(vision_cfg={"image_size": -1}), "vision_cfg.image_size"),
        (model(vision_cfg={"width": 10**30}), "vision_cfg.width"),
        (model(vision_cfg=[]), "vision_cfg should be an object"),
        (model(vision_cfg=None), "lacks model_cfg.vision_cfg"),
        (model(text_cfg={"context_length": 10**9}), "text_cfg.context_length"),
        (model(text_cfg={"context_length": 1.5}), "text_cfg.context_length"),
        (model(text_cfg={"heads": "many"}), "text_cfg.heads"),
        (model(text_cfg={"tokenizer_kwargs": 3}), "text_cfg.tokenizer_kwargs"),
        (model() | {"preprocess_cfg": {"mean": [0.5, 0.5]}}, "preprocess_cfg.mean"),
        (model() | {"preprocess_cfg": {"mean": ["a", 0, 0]}}, "preprocess_cfg.mean"),
        (model() | {"preprocess_cfg": {"std": [0.5, 0, 0.5]}}, "preprocess_cfg.std"),
        (model() | {"preprocess_cfg": {"std": float("nan")}}, "preprocess_cfg.std"),
        (model() | {"preprocess_cfg": {"std": 10**400}}, "preprocess_cfg.std"),
        (model() | {"preprocess_cfg": {"fill_color": 256}}, "preprocess_cfg.fill_color"),
        (model() | {"preprocess_cfg": {"resize_mode": 1}}, "preprocess_cfg.resize_mode"),
        (model() | {"preprocess_cfg": []}, "preprocess_cfg"),
        ({"model_cfg": 3}, "model_cfg"),
    ],
)
def test_a_value_that_cannot_be_meant_is_named(
    config: dict[str, Any], said: str | None, tmp_path: Path
) -> None:
    folder = folders.open_clip(tmp_path)
    folders.write_json(folder / CONFIG, config)
    if said is None:
        assert open_checkpoint(folder).pixels.size == (64, 64)
        return
    with pytest.raises(WeightsUnavailable, match=said) as refused:
        open_checkpoint(folder)
    assert CONFIG in refused.value.message


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1, 2]",
        b"\xff\xfe{}",
        b"[" * 200_000,
        b'{"model_cfg": ' * 50_000,
        b'"' + b"x" * (17 << 20) + b'"',
    ],
    ids=["empty", "cut", "list", "not utf-8", "deep", "deep objects", "huge"],
)
@pytest.mark.parametrize("name", [CONFIG, "tokenizer.json"])
def test_a_file_that_is_no_json_object_is_named(name: str, content: bytes, tmp_path: Path) -> None:
    folder = folders.open_clip(tmp_path)
    (folder / name).write_bytes(content)
    with pytest.raises(WeightsUnavailable, match=name):
        open_checkpoint(folder)


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def pickled(folder: Path) -> None:
    (folder / "open_clip_model.safetensors").rename(folder / "open_clip_pytorch_model.bin")


def pointing_out(name: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder.parent / "secret.safetensors").write_bytes(b"")
        (folder / "open_clip_model.safetensors").unlink()
        folders.write_json(
            folder / "open_clip_model.safetensors.index.json", {"weight_map": {"a": name}}
        )

    return change


def cut_weights(folder: Path) -> None:
    path = folder / "open_clip_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])


def long_header(folder: Path) -> None:
    (folder / "open_clip_model.safetensors").write_bytes((1 << 40).to_bytes(8, "little") + b"{}")


def foreign_weights(folder: Path) -> None:
    folders.write_weights(folder / "open_clip_model.safetensors", unet__conv=[1.0])


def foreign_tokenizer(folder: Path) -> None:
    folders.write_tokenizer(folder, "<s>", "<pad>")


@pytest.mark.parametrize(
    ("change", "said", "hint"),
    [
        (
            without("open_clip_model.safetensors"),
            "lacks the weights",
            "open_clip_model.safetensors",
        ),
        (without("tokenizer.json"), "vocabulary of CLIP", r"bpe_simple_vocab_16e6\.txt\.gz"),
        (foreign_tokenizer, "vocabulary of CLIP", "tokenizer.json"),
        (pickled, "safetensors and ONNX are the only forms", "save_file"),
        (pointing_out("../secret.safetensors"), r"weight_map names '\.\./secret", "again"),
        (pointing_out("/etc/passwd"), "weight_map names '/etc/passwd'", "again"),
        (pointing_out("..\\secret.safetensors"), "weight_map names", "again"),
        (pointing_out("model.bin"), "weight_map names 'model.bin'", "again"),
        (pointing_out(3), "weight_map names '3'", "again"),
        (pointing_out("gone.safetensors"), "lacks gone.safetensors", "place gone.safetensors"),
        (cut_weights, "not a whole safetensors file", "again"),
        (long_header, "not a whole safetensors file", "again"),
        (foreign_weights, "holds no OpenCLIP model", "place"),
    ],
)
def test_files_that_are_missing_or_wrong_are_named_with_what_to_do(
    change: Callable[[Path], None], said: str, hint: str, tmp_path: Path
) -> None:
    folder = folders.open_clip(tmp_path / "model")
    change(folder)
    with pytest.raises(WeightsUnavailable, match=said) as refused:
        open_checkpoint(folder)
    assert re.search(hint, refused.value.hint)


def only_pickles(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(b"")
    folders.write_json(folder / "config.json", {"model_type": "clip"})


def variable(folder: Path) -> None:
    folders.write_json(folder / "config.json", {"model_type": "siglip2"})


def of_type(kind: str) -> Callable[[Path], None]:
    return lambda folder: folders.write_json(folder / "config.json", {"model_type": kind})


def two_models(folder: Path) -> None:
    checkpoints.make_rclip(folder, names=("a-visual", "a-textual"))
    checkpoints.make_rclip(folder, names=("b-visual", "b-textual"))


def one_tower(folder: Path) -> None:
    checkpoints.make_immich(folder)
    (folder / "textual" / "model.onnx").unlink()


def towers_of_two_models(folder: Path) -> None:
    checkpoints.make_immich(folder)
    checkpoints.write_text(
        folder / "textual" / "model.onnx",
        checkpoints.Names("text", "text_embedding"),
        words=10,
        dim=24,
    )


def another_size(folder: Path) -> None:
    checkpoints.make_immich(folder)
    folders.change_json(folder / "visual" / "preprocess_cfg.json", size=[48, 48])


def mixed_precisions(folder: Path) -> None:
    checkpoints.make_transformers_js(folder, ["_fp16", "_q4"])
    (folder / "onnx" / "text_model_fp16.onnx").unlink()
    (folder / "onnx" / "vision_model_q4.onnx").unlink()


def size_of_another(folder: Path) -> None:
    folders.hf_clip(folder, vision_config={"image_size": 96})


def padded_left(folder: Path) -> None:
    folders.hf_siglip(folder)
    folders.change_json(folder / "tokenizer_config.json", padding_side="left")


def without_processor(folder: Path) -> None:
    folders.hf_clip(folder)
    (folder / "preprocessor_config.json").unlink()


def only_sentencepiece(folder: Path) -> None:
    folders.hf_siglip(folder)
    (folder / "tokenizer.json").unlink()
    (folder / "spiece.model").write_bytes(b"")


def nothing(folder: Path) -> None:
    (folder / "README.md").write_text("hello")


@pytest.mark.parametrize(
    ("make", "kind", "said"),
    [
        (only_pickles, WeightsUnavailable, "pytorch_model.bin only"),
        (variable, SpecError, "variable resolution"),
        (of_type("chinese_clip"), SpecError, "'chinese_clip', which is not supported"),
        (of_type("llama"), SpecError, "'llama'"),
        (two_models, SpecError, "several models: a, b"),
        (one_tower, WeightsUnavailable, r"textual.model\.onnx is missing"),
        (towers_of_two_models, WeightsUnavailable, "differ in their vectors"),
        (another_size, WeightsUnavailable, "takes pictures of 32 x 32"),
        (mixed_precisions, WeightsUnavailable, "no pair of towers of one precision"),
        (size_of_another, WeightsUnavailable, "the image tower takes 96 x 96"),
        (padded_left, SpecError, "padding_side"),
        (without_processor, WeightsUnavailable, "how pictures are prepared"),
        (only_sentencepiece, WeightsUnavailable, "lacks the tokenizer"),
        (nothing, WeightsUnavailable, r"it holds README\.md"),
        (lambda folder: None, WeightsUnavailable, "it holds nothing"),
        (lambda folder: folder.rmdir(), WeightsUnavailable, "there is no folder"),
    ],
)
def test_what_cannot_be_used_is_said(
    make: Callable[[Path], object], kind: type[Exception], said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    make(folder)
    with pytest.raises(kind, match=said):
        open_checkpoint(folder)


def text_only(folder: Path, modules: list[str], link: object = None) -> Path:
    """A text tower of sentence-transformers whose modules lie in folders of their own kind."""
    entries = [
        {"idx": place, "type": f"sentence_transformers.models.{kind}",
         "path": "" if kind == "Transformer" else f"{place}_{kind}"}
        for place, kind in enumerate(modules)
    ]  # fmt: skip
    folders.write_json(folder / "config.json", {"model_type": "distilbert"})
    (folder / "modules.json").write_text(json.dumps(entries))
    folders.write_json(folder / "1_Pooling" / "config.json", {"pooling_mode_mean_tokens": True})
    dense = {"in_features": 4, "out_features": 8, "bias": False,
             "activation_function": "torch.nn.modules.linear.Identity"}  # fmt: skip
    folders.write_json(folder / "2_Dense" / "config.json", dense)
    folders.write_weights(folder / "2_Dense" / "model.safetensors", linear__weight=[0.0])
    folders.write_weights(folder / "model.safetensors", embeddings=[0.0])
    folders.write_tokenizer(folder, "[PAD]", pad_token="[PAD]")
    folders.hf_clip(folder.parent / "clip")
    if link is not None:
        folders.write_json(folder / "mindseye.json", {"image": link})
    return folder


WHOLE = ["Transformer", "Pooling", "Dense"]


def pooled(**fields: object) -> Callable[[Path], None]:
    return lambda folder: folders.write_json(folder / "1_Pooling" / "config.json", fields)


def dense(**fields: object) -> Callable[[Path], None]:
    return lambda folder: folders.change_json(folder / "2_Dense" / "config.json", **fields)


def unchanged(folder: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("modules", "link", "change", "kind", "said"),
    [
        (WHOLE, None, unchanged, WeightsUnavailable, "whose space it shares"),
        (WHOLE, "../gone", unchanged, WeightsUnavailable, "there is no folder"),
        (WHOLE, ".", unchanged, WeightsUnavailable, "image should be the folder of a CLIP"),
        (WHOLE, 3, unchanged, WeightsUnavailable, "image should be a text"),
        (["BoW", "Pooling"], "../clip", unchanged, SpecError, "a model of BoW, Pooling"),
        (WHOLE, "../clip", pooled(pooling_mode="max"), SpecError, "this pooling"),
        (
            WHOLE,
            "../clip",
            pooled(pooling_mode_mean_tokens=True, pooling_mode_cls_token=True),
            SpecError,
            "this pooling",
        ),
        (WHOLE, "../clip", dense(out_features=9), WeightsUnavailable, "vectors of 9 numbers"),
        (WHOLE, "../clip", dense(use_residual=True), SpecError, "2_Dense"),
        (WHOLE, "../clip", dense(activation_function="os.system"), SpecError, "os.system"),
    ],
)
def test_a_text_tower_that_fits_no_clip_is_refused(
    modules: list[str],
    link: object,
    change: Callable[[Path], None],
    kind: type[Exception],
    said: str,
    tmp_path: Path,
) -> None:
    folder = text_only(tmp_path / "text", modules, link)
    change(folder)
    with pytest.raises(kind, match=said):
        open_checkpoint(folder)


def test_a_module_may_not_lie_outside_its_folder(tmp_path: Path) -> None:
    folder = text_only(tmp_path / "text", WHOLE, "../clip")
    entry = {"idx": 0, "type": "x.CLIPModel", "path": "../clip"}
    (folder / "modules.json").write_text(json.dumps([entry]))
    with pytest.raises(WeightsUnavailable, match="path should be a folder below"):
        open_checkpoint(folder)


def test_the_hint_of_a_missing_link_can_be_followed(tmp_path: Path) -> None:
    folder = text_only(tmp_path / "text", WHOLE)
    with pytest.raises(WeightsUnavailable) as refused:
        open_checkpoint(folder)
    written = refused.value.hint.partition(": ")[2].replace("clip-ViT-B-32", "clip")
    (folder / "mindseye.json").write_text(written)
    assert open_checkpoint(folder).dim == 8
