"""What a client asks for becomes a `Query`, and what was understood becomes chips."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final, Self

from fastapi import Query as Parameters
from pydantic import BaseModel, ConfigDict, Field

from mindseye.errors import NotPermitted, QueryError
from mindseye.query.model import (
    Feedback,
    Like,
    Link,
    Pasted,
    Picture,
    Query,
    Sort,
    Term,
    Wishes,
    as_typed,
)
from mindseye.query.parse import Parsed, Part, fields_of, parse
from mindseye.query.split import FilterPart
from mindseye.query.terms import TermPart
from mindseye.sentences import Sentences
from mindseye.server.access.roles import Caller
from mindseye.server.context import MOST_ID, Context
from mindseye.server.models import Chip

_FILE: Final = re.compile(
    r"(?:^|[\s\"“「])(?:(?:\d+(?:\.\d*)?|\.\d+):\s*)?(?:\.{0,2}/|~/|file://|[A-Za-z]:[\\/])",
    re.IGNORECASE,
)
"""Where a term may begin that names a file; broader than `mindseye.query.terms` reads one."""

Id = Annotated[int, Field(ge=1, le=MOST_ID)]
Text = Annotated[str, Field(max_length=4000)]
Name = Annotated[str, Field(min_length=1, max_length=500)]


class Asked(BaseModel):
    """What is looked for, and among which photos."""

    model_config = ConfigDict(extra="forbid")

    q: Text = Field(default="", description="A query as it is typed.", examples=["beach date:2023"])
    literal: bool = Field(default=False, description="Whether `q` is words only, without filters.")
    plain: bool = Field(
        default=True, description="Whether dates, places and orders said in `q` become filters."
    )
    album: Name | None = Field(default=None, description="Only photos of this album.")
    within: list[Id] = Field(default_factory=list, description="Only these photos, by id.")
    min_score: float | None = Field(default=None, allow_inf_nan=False)
    balance: float | None = Field(
        default=None, ge=0, le=1, description="Ranked by texts alone (0) to pictures alone (1)."
    )
    like: list[Id] = Field(default_factory=list, description="More like these photos.")
    unlike: list[Id] = Field(default_factory=list, description="Less like these photos.")

    @property
    def only(self) -> list[int] | None:
        """The ids to which a search is confined, None where it is not."""
        return self.within or None


class AskedPage(Asked):
    """A page of what is looked for."""

    limit: int = Field(default=100, ge=1, le=10_000, description="Most hits of a page.")
    after: str | None = Field(
        default=None, max_length=1000, description="The cursor `more` of a page."
    )
    sort: Sort | None = None
    everything: bool = Field(default=False, description="Whether hits below the cut-off follow.")


AskedHere = Annotated[Asked, Parameters()]
PageAskedHere = Annotated[AskedPage, Parameters()]


@dataclass(frozen=True, slots=True)
class Understood:
    """A query, the album it is about, and what each part of its text was understood as."""

    query: Query
    album: str | None
    chips: list[Chip]

    @classmethod
    def of(
        cls, context: Context, caller: Caller, asked: Asked, pictures: Sequence[Pasted] = ()
    ) -> Self:
        """What `asked` and pictures that came along mean.

        Raises `QueryError`, `NotFound`, and `NotPermitted` for what a guest may not ask.
        """
        album = context.album(caller, asked.album)
        sentences = context.library.sentences if asked.plain else None
        parsed = parsed_here(asked.q, literal=asked.literal, sentences=sentences)
        if caller.album is not None:
            _require_inside(asked, parsed)
        chips = chips_of(asked.q, parsed)
        parsed = replace(parsed, terms=(*parsed.terms, *map(Term, pictures)))
        feedback = Feedback(tuple(asked.like), tuple(asked.unlike))
        wishes = Wishes(feedback=feedback, min_score=asked.min_score)
        if asked.balance is not None:
            wishes["balance"] = asked.balance
        if isinstance(asked, AskedPage):
            wishes["limit"], wishes["after"] = asked.limit, asked.after
            wishes["sort"], wishes["everything"] = asked.sort, asked.everything
        return cls(context.library.query(parsed, album=album, **wishes), album, chips)


def parsed_here(text: str, *, literal: bool = False, sentences: Sentences | None = None) -> Parsed:
    """A query of a client, who may name neither files of this machine nor the web.

    With `sentences` plain language is read too, as the settings of the library say. A query that
    names one is refused before it is looked whether there is such a file, so that nobody learns
    that. Raises `QueryError`.
    """
    named = None if literal else _FILE.search(text)
    if named is not None:
        raise _no_file(text, named.end() - 1)
    read = parse if sentences is None else sentences.parse
    parsed = read(text, literal=literal)
    for part in parsed.parts:
        if isinstance(part, TermPart) and isinstance(part.term.value, Picture | Link):
            raise _no_file(text, part.start)
    return parsed


def _require_inside(asked: Asked, parsed: Parsed) -> None:
    """Raise `NotPermitted` where a query asks for what lies outside of the album of a link."""
    fields = () if parsed.filter is None else fields_of(parsed.filter)
    likes = any(isinstance(term.value, Like) for term in parsed.terms)
    if asked.like or asked.unlike or likes or any(field.name == "album" for field in fields):
        raise NotPermitted("a guest asks by words and pictures, not by other photos and albums")


def chips_of(text: str, parsed: Parsed) -> list[Chip]:
    """What each part of a query was understood as, in the order of the text."""
    return [_chip(text, part) for part in parsed.parts]


def _chip(text: str, part: Part) -> Chip:
    chip = Chip(
        kind="filter", text=text[part.start : part.end], start=part.start, end=part.end, means=""
    )
    told: dict[str, object]
    if isinstance(part, TermPart):
        value = part.term.value
        means = f"photo:{value.photo_id}" if isinstance(value, Like) else str(value)
        told = {"kind": "term", "means": means, "weight": part.term.weight, "pieces": part.own}
        return chip.model_copy(update=told)
    if isinstance(part, FilterPart):
        return chip.model_copy(update={"means": as_typed(part.filter)})
    if part.filter is not None:
        told = {"means": as_typed(part.filter)}
    else:
        told = {"kind": "sort" if part.sort else "frame", "means": part.sort or part.means}
    return chip.model_copy(update={"said": part.means, "typed": False, **told})


def _no_file(text: str, offset: int) -> QueryError:
    return QueryError(
        "a query that is sent to the server cannot name a file or a web address",
        offset=offset,
        hint="drop or paste the picture; put words that begin so in quotes with others before them",
        query=text,
    )
