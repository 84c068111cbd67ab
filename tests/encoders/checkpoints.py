"""Small random checkpoints of every layout, saved by the libraries that publish such checkpoints.

Each `make_...` fills a folder and gives what the reference library makes of pictures and texts
with it, where there is one.
"""

from __future__ import annotations

import json
import re
import shutil
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tests.encoders import vocabularies
from tests.encoders.tiny_onnx import Names, write_image, write_text

SIDE, DIM = 32, 16

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


@dataclass(frozen=True)
class Made:
    """A checkpoint's folder and its reference: pictures and texts to rows, not of length 1."""

    folder: Path
    images: Callable[[Sequence[Image.Image]], np.ndarray]
    texts: Callable[[Sequence[str]], np.ndarray]


def enliven(module: Any, seed: int = 0) -> Any:
    """Random weights of such a spread that a wrong activation, mask or pool shows."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if name.endswith("logit_scale"):
                noise = torch.full(parameter.shape, 4.5)
            elif name.endswith("logit_bias"):
                noise = torch.full(parameter.shape, -12.0)
            elif parameter.ndim > 1:
                noise = noise * 1.5 / parameter.shape[-1] ** 0.5
            else:
                noise = 0.2 * noise + (1.0 if name.endswith("weight") else 0.0)
            parameter.copy_(noise)
    return module.eval()


VISION = {"image_size": SIDE, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16}
TEXT = {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2}


def make_open_clip(
    folder: Path, *, preprocess: dict[str, Any] | None = None, **changes: Any
) -> Made:
    """OpenCLIP's directory of a native model; `changes` overlay its configuration."""
    config = {
        "embed_dim": DIM,
        **changes,
        "vision_cfg": {**VISION, **changes.get("vision_cfg", {})},
        "text_cfg": {**TEXT, **changes.get("text_cfg", {})},
    }
    if not config["text_cfg"].get("hf_tokenizer_name"):
        vocabularies.write_clip(folder)
    return _save_open_clip(folder, config, preprocess or {})


def make_open_clip_siglip(folder: Path) -> Made:
    """OpenCLIP's directory of a SigLIP: timm's tower, a text tower without a causal mask."""
    register_tiny_siglip()
    vocabularies.write_siglip(folder, "PreTrainedTokenizerFast")
    vision = {"image_size": SIDE, "timm_model_name": "vit_tiny_patch16_siglip_made_here",
              "timm_model_pretrained": False, "timm_pool": "map", "timm_proj": "none"}  # fmt: skip
    text = {"context_length": 16, "vocab_size": vocabularies.size_of(folder), "width": 64,
            "heads": 2, "layers": 2, "hf_tokenizer_name": "timm/of-this-repository",
            "tokenizer_kwargs": {"clean": "canonicalize"}, "no_causal_mask": True,
            "proj_bias": True, "pool_type": "last", "norm_kwargs": {"eps": 1e-6}}  # fmt: skip
    config = {"embed_dim": 64, "init_logit_bias": -10, "custom_text": True,
              "vision_cfg": vision, "text_cfg": text}  # fmt: skip
    half = (0.5, 0.5, 0.5)
    return _save_open_clip(folder, config, {"mean": half, "std": half, "resize_mode": "squash"})


def make_open_clip_xlm_roberta(folder: Path) -> Made:
    """OpenCLIP's directory with a text tower of transformers."""
    import transformers

    vocabularies.write_xlm_roberta(folder)
    inner = folder.parent / f"{folder.name}-xlm-roberta-tiny"
    transformers.XLMRobertaConfig(
        hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=1,
        max_position_embeddings=80, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1,
        vocab_size=vocabularies.size_of(folder),
    ).save_pretrained(inner)  # fmt: skip
    text = {"hf_model_name": str(inner), "hf_tokenizer_name": "xlm-roberta-tiny",
            "hf_proj_type": "mlp", "hf_pooler_type": "mean_pooler"}  # fmt: skip
    return _save_open_clip(folder, {"embed_dim": DIM, "vision_cfg": VISION, "text_cfg": text}, {})


def register_tiny_siglip() -> None:
    """Teach timm a SigLIP tower that is small enough for tests."""
    import timm
    from timm.models.vision_transformer import VisionTransformer

    name = "vit_tiny_patch16_siglip_made_here"
    if timm.is_model(name):
        return

    def make(pretrained: bool = False, **options: Any) -> VisionTransformer:
        assert not pretrained
        return VisionTransformer(
            patch_size=16, embed_dim=64, depth=2, num_heads=1, class_token=False,
            global_pool="map", num_classes=0, img_size=options.get("img_size", SIDE),
        )  # fmt: skip

    make.__name__ = name
    make.__module__ = __name__
    timm.models.register_model(make)


def _save_open_clip(folder: Path, config: dict[str, Any], preprocess: dict[str, Any]) -> Made:
    import open_clip
    import torch
    from open_clip.push_to_hf_hub import save_config_for_hf
    from safetensors.torch import save_file

    wanted = json.loads(json.dumps(config))
    arguments = json.loads(json.dumps(config))
    custom = arguments.pop("custom_text", False) or "hf_model_name" in arguments["text_cfg"]
    if "hf_model_name" in arguments["text_cfg"]:
        arguments["text_cfg"]["hf_model_pretrained"] = False
    model = enliven((open_clip.CustomTextCLIP if custom else open_clip.CLIP)(**arguments))
    cfg = {"mean": CLIP_MEAN, "std": CLIP_STD, "interpolation": "bicubic",
           "resize_mode": "shortest", **preprocess}  # fmt: skip
    open_clip.model.set_model_preprocess_cfg(model, cfg)
    save_file(
        {name: value.contiguous() for name, value in model.state_dict().items()},
        folder / "open_clip_model.safetensors",
    )
    path = folder / "open_clip_config.json"
    save_config_for_hf(model, path, wanted)
    if "fill_color" in preprocess:
        saved = json.loads(path.read_text())
        saved["preprocess_cfg"]["fill_color"] = preprocess["fill_color"]
        path.write_text(json.dumps(saved))
    loaded, transform = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
    loaded.eval()
    tokenize = open_clip.get_tokenizer(f"local-dir:{folder}")

    def images(pictures: Sequence[Image.Image]) -> np.ndarray:
        with torch.no_grad():
            return loaded.encode_image(torch.stack([transform(one) for one in pictures])).numpy()

    def texts(words: Sequence[str]) -> np.ndarray:
        with torch.no_grad():
            return loaded.encode_text(tokenize(list(words))).numpy()

    return Made(folder, images, texts)


def make_hf_clip(
    folder: Path, *, nested: bool = True, processor: dict[str, Any] | None = None
) -> Made:
    """Transformers' directory of a CLIP; `nested` as its fifth version writes the processor."""
    import torch
    import transformers
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    vocabularies.write_clip(folder)
    options = {"size": {"shortest_edge": SIDE}, "crop_size": SIDE, **(processor or {})}
    prepare = CLIPImageProcessorPil(**options)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    if nested:
        transformers.CLIPProcessor(prepare, tokenizer).save_pretrained(folder)
    else:
        prepare.save_pretrained(folder)
    sizes = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
             "num_attention_heads": 2}  # fmt: skip
    config = transformers.CLIPConfig(
        vision_config={**sizes, "image_size": SIDE, "patch_size": 16},
        text_config={**sizes, "vocab_size": 49408, "max_position_embeddings": 77},
        projection_dim=DIM,
    )
    model = enliven(transformers.CLIPModel(config))
    model.save_pretrained(folder)

    def texts(words: Sequence[str]) -> np.ndarray:
        given = tokenizer(
            list(words), padding=True, truncation=True, max_length=77, return_tensors="pt"
        )
        with torch.no_grad():
            return _rows(model.get_text_features(**given))

    return Made(folder, _pictures_through(prepare, model), texts)


def make_hf_siglip(folder: Path, version: int = 1) -> Made:
    """Transformers' directory of a SigLIP (1) or a SigLIP 2 of fixed resolution (2)."""
    import torch
    import transformers
    from tokenizers import Tokenizer
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    (vocabularies.write_siglip if version == 1 else vocabularies.write_siglip2)(folder)
    prepare = SiglipImageProcessorPil(
        size={"height": SIDE, "width": SIDE}, resample=3 if version == 1 else 2
    )
    prepare.save_pretrained(folder)
    sizes = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
             "num_attention_heads": 2}  # fmt: skip
    words_known = vocabularies.size_of(folder)
    config = transformers.SiglipConfig(
        vision_config={**sizes, "image_size": SIDE, "patch_size": 16},
        text_config={**sizes, "vocab_size": words_known, "max_position_embeddings": 16},
    )
    model = enliven(transformers.SiglipModel(config))
    model.save_pretrained(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(16)
    pad = 1 if version == 1 else 0

    def texts(words: Sequence[str]) -> np.ndarray:
        rows = [tokenizer.encode(_canonical(text, version)).ids for text in words]
        ids = torch.tensor([row + [pad] * (16 - len(row)) for row in rows])
        with torch.no_grad():
            return _rows(model.get_text_features(input_ids=ids))

    return Made(folder, _pictures_through(prepare, model), texts)


def _canonical(text: str, version: int) -> str:
    """What SigLIP's slow tokenizer does to a text; SigLIP 2's only lower-cases."""
    text = text.lower()
    if version == 1:
        text = text.translate(str.maketrans("", "", string.punctuation))
        text = re.sub(r"\s+", " ", text).strip()
    return text


def _pictures_through(prepare: Any, model: Any) -> Callable[[Sequence[Image.Image]], np.ndarray]:
    import torch

    def images(pictures: Sequence[Image.Image]) -> np.ndarray:
        with torch.no_grad():
            given = prepare(list(pictures), return_tensors="pt")
            return _rows(model.get_image_features(**given))

    return images


def _rows(output: Any) -> np.ndarray:
    """Transformers 5 gives an output object where earlier ones gave the tensor."""
    rows: np.ndarray = getattr(output, "pooler_output", output).numpy()
    return rows


def make_immich(folder: Path, version: int = 2, *, external: bool = False) -> Path:
    """Immich's ONNX directory of its first (floats) or second (bytes) generation."""
    vocabularies.write_clip(folder / "textual")
    config = {"embed_dim": DIM, "vision_cfg": VISION, "text_cfg": TEXT}
    (folder / "config.json").write_text(json.dumps(config))
    preprocess = {"size": [SIDE, SIDE], "mode": "RGB", "mean": CLIP_MEAN, "std": CLIP_STD,
                  "interpolation": "bicubic", "resize_mode": "shortest"}  # fmt: skip
    visual = folder / "visual"
    write_image(
        visual / "model.onnx",
        Names("image", "image_embedding" if version == 2 else "embedding"),
        raw=version == 2,
        external=external,
    )
    (visual / "preprocess_cfg.json").write_text(json.dumps(preprocess))
    write_text(
        folder / "textual" / "model.onnx",
        Names("text", "text_embedding" if version == 2 else "embedding"),
        words=49408,
        length=77,
        wide=False,
    )
    return folder


def make_transformers_js(folder: Path, precisions: Sequence[str] = ("", "_quantized")) -> Path:
    """The directory of an ONNX community's CLIP with towers of some precisions."""
    vocabularies.write_clip(folder)
    config = {"model_type": "clip", "projection_dim": DIM,
              "vision_config": {"image_size": SIDE}, "text_config": {}}  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    processor = {"size": {"shortest_edge": SIDE}, "crop_size": {"height": SIDE, "width": SIDE},
                 "do_center_crop": True, "do_resize": True, "resample": 3,
                 "image_mean": CLIP_MEAN, "image_std": CLIP_STD}  # fmt: skip
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    for precision in precisions:
        write_image(
            folder / "onnx" / f"vision_model{precision}.onnx",
            Names("pixel_values", "image_embeds", also="last_hidden_state"),
            side=None,
        )
        write_text(
            folder / "onnx" / f"text_model{precision}.onnx",
            Names("input_ids", "text_embeds", mask="attention_mask"),
            words=49408,
        )
    return folder


def make_uform(folder: Path, **text: Any) -> Path:
    """The directory of a UForm 3; `text` overlays the configuration of its text encoder."""
    vocabularies.write_xlm_roberta(folder)
    config = {
        "text_encoder": {"model_type": "roberta", "embedding_dim": DIM, "padding_idx": 1,
                         "max_position_embeddings": 50, "pooling": "mean", **text},
        "image_encoder": {"image_size": SIDE, "embedding_dim": DIM,
                          "normalization_means": CLIP_MEAN,
                          "normalization_deviations": CLIP_STD},
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    write_image(folder / "image_encoder.onnx", Names("images", "embeddings", also="features"))
    write_text(
        folder / "text_encoder.onnx",
        Names("input_ids", "embeddings", mask="attention_mask", also="features"),
        words=vocabularies.size_of(folder),
        wide=False,
    )
    return folder


def make_rclip(folder: Path, *, names: tuple[str, str] = ("visual", "textual")) -> Path:
    """rclip's directory, its vocabulary beside it; other `names` make it clip-as-service's."""
    vocabularies.copy_clip_merges(folder.parent / "tokenizer" / "bpe_simple_vocab_16e6.txt.gz")
    write_image(folder / f"{names[0]}.onnx", Names("input", "output"), side=64)
    write_text(folder / f"{names[1]}.onnx", Names("input", "output"), words=49408, length=77)
    return folder


def make_sentence_transformers(folder: Path) -> Made:
    """sentence-transformers' directory of a CLIP, which it keeps in `0_CLIPModel`."""
    made = make_hf_clip(folder / "0_CLIPModel", nested=False)
    modules = [{"idx": 0, "name": "0", "path": "0_CLIPModel",
                "type": "sentence_transformers.models.CLIPModel"}]  # fmt: skip
    (folder / "modules.json").write_text(json.dumps(modules))
    return Made(folder, made.images, made.texts)


def make_multilingual_text(folder: Path, image: str, dim: int = DIM) -> Made:
    """sentence-transformers' directory of a text tower that shares the space of a CLIP.

    `image` is written as the link to that CLIP; "" writes none.
    """
    import sentence_transformers
    import torch
    import transformers
    from sentence_transformers.base.modules.dense import Dense
    from sentence_transformers.base.modules.transformer import Transformer
    from sentence_transformers.sentence_transformer.modules.pooling import Pooling

    inner = folder.parent / f"{folder.name}-distilbert"
    vocabularies.write_bert(inner)
    config = transformers.DistilBertConfig(
        dim=64, hidden_dim=96, n_layers=2, n_heads=2, max_position_embeddings=64,
        vocab_size=vocabularies.size_of(inner),
    )  # fmt: skip
    enliven(transformers.DistilBertModel(config)).save_pretrained(inner)
    dense = Dense(64, dim, bias=False, activation_function=torch.nn.Identity())
    modules = [Transformer(str(inner), max_seq_length=24), Pooling(64, "mean"), enliven(dense, 1)]
    model = sentence_transformers.SentenceTransformer(modules=modules, device="cpu")
    model.save(str(folder), create_model_card=False)
    shutil.rmtree(inner)
    if image:
        (folder / "mindseye.json").write_text(json.dumps({"image": image}))

    def texts(words: Sequence[str]) -> np.ndarray:
        return model.encode(list(words), show_progress_bar=False)

    return Made(folder, lambda _: np.empty((0, dim)), texts)
