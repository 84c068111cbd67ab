"""What the API says, as typed values: the OpenAPI document is made from these."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from mindseye.search.found import Found
from mindseye.server.follow import Sight
from mindseye.types import Album, Hit, Located, Metadata, Photo

Wall: TypeAlias = Annotated[
    datetime,
    WithJsonSchema(
        {
            "type": "string",
            "description": "ISO 8601 without a zone: wall time of the place.",
            "examples": ["2023-04-05T12:30:00"],
        }
    ),
]
"""When a photo was taken, by the clock of the place."""

Utc: TypeAlias = Annotated[datetime, AfterValidator(lambda moment: moment.replace(tzinfo=UTC))]
"""A moment of the library itself, which keeps them in UTC without a zone."""

Known = TypeVar("Known", bound="Model")


class Model(BaseModel):
    """A value that comes from one of the library's own, field by field."""

    model_config = ConfigDict(from_attributes=True)


class GpsFacts(Model):
    """A position in WGS 84 degrees; altitude in metres."""

    latitude: float
    longitude: float
    altitude: float | None = None


class PlaceFacts(Model):
    """Where a photo was taken, in words."""

    city: str | None = None
    region: str | None = None
    country: str | None = None
    country_code: str | None = None


class NamesThere(Model):
    """What city, region and country are called where they are."""

    city: str | None = None
    region: str | None = None
    country: str | None = None


class LocatedFacts(PlaceFacts):
    """What the gazetteer knows of the place of a photo."""

    timezone: str = ""
    local: NamesThere


class ExposureFacts(Model):
    """Seconds, f-number, ISO, focal lengths in millimetres."""

    seconds: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    focal_length_35mm: float | None = None


class GenerationFacts(Model):
    """How an image generator was asked for the picture."""

    tool: str
    prompt: str | None = None
    negative_prompt: str | None = None
    model: str | None = None
    parameters: dict[str, str] = Field(default_factory=dict)


class MetadataFacts(Model):
    """What is known of a photo besides its pixels; `sources` names where each field came from."""

    taken_at: Wall | None = None
    offset: str | None = Field(default=None, description="Distance from UTC.", examples=["+09:00"])
    precision: str | None = None
    gps: GpsFacts | None = None
    place: PlaceFacts | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: ExposureFacts | None = None
    title: str | None = None
    caption: str | None = None
    keywords: list[str] = Field(default_factory=list)
    people: list[str] = Field(default_factory=list)
    rating: int | None = None
    favourite: bool | None = None
    generation: GenerationFacts | None = None
    sources: dict[str, str] = Field(default_factory=dict)


class PhotoFacts(Model):
    """Everything known of a photo."""

    id: int = Field(examples=[17])
    path: str
    name: str
    folder: str
    size: int = Field(description="Bytes of the file.")
    digest: str = Field(description="SHA-256 of the file, in hexadecimal.")
    tag: str = Field(description="The `tag` of its thumbnails' addresses.", examples=["3fa2b1c0"])
    width: int
    height: int
    format: str
    frames: int
    colours: dict[str, float]
    copies: int = Field(description="Other photos with the same bytes.")
    added_at: Utc
    missing_since: Utc | None
    metadata: MetadataFacts
    located: LocatedFacts | None


class TermGave(Model):
    """What one term of a query gave a hit: its cosine, before weighting."""

    term: str
    weight: float
    score: float


class MentionFacts(Model):
    """A text of a photo that says words which were asked for."""

    field: str
    snippet: str


class ReasonFacts(Model):
    """A filter that a hit passed, and what is known of the photo under it."""

    filter: str
    known: str


class Reasons(Model):
    """Why a photo was found, and how far it is from what was asked for."""

    score: float
    probability: float | None
    relevant: bool = Field(description="Whether it lies above the cut-off.")
    why: list[TermGave]
    passed: list[ReasonFacts]
    mentions: list[MentionFacts]


class HitFacts(Reasons):
    """A photo that was found."""

    rank: int
    id: int
    name: str
    taken_at: Wall | None
    width: int
    height: int
    tag: str


class StepFacts(Model):
    """One step of a search."""

    name: str
    seconds: float


class PlanFacts(Model):
    """How a query was answered."""

    access: str
    share: float | None
    passing: int | None
    steps: list[StepFacts]


class Chip(Model):
    """A part of a query and how it was understood; characters are counted from 0."""

    kind: Literal["term", "filter", "sort", "frame"]
    text: str = Field(description="As it was typed.")
    start: int
    end: int
    means: str = Field(description="The same in the language of queries, or in words.")
    weight: float | None = None
    typed: bool = Field(default=True, description="False where it was read out of a sentence.")
    said: str = Field(default="", description="How a part of a sentence was understood, in words.")
    pieces: tuple[tuple[int, int], ...] = Field(
        default=(), description="Of a term: where its own words stand, from and up to."
    )


class SearchFacts(Model):
    """What a search says besides its hits."""

    relevant: int = Field(description="So many of these hits, the first, lie above the cut-off.")
    total: int | None = Field(description="Relevant photos of all pages, where that is known.")
    cutoff: float | None
    candidates: int | None
    seconds: float
    filter: str | None
    more: str | None = Field(description="The cursor of the next page.")
    notices: list[str]
    plan: PlanFacts
    chips: list[Chip]


class SearchAnswer(SearchFacts):
    """The answer to a search."""

    hits: list[HitFacts]


class AlbumFacts(Model):
    """An album: what belongs to it and how it is searched."""

    id: int
    name: str
    folders: list[str]
    description: str
    encoder: str
    searched_by: str
    min_score: float | None
    max_results: int | None
    optimise: bool | None
    created_at: Utc | None
    search: str


class RootFacts(Model):
    """A root of the library, whether it is watched, and how that goes.

    Where `sight` is `polling`, `away` or `failed` the `reason` says why. `since` is in seconds
    since 1970.
    """

    id: int
    path: str
    own: bool | None = Field(description="Its own switch; null follows the setting `watch`.")
    watched: bool
    sight: Sight
    reason: str
    since: float


class JobFacts(Model):
    """Long work: where it stands, and what came of it. Moments are seconds since 1970."""

    id: int
    kind: str
    arguments: dict[str, Any]
    state: Literal["waiting", "running", "paused", "done", "failed", "cancelled"]
    created_at: float
    started_at: float | None
    ended_at: float | None
    progress: dict[str, Any]
    report: dict[str, Any] | None
    error: dict[str, Any] | None


def photo_facts(photo: Photo) -> PhotoFacts:
    """Everything known of a photo; its path is text of the library (valid Unicode)."""
    picture = photo.picture
    return PhotoFacts(
        id=photo.id,
        path=photo.path,
        name=photo.location.name,
        folder=photo.location.folder,
        size=photo.stamp.size,
        digest=photo.digest,
        tag=photo.digest[:8],
        width=picture.width,
        height=picture.height,
        format=picture.format,
        frames=picture.frames,
        colours=dict(picture.colours or {}),
        copies=photo.copies,
        added_at=photo.added_at,
        missing_since=photo.missing_since,
        metadata=metadata_facts(photo.metadata),
        located=located_facts(photo.located),
    )


def metadata_facts(metadata: Metadata) -> MetadataFacts:
    """What is known of a photo besides its pixels."""
    offset = metadata.offset
    plain = {
        name: getattr(metadata, name)
        for name in ("taken_at", "camera", "lens", "title", "caption", "rating", "favourite")
    }
    return MetadataFacts(
        **plain,
        offset=None if offset is None else _offset_text(round(offset.total_seconds() / 60)),
        precision=None if metadata.precision is None else metadata.precision.value,
        gps=_facts(GpsFacts, metadata.gps),
        place=_facts(PlaceFacts, metadata.place),
        exposure=_facts(ExposureFacts, metadata.exposure),
        keywords=list(metadata.keywords),
        people=list(metadata.people),
        generation=_facts(GenerationFacts, metadata.generation),
        sources={name: source.value for name, source in metadata.sources.items()},
    )


def located_facts(located: Located | None) -> LocatedFacts | None:
    """What the gazetteer knows, without the many names by which it is found."""
    return _facts(LocatedFacts, located)


def reasons(hit: Hit, *, relevant: bool) -> Reasons:
    """Why a photo was found."""
    return Reasons(
        score=hit.score,
        probability=hit.probability,
        relevant=relevant,
        why=[TermGave.model_validate(entry) for entry in hit.why],
        passed=[ReasonFacts.model_validate(entry) for entry in hit.passed],
        mentions=[MentionFacts.model_validate(entry) for entry in hit.mentions],
    )


def hit_facts(hit: Hit, rank: int, *, relevant: bool) -> HitFacts:
    """A photo that was found."""
    photo = hit.photo
    return HitFacts(
        **dict(reasons(hit, relevant=relevant)),
        rank=rank,
        id=photo.id,
        name=photo.location.name,
        taken_at=photo.metadata.taken_at,
        width=photo.picture.width,
        height=photo.picture.height,
        tag=photo.digest[:8],
    )


def search_facts(found: Found, chips: list[Chip]) -> SearchFacts:
    """What a search says besides its hits."""
    plan = found.plan
    return SearchFacts(
        relevant=found.relevant,
        total=found.total,
        cutoff=found.cutoff,
        candidates=found.candidates,
        seconds=found.seconds,
        filter=found.filter,
        more=found.more,
        notices=list(found.notices),
        plan=PlanFacts(
            access=plan.access.value,
            share=plan.share,
            passing=plan.passing,
            steps=[StepFacts.model_validate(step) for step in plan.steps],
        ),
        chips=chips,
    )


def album_facts(album: Album) -> AlbumFacts:
    """An album; its folders are text of the library."""
    return AlbumFacts.model_validate(album)


def _facts(kind: type[Known], value: object) -> Known | None:
    return None if value is None else kind.model_validate(value)


def _offset_text(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
