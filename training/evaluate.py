"""Reports what ships on the reporting split: recall, probabilities, and nonsense.

Usage: python evaluate.py DATA CACHE [--threads 2]

Pictures go through the shipped encoder from their files; texts through its head from cached engine
vectors. Nothing was tuned on these images.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from bank import load_captions, load_labels
from mindseye.encoders.base import Calibration
from mindseye.encoders.builtin import BuiltinEncoder, load
from mindseye.encoders.builtin.artefact import TEXT_HEAD, read_arrays
from mindseye.encoders.builtin.text_tower import apply_head
from nonsense import nonsense
from scoring import interval, ranks, recall

CHUNK = 64
NONSENSE = 500


def encode_files(encoder: BuiltinEncoder, paths: list[Path]) -> npt.NDArray[np.float32]:
    """Decode and encode pictures; (n, 512) unit rows."""
    found = []
    for start in range(0, len(paths), CHUNK):
        pixels = []
        for path in paths[start : start + CHUNK]:
            with Image.open(path) as file:
                pixels.append(np.asarray(file.convert("RGB")))
        found.append(encoder.encode_images(pixels))
    return np.concatenate(found)


def report_recall(name: str, queries: Tensor, pictures: Tensor, truth: Tensor) -> None:
    """Print recall at 1, 5 and 10 with the interval of the last."""
    found = ranks(queries, pictures, truth)
    low, high = interval(found, 10, truth)
    at = " / ".join(f"{recall(found, k):.1f}" for k in (1, 5, 10))
    print(f"{name}: R@1/5/10 {at}  (R@10 95 % {low}-{high}, {len(truth)} queries)", flush=True)


def probabilities(curve: Calibration, queries: Tensor, pictures: Tensor) -> npt.NDArray[np.float32]:
    """Return the probability of every picture for every text query; (queries, pictures)."""
    gallery = pictures.numpy()
    rows = [curve.probability(q, gallery @ q, gallery, kind="text") for q in queries.numpy()]
    return np.stack(rows)


def report_probability(
    curve: Calibration, queries: Tensor, pictures: Tensor, truth: Tensor
) -> None:
    """Print how often the true picture passes the cut-off, hits per query, and reliability."""
    found = probabilities(curve, queries, pictures)
    own = found[np.arange(len(truth)), truth.numpy()]
    hits = (found >= curve.text.cutoff).sum(1)
    print(
        f"  own picture above the cut-off {np.mean(own >= curve.text.cutoff):.3f}, any hit "
        f"{np.mean(hits > 0):.3f}, hits per query (median) {np.median(hits):.0f}, "
        f"ECE of the ten likeliest {calibration_error(found, truth.numpy()):.4f}"
    )


def calibration_error(
    found: npt.NDArray[np.float32], truth: npt.NDArray[np.int64], bins: int = 10
) -> float:
    """Return the expected calibration error over the ten likeliest pictures of each query.

    Only the own picture counts as right, so pictures that fit as well count against us.
    """
    best = np.argsort(-found, axis=1)[:, :10]
    p = np.take_along_axis(found, best, axis=1).ravel()
    right = (best == truth[:, None]).ravel()
    place = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        abs(p[place == b].mean() - right[place == b].mean()) * np.mean(place == b)
        for b in range(bins)
        if np.any(place == b)
    ]
    return float(np.sum(gaps))


def report_nonsense(encoder: BuiltinEncoder, galleries: dict[str, Tensor]) -> None:
    """Print the share of the reporting half of nonsense queries that find anything."""
    queries = torch.from_numpy(encoder.encode_texts(nonsense("report", NONSENSE)))
    for name, pictures in galleries.items():
        found = probabilities(encoder.calibration, queries, pictures)
        share = np.mean((found >= encoder.calibration.text.cutoff).any(1))
        print(f"nonsense over {name}: {share:.3f} of {NONSENSE} queries have a hit")


def main() -> None:
    """Print the whole report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    encoder = load(arguments.threads)
    head = read_arrays(TEXT_HEAD)
    images = json.loads((arguments.cache / "images.json").read_text())
    flickr, imagenet = arguments.data / "flickr8k", arguments.data / "labels_imagenet"
    pictures = torch.from_numpy(encode_files(encoder, [flickr / n for n in images["val"]]))
    shown = torch.from_numpy(encode_files(encoder, [imagenet / n for n in images["labels"]]))
    labels = load_labels(arguments.cache)
    every = torch.arange(len(labels.names))
    queries = {
        language: (torch.from_numpy(apply_head(head, c.vector.numpy())), pictures, c.image)
        for language, c in load_captions(arguments.cache, images["val"]).items()
    }
    for name, template in (("class names, bare", 0), ("class names, 'a photo of a'", 1)):
        vectors = apply_head(head, labels.vector[:, template].numpy())
        queries[name] = (torch.from_numpy(vectors), shown, every)
    for name, (texts, gallery, truth) in queries.items():
        report_recall(name, texts, gallery, truth)
        report_probability(encoder.calibration, texts, gallery, truth)
    report_nonsense(
        encoder, {"1,000 Flickr8k pictures": pictures, "1,000 ImageNet pictures": shown}
    )


if __name__ == "__main__":
    main()
