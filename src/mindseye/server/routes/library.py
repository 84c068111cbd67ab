"""The library as a whole: how complete it is, its encoders, settings, and folders to take in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import PurePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field

from mindseye import __version__
from mindseye.config import setting_fields
from mindseye.encode import run_options
from mindseye.media import paths
from mindseye.server.access.roles import Role
from mindseye.server.asked import Text
from mindseye.server.context import Admin, Context, Guest, Here, Viewer
from mindseye.server.models import Model, Utc
from mindseye.server.preferences import AT_ONCE, CHANGEABLE
from mindseye.server.problems import documented

router = APIRouter(tags=["library"], responses=documented(400, 401, 403, 404, 409, 422, 503))


_SPEED_HELD: Final = 3600.0
_IMAGINED_PHOTOS: Final = 10_000


class SpaceFacts(Model):
    """An embedding space: what one encoder made of the photos."""

    encoder: str
    fingerprint: str
    dim: int
    vectors: int
    created_at: Utc


class CoverageFacts(Model):
    """Counts over the library; `failed` groups skipped files by reason."""

    photos: int
    frames: int
    missing: int
    skipped: int
    failed: dict[str, int]
    without_colours: int


class StatusAnswer(BaseModel):
    """How complete the library is."""

    version: str
    library: str
    encoder: str
    generation: str = Field(description="Another text after every write to the library.")
    roots: list[str]
    coverage: CoverageFacts
    encoded: int
    waiting: int
    spaces: list[SpaceFacts]
    bytes_on_disk: dict[str, int]
    notices: list[str]


@router.get("/status")
def status(context: Here, caller: Viewer) -> StatusAnswer:
    """How complete the library is and what it takes on disk."""
    del caller
    known = context.memory.get("status", context.library.status)
    return StatusAnswer(
        version=__version__,
        library=known.library,
        encoder=known.encoder,
        generation=context.memory.generation(),
        roots=[root.path for root in known.roots],
        coverage=CoverageFacts.model_validate(known.coverage),
        encoded=known.encoded,
        waiting=known.waiting,
        spaces=[
            SpaceFacts(
                encoder=info.space.encoder,
                fingerprint=info.space.fingerprint,
                dim=info.space.dim,
                vectors=info.vectors,
                created_at=info.created_at,
            )
            for info in known.spaces
        ],
        bytes_on_disk=known.bytes_on_disk,
        notices=list(known.notices),
    )


class IndexFacts(Model):
    """What the index of an encoder is made of, in rows, and what it needs.

    `beside` rows are compared exactly; `drift` is how many times farther new rows lie from their
    centroids than those it was trained on.
    """

    encoder: str
    kind: str
    rows: int
    dead: int
    beside: int
    parts: int
    trained_on: int
    drift: float
    need: str


@router.get("/index")
def index(context: Here, caller: Viewer) -> list[IndexFacts]:
    """The index of each encoder; none where the database compares vectors itself."""
    del caller
    return [
        IndexFacts(encoder=encoder, **asdict(state))
        for encoder, state in context.library.index_states().items()
    ]


class SkippedFacts(BaseModel):
    """A file that could not be taken in, and why."""

    path: str
    size: int
    reason: str


@router.get("/skipped")
def skipped(
    context: Here, caller: Viewer, limit: Annotated[int, Query(ge=1, le=10_000)] = 1000
) -> list[SkippedFacts]:
    """Files that could not be taken in, the latest first; each is tried again when it changes."""
    del caller
    return [
        SkippedFacts(path=path, size=file.stamp.size, reason=file.reason)
        for path, file in context.library.skipped(limit)
    ]


class EncoderFacts(BaseModel):
    """An encoder: what is published of it, and whether it is on this machine."""

    spec: str
    title: str
    dim: int | None
    languages: str
    licence: str
    bytes: int | None
    here: bool
    in_use: bool


@router.get("/encoders")
def encoders(
    context: Here, caller: Viewer, everything: Annotated[bool, Query(alias="all")] = False
) -> list[EncoderFacts]:
    """Encoders worth a look, or all that are known, and those that are here."""
    del caller
    from mindseye.encoders.known import known
    from mindseye.encoders.known.download import fetched, is_present
    from mindseye.encoders.spec import EncoderSpec

    options = run_options(context.settings)
    used = context.library.scope().encoder
    listed = {entry.spec: entry for entry in known() if everything or entry.curated}
    others = {entry.spec: entry for entry in known()}
    for spec in (used, *(one.spec for one in fetched(options.models))):
        if spec in others:
            listed.setdefault(spec, others[spec])
    found = [
        EncoderFacts(
            spec=entry.spec,
            title=entry.title,
            dim=entry.dim,
            languages=entry.languages,
            licence=entry.licence,
            bytes=entry.bytes,
            here=is_present(EncoderSpec.parse(entry.spec), options),
            in_use=entry.spec == used,
        )
        for entry in listed.values()
    ]
    if not any(entry.in_use for entry in found):
        found.insert(0, _other(used))
    return found


def _other(spec: str) -> EncoderFacts:
    """The encoder in use, of which nothing is published."""
    return EncoderFacts(
        spec=spec, title="", dim=None, languages="", licence="", bytes=None, here=True, in_use=True
    )


class AdviceFacts(BaseModel):
    """An encoder for a purpose, and what it would take on this machine."""

    purpose: str
    spec: str
    reason: str
    fits: bool = Field(description="Whether it takes less than half of the memory here.")
    memory_bytes: int | None
    pictures_per_second: float | None
    seconds: float | None = Field(description="For so many photos, decoding not included.")
    photos: int


@router.get("/encoders/advice")
def encoder_advice(
    context: Here, caller: Viewer, photos: Annotated[int | None, Query(ge=1, le=10**9)] = None
) -> list[AdviceFacts]:
    """Which encoder suits this machine and so many photos, those of the library where none is said.

    The speed of the machine is measured, which takes a second, and remembered for an hour.
    """
    del caller
    from mindseye.encoders.known.advice import Circumstances, advise
    from mindseye.encoders.known.machine import probe, total_memory

    options = run_options(context.settings)
    speed = context.memory.get("speed", lambda: probe(options), hold=_SPEED_HELD)
    held = context.library.store.catalog.coverage().photos
    count = photos or held or _IMAGINED_PHOTOS
    return [
        AdviceFacts(
            purpose=advice.purpose,
            spec=advice.encoder.spec,
            reason=advice.reason,
            fits=advice.fits,
            memory_bytes=advice.memory_bytes,
            pictures_per_second=advice.pictures_per_second,
            seconds=advice.seconds,
            photos=count,
        )
        for advice in advise(Circumstances(total_memory(), count, speed))
    ]


class SettingFacts(BaseModel):
    """A setting: its value, where that came from, what it does."""

    name: str
    value: Any
    source: str
    help: str
    changeable: bool = Field(description="Whether it may be changed here.")
    at_once: bool = Field(description="Whether a change holds at once, or after a restart.")
    chosen: Any = Field(description="What was chosen here; null where nothing was.")


_SECRET = frozenset({"store"})
"""Settings that may hold a password."""


@router.get("/settings")
def settings(context: Here, caller: Admin) -> list[SettingFacts]:
    """The settings the server runs by."""
    del caller
    return _settings(context)


@router.patch("/settings")
def change_settings(
    context: Here,
    caller: Admin,
    changes: Annotated[
        dict[Annotated[str, Field(max_length=60)], bool | int | float | Text | None],
        Body(max_length=100, examples=[{"watch": True, "read_text": False}]),
    ],
) -> list[SettingFacts]:
    """Choose settings by name; null takes a choice back, which holds after a restart.

    Only what is no matter of safety can be chosen, and flags and the environment win.
    """
    context.change_settings(changes)
    context.gate.note(caller, "settings", ", ".join(changes))
    return _settings(context)


def _settings(context: Context) -> list[SettingFacts]:
    chosen = context.preferences.all()
    return [
        SettingFacts(
            name=entry.name,
            value=_shown(entry.name, getattr(context.settings, entry.name)),
            source=context.settings.source.get(entry.name, "default"),
            help=entry.metadata["help"],
            changeable=entry.name in CHANGEABLE,
            at_once=entry.name in AT_ONCE,
            chosen=chosen.get(entry.name),
        )
        for entry in setting_fields()
    ]


def _shown(name: str, value: object) -> object:
    if name in _SECRET and value:
        return str(value).partition("://")[0] + "://..."
    return str(value) if isinstance(value, PurePath) else value


class Appearance(BaseModel):
    """What the page must know before anything else, of the server and of whoever asks."""

    version: str
    tiles: str
    accounts: bool = Field(description="Whether there are accounts, and somebody may sign in.")
    name: str
    role: str
    album: str | None
    originals: bool = Field(description="Whether the files themselves may be read.")


@router.get("/me")
def me(context: Here, caller: Guest) -> Appearance:
    """Who asks, what they may do, and what the page shows them."""
    return Appearance(
        version=__version__,
        tiles=context.settings.tiles,
        accounts=context.gate.has_accounts,
        name=caller.name,
        role=Role(caller.role).label,
        album=caller.album,
        originals=caller.originals,
    )


class FoldersAnswer(BaseModel):
    """A folder and those in it; `folder` is null where the folders to begin with are listed."""

    folder: str | None
    above: str | None
    folders: list[str]


@router.get("/folders")
def folders(
    context: Here, caller: Admin, below: Annotated[str | None, Query(max_length=4000)] = None
) -> FoldersAnswer:
    """Folders of this machine from which photos may be taken in."""
    del caller
    known = context.folders
    if below is None:
        begin = [paths.to_text(folder) for folder in known.allowed]
        return FoldersAnswer(folder=None, above=None, folders=begin)
    folder = known.resolve(below)
    above = folder.parent if folder not in known.allowed else None
    return FoldersAnswer(
        folder=paths.to_text(folder),
        above=None if above is None else paths.to_text(above),
        folders=[paths.to_text(inner) for inner in known.inside(folder)],
    )
