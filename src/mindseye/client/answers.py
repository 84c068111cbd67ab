"""What the HTTP API answers. Made by scripts/reference.py from the OpenAPI document."""
# ruff: noqa: D101, E501 - the document says what each of these is.
# fmt: off

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class AdviceFacts(TypedDict):
    purpose: str
    spec: str
    reason: str
    fits: bool
    memory_bytes: int | None
    pictures_per_second: float | None
    seconds: float | None
    photos: int

class AlbumAnswer(TypedDict):
    id: int
    name: str
    folders: list[str]
    description: str
    encoder: str
    searched_by: str
    min_score: float | None
    max_results: int | None
    optimise: bool | None
    created_at: str | None
    search: str
    frames: int | None
    waiting: int
    picked: int
    trouble: str

class AlbumChange(TypedDict):
    name: NotRequired[str | None]
    folders: NotRequired[list[str] | None]
    description: NotRequired[str | None]
    search: NotRequired[str | None]
    encoder: NotRequired[str | None]
    min_score: NotRequired[float | None]
    max_results: NotRequired[int | None]
    optimise: NotRequired[bool | None]

class Appearance(TypedDict):
    version: str
    tiles: str
    accounts: bool
    name: str
    role: str
    album: str | None
    originals: bool

class AuditFacts(TypedDict):
    id: int
    at: float
    who: str
    did: str
    what: str

class BuildIndexWanted(TypedDict):
    kind: Literal["build-index"]
    anew: NotRequired[bool]

class Change(TypedDict):
    rating: NotRequired[int | None]
    favourite: NotRequired[bool | None]
    title: NotRequired[str | None]
    caption: NotRequired[str | None]
    add_keywords: NotRequired[list[str]]
    remove_keywords: NotRequired[list[str]]
    date: NotRequired[str | None]
    gps: NotRequired[GpsChange | None]
    place: NotRequired[PlaceChange | None]
    revert: NotRequired[list[Literal["date", "gps", "place", "rating", "favourite", "title", "caption", "keywords"]]]

class CheckWanted(TypedDict):
    kind: Literal["check"]
    repair: NotRequired[bool]

class Chip(TypedDict):
    kind: Literal["term", "filter", "sort", "frame"]
    text: str
    start: int
    end: int
    means: str
    weight: NotRequired[float | None]
    typed: NotRequired[bool]
    said: NotRequired[str]
    pieces: NotRequired[list[list[Any]]]

class ColumnsAnswer(TypedDict):
    columns: dict[str, list[float | int | None]]
    meta: dict[str, Any]

class CountFacts(TypedDict):
    value: str
    photos: int
    filter: str

class Counted(TypedDict):
    photos: int

class CoverageFacts(TypedDict):
    photos: int
    frames: int
    missing: int
    skipped: int
    failed: dict[str, int]
    without_colours: int

class Edited(TypedDict):
    edited: int

class EncoderFacts(TypedDict):
    spec: str
    title: str
    dim: int | None
    languages: str
    licence: str
    bytes: int | None
    here: bool
    in_use: bool

class EvaluateWanted(TypedDict):
    kind: Literal["evaluate"]
    rows: list[dict[str, Any]]
    folder: NotRequired[str]
    encoders: NotRequired[list[str]]
    ks: NotRequired[list[int]]
    direction: NotRequired[Literal["text-to-image", "image-to-text", "both"]]

class Explained(TypedDict):
    query: str
    chips: list[Chip]
    filter: str | None
    min_score: float | None
    order: str

class ExposureFacts(TypedDict):
    seconds: NotRequired[float | None]
    f_number: NotRequired[float | None]
    iso: NotRequired[int | None]
    focal_length: NotRequired[float | None]
    focal_length_35mm: NotRequired[float | None]

class FacetsAnswer(TypedDict):
    facets: dict[str, list[CountFacts]]

class FetchWanted(TypedDict):
    kind: Literal["fetch"]
    encoder: str

class FieldFacts(TypedDict):
    name: str
    aliases: list[str]
    kind: str
    choices: list[str]
    help: str
    example: str

class FieldsAnswer(TypedDict):
    fields: list[FieldFacts]
    facets: dict[str, str]

class FolderCount(TypedDict):
    files: int
    complete: bool

class FoldersAnswer(TypedDict):
    folder: str | None
    above: str | None
    folders: list[str]

class ForgetWanted(TypedDict):
    kind: Literal["forget"]
    vectors_of: NotRequired[str]

class GenerationFacts(TypedDict):
    tool: str
    prompt: NotRequired[str | None]
    negative_prompt: NotRequired[str | None]
    model: NotRequired[str | None]
    parameters: NotRequired[dict[str, str]]

class GpsChange(TypedDict):
    latitude: float
    longitude: float
    altitude: NotRequired[float | None]

class GpsFacts(TypedDict):
    latitude: float
    longitude: float
    altitude: NotRequired[float | None]

class Health(TypedDict):
    status: NotRequired[str]

class HitFacts(TypedDict):
    score: float
    probability: float | None
    relevant: bool
    why: list[TermGave]
    passed: list[ReasonFacts]
    mentions: list[MentionFacts]
    rank: int
    id: int
    name: str
    taken_at: str | None
    width: int
    height: int
    tag: str

class IndexFacts(TypedDict):
    encoder: str
    kind: str
    rows: int
    dead: int
    beside: int
    parts: int
    trained_on: int
    drift: float
    need: str

class IngestWanted(TypedDict):
    kind: Literal["ingest"]
    folders: NotRequired[list[str]]
    again: NotRequired[bool]

class JobFacts(TypedDict):
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

class LinkFacts(TypedDict):
    id: int
    name: str
    album_id: int
    originals: bool
    created_at: float
    used_at: float | None
    expires_at: float | None

class LinkSecret(TypedDict):
    secret: str
    path: str

class LocateWanted(TypedDict):
    kind: Literal["locate"]
    again: NotRequired[bool]

class LocatedFacts(TypedDict):
    city: NotRequired[str | None]
    region: NotRequired[str | None]
    country: NotRequired[str | None]
    country_code: NotRequired[str | None]
    timezone: NotRequired[str]
    local: NamesThere

class ManyChanged(TypedDict):
    rating: NotRequired[int | None]
    favourite: NotRequired[bool | None]
    title: NotRequired[str | None]
    caption: NotRequired[str | None]
    add_keywords: NotRequired[list[str]]
    remove_keywords: NotRequired[list[str]]
    date: NotRequired[str | None]
    gps: NotRequired[GpsChange | None]
    place: NotRequired[PlaceChange | None]
    revert: NotRequired[list[Literal["date", "gps", "place", "rating", "favourite", "title", "caption", "keywords"]]]
    photos: list[int]

class ManyXmp(TypedDict):
    photos: NotRequired[list[int] | None]

class MentionFacts(TypedDict):
    field: str
    snippet: str

class MetadataFacts(TypedDict):
    taken_at: NotRequired[str | None]
    offset: NotRequired[str | None]
    precision: NotRequired[str | None]
    gps: NotRequired[GpsFacts | None]
    place: NotRequired[PlaceFacts | None]
    camera: NotRequired[str | None]
    lens: NotRequired[str | None]
    exposure: NotRequired[ExposureFacts | None]
    title: NotRequired[str | None]
    caption: NotRequired[str | None]
    keywords: NotRequired[list[str]]
    people: NotRequired[list[str]]
    rating: NotRequired[int | None]
    favourite: NotRequired[bool | None]
    generation: NotRequired[GenerationFacts | None]
    sources: NotRequired[dict[str, str]]

class Mistake(TypedDict):
    where: str
    message: str

class NamesThere(TypedDict):
    city: NotRequired[str | None]
    region: NotRequired[str | None]
    country: NotRequired[str | None]

class NewAlbum(TypedDict):
    name: str
    folders: NotRequired[list[str] | None]
    description: NotRequired[str | None]
    search: NotRequired[str | None]
    encoder: NotRequired[str | None]
    min_score: NotRequired[float | None]
    max_results: NotRequired[int | None]
    optimise: NotRequired[bool | None]

class NewLink(TypedDict):
    album_id: int
    name: NotRequired[str]
    originals: NotRequired[bool]
    days: NotRequired[float | None]

class NewPassword(TypedDict):
    old: str
    new: str

class NewSchedule(TypedDict):
    cron: str
    job: IngestWanted | ReencodeWanted | LocateWanted | ReadTextWanted | CheckWanted | ForgetWanted | FetchWanted | WriteXmpWanted | EvaluateWanted | BuildIndexWanted

class NewToken(TypedDict):
    name: str
    role: NotRequired[Literal["viewer", "editor", "admin"]]
    days: NotRequired[float | None]

class NewUser(TypedDict):
    name: str
    role: NotRequired[Literal["viewer", "editor", "admin"]]
    password: str

class PaceFacts(TypedDict):
    encoder: str
    pictures_per_second: float

class PhotoAnswer(TypedDict):
    id: int
    path: str
    name: str
    folder: str
    size: int
    digest: str
    tag: str
    width: int
    height: int
    format: str
    frames: int
    colours: dict[str, float]
    copies: int
    added_at: str
    missing_since: str | None
    metadata: MetadataFacts
    located: LocatedFacts | None
    reasons: NotRequired[Reasons | None]

class PhotoFacts(TypedDict):
    id: int
    path: str
    name: str
    folder: str
    size: int
    digest: str
    tag: str
    width: int
    height: int
    format: str
    frames: int
    colours: dict[str, float]
    copies: int
    added_at: str
    missing_since: str | None
    metadata: MetadataFacts
    located: LocatedFacts | None

class Picked(TypedDict):
    photos: list[int]

class PlaceChange(TypedDict):
    city: NotRequired[str | None]
    region: NotRequired[str | None]
    country: NotRequired[str | None]
    country_code: NotRequired[str | None]

class PlaceFacts(TypedDict):
    city: NotRequired[str | None]
    region: NotRequired[str | None]
    country: NotRequired[str | None]
    country_code: NotRequired[str | None]

class PlaceFound(TypedDict):
    kind: Literal["country", "region", "city"]
    city: str | None
    region: str | None
    country: str | None
    country_code: str
    local_name: str
    population: int
    latitude: float
    longitude: float
    filter: str
    photos: int

class PlanFacts(TypedDict):
    access: str
    share: float | None
    passing: int | None
    steps: list[StepFacts]

class Problem(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    hint: NotRequired[str]
    offset: NotRequired[int | None]
    mistakes: NotRequired[list[Mistake]]

class ReadTextWanted(TypedDict):
    kind: Literal["read-text"]
    album: NotRequired[str | None]
    limit: NotRequired[int | None]
    again: NotRequired[bool]

class ReasonFacts(TypedDict):
    filter: str
    known: str

class Reasons(TypedDict):
    score: float
    probability: float | None
    relevant: bool
    why: list[TermGave]
    passed: list[ReasonFacts]
    mentions: list[MentionFacts]

class ReencodeWanted(TypedDict):
    kind: Literal["reencode"]
    encoder: NotRequired[str]
    album: NotRequired[str | None]
    drop: NotRequired[bool]
    anyway: NotRequired[bool]

class RootChange(TypedDict):
    watched: bool | None

class RootFacts(TypedDict):
    id: int
    path: str
    own: bool | None
    watched: bool
    sight: Sight
    reason: str
    since: float

class ScheduleFacts(TypedDict):
    id: int
    cron: str
    kind: str
    arguments: dict[str, Any]
    created_at: float
    last_at: float | None
    next_at: float

class SearchAnswer(TypedDict):
    relevant: int
    total: int | None
    cutoff: float | None
    candidates: int | None
    seconds: float
    filter: str | None
    more: str | None
    notices: list[str]
    plan: PlanFacts
    chips: list[Chip]
    hits: list[HitFacts]

class Secret(TypedDict):
    secret: str

class SettingFacts(TypedDict):
    name: str
    value: Any
    source: str
    help: str
    changeable: bool
    at_once: bool
    chosen: Any

Sight = Literal["off", "starting", "watching", "polling", "away", "failed"]

class SignIn(TypedDict):
    name: str
    password: str

Size = Literal[160, 320, 640, 1440]

class SkippedFacts(TypedDict):
    path: str
    size: int
    reason: str

Sort = Literal["relevance", "newest", "oldest"]

class SpaceFacts(TypedDict):
    encoder: str
    fingerprint: str
    dim: int
    vectors: int
    created_at: str

class StatusAnswer(TypedDict):
    version: str
    library: str
    encoder: str
    generation: str
    roots: list[str]
    coverage: CoverageFacts
    encoded: int
    waiting: int
    spaces: list[SpaceFacts]
    bytes_on_disk: dict[str, int]
    notices: list[str]

class StepFacts(TypedDict):
    name: str
    seconds: float

class Suggestion(TypedDict):
    text: str
    kind: Literal["city", "region", "country", "person", "keyword", "camera", "lens", "year", "album", "field"]
    value: str
    filter: str
    photos: NotRequired[int | None]

class TermGave(TypedDict):
    term: str
    weight: float
    score: float

class TokenFacts(TypedDict):
    id: int
    name: str
    holder: str
    role: Literal["viewer", "editor", "admin"]
    created_at: float
    used_at: float | None
    expires_at: float | None

class UserChange(TypedDict):
    role: NotRequired[Literal["viewer", "editor", "admin"] | None]
    password: NotRequired[str | None]

class UserFacts(TypedDict):
    name: str
    role: Literal["viewer", "editor", "admin"]
    created_at: float

class WriteXmpWanted(TypedDict):
    kind: Literal["write-xmp"]
    photos: NotRequired[list[int] | None]

class XmpAnswer(TypedDict):
    outcome: Literal["written", "unchanged", "unsaid"]
    file: NotRequired[str | None]
    names: NotRequired[list[str]]
    is_new: NotRequired[bool]
