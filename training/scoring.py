"""Recall of a picture by its text, with bootstrap intervals."""

from __future__ import annotations

import torch
from torch import Tensor


def ranks(queries: Tensor, pictures: Tensor, truth: Tensor) -> Tensor:
    """Return, per query, how many pictures score above the true one; (n,)."""
    scores = queries @ pictures.T
    return (scores > scores.gather(1, truth[:, None])).sum(1)


def recall(found: Tensor, k: int) -> float:
    """Return the share of queries, in percent, whose picture is among the first k."""
    return round(float((found < k).float().mean()) * 100, 2)


def interval(found: Tensor, k: int, image: Tensor, draws: int = 1000) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of `recall`, drawing images with all their captions."""
    generator = torch.Generator().manual_seed(0)
    hit = (found < k).double()
    count = int(image.max()) + 1
    hits = torch.zeros(count, dtype=torch.double).index_add_(0, image, hit)
    sizes = torch.zeros(count, dtype=torch.double).index_add_(0, image, torch.ones_like(hit))
    drawn = torch.randint(count, (draws, count), generator=generator)
    shares = hits[drawn].sum(1) / sizes[drawn].sum(1) * 100
    low, high = torch.quantile(shares, torch.tensor([0.025, 0.975], dtype=torch.double))
    return round(float(low), 1), round(float(high), 1)
