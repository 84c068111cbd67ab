"""Encoders people use: what is published of them, and how they are fetched."""

from __future__ import annotations

from mindseye.encoders.known.entry import KnownEncoder, MinimumScore, Quality, Speed
from mindseye.encoders.known.tables import find, known, minimum_score, published_minimum

__all__ = [
    "KnownEncoder",
    "MinimumScore",
    "Quality",
    "Speed",
    "find",
    "known",
    "minimum_score",
    "published_minimum",
]
