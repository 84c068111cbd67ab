"""An exported encoder is itself again, or it is not exported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mindseye.encoders.checkpoint import Checkpoint, PixelRecipe, TextRecipe, WeightsTower
from mindseye.encoders.export import Form, export_encoder, gate
from mindseye.encoders.export.gate import BARS, Agreement, Bar
from mindseye.encoders.layouts.exported import read_exported
from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec
from mindseye.encoders.towers.encoder import TowerEncoder
from mindseye.errors import EncoderError, UsageError, WeightsUnavailable

torch = pytest.importorskip("torch", reason="the reference libraries are not installed: make dev")
open_clip = pytest.importorskip("open_clip")

from safetensors.torch import save_file  # noqa: E402 - comes with the reference libraries

VISION = {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16}
TEXT = {"context_length": 77, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2}


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("tiny")
    model = open_clip.CLIP(embed_dim=32, vision_cfg=VISION, text_cfg=TEXT).eval()
    for parameter in model.visual.parameters():
        parameter.data.mul_(2)  # Far enough apart that photos have an order at all.
    file = folder / "open_clip_model.safetensors"
    save_file({name: value.clone() for name, value in model.state_dict().items()}, file)
    config = {"embed_dim": 32, "vision_cfg": VISION, "text_cfg": TEXT}
    vocabulary = Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz"
    image = WeightsTower("open-clip", "image", (file,), config)
    return Checkpoint(
        folder=folder,
        layout="open_clip",
        image=image,
        text=replace(image, part="text"),
        pixels=PixelRecipe((64, 64)),
        words=TextRecipe(vocabulary, 77, padded=False),
        dim=32,
        sources=(file, vocabulary),
        logit_scale=100.0,
        matryoshka=(8, 16),
    )


@pytest.fixture(scope="module")
def photos(shared_data: Path) -> list[np.ndarray]:
    files = sorted((shared_data / "flickr8k/images").iterdir())[:20]
    return [np.asarray(Image.open(file).convert("RGB")) for file in files]


def opened(checkpoint: Checkpoint) -> TowerEncoder:
    name = EncoderSpec("local", str(checkpoint.folder))
    return TowerEncoder(name, checkpoint, "x", options=RunOptions(precision="fp32"))


@pytest.mark.parametrize(
    ("form", "cosine"),
    [
        (Form("onnx", "fp32"), 0.99999),
        (Form("onnx", "fp16"), 0.999),
        (Form("onnx", "int8"), 0.98),
        (Form("openvino", "fp32"), 0.99999),
        (Form("openvino", "fp16"), 0.999),
    ],
    ids=str,
)
def test_what_was_exported_is_the_same_encoder(
    checkpoint: Checkpoint, photos, tmp_path: Path, form: Form, cosine: float
) -> None:
    if form.format == "openvino":
        pytest.importorskip("openvino", reason="the extra openvino is not installed")
    done = export_encoder(checkpoint, tmp_path / "phone", form, photos)
    assert done.agreement.passes(BARS[form.precision])
    again = read_exported(tmp_path / "phone")
    assert (again.pixels, again.dim, again.matryoshka) == (
        checkpoint.pixels, 32, (8, 16),
    )  # fmt: skip
    assert replace(again.words, tokenizer=Path()) == replace(checkpoint.words, tokenizer=Path())
    original, exported = opened(checkpoint), opened(again)
    for both in (
        (original.encode_images(photos), exported.encode_images(photos)),
        *(
            (original.encode_texts([text]), exported.encode_texts([text]))
            for text in ("a dog", "海边的狗", "one two three " * 40)
        ),
    ):
        assert (both[0] * both[1]).sum(1).min() >= cosine
    assert [path.name for path in tmp_path.iterdir()] == ["phone"]


def test_an_export_that_fails_its_gate_leaves_nothing(
    checkpoint: Checkpoint, photos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "BARS", {"int8": Bar(0.99999999, 1.0)})
    with pytest.raises(EncoderError, match="not itself any more") as raised:
        export_encoder(checkpoint, tmp_path / "phone", Form("onnx", "int8"), photos)
    assert "bar" in raised.value.hint
    assert list(tmp_path.iterdir()) == []


def test_too_few_photos_prove_nothing(checkpoint: Checkpoint, photos, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="16 photos"):
        export_encoder(checkpoint, tmp_path / "phone", Form("onnx", "fp32"), photos[:3])
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(checkpoint: Checkpoint, photos, tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="exists"):
        export_encoder(checkpoint, tmp_path, Form("onnx", "fp32"), photos)


def test_a_form_nobody_makes_is_refused() -> None:
    with pytest.raises(UsageError, match="fp32 or fp16"):
        Form("openvino", "int8")


@pytest.mark.parametrize(
    ("agreement", "passes"),
    [
        (Agreement(0.9995, 0.9995, 1.0), True),
        (Agreement(0.9985, 0.9995, 1.0), False),
        (Agreement(0.9995, 0.9985, 1.0), False),
        (Agreement(0.9995, 0.9995, 0.90), False),
    ],
)
def test_the_worst_decides(agreement: Agreement, passes: bool) -> None:
    assert agreement.passes(BARS["fp16"]) is passes


@pytest.mark.parametrize(
    "damage",
    ["", "[]", "{}", '{"towers": {"image": "../secret", "text": "text.onnx"}}', '{"towers": 3}'],
)
def test_a_damaged_description_is_refused(tmp_path: Path, damage: str) -> None:
    (tmp_path / "encoder.json").write_text(damage)
    with pytest.raises(WeightsUnavailable):
        read_exported(tmp_path)


def test_another_folder_is_not_an_export(tmp_path: Path) -> None:
    assert read_exported(tmp_path) is None
