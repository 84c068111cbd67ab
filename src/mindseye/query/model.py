"""A query as a value: what to look for, how much of it, and where the list ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Words:
    """Look for what a text says."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Picture:
    """Look for what a picture file shows; it need not be in the library."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Like:
    """Look for what a photo of the library shows; no encoder is needed."""

    photo_id: int

    def __str__(self) -> str:
        return f"photo {self.photo_id}"


TermValue: TypeAlias = Words | Picture | Like


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for; a negative weight pushes away from it."""

    value: TermValue
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for and where the list ends.

    Without terms the newest photos come first and no encoder is loaded. The list is cut at
    `min_score` (a cosine) where it is given, else at the encoder's own cut-off probability;
    `everything` shows what lies below as well. `limit` counts photos. `optimise` says each text in
    several ways (`mindseye.encoders.prompts`).
    """

    terms: tuple[Term, ...] = ()
    limit: int = 12
    min_score: float | None = None
    everything: bool = False
    optimise: bool = False
