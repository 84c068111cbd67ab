"""Every layout is recognised by its files, and what is read of it gives the reference's vectors."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mindseye.encoders.checkpoint import Checkpoint, OnnxTower
from mindseye.encoders.layouts import LAYOUTS, open_checkpoint
from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec
from mindseye.encoders.towers.encoder import TowerEncoder
from mindseye.errors import WeightsUnavailable

for _package in ("open_clip", "transformers", "timm"):
    pytest.importorskip(_package, reason="the reference libraries are not installed: make dev")

from tests.encoders import checkpoints  # noqa: E402 - it needs them
from tests.encoders.checkpoints import DIM, SIDE, Made  # noqa: E402

FP32 = RunOptions(threads=1, runtime="onnxruntime", precision="fp32")
EXACT = 0.999999

TEXTS = (
    "a photo of a dog",
    "Ein Hund, &amp; im SCHNEE!",
    "雪の中で遊ぶ犬 🐕",
    "it’s — naïve_café, N°5",
    "word " * 200,
    "",
)


def made_with_link(folder: Path) -> Made:
    """A text tower beside the CLIP whose space it shares."""
    clip = folder.parent / f"{folder.name}-clip"
    pictures = checkpoints.make_sentence_transformers(clip)
    words = checkpoints.make_multilingual_text(folder, f"../{clip.name}")
    return Made(folder, pictures.images, words.texts)


LONGEST = {"resize_mode": "longest", "fill_color": 127, "interpolation": "bilinear"}

WITH_REFERENCE: dict[str, tuple[str, Callable[[Path], Made]]] = {
    "open_clip": ("OpenCLIP", checkpoints.make_open_clip),
    "open_clip, quick gelu, longest": (
        "OpenCLIP",
        lambda folder: checkpoints.make_open_clip(folder, quick_gelu=True, preprocess=LONGEST),
    ),
    "open_clip, not square": (
        "OpenCLIP",
        lambda folder: checkpoints.make_open_clip(
            folder, vision_cfg={"image_size": [32, 48]}, preprocess={"interpolation": "bilinear"}
        ),
    ),
    "open_clip of a SigLIP": ("OpenCLIP", checkpoints.make_open_clip_siglip),
    "open_clip with XLM-R": ("OpenCLIP", checkpoints.make_open_clip_xlm_roberta),
    "HF CLIP": ("Hugging Face CLIP", checkpoints.make_hf_clip),
    "HF CLIP of before, larger": (
        "Hugging Face CLIP",
        lambda folder: checkpoints.make_hf_clip(
            folder, nested=False, processor={"size": {"shortest_edge": 35}}
        ),
    ),
    "HF SigLIP": ("Hugging Face SigLIP", lambda folder: checkpoints.make_hf_siglip(folder, 1)),
    "HF SigLIP 2": ("Hugging Face SigLIP", lambda folder: checkpoints.make_hf_siglip(folder, 2)),
    "sentence-transformers": (
        "sentence-transformers",
        checkpoints.make_sentence_transformers,
    ),
    "text beside a CLIP": ("sentence-transformers", made_with_link),
}


def pictures() -> list[Image.Image]:
    """Smooth patterns with noise, of odd sizes, tall and wide."""
    rng = np.random.default_rng(4)
    found = []
    for height, width in ((51, 77), (233, 190), (64, 301), (20, 21)):
        y, x = np.mgrid[:height, :width]
        waves = [np.sin(x / 9 + y / (7 + k)) * 90 + 128 for k in range(3)]
        noise = rng.normal(0, 20, (height, width, 3))
        found.append(Image.fromarray(np.clip(np.stack(waves, 2) + noise, 0, 255).astype(np.uint8)))
    return found


@pytest.fixture(scope="module", params=WITH_REFERENCE)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    layout, make = WITH_REFERENCE[request.param]
    folder = tmp_path_factory.mktemp("models") / "downloaded"
    folder.mkdir()
    return layout, make(folder)


def encoder_of(checkpoint: Checkpoint) -> TowerEncoder:
    return TowerEncoder(EncoderSpec("local", "x"), checkpoint, "fingerprint", options=FP32)


def cosine(ours: np.ndarray, theirs: np.ndarray) -> float:
    theirs = theirs / np.linalg.norm(theirs, axis=1, keepdims=True)
    return float((ours * theirs).sum(1).min())


def test_what_a_directory_says_gives_the_vectors_of_its_library(made) -> None:
    layout, reference = made
    checkpoint = open_checkpoint(reference.folder)
    assert checkpoint.layout == layout
    encoder = encoder_of(checkpoint)
    seen = pictures()
    images = encoder.encode_images([np.asarray(picture) for picture in seen])
    assert images.shape == (len(seen), checkpoint.dim)
    assert cosine(images, reference.images(seen)) >= EXACT
    assert cosine(encoder.encode_texts(TEXTS), reference.texts(TEXTS)) >= EXACT


def test_the_name_of_a_directory_tells_nothing(made, tmp_path: Path) -> None:
    layout, reference = made
    renamed = reference.folder.parent / "siglip-immich-rclip"
    shutil.copytree(reference.folder, renamed, copy_function=shutil.copy)
    try:
        assert open_checkpoint(renamed).layout == layout
    finally:
        shutil.rmtree(renamed)


def test_the_sources_are_files_once_each(made) -> None:
    sources = open_checkpoint(made[1].folder).sources
    assert all(path.is_file() for path in sources)
    assert len(set(sources)) == len(sources)


ONNX: dict[str, tuple[str, Callable[[Path], object]]] = {
    "Immich v1": ("Immich", lambda folder: checkpoints.make_immich(folder, 1)),
    "Immich v2": ("Immich", lambda folder: checkpoints.make_immich(folder, 2)),
    "Immich v2, weights beside": (
        "Immich",
        lambda folder: checkpoints.make_immich(folder, 2, external=True),
    ),
    "transformers.js": ("transformers.js", checkpoints.make_transformers_js),
    "UForm 3": ("UForm 3", checkpoints.make_uform),
    "rclip": ("rclip", checkpoints.make_rclip),
    "CLIP-as-service": (
        "CLIP-as-service",
        lambda folder: checkpoints.make_rclip(
            folder, names=("ViT-B-32-visual", "ViT-B-32-textual")
        ),
    ),
}


@pytest.mark.parametrize("kind", ONNX)
def test_onnx_towers_of_every_layout_run(kind: str, tmp_path: Path) -> None:
    layout, make = ONNX[kind]
    folder = tmp_path / "model"
    folder.mkdir()
    make(folder)
    checkpoint = open_checkpoint(folder)
    assert checkpoint.layout == layout
    assert (checkpoint.dim, checkpoint.words.padded) == (DIM, True)
    assert checkpoint.pixels.size == (
        (64, 64) if "-" in layout or layout == "rclip" else (SIDE,) * 2
    )
    encoder = encoder_of(checkpoint)
    seen = [np.asarray(picture) for picture in pictures()]
    for vectors in (encoder.encode_images(seen), encoder.encode_texts(TEXTS)):
        assert vectors.shape[1] == DIM
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_both_generations_of_immich_see_the_same_picture(tmp_path: Path) -> None:
    found = {}
    for generation in (1, 2):
        folder = tmp_path / str(generation)
        folder.mkdir()
        checkpoint = open_checkpoint(checkpoints.make_immich(folder, generation))
        found[generation] = (checkpoint.pixels, checkpoint.words.cleaning)
        assert checkpoint.notes["generation"].startswith(str(generation))
    assert found[1] == found[2]


def test_fp16_towers_of_immich_are_taken_where_no_others_are(tmp_path: Path) -> None:
    folder = checkpoints.make_immich(tmp_path)
    for part in ("visual", "textual"):
        (folder / part / "fp16").mkdir()
        (folder / part / "model.onnx").rename(folder / part / "fp16" / "model.onnx")
    assert open_checkpoint(folder).notes["towers"] == "visual/fp16/model.onnx"


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (["", "_fp16", "_quantized"], "fp32"),
        (["_q4", "_fp16", "_int8"], "fp16"),
        (["_bnb4", "_q4f16", "_q4", "_uint8", "_int8", "_quantized"], "int8"),
        (["_uint8", "_q4"], "uint8"),
        (["_q4f16", "_q4"], "4-bit"),
        (["_bnb4"], "4-bit (bitsandbytes)"),
    ],
)
def test_the_most_faithful_towers_there_are_taken(
    there: list[str], taken: str, tmp_path: Path
) -> None:
    checkpoint = open_checkpoint(checkpoints.make_transformers_js(tmp_path, there))
    assert checkpoint.notes["precision"] == taken
    towers = (checkpoint.image, checkpoint.text)
    assert all(isinstance(tower, OnnxTower) for tower in towers)
    endings = {tower.path.stem.partition("_model")[2] for tower in towers}
    assert len(endings) == 1


def test_towers_of_one_precision_are_preferred_to_better_ones_that_differ(tmp_path: Path) -> None:
    checkpoints.make_transformers_js(tmp_path, ["", "_q4"])
    (tmp_path / "onnx" / "text_model.onnx").unlink()
    assert open_checkpoint(tmp_path).notes["precision"] == "4-bit"


def test_safetensors_are_preferred_to_onnx_beside_them(tmp_path: Path) -> None:
    checkpoints.make_hf_clip(tmp_path)
    checkpoints.write_image(
        tmp_path / "onnx" / "vision_model.onnx", checkpoints.Names("pixel_values", "image_embeds")
    )
    assert open_checkpoint(tmp_path).layout == "Hugging Face CLIP"


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ({}, ()),
        ({"matryoshka_dims": [8, 4, 16]}, (4, 8, 16)),
        ({"embedding_dim": [4, 16]}, (4, 16)),
    ],
)
def test_uform_may_be_cut_to_the_lengths_its_configuration_lists(
    text: dict[str, object], lengths: tuple[int, ...], tmp_path: Path
) -> None:
    checkpoint = open_checkpoint(checkpoints.make_uform(tmp_path, **text))
    assert (checkpoint.matryoshka, checkpoint.dim) == (lengths, DIM)


def test_variants_of_clip_as_service_are_paired_by_precision(tmp_path: Path) -> None:
    for ending in ("-quint8", "-float16"):
        checkpoints.make_rclip(
            tmp_path / "m", names=(f"clip-visual{ending}", f"clip-textual{ending}")
        )
    checkpoint = open_checkpoint(tmp_path / "m")
    assert checkpoint.notes["precision"] == "fp16"
    (tmp_path / "m" / "clip-textual-float16.onnx").unlink()
    assert open_checkpoint(tmp_path / "m").notes["precision"] == "uint8"
    (tmp_path / "m" / "clip-visual-quint8.onnx").unlink()
    with pytest.raises(WeightsUnavailable, match="no pair"):
        open_checkpoint(tmp_path / "m")


def test_either_form_of_the_clip_vocabulary_gives_the_same_vectors(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    made = checkpoints.make_open_clip(tmp_path / "model")
    first = open_checkpoint(made.folder)
    before = encoder_of(first).encode_texts(TEXTS)
    (made.folder / "tokenizer.json").unlink()
    merges = made.folder / "bpe_simple_vocab_16e6.txt.gz"
    checkpoints.vocabularies.copy_clip_merges(merges)
    second = open_checkpoint(made.folder)
    assert second.words == replace(first.words, tokenizer=merges)
    np.testing.assert_array_equal(before, encoder_of(second).encode_texts(TEXTS))


def test_every_layout_of_the_table_is_made_here() -> None:
    families = {"exported by Mindseye", *LAYOUTS}
    shown = {layout for layout, _ in (*WITH_REFERENCE.values(), *ONNX.values())}
    covered = {name for name in families if any(word in name for word in shown)}
    assert families - covered <= {"exported by Mindseye", "Hugging Face CLIP and SigLIP"}
