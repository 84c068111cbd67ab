"""The whole space: the caption heads' part and the class part side by side."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from backbone import Trunk
from bank import load_labels
from classes import ClassSpace
from heads import Heads, Shape


class Space(nn.Module):
    """Both parts with the weight of the class part in a cosine; 512 dimensions together."""

    def __init__(self, heads: Heads, classes: ClassSpace, weight: float) -> None:
        super().__init__()
        self.heads, self.classes, self.weight = heads, classes, weight

    def join(self, caption: Tensor, named: Tensor) -> Tensor:
        """Put the parts side by side so that their cosines add up by weight."""
        return torch.cat([caption * (1 - self.weight) ** 0.5, named * self.weight**0.5], dim=1)

    def image(self, pooled: Tensor) -> Tensor:
        """Pooled features (n, pooled) -> unit rows (n, 512)."""
        return self.join(self.heads.image(pooled), self.classes.image(pooled))

    def text(self, vector: Tensor) -> Tensor:
        """Engine vectors (n, 384) -> unit rows (n, 512)."""
        return self.join(self.heads.text(vector), self.classes.text(vector))


def load_space(cache: Path, heads_file: Path) -> Space:
    """Build the space from saved heads."""
    saved = torch.load(heads_file, weights_only=True)
    shape = Shape(**saved["recipe"]["shape"])
    names = load_labels(cache).vector
    classes = ClassSpace(Trunk().classifier(), names, shape.class_dim)
    space = Space(Heads(shape), classes, saved["recipe"]["weight"])
    space.load_state_dict(saved["space"])
    return space.eval().requires_grad_(False)
