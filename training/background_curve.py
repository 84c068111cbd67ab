"""Fits the curves for encoders that bring none: a probability from how a score stands out.

Usage: python background_curve.py DATA

DATA is the folder of captioned and labelled photos. A text's score on a picture is measured twice
in standard deviations: against the query's scores over a sample of the library, and against the
scores of unrelated texts on that picture; the curve maps the mean of the two (S-norm, Kenny 2010).
Where it lies for hits and for nonsense is learned with the built-in encoder, whose own, richer
calibration is not used here. Pictures and captions are those that nothing of it was fitted on
(every eighteenth of the training split) and the labelled pictures; the nonsense is the part made
for fitting.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from bank import CALIBRATION_EVERY
from mindseye.encoders.builtin import load
from mindseye.encoders.unrelated import TEXTS
from nonsense import nonsense

LANGUAGES = ("captions.jsonl", "captions_zh_human.jsonl", "captions_de.jsonl")
# Pairs per query that the fit sees: those that could be shown.
NEAREST = 60
SAMPLE = 1000
# Captions whose texts are as alike as this in the encoder's space tell of the same thing; pairs
# between the two are in doubt and left out.
ALIKE, UNALIKE = 0.85, 0.5
# Shares of the nonsense queries that a cut-off may let through.
LET_THROUGH = (0.10, 0.05, 0.03, 0.01)


def lines(path: Path) -> list[dict]:
    """Return the objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def pictures(data: Path) -> tuple[dict[str, int], np.ndarray]:
    """Return the row of each calibration picture, and the library: those first, then labelled."""
    captioned = [row for row in lines(data / "flickr8k/captions.jsonl") if row["split"] == "train"]
    names = [row["image"] for row in captioned][::CALIBRATION_EVERY]
    paths = [data / "flickr8k" / name for name in names]
    paths += [
        data / "labels_imagenet" / row["image"]
        for row in lines(data / "labels_imagenet/labels.jsonl")
    ]
    images = [np.asarray(Image.open(path).convert("RGB")) for path in paths]
    return {name: index for index, name in enumerate(names)}, load().encode_images(images)


def captions(data: Path, row: dict[str, int]) -> tuple[list[str], np.ndarray]:
    """Return captions in every language and the row of the picture of each."""
    texts: list[str] = []
    own: list[int] = []
    for file in LANGUAGES:
        for entry in lines(data / "flickr8k" / file):
            if entry["image"] in row:
                texts += entry["captions"]
                own += [row[entry["image"]]] * len(entry["captions"])
    return texts, np.array(own)


def standing_out(scores: np.ndarray, over: np.ndarray, axis: int) -> np.ndarray:
    """Return scores in standard deviations of `over`, along `axis`."""
    return (scores - over.mean(axis, keepdims=True)) / over.std(axis, keepdims=True)


def fit(x: np.ndarray, belongs: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return (slope, bias) of the logistic curve by Newton's method."""
    columns = np.stack([x, np.ones_like(x)], 1)
    found = np.zeros(2)
    for _ in range(50):
        p = 1 / (1 + np.exp(-columns @ found))
        curvature = (columns * (weight * p * (1 - p))[:, None]).T @ columns + 1e-6 * np.eye(2)
        found -= np.linalg.solve(curvature, columns.T @ (weight * (p - belongs)))
    return found


def caption_truth(asked: np.ndarray, own: np.ndarray, count: int, known: int) -> np.ndarray:
    """Return (captions, count): 1 where a picture belongs, 0 where not, -1 in doubt."""
    alike = asked @ asked.T
    best = np.full((len(asked), count), -1.0)
    for caption, picture in enumerate(own):
        np.maximum(best[:, picture], alike[:, caption], out=best[:, picture])
    truth = np.where(best > ALIKE, 1.0, np.where(best < UNALIKE, 0.0, -1.0))
    truth[:, known:] = -1.0  # Labelled pictures carry no captions to compare.
    truth[np.arange(len(own)), own] = 1.0
    return truth


def curve(x: np.ndarray, scores: np.ndarray, truth: np.ndarray, told: int) -> np.ndarray:
    """Fit on each query's nearest pictures; the first `told` queries weigh as much as the rest."""
    near = np.argsort(-scores, 1)[:, :NEAREST]
    x, belongs = (np.take_along_axis(part, near, 1) for part in (x, truth))
    weight = np.ones_like(x)
    weight[:told] /= told
    weight[told:] /= max(len(x) - told, 1)
    clear = belongs >= 0
    return fit(x[clear], belongs[clear], weight[clear] / weight[clear].mean())


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    encoder = load()
    row, library = pictures(data)
    told, own = captions(data, row)
    odd = nonsense("fit", 500)
    asked = encoder.encode_texts([*told, *odd])
    sample = library[np.linspace(0, len(library) - 1, SAMPLE).astype(int)]
    scores = asked @ library.T
    beside = (library @ encoder.encode_texts(TEXTS).T).T
    s = (standing_out(scores, asked @ sample.T, 1) + (scores - beside.mean(0)) / beside.std(0)) / 2
    truth = np.vstack(
        [
            caption_truth(asked[: len(own)], own, len(library), len(row)),
            np.zeros((len(odd), len(library))),
        ]
    )
    slope, bias = curve(s, scores, truth, len(own))
    print(f"text: {len(told)} captions, {len(odd)} nonsense: slope {slope:.3f} bias {bias:.3f}")
    p = 1 / (1 + np.exp(-(slope * s + bias)))
    mine = p[np.arange(len(own)), own]
    for share in LET_THROUGH:
        cut = np.quantile(p[len(own) :].max(1), 1 - share)
        print(
            f"  nonsense let through {share:.0%}: cut-off {cut:.3f}, own picture above it "
            f"{np.mean(mine > cut):.1%}, any hit {np.mean(p[: len(own)].max(1) > cut):.1%}"
        )
    means = np.zeros((len(row), asked.shape[1]))
    np.add.at(means, own, asked[: len(own)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    alike = means @ means.T
    truth = np.where(alike > ALIKE, 1.0, np.where(alike < UNALIKE, 0.0, -1.0))
    np.fill_diagonal(truth, -1.0)
    known = library[: len(row)]
    among = known @ known.T
    np.fill_diagonal(among, -1.0)
    z = standing_out(among, known @ sample.T, 1)
    slope, bias = curve(z, among, truth, len(known))
    print(f"picture: {len(known)} pictures: slope {slope:.3f} bias {bias:.3f}")


if __name__ == "__main__":
    main()
