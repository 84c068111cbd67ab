"""The class space: a picture as the mean of the names of what the trunk's classifier sees in it.

After ConSE (Norouzi et al., "Zero-Shot Learning by Convex Combination of Semantic Embeddings",
2014). It carries the thousand ImageNet classes, which the captions hardly mention, into the search
space. The projection of the text engine's space starts whitened and is trained with the heads.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - as torch writes it
from torch import Tensor, nn

from heads import LAST, TEXT

# Share of the spread over all directions that is added before whitening: the thousand names do not
# measure the weakest of 384 directions well.
SHRINKAGE = 0.1


class ClassSpace(nn.Module):
    """Pooled features and text vectors -> unit rows (n, dim) of the class space."""

    def __init__(self, classifier: tuple[Tensor, Tensor], names: Tensor, dim: int) -> None:
        """Take the classifier (1000, 1280), (1000,) and the name vectors (1000, templates, 384)."""
        super().__init__()
        centres = F.normalize(names.mean(1), dim=-1)
        self.register_buffer("logit_weight", classifier[0].clone())
        self.register_buffer("logit_bias", classifier[1].clone())
        self.register_buffer("centres", centres)
        self.register_buffer("mean", centres.mean(0))
        self.projection = nn.Parameter(whitening(centres, dim))
        self.log_sharpness = nn.Parameter(torch.tensor(0.7).log())

    def text(self, vector: Tensor) -> Tensor:
        """Engine vectors (n, 384) -> unit rows."""
        return F.normalize((vector - self.mean) @ self.projection, dim=-1)

    def shares(self, pooled: Tensor) -> Tensor:
        """Pooled features (n, pooled) -> class shares (n, 1000) that sum to one."""
        logits = pooled[:, :LAST] @ self.logit_weight.T + self.logit_bias
        return torch.softmax(logits * self.log_sharpness.exp(), dim=-1)

    def mix(self, shares: Tensor) -> Tensor:
        """Class shares -> unit rows."""
        return F.normalize(shares @ self.text(self.centres), dim=-1)

    def image(self, pooled: Tensor) -> Tensor:
        """Pooled features (n, pooled) -> unit rows."""
        return self.mix(self.shares(pooled))


def whitening(rows: Tensor, dim: int) -> Tensor:
    """Return (384, dim): the leading directions of the rows, each shrunk to about equal spread."""
    _, lengths, directions = torch.linalg.svd(rows - rows.mean(0), full_matrices=False)
    spreads = lengths.square() / len(rows)
    scale = (spreads + SHRINKAGE * spreads.sum() / TEXT * 10).rsqrt()
    return (directions.T * scale)[:, :dim].contiguous() / scale[0]
