"""Search: by words, filters, photos of the library and pictures that come along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from mindseye.query.facets import BY_NAME, USUAL, facet_of
from mindseye.query.fields import FIELDS
from mindseye.query.model import Pasted, as_typed
from mindseye.search.found import Found
from mindseye.server import columns
from mindseye.server.access.roles import Caller
from mindseye.server.asked import (
    Asked,
    AskedPage,
    PageAskedHere,
    Text,
    Understood,
    chips_of,
    parsed_here,
)
from mindseye.server.context import Context, Guest, Here, PhotoId, Viewer
from mindseye.server.models import Chip, Model, SearchAnswer, hit_facts, search_facts
from mindseye.server.problems import documented
from mindseye.server.suggest import Suggestion, suggestions

router = APIRouter(tags=["search"], responses=documented(400, 401, 403, 404, 409, 422, 503))

_COLUMNS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The hits. In the binary form: columns `id`, `minute`, `aspect`, `rgb`, "
        "`tag`, `score` and `probability`; `meta` holds everything but the hits.",
        "content": {columns.BINARY: {"schema": {"type": "string", "format": "binary"}}},
    }
}


Uploads = Annotated[
    list[UploadFile], File(max_length=8, description="JPEG, PNG, HEIC and the like.")
]


@router.get("/search", response_model=SearchAnswer, responses=_COLUMNS)
def search(request: Request, context: Here, caller: Guest, asked: PageAskedHere) -> Response:
    """Find photos. Without words the newest come first."""
    return _answer(request, context, caller, asked)


@router.post("/search", response_model=SearchAnswer, responses=_COLUMNS | documented(413, 415))
def search_by_picture(
    request: Request,
    context: Here,
    caller: Guest,
    asked: PageAskedHere,
    picture: Uploads,
) -> Response:
    """Find photos that show what these pictures show; they are searched by, not taken in."""
    return _answer(request, context, caller, asked, _pasted(picture))


def _pasted(pictures: list[UploadFile]) -> list[Pasted]:
    return [Pasted(part.file.read(), part.filename or "pasted picture") for part in pictures]


def _answer(
    request: Request,
    context: Here,
    caller: Caller,
    asked: AskedPage,
    pictures: Sequence[Pasted] = (),
) -> Response:
    understood = Understood.of(context, caller, asked, pictures)
    found = context.library.search(understood.query, album=understood.album, within=asked.only)
    return found_answer(request, found, understood.chips)


def found_answer(request: Request, found: Found, chips: list[Chip]) -> Response:
    """What was found in the form that the client takes."""
    facts = search_facts(found, chips)
    if columns.wants_binary(request):
        packed = columns.Columns(columns.of_hits(found.hits), facts.model_dump(mode="json"))
        return columns.answer(request, packed.packed(), cached=False)
    hits = [
        hit_facts(hit, rank, relevant=rank <= found.relevant)
        for rank, hit in enumerate(found.hits, start=1)
    ]
    body = SearchAnswer(**dict(facts), hits=hits).model_dump_json().encode()
    return columns.answer(request, body, cached=False)


@router.get("/photos/{photo_id}/similar", response_model=SearchAnswer, responses=_COLUMNS)
def similar(
    request: Request,
    context: Here,
    caller: Viewer,
    photo_id: PhotoId,
    limit: Annotated[int, Field(ge=1, le=1000)] = 24,
) -> Response:
    """Photos that look like this one, best first."""
    found = context.library.similar(context.photo(caller, photo_id).id, limit=limit)
    return found_answer(request, found, [])


class Wanted(BaseModel):
    """Which other photos, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    what: Literal["day", "place"] = Field(default="day", alias="from")
    limit: int = Field(default=100, ge=1, le=10_000)
    after: str | None = Field(default=None, max_length=1000)


@router.get("/photos/{photo_id}/more", response_model=SearchAnswer, responses=_COLUMNS)
def more(
    request: Request,
    context: Here,
    caller: Viewer,
    photo_id: PhotoId,
    wanted: Annotated[Wanted, Query()],
) -> Response:
    """Other photos from the same day or place, oldest first."""
    photo = context.photo(caller, photo_id)
    found = context.library.more_from(photo.id, wanted.what, limit=wanted.limit, after=wanted.after)
    return found_answer(request, found, [])


class Explained(Model):
    """How a query is understood."""

    query: str
    chips: list[Chip]
    filter: str | None
    min_score: float | None
    order: str


@router.get("/explain")
def explain(
    context: Here, caller: Guest, q: Text = "", literal: bool = False, plain: bool = True
) -> Explained:
    """How a query is understood, without searching."""
    del caller
    sentences = context.library.sentences if plain else None
    parsed = parsed_here(q, literal=literal, sentences=sentences)
    order = parsed.sort or ("relevance" if parsed.terms else "newest")
    return Explained(
        query=q,
        chips=chips_of(q, parsed),
        filter=None if parsed.filter is None else as_typed(parsed.filter),
        min_score=parsed.min_score,
        order=str(order),
    )


class CountFacts(Model):
    """How many photos have a value, and the filter that finds them."""

    value: str
    photos: int
    filter: str


class FacetsAnswer(BaseModel):
    """The values of each facet, the commonest first, years and months the latest first."""

    facets: dict[str, list[CountFacts]]


class AskedFacets(Asked):
    """What is looked for, and by what it is counted."""

    names: Text = Field(default=",".join(USUAL), description="Facets, with commas.")


@router.get("/facets")
def facets(context: Here, caller: Guest, asked: Annotated[AskedFacets, Query()]) -> FacetsAnswer:
    """Counts what is relevant to a query by year, place, camera and the like."""
    return _counted(context, caller, asked)


@router.post("/facets", responses=documented(413, 415))
def facets_by_picture(
    context: Here,
    caller: Guest,
    asked: Annotated[AskedFacets, Query()],
    picture: Uploads,
) -> FacetsAnswer:
    """Counts what is relevant to pictures that come along, and to a query beside them."""
    return _counted(context, caller, asked, _pasted(picture))


def _counted(
    context: Context, caller: Caller, asked: AskedFacets, pictures: Sequence[Pasted] = ()
) -> FacetsAnswer:
    understood = Understood.of(context, caller, asked, pictures)
    wanted = [name.strip() for name in asked.names.split(",") if name.strip()]
    counted = context.library.facets(
        understood.query, wanted, album=understood.album, within=asked.only
    )
    return FacetsAnswer(
        facets={
            name: [
                CountFacts(
                    value=count.value,
                    photos=count.photos,
                    filter=as_typed(facet_of(name).filter(count.value)),
                )
                for count in counts
            ]
            for name, counts in counted.items()
        }
    )


@router.get("/suggest")
def suggest(context: Here, caller: Viewer, q: Text = "") -> list[Suggestion]:
    """What may stand in place of the last word of a query, with counts."""
    del caller
    return suggestions(context.library, context.memory, q)


class FieldFacts(Model):
    """A field that a filter may name."""

    name: str
    aliases: list[str]
    kind: str
    choices: list[str]
    help: str
    example: str


class FieldsAnswer(BaseModel):
    """The language of queries: every field, every facet."""

    fields: list[FieldFacts]
    facets: dict[str, str]


@router.get("/fields")
def fields(caller: Guest) -> FieldsAnswer:
    """Every field that a filter may name, and every facet by which photos are counted."""
    del caller
    return FieldsAnswer(
        fields=[
            FieldFacts(
                name=spec.name,
                aliases=list(spec.aliases),
                kind=spec.kind.value,
                choices=list(spec.choices),
                help=spec.help,
                example=spec.example,
            )
            for spec in FIELDS
        ],
        facets={name: facet.help for name, facet in BY_NAME.items()},
    )
