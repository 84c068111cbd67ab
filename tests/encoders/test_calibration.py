"""What a score means: by a curve of the encoder's own, by how far it stands out, or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mindseye.encoders.base import Calibration, Logistic
from mindseye.encoders.checkpoint import Checkpoint, OnnxTower, PixelRecipe, TextRecipe
from mindseye.encoders.generic import LEAST_SAMPLE, generic_calibration, grounded
from mindseye.encoders.prompts import encode_optimised, prompts_of
from mindseye.encoders.towers.calibration import SIGLIP_CUTOFF, calibration_of
from mindseye.encoders.unrelated import TEXTS, unrelated_texts
from mindseye.testing.encoder import ColourEncoder
from mindseye.types import EmbeddingSpace, Vectors

DIM = 64


def units(count: int, seed: int = 0, dim: int = DIM) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def checkpoint(scale: float | None, bias: float | None) -> Checkpoint:
    tower = OnnxTower(Path("x.onnx"))
    words = TextRecipe(Path("tokenizer.json"), 64)
    return Checkpoint(Path(), "", tower, tower, PixelRecipe((224, 224)), words, 8, (), scale, bias)


class Bare(ColourEncoder):
    """The colour encoder without its calibration."""

    calibration = None


def test_what_stands_out_twice_is_likely_and_what_does_not_is_not() -> None:
    query, sample = units(1)[0], units(500, 1)
    calibration = grounded(Bare(), sample, lambda: units(96, 2))
    shown = query + 0.1 * units(1, 3)[0]
    found = np.stack([shown / np.linalg.norm(shown), sample[0]])
    likely, unlikely = calibration.probability(query, found @ query, found, kind="text")
    assert likely > 0.9
    assert unlikely < 0.05


def test_a_picture_that_every_text_likes_is_less_likely_than_its_score_says() -> None:
    query, sample, texts = units(1)[0], units(500, 1), units(96, 2)
    hub = 3 * texts.mean(axis=0) + 0.6 * query
    plain = 0.6 * query + 0.8 * units(1, 5)[0]
    rows = np.stack([hub / np.linalg.norm(hub), plain / np.linalg.norm(plain)])
    same = np.full(2, 0.55, np.float32)
    calibration = grounded(Bare(), sample, lambda: texts)
    of_hub, of_plain = calibration.probability(query, same, rows, kind="text")
    assert of_hub < of_plain


def test_too_small_a_library_tells_no_probability() -> None:
    calibration = grounded(Bare(), units(LEAST_SAMPLE - 1), lambda: units(96, 2))
    assert calibration.probability(units(1), np.ones(1), units(1), kind="text") is None
    assert calibration.probability(units(1), np.ones(1), units(1), kind="image") is None


def test_a_calibration_with_a_background_of_its_own_is_left_alone() -> None:
    encoder = ColourEncoder()
    assert grounded(encoder, units(500), list).background is not None
    assert np.array_equal(
        grounded(encoder, units(500), list).background, encoder.calibration.background
    )


@pytest.mark.parametrize("cosine", [-0.2, 0.05, 0.1, 0.146, 0.2, 0.9])
def test_a_sigmoid_trained_encoder_says_its_own_probability(cosine: float) -> None:
    scale, bias = 112.9, -16.5
    own = calibration_of(checkpoint(scale, bias), None)
    scores = np.array([cosine], np.float32)
    for known in (own, Calibration(units(100), own.text, own.image)):
        (told,) = known.probability(units(1), scores, units(1), kind="text")
        assert told == pytest.approx(1 / (1 + np.exp(-(cosine * scale + bias))), rel=1e-4)
    assert own.text.cutoff == SIGLIP_CUTOFF
    assert own.judged_by == "probability"
    assert generic_calibration().judged_by == "score"


@pytest.mark.parametrize(("scale", "bias"), [(None, None), (100.0, None)])
def test_an_encoder_trained_otherwise_keeps_its_published_minimum(
    scale: float | None, bias: float | None
) -> None:
    assert calibration_of(checkpoint(scale, bias), 0.2).least_score == 0.2
    assert generic_calibration().least_score is None


def test_without_background_only_the_score_counts() -> None:
    curve = Logistic(score=10.0, bias=-2.0)
    calibration = Calibration(None, curve, None)
    (told,) = calibration.probability(units(1), np.array([0.2], np.float32), units(1), kind="text")
    assert told == pytest.approx(0.5)
    assert calibration.probability(units(1), np.ones(1), units(1), kind="image") is None


def test_unrelated_texts_are_encoded_once_for_a_space(tmp_path: Path) -> None:
    encoder = ColourEncoder()
    first = unrelated_texts(encoder, tmp_path)
    (file,) = tmp_path.iterdir()
    stamp = file.stat().st_mtime_ns
    assert np.array_equal(unrelated_texts(encoder, tmp_path), first)
    assert file.stat().st_mtime_ns == stamp
    unrelated_texts(ColourEncoder(EmbeddingSpace("x", "other", 10)), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"not numbers", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_of_unrelated_texts_is_made_again(tmp_path: Path, damage: bytes) -> None:
    first = unrelated_texts(ColourEncoder(), tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    assert np.array_equal(unrelated_texts(ColourEncoder(), tmp_path), first)
    assert len(TEXTS) == len(set(TEXTS)) == len(first) == 96


@pytest.mark.parametrize(
    ("text", "one_of_them"),
    [
        ("a red {} car", "a photo of a red {} car"),
        ("樱花", "一张樱花的照片"),
        ("桜の花", "桜の花の写真"),
        ("벚꽃", "벚꽃 사진"),
        ("Kirschblüte", "a photo of Kirschblüte"),
    ],
)
def test_a_text_is_said_in_several_ways_of_its_language(text: str, one_of_them: str) -> None:
    assert prompts_of(text)[0] == text
    assert one_of_them in prompts_of(text)


def test_optimising_changes_the_vector_and_leaves_the_encoder_as_it_was() -> None:
    encoder = ColourEncoder()
    before = encoder.encode_texts(["red"])
    optimised = encode_optimised(encoder, "red")
    assert np.linalg.norm(optimised) == pytest.approx(1.0, abs=1e-6)
    assert np.array_equal(encoder.encode_texts(["red"]), before)
