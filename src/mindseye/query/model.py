"""A query as a value: what to look for, among which photos, and where the list ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias, TypedDict

from mindseye.query.values import Value, written


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


@dataclass(frozen=True, slots=True)
class Pasted:
    """Look for what a picture shows that is at hand as the bytes of a file."""

    data: bytes = field(repr=False)
    name: str = "pasted picture"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Link:
    """Look for what a picture on the web shows; nothing else of a query leaves the machine."""

    url: str

    def __str__(self) -> str:
        return self.url


AnyPicture: TypeAlias = Picture | Pasted | Link
TermValue: TypeAlias = Words | AnyPicture | Like


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for; a negative weight pushes away from it."""

    value: TermValue
    weight: float = 1.0


class Operator(StrEnum):
    """How a field is compared, as it is typed after the colon."""

    IS = ""
    """Has this value, lies in it, or holds these words, as the field has it."""
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Field:
    """A photo qualifies when what is known of it under `name` compares so with `value`.

    `name` is one of `mindseye.query.fields.FIELDS`. Where nothing is known the answer is no.
    """

    name: str
    operator: Operator
    value: Value
    offset: int | None = field(default=None, compare=False, repr=False)
    """The character of the query the value was typed at, where a later reader may refuse it."""

    def __str__(self) -> str:
        return f"{self.name}:{self.operator}{written(self.value)}"


@dataclass(frozen=True, slots=True)
class And:
    """A photo qualifies when all of these say so; there are two or more."""

    parts: tuple[Filter, ...]

    def __post_init__(self) -> None:
        _require_two(self.parts)

    def __str__(self) -> str:
        return f"({' '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Or:
    """A photo qualifies when any of these says so; there are two or more."""

    parts: tuple[Filter, ...]

    def __post_init__(self) -> None:
        _require_two(self.parts)

    def __str__(self) -> str:
        return f"({' OR '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Not:
    """A photo qualifies when `part` says no, also where it says so for want of knowledge."""

    part: Filter

    def __str__(self) -> str:
        inner = f"({self.part})" if isinstance(self.part, Not) else str(self.part)
        return f"-{inner}"


@dataclass(frozen=True, slots=True)
class Below:
    """A photo qualifies when it lies in one of these absolute folders (text) or below it."""

    folders: tuple[str, ...]

    def __str__(self) -> str:
        return f"<below {len(self.folders)} folders>"


@dataclass(frozen=True, slots=True)
class Among:
    """A photo qualifies when its id is one of these."""

    photos: frozenset[int]

    def __str__(self) -> str:
        return f"<among {len(self.photos)} photos>"


Filter: TypeAlias = Field | And | Or | Not | Below | Among
"""Which photos qualify. `str` writes it as it can be typed; parsing that gives it back.

`Below` and `Among` cannot be typed: programs make them, and `album:` becomes them.
"""


def all_of(filters: Iterable[Filter | None]) -> Filter | None:
    """A filter that wants all of these; None is one that every photo passes."""
    kept = tuple(filter_ for filter_ in filters if filter_ is not None)
    return And(kept) if len(kept) > 1 else kept[0] if kept else None


def as_typed(filter_: Filter) -> str:
    """A filter as a user would type it, without parentheses around the whole."""
    return " ".join(map(str, filter_.parts)) if isinstance(filter_, And) else str(filter_)


class Sort(StrEnum):
    """In which order hits come."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Feedback:
    """Photos of the library, by id, that are like what is looked for, and that are not."""

    liked: tuple[int, ...] = ()
    disliked: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.liked or self.disliked)


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for and where the list ends.

    Without terms or liked photos no encoder is loaded, and the newest photos come first. Only
    photos that pass `filter` are ranked. The list is cut at `min_score` (a cosine) where it is
    given, else at the encoder's own cut-off probability; `everything` shows what lies below as
    well. `limit` counts photos, `after` is the cursor of a page before (`Found.more`). A `sort` by
    date orders what lies above the cut-off. `optimise` says each text in several ways
    (`mindseye.encoders.prompts`).
    """

    terms: tuple[Term, ...] = ()
    limit: int = 12
    min_score: float | None = None
    everything: bool = False
    optimise: bool = False
    filter: Filter | None = None
    sort: Sort | None = None
    after: str | None = None
    feedback: Feedback = Feedback()
    balance: float = 0.5
    notices: tuple[str, ...] = field(default=(), compare=False)
    """What is to be told with the answer: how the query was understood."""

    @property
    def order(self) -> Sort:
        """The order that is asked for, or goes without saying."""
        if self.sort is not None:
            return self.sort
        return Sort.RELEVANCE if self.terms or self.feedback.liked else Sort.NEWEST


class Wishes(TypedDict, total=False):
    """What may be wished for beside the text of a query; each is the field of `Query` so named."""

    limit: int | None
    min_score: float | None
    everything: bool
    sort: Sort | None
    after: str | None
    feedback: Feedback
    balance: float | None


def _require_two(parts: tuple[Filter, ...]) -> None:
    if len(parts) < 2:
        raise ValueError(f"And and Or join two filters or more, found {len(parts)}")
