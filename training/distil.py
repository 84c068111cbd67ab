"""Teaches one pair of heads what several trained ones agree on; the result is what ships.

Usage: python distil.py CACHE OUT.pt TEACHER.pt... [--steps 700] [--seed 9]
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - as torch writes it
from torch import Tensor

from bank import Split, calibration_rows, load_labels, load_split
from space import Space, load_space
from train import Recipe, Sampler, contrast, fit

# The share of the teachers' opinion in the loss; the rest are the pairs themselves.
TAUGHT = 0.5
CHUNK = 1000


class Teachers:
    """Several spaces side by side: their joint cosine is the mean of their cosines."""

    def __init__(self, spaces: list[Space], split: Split) -> None:
        self.spaces = spaces
        self.scale = torch.stack([s.heads.log_scale for s in spaces]).mean().exp().clamp(max=40)
        self.views = torch.stack([self._view(view) for view in split.views])

    def _view(self, pooled: Tensor) -> Tensor:
        chunks = [self.image(chunk.float()).half() for chunk in pooled.split(CHUNK)]
        return torch.cat(chunks)

    def image(self, pooled: Tensor) -> Tensor:
        """Pooled features -> unit rows (n, 512 for each space)."""
        return self._join([space.image(pooled) for space in self.spaces])

    def text(self, vector: Tensor) -> Tensor:
        """Engine vectors -> unit rows."""
        return self._join([space.text(vector) for space in self.spaces])

    def pseudo(self, x: Tensor, shares: Tensor) -> Tensor:
        """Pseudo-pictures of classes -> unit rows."""
        return self._join(
            [s.join(s.heads.image.project(x), s.classes.mix(shares)) for s in self.spaces]
        )

    def _join(self, rows: list[Tensor]) -> Tensor:
        return torch.cat(rows, dim=1) / len(rows) ** 0.5


def agreement(scores: Tensor, taught: Tensor) -> Tensor:
    """Return the divergence of the scores' distributions from the taught ones, both ways."""
    there = F.kl_div(
        scores.log_softmax(1), taught.log_softmax(1), log_target=True, reduction="batchmean"
    )
    back = F.kl_div(
        scores.T.log_softmax(1), taught.T.log_softmax(1), log_target=True, reduction="batchmean"
    )
    return (there + back) / 2


def taught_loss(space: Space, sampler: Sampler, recipe: Recipe, teachers: Teachers) -> Tensor:
    """Return the loss of one drawn step: the pairs, and the teachers' scores for all pairs."""
    drawn = sampler.step()
    pictures, texts = drawn.encode(space, recipe)
    scale = space.heads.log_scale.exp().clamp(max=40)
    with torch.no_grad():
        known = teachers.views[drawn.view, drawn.images].float()
        pseudo = teachers.pseudo(drawn.pseudo(space.heads.image.mean.shape[0]), drawn.shares)
        taught = torch.cat([known, pseudo]) @ teachers.text(drawn.texts).T * teachers.scale
    hard = contrast(pictures, texts, drawn.same(), scale)
    soft = agreement(pictures @ texts.T * scale, taught)
    return (1 - TAUGHT) * hard + TAUGHT * soft


def main() -> None:
    """Distil on all of the training split but the calibration images."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("teachers", type=Path, nargs="+")
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--views", type=int, default=4)
    parser.add_argument("--seed", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    split, labels = (
        load_split(arguments.cache, "train", arguments.views),
        load_labels(arguments.cache),
    )
    kept, held = calibration_rows(split.views.shape[1])
    shown = split.of(kept)
    recipe = replace(Recipe(), steps=arguments.steps, seed=arguments.seed)
    spaces = [load_space(arguments.cache, path) for path in arguments.teachers]
    for taught in spaces:
        taught.weight = recipe.weight
    with torch.no_grad():
        teachers = Teachers(spaces, shown)
    space = fit(
        shown,
        labels,
        recipe,
        lambda s, sampler: taught_loss(s, sampler, recipe, teachers),
        held=split.of(held),
    )
    torch.save({"space": space.state_dict(), "recipe": asdict(recipe)}, arguments.out)


if __name__ == "__main__":
    main()
