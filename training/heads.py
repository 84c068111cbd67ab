"""The two trained heads, and the class space beside them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - as torch writes it
from torch import Tensor, nn

LAST = 1280  # channels of the trunk's last layer; their means come first in the pooled features
TEXT = 384  # dimensions of the text engine


@dataclass(frozen=True)
class Shape:
    """Sizes and dropout rates of the heads."""

    dim: int = 320
    class_dim: int = 191  # and one for the bias, see bias.py
    hidden: int = 1024
    pooled: int = 4192
    image_dropout: tuple[float, float] = (0.3, 0.6)
    text_dropout: tuple[float, float] = (0.1, 0.4)


def spread(x: Tensor) -> Tensor:
    """Scale rows to the length that a standard normal vector of their size has."""
    return F.normalize(x, dim=-1) * x.shape[-1] ** 0.5


class ImageHead(nn.Module):
    """Pooled features (n, pooled) -> unit rows (n, dim)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        first, second = shape.image_dropout
        self.register_buffer("mean", torch.zeros(shape.pooled))
        self.register_buffer("deviation", torch.ones(shape.pooled))
        self.enter = nn.Linear(shape.pooled, shape.hidden)
        self.leave = nn.Linear(shape.hidden, shape.dim)
        self.skip = nn.Linear(LAST, shape.dim, bias=False)
        self.drop_in, self.drop_mid = nn.Dropout(first), nn.Dropout(second)

    def standardise(self, pooled: Tensor) -> Tensor:
        """Return the features in units of their spread over the training pictures."""
        x = (pooled - self.mean) / self.deviation
        return torch.cat([spread(x[:, :LAST]), spread(x[:, LAST:])], 1)

    def project(self, x: Tensor) -> Tensor:
        """Standardised features -> unit rows; the taps may be zero (a class has none)."""
        hidden = self.drop_mid(F.gelu(self.enter(self.drop_in(x)), approximate="tanh"))
        return F.normalize(self.leave(hidden) + self.skip(x[:, :LAST]), dim=-1)

    def forward(self, pooled: Tensor) -> Tensor:
        """Raw pooled features -> unit rows."""
        return self.project(self.standardise(pooled))


class TextHead(nn.Module):
    """Text vectors (n, 384) -> unit rows (n, dim)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        first, second = shape.text_dropout
        self.register_buffer("mean", torch.zeros(TEXT))
        self.enter = nn.Linear(TEXT, shape.hidden)
        self.leave = nn.Linear(shape.hidden, shape.dim)
        self.skip = nn.Linear(TEXT, shape.dim, bias=False)
        self.drop_in, self.drop_mid = nn.Dropout(first), nn.Dropout(second)

    def forward(self, vector: Tensor) -> Tensor:
        """Engine vectors -> unit rows."""
        x = spread(vector - self.mean)
        hidden = self.drop_mid(F.gelu(self.enter(self.drop_in(x)), approximate="tanh"))
        return F.normalize(self.leave(hidden) + self.skip(x), dim=-1)


class Heads(nn.Module):
    """Both heads and the temperature of the contrastive loss."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.image, self.text = ImageHead(shape), TextHead(shape)
        self.log_scale = nn.Parameter(torch.tensor(2.7))

    def fit_scales(self, pooled: Tensor, vectors: Tensor) -> None:
        """Take means and deviations from training features (n, pooled) and texts (n, 384)."""
        self.image.mean.copy_(pooled.mean(0))
        self.image.deviation.copy_(pooled.std(0) + 1e-3)
        self.text.mean.copy_(vectors.mean(0))
