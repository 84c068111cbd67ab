"""One dimension that takes away from each picture how much every text likes it.

Some pictures lie near all captions ("hubs") and push out the right ones. A picture's score is
lowered by its smoothed greatest cosine with a bank of training texts, as in the inverted softmax
(Smith et al., "Offline bilingual word vectors, orthogonal transformations and the inverted
softmax", 2017), folded into the vectors: the text side of the dimension is constant.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from bank import calibration_rows, load_labels, load_split
from space import Space

# Share of the class space in what ships; trained with 0.4, chosen on the calibration pictures.
CLASS_WEIGHT = 0.45
TEMPERATURE = 0.06
STRENGTH = 1.0
# Cosine a text keeps for the dimension; small, so that pictures compare with pictures as before.
TEXT_SIDE = 0.3
LIMIT = 0.6
PER_LANGUAGE = 300
BANK_LANGUAGES = ("en", "zh", "de")


class Bias(nn.Module):
    """Adds the dimension to the vectors of a space."""

    def __init__(self, bank: Tensor, pictures: Tensor) -> None:
        """Take texts (n, dim) to measure against, and pictures (n, dim) for the usual level."""
        super().__init__()
        self.bank = nn.Parameter(bank, requires_grad=False)
        self.register_buffer("level", torch.zeros(()))
        self.level.copy_(self.liked(pictures).mean())

    def liked(self, pictures: Tensor) -> Tensor:
        """Return how much the bank's texts like each picture; (n, 1)."""
        cosines = nn.functional.linear(pictures, self.bank)
        return TEMPERATURE * torch.logsumexp(cosines / TEMPERATURE, dim=1, keepdim=True)

    def image(self, pictures: Tensor) -> Tensor:
        """Unit rows (n, dim) -> unit rows (n, dim + 1)."""
        share = (1 - TEXT_SIDE**2) ** 0.5 / TEXT_SIDE
        bias = (STRENGTH * share * (self.level - self.liked(pictures))).clamp(-LIMIT, LIMIT)
        return torch.cat([pictures * (1 - bias.square()).sqrt(), bias], dim=1)

    def text(self, texts: Tensor) -> Tensor:
        """Unit rows (n, dim) -> unit rows (n, dim + 1)."""
        constant = torch.full_like(texts[:, :1], TEXT_SIDE)
        return torch.cat([texts * (1 - TEXT_SIDE**2) ** 0.5, constant], dim=1)


class Biased(nn.Module):
    """A space with the dimension added: what ships."""

    def __init__(self, space: Space, bias: Bias) -> None:
        super().__init__()
        self.space, self.bias = space, bias

    def image(self, pooled: Tensor) -> Tensor:
        """Pooled features -> unit rows (n, 512)."""
        return self.bias.image(self.space.image(pooled))

    def text(self, vector: Tensor) -> Tensor:
        """Engine vectors -> unit rows (n, 512)."""
        return self.bias.text(self.space.text(vector))


@torch.no_grad()
def biased(space: Space, cache: Path) -> Biased:
    """Set the class weight; build the bank from fitted captions and half of the class names."""
    space.weight = CLASS_WEIGHT
    split, labels = load_split(cache, "train"), load_labels(cache)
    shown = split.of(calibration_rows(split.views.shape[1])[0])
    texts = []
    for language in BANK_LANGUAGES:
        vectors = shown.captions[language].vector
        texts.append(vectors[torch.linspace(0, len(vectors) - 1, PER_LANGUAGE).long()])
    texts.append(labels.vector[1::2, 0])
    bank = space.text(torch.cat(texts))
    pictures = space.image(shown.views[0].float())
    return Biased(space, Bias(bank, pictures)).eval().requires_grad_(False)
