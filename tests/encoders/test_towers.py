"""A model directory of any layout gives the vectors its own library gives, from photo to vector."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mindseye.encoders import open_encoder
from mindseye.encoders.options import RunOptions
from mindseye.errors import EncoderError, SpecError, WeightsUnavailable

pytest.importorskip("open_clip", reason="the reference libraries are not installed: make dev")
pytest.importorskip("transformers", reason="the reference libraries are not installed: make dev")

from tests.encoders import checkpoints
from tests.encoders.checkpoints import Made

TEXTS = (
    "a dog", "", "Two CHILDREN, playing!", "海边的狗", "naïve café – déjà vu", "🐕‍🦺🇯🇵 emoji",
    "a &amp; b &lt;c&gt;", "tab\tand\nnewline", "one two three " * 60,
)  # fmt: skip

MAKERS: dict[str, Callable[[Path], Made]] = {
    "OpenCLIP": checkpoints.make_open_clip,
    "OpenCLIP SigLIP": checkpoints.make_open_clip_siglip,
    "OpenCLIP with XLM-R": checkpoints.make_open_clip_xlm_roberta,
    "Hugging Face CLIP": checkpoints.make_hf_clip,
    "Hugging Face SigLIP": checkpoints.make_hf_siglip,
    "Hugging Face SigLIP 2": lambda folder: checkpoints.make_hf_siglip(folder, 2),
    "sentence-transformers": checkpoints.make_sentence_transformers,
}


@pytest.fixture(scope="module")
def photos(shared_data: Path) -> list[Image.Image]:
    files = sorted((shared_data / "flickr8k/images").iterdir())[:4]
    sizes = [(300, 200), (201, 333), (64, 64), (500, 137)]
    return [
        Image.open(file).convert("RGB").resize(size)
        for file, size in zip(files, sizes, strict=True)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    known: dict[str, Made] = {}

    def make(name: str) -> Made:
        if name not in known:
            folder = tmp_path_factory.mktemp("checkpoint") / "model"
            folder.mkdir()
            known[name] = MAKERS[name](folder)
        return known[name]

    return make


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def opened(folder: Path, tmp_path: Path, options: str = "", **run: str):
    return open_encoder(f"local:{folder}{options}", RunOptions(models=tmp_path, **run))


@pytest.mark.parametrize(
    ("runtime", "precision", "least"),
    [
        ("onnxruntime", "fp32", 0.99999),
        ("openvino", "fp32", 0.99999),
        ("openvino", "bf16", 0.999),
        ("torch", "fp32", 0.99999),
    ],
)
@pytest.mark.parametrize("name", MAKERS)
def test_vectors_are_those_of_the_reference_library(
    name: str, runtime, precision, least: float, *, made, photos, tmp_path: Path
) -> None:
    if runtime == "openvino":
        pytest.importorskip("openvino", reason="the extra openvino is not installed")
    reference = made(name)
    try:
        encoder = opened(reference.folder, tmp_path, runtime=runtime, precision=precision)
        images = encoder.encode_images([np.asarray(photo) for photo in photos])
        texts = encoder.encode_texts(TEXTS)
    except EncoderError as error:
        if "does not compute in" in error.message:
            pytest.skip(error.message)
        raise
    assert (images * unit(reference.images(photos))).sum(1).min() >= least
    assert (texts * unit(reference.texts(TEXTS))).sum(1).min() >= least


@pytest.mark.parametrize("name", MAKERS)
def test_a_text_is_the_same_alone_and_in_company(name: str, made, tmp_path: Path) -> None:
    encoder = opened(made(name).folder, tmp_path, runtime="onnxruntime")
    together = encoder.encode_texts(TEXTS)
    for text, row in zip(TEXTS, together, strict=True):
        assert encoder.encode_texts([text])[0] @ row >= 0.999999


ONNX = {
    "Immich 1": lambda folder: checkpoints.make_immich(folder, 1),
    "Immich 2": lambda folder: checkpoints.make_immich(folder, 2),
    "transformers.js": checkpoints.make_transformers_js,
    "UForm": checkpoints.make_uform,
    "rclip": checkpoints.make_rclip,
}


@pytest.mark.parametrize("name", ONNX)
def test_published_graphs_run_whatever_they_call_things(name: str, photos, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    ONNX[name](folder)
    encoder = opened(folder, tmp_path)
    images = encoder.encode_images([np.asarray(photo) for photo in photos])
    texts = encoder.encode_texts(TEXTS)
    assert images.shape == (4, encoder.space.dim)
    assert texts.shape == (len(TEXTS), encoder.space.dim)
    np.testing.assert_allclose(np.linalg.norm(images, axis=1), 1.0, atol=1e-5)
    alone = encoder.encode_images([np.asarray(photos[1])])[0]
    assert alone @ images[1] >= 0.99999


def test_the_option_pad_keeps_the_whole_picture_and_makes_another_space(
    made, photos, tmp_path: Path
) -> None:
    folder = made("OpenCLIP").folder
    plain = opened(folder, tmp_path, runtime="onnxruntime")
    padded = opened(folder, tmp_path, "?resize=pad", runtime="onnxruntime")
    assert plain.space.fingerprint != padded.space.fingerprint
    wide = np.zeros((100, 400, 3), np.uint8)
    marked = wide.copy()
    marked[:, :40] = 255  # Outside a centre crop.
    assert np.allclose(plain.encode_images([wide]), plain.encode_images([marked]), atol=1e-5)
    assert not np.allclose(padded.encode_images([wide]), padded.encode_images([marked]), atol=1e-2)


def test_a_fingerprint_is_that_of_the_files_wherever_they_lie(made, tmp_path: Path) -> None:
    import shutil

    folder = made("OpenCLIP").folder
    first = opened(folder, tmp_path).space.fingerprint
    copy = tmp_path / "elsewhere"
    shutil.copytree(folder, copy)
    assert opened(copy, tmp_path / "cache").space.fingerprint == first
    weights = copy / "open_clip_model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert opened(copy, tmp_path / "cache").space.fingerprint != first


def test_vectors_are_cut_only_where_that_was_trained(made, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="cannot be cut to 8"):
        opened(made("OpenCLIP").folder, tmp_path, "?dimensions=8")


def test_vectors_cut_as_they_were_trained_are_shorter_unit_rows_in_a_space_of_their_own(
    photos, tmp_path: Path
) -> None:
    folder = checkpoints.make_uform(tmp_path / "uform", matryoshka_dims=[8, 16])
    whole = opened(folder, tmp_path, runtime="onnxruntime")
    cut = opened(folder, tmp_path, "?dimensions=8", runtime="onnxruntime")
    assert whole.space.fingerprint != cut.space.fingerprint
    assert cut.space.dim == 8
    pictures = [np.asarray(photo) for photo in photos]
    for long, short in (
        (whole.encode_images(pictures), cut.encode_images(pictures)),
        (whole.encode_texts(TEXTS), cut.encode_texts(TEXTS)),
    ):
        np.testing.assert_allclose(short, unit(long[:, :8]), atol=1e-5)


def test_a_released_encoder_loads_again(made, tmp_path: Path) -> None:
    encoder = opened(made("OpenCLIP").folder, tmp_path, runtime="onnxruntime")
    before = encoder.encode_texts(["a dog"])
    encoder.release()
    assert np.array_equal(encoder.encode_texts(["a dog"]), before)


def test_no_texts_and_no_pictures_are_no_rows(made, tmp_path: Path) -> None:
    encoder = opened(made("OpenCLIP").folder, tmp_path)
    assert (
        encoder.encode_texts([]).shape == encoder.encode_images([]).shape == (0, encoder.space.dim)
    )


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsUnavailable, match="nowhere"):
        opened(tmp_path / "nowhere", tmp_path)


def test_a_text_tower_taught_to_speak_of_a_space_needs_no_new_vectors(
    photos, tmp_path: Path
) -> None:
    clip = checkpoints.make_hf_clip(tmp_path / "clip")
    other = checkpoints.make_multilingual_text(tmp_path / "many", "../clip")
    english, many = opened(clip.folder, tmp_path), opened(other.folder, tmp_path)
    assert many.space.fingerprint == english.space.fingerprint
    pictures = [np.asarray(photo) for photo in photos]
    assert (many.encode_images(pictures) * unit(clip.images(photos))).sum(1).min() >= 0.999
    assert (many.encode_texts(TEXTS) * unit(other.texts(TEXTS))).sum(1).min() >= 0.999
