"""How much of a colour a picture must show to be called by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LEAST_SHARES: Final[Mapping[str, float]] = {
    "red": 0.05,
    "orange": 0.06,
    "yellow": 0.06,
    "green": 0.25,
    "teal": 0.15,
    "blue": 0.2,
    "purple": 0.05,
    "pink": 0.06,
    "brown": 0.4,
    "black": 0.4,
    "grey": 0.6,
    "white": 0.35,
    "monochrome": 0.98,
}
"""Colour -> the least share of the pixels by which it is noticed.

A red coat is noticed in a large picture, while grass, sky, skin, wood and shade are in most photos
and must fill much of one. Set by eye on photos of people, animals, streets and landscapes.
"""


def salient(shares: Mapping[str, float]) -> tuple[str, ...]:
    """The colours of which a picture shows enough, given the share of each."""
    return tuple(name for name, share in shares.items() if share >= LEAST_SHARES[name])
