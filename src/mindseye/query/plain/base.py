"""What plain language is read with, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from mindseye.query.model import Filter, Sort


class NamedPlace(Protocol):
    """A place of the Earth that has the name asked for.

    `kind` is "country", "region" or "city"; `name` is the English one; `country_code` has two
    letters.
    """

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def name(self) -> str:
        """Its English name."""

    @property
    def local_name(self) -> str:
        """Its name there; "" where that is not known."""

    @property
    def country_code(self) -> str:
        """ISO 3166-1 alpha-2."""

    @property
    def population(self) -> int:
        """How many live there; 0 where that is not known."""


class Mention(Protocol):
    """A part of a text, from character `start` up to `end`, that is the name of places."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The character behind it."""

    @property
    def places(self) -> Sequence[NamedPlace]:
        """The places so called, the most populous first."""


class Gazetteer(Protocol):
    """Knows which parts of a text are names of places."""

    def mentions(self, text: str) -> Sequence[Mention]:
        """Every part that is a name, however they overlap; of two at one start the longer first."""


@dataclass(frozen=True, slots=True)
class Plain:
    """How sentences are read: what "today" is, and which places are known.

    Without `gazetteer` places in sentences stay content. `southern` turns the seasons around.
    `visited` tells whether any photo is known to pass the filter of a place; a place that none
    passes stays content too, so that it is looked for instead of hiding everything.
    """

    today: date
    gazetteer: Gazetteer | None = None
    southern: bool = False
    visited: Callable[[Filter], bool] | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """A piece of a sentence that was understood, from character `start` up to `end`.

    It is a filter, an order, or, with neither, words that frame the query and say nothing.
    `means` tells in words how it was understood.
    """

    start: int
    end: int
    means: str
    filter: Filter | None = None
    sort: Sort | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """A sentence taken apart: the words left for the encoder, where they stand, and the chips.

    `unvisited` are the places it names that no photo is known to be from: they are among the words.
    """

    words: str
    pieces: tuple[tuple[int, int], ...]
    chips: tuple[Chip, ...]
    unvisited: tuple[str, ...] = ()
