"""Checkpoints and photographs that benchmarks run on: real shapes and sizes, made on the spot."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def write_checkpoint(shape: str, folder: Path) -> Path:
    """Write an OpenCLIP directory of random numbers in a real shape; returns it."""
    import torch
    from safetensors.torch import save_file

    config = model_config(shape)
    with torch.device("meta"):
        model = _network(config)
    rng = np.random.default_rng(1)
    state = {}
    for name, meta in model.state_dict().items():
        # No two alike: a runtime may keep equal weights only once.
        drawn = rng.standard_normal(tuple(meta.shape), dtype=np.float32)
        values = torch.from_numpy(np.asarray(drawn * 0.02, np.float32))
        state[name] = values + 1 if meta.ndim == 1 and name.endswith("weight") else values
    folder.mkdir(parents=True)
    save_file(state, folder / "open_clip_model.safetensors")
    whole = {"model_cfg": config, "preprocess_cfg": {}}
    (folder / "open_clip_config.json").write_text(json.dumps(whole))
    with reference() as open_clip:
        vocabulary = Path(open_clip.__file__).with_name("bpe_simple_vocab_16e6.txt.gz")
    shutil.copy(vocabulary, folder)
    return folder


def model_config(shape: str) -> dict[str, Any]:
    """OpenCLIP's configuration of a shape, with nothing in it that would be downloaded."""
    with reference() as open_clip:
        config: dict[str, Any] = open_clip.get_model_config(shape)
    if config is None:
        raise SystemExit(f"OpenCLIP knows no shape {shape!r}")
    if "timm_model_name" in config["vision_cfg"]:
        config["vision_cfg"]["timm_model_pretrained"] = False
    return config


def export_onnx(checkpoint: Path, folder: Path) -> None:
    """Write both towers as PyTorch exports them: `visual.onnx` and `textual.onnx`."""
    import warnings

    import torch
    from safetensors.torch import load_file

    config = json.loads((checkpoint / "open_clip_config.json").read_text())["model_cfg"]
    model = _network(config).eval()
    model.load_state_dict(load_file(checkpoint / "open_clip_model.safetensors"))
    side = config["vision_cfg"]["image_size"]
    ids = torch.randint(1, 49000, (2, config["text_cfg"]["context_length"]))
    # The fused path of PyTorch's attention has no ONNX form.
    torch.backends.mha.set_fastpath_enabled(False)
    folder.mkdir(parents=True, exist_ok=True)
    for name, forward, example in (
        ("visual", model.encode_image, torch.randn(2, 3, side, side)),
        ("textual", model.encode_text, ids),
    ):
        model.forward = forward
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                model,
                (example,),
                str(folder / f"{name}.onnx"),
                opset_version=18,
                dynamo=False,
                input_names=["input"],
                output_names=["output"],
                dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
            )


@contextmanager
def reference() -> Iterator[Any]:
    """OpenCLIP, also where torch and torchvision are of different builds.

    Beside a processor build of torch, the published torchvision cannot load its compiled half, and
    asks for two of its operators when it is imported. OpenCLIP needs neither.
    """
    import torch

    declared = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        if not hasattr(torch.ops.torchvision, operator):
            kind = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            declared.define(operator + kind)
    import open_clip

    yield open_clip


def _network(config: dict[str, Any]) -> Any:
    config = dict(config)
    with reference() as open_clip:
        custom = config.pop("custom_text", False)
        return (open_clip.CustomTextCLIP if custom else open_clip.CLIP)(**config)


def write_photos(source: Path, folder: Path, count: int) -> float:
    """Write 12-megapixel JPEGs made from photographs; returns their mean size in megabytes.

    They are enlarged and given the fine noise of a sensor, without which they would be a fraction
    of the size of a telephone's and quicker to decode.
    """
    paths = sorted(source.glob("*.jpg"))
    rng = np.random.default_rng(4)
    folder.mkdir(parents=True)
    sizes = []
    for number in range(count):
        with Image.open(paths[number * 97 % len(paths)]) as photo:
            upright = photo.convert("RGB")
        if upright.height > upright.width:
            upright = upright.transpose(Image.Transpose.ROTATE_90)
        large = np.asarray(upright.resize((4000, 3000), Image.Resampling.LANCZOS), np.int16)
        grain = rng.integers(-6, 7, (3000, 4000, 1), dtype=np.int16)
        stream = io.BytesIO()
        Image.fromarray(np.clip(large + grain, 0, 255).astype(np.uint8)).save(
            stream, "JPEG", quality=88
        )
        (folder / f"IMG_{number:04d}.jpg").write_bytes(stream.getvalue())
        sizes.append(stream.tell())
    return float(np.mean(sizes)) / 1e6
