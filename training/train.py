"""Trains the two heads from cached features with a contrastive loss.

Usage: python train.py CACHE OUT.pt [--steps 1200] [--seed 0]
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - as torch writes it
from torch import Tensor

from backbone import Trunk
from bank import Labels, Split, load_labels, load_split, tuning_rows
from classes import ClassSpace
from heads import LAST, Heads, Shape, spread
from scoring import ranks, recall
from space import Space

NOBODY = -1_000_000


@dataclass(frozen=True)
class Recipe:
    """Everything that training depends on beside the data."""

    shape: Shape = field(default_factory=Shape)
    steps: int = 700
    images: int = 512  # per step
    captions: int = 4  # per image and step
    classes: int = 160  # class names per step
    nonsense: int = 64  # queries per step that belong to no picture
    rate: float = 2e-3
    decay: float = 0.3
    noise: float = 0.3  # deviations added to standardised features
    mixing: float = 0.3  # share of captions averaged with another of their image
    tap_drop: float = 0.15  # share of pictures shown without the taps, as classes are
    weight: float = 0.4  # share of the class space in the cosine
    ema: float = 0.995
    seed: int = 0


class Sampler:
    """Draws steps: pictures in random views, captions in all languages, class names."""

    def __init__(self, split: Split, labels: Labels, rows: Tensor, recipe: Recipe) -> None:
        self.split, self.labels, self.rows, self.recipe = split, labels, rows, recipe
        count = split.views.shape[1]
        self.vectors = torch.cat([c.vector for c in split.captions.values()])
        self.tables = []
        offset = 0
        for captions in split.captions.values():
            self.tables.append(_table(captions.image, count, offset))
            offset += len(captions.image)
        near = F.normalize(rows, dim=-1)
        # How the classifier shares a picture out among like classes; 20 gives its own entropy.
        self.kin = torch.softmax(near @ near.T * 20, dim=-1)
        self.queue = torch.empty(0, dtype=torch.long)

    def images(self) -> Tensor:
        """Return the next images of a shuffled endless sequence."""
        while len(self.queue) < self.recipe.images:
            self.queue = torch.cat([self.queue, torch.randperm(self.split.views.shape[1])])
        found, self.queue = self.queue[: self.recipe.images], self.queue[self.recipe.images :]
        return found

    def captions(self, images: Tensor) -> Tensor:
        """Return caption vectors (captions, n, 384): one language each, some averaged in pairs."""
        drawn = []
        for turn in range(self.recipe.captions):
            first, second = self._draw(images, turn), self._draw(images, None)
            mixed = F.normalize(self.vectors[first] + self.vectors[second], dim=-1)
            chosen = torch.rand(len(images), 1) < self.recipe.mixing
            drawn.append(torch.where(chosen, mixed, self.vectors[first]))
        return torch.stack(drawn)

    def _draw(self, images: Tensor, turn: int | None) -> Tensor:
        tables = torch.stack([_pick(table[images]) for table in self.tables])
        wanted = (
            torch.randint(3, (len(images),)) if turn is None else torch.full((len(images),), turn)
        )
        language = torch.where(wanted < len(tables), wanted, 0)
        found = tables.gather(0, language[None])[0]
        return torch.where(found < 0, tables[0], found)

    def classes(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return class numbers, their class shares (n, 1000) and name vectors (n, 384)."""
        count = len(self.rows)
        chosen = torch.randperm(count)[: self.recipe.classes]
        template = torch.randint(self.labels.vector.shape[1], (len(chosen),))
        own = F.one_hot(chosen, count).float()
        sure = 0.3 + 0.7 * torch.rand(len(chosen), 1)
        shares = sure * own + (1 - sure) * self.kin[chosen]
        return chosen, shares, self.labels.vector[chosen, template]

    def step(self) -> Drawn:
        """Draw everything that one step is made of."""
        images = self.images()
        view = torch.randint(self.split.views.shape[0], (len(images),))
        pooled = self.split.views[view, images].float()
        captions = self.captions(images)
        chosen, shares, names = self.classes()
        odd = torch.randint(len(self.labels.nonsense), (self.recipe.nonsense,))
        texts = torch.cat([*captions, names, self.labels.nonsense[odd]])
        return Drawn(images, view, pooled, chosen, self.rows[chosen], shares, texts)


@dataclass(frozen=True)
class Drawn:
    """One step: pictures in a view each, class names, and the texts of both."""

    images: Tensor
    view: Tensor
    pooled: Tensor
    classes: Tensor
    rows: Tensor
    shares: Tensor
    texts: Tensor

    def pseudo(self, width: int) -> Tensor:
        """Return the classes' pseudo-pictures on the scale of standardised features."""
        return torch.cat([self.rows, self.rows.new_zeros(len(self.rows), width - LAST)], 1)

    def same(self) -> Tensor:
        """Return (pictures, texts) ones where they belong together."""
        turns = (len(self.texts) - len(self.classes)) // len(self.images)
        here = torch.cat([self.images, -1 - self.classes])
        there = torch.cat([self.images.repeat(turns), -1 - self.classes])
        there = F.pad(there, (0, len(self.texts) - len(there)), value=NOBODY)
        return (here[:, None] == there[None]).float()

    def encode(self, space: Space, recipe: Recipe) -> tuple[Tensor, Tensor]:
        """Encode pictures (with noise) and texts."""
        heads, classes = space.heads, space.classes
        x = heads.image.standardise(self.pooled)
        x = x + recipe.noise * torch.randn_like(x)
        x[torch.rand(len(x)) < recipe.tap_drop, LAST:] = 0
        named = classes.mix(torch.cat([classes.shares(self.pooled), self.shares]))
        caption = heads.image.project(torch.cat([x, self.pseudo(x.shape[1])]))
        return space.join(caption, named), space.text(self.texts)


def _table(owner: Tensor, count: int, offset: int) -> Tensor:
    """Return (count, 5) caption numbers of each image, -1 where there are fewer."""
    table = torch.full((count, 5), -1, dtype=torch.long)
    fill = [0] * count
    for number, image in enumerate(owner.tolist()):
        if fill[image] < 5:
            table[image, fill[image]] = offset + number
            fill[image] += 1
    return table


def _pick(table: Tensor) -> Tensor:
    """Pick one valid entry of each row at random, -1 where there is none."""
    draw = torch.rand(table.shape).masked_fill(table < 0, -1.0)
    return table.gather(1, draw.argmax(1, keepdim=True))[:, 0]


def contrast(pictures: Tensor, texts: Tensor, same: Tensor, scale: Tensor) -> Tensor:
    """Symmetric cross-entropy; `same` (pictures, texts) marks all that belong together."""
    scores = pictures @ texts.T * scale
    forth = same / same.sum(1, keepdim=True)
    there = -(forth * F.log_softmax(scores, 1)).sum(1).mean()
    owned = same.sum(0) > 0  # a nonsense text has no picture to find
    back = (same[:, owned] / same[:, owned].sum(0, keepdim=True)).T
    return (there - (back * F.log_softmax(scores[:, owned].T, 1)).sum(1).mean()) / 2


def step_loss(space: Space, sampler: Sampler, recipe: Recipe) -> Tensor:
    """Return the loss of one drawn step."""
    drawn = sampler.step()
    pictures, texts = drawn.encode(space, recipe)
    return contrast(pictures, texts, drawn.same(), space.heads.log_scale.exp().clamp(max=40))


def class_rows() -> Tensor:
    """Return the classifier's rows as pseudo-pictures on the scale of standardised features."""
    weight, _ = Trunk().classifier()
    return spread(weight - weight.mean(0))


Loss = Callable[[Space, Sampler], Tensor]


def fit(split: Split, labels: Labels, recipe: Recipe, loss_of: Loss, *, held: Split) -> Space:
    """Fit a space to a split, printing recall on `held` now and then. Deterministic."""
    torch.manual_seed(recipe.seed)
    classes = ClassSpace(Trunk().classifier(), labels.vector, recipe.shape.class_dim)
    space = Space(Heads(recipe.shape), classes, recipe.weight)
    vectors = torch.cat([c.vector for c in split.captions.values()])
    space.heads.fit_scales(split.views[0].float(), vectors)
    sampler = Sampler(split, labels, class_rows(), recipe)
    smooth = copy.deepcopy(space).eval().requires_grad_(False)
    optimiser = torch.optim.AdamW(space.parameters(), recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=recipe.steps + 1
    )
    start = time.perf_counter()
    for step in range(1, recipe.steps + 1):
        loss = loss_of(space.train(), sampler)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        keep = min(recipe.ema, step / (step + 10))
        for mean, now in zip(smooth.parameters(), space.parameters(), strict=True):
            mean.lerp_(now.detach(), 1 - keep)
        if step % 100 == 0 or step == recipe.steps:
            seconds = round(time.perf_counter() - start)
            print(
                step,
                round(loss.item(), 3),
                tuning_report(smooth, held, labels),
                seconds,
                flush=True,
            )
    return smooth


@torch.no_grad()
def tuning_report(space: Space, held: Split, labels: Labels) -> dict[str, float]:
    """Return recall at 10 by language, and of 200 class names over all the label pictures."""
    pictures = space.image(held.views[0].float())
    found = {
        language: recall(ranks(space.text(c.vector), pictures, c.image), 10)
        for language, c in held.captions.items()
    }
    tuned = torch.arange(0, len(labels.names), 5)
    names = space.text(labels.vector[tuned, 1])
    found["names"] = recall(ranks(names, space.image(labels.views[0].float()), tuned), 10)
    return found


def main() -> None:
    """Train on the command line's terms and save the weights with the recipe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=Recipe.steps)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--views", type=int, default=4)
    parser.add_argument("--weight", type=float, default=Recipe.weight, help="of the class space")
    parser.add_argument("--nonsense", type=int, default=Recipe.nonsense, help="per step")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    split, labels = (
        load_split(arguments.cache, "train", arguments.views),
        load_labels(arguments.cache),
    )
    shown, held = tuning_rows(split.views.shape[1])
    recipe = replace(Recipe(), steps=arguments.steps, seed=arguments.seed)
    recipe = replace(recipe, weight=arguments.weight, nonsense=arguments.nonsense)
    space = fit(
        split.of(shown),
        labels,
        recipe,
        lambda s, sampler: step_loss(s, sampler, recipe),
        held=split.of(held),
    )
    torch.save({"space": space.state_dict(), "recipe": asdict(recipe)}, arguments.out)


if __name__ == "__main__":
    main()
