"""Long work: ingest, change of encoder, fetching one, writing XMP; events while it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field

from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import NotFound
from mindseye.server import evaluating
from mindseye.server.asked import Id, Name, Text
from mindseye.server.context import MOST_ID, Admin, Context, Here, Viewer
from mindseye.server.evaluating import EvaluateWanted
from mindseye.server.jobs import Job
from mindseye.server.models import JobFacts, Model, RootFacts
from mindseye.server.problems import documented
from mindseye.server.schedule import Scheduled

router = APIRouter(tags=["jobs"], responses=documented(400, 401, 403, 404, 409, 422, 503))

_LOOKED_EVERY: Final = 0.3
"""Seconds between two looks at what has changed."""

_GENERATION_EVERY: Final = 5
"""Every so many looks it is seen whether the library was written to."""

_MOST_TOLD: Final = 200
"""Entries of a list in the arguments of a job that are told."""

JobId = Annotated[int, Path(ge=1, le=MOST_ID, description="The id of a job.")]
Spec = Annotated[str, Field(max_length=500, description="Spec of an encoder.")]


class IngestWanted(BaseModel):
    """Take folders in; without any, all roots of the library are looked at again."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["ingest"]
    folders: list[Text] = Field(default_factory=list, max_length=1000)
    again: bool = Field(default=False, description="Whether unchanged files are read anew.")


class ReencodeWanted(BaseModel):
    """Bring the library, or an album, to another encoder."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["reencode"]
    encoder: Spec = ""
    album: Name | None = None
    drop: bool = Field(default=False, description="Whether the old vectors are removed afterwards.")
    anyway: bool = Field(default=False, description="Whether a root that is away is passed over.")


class LocateWanted(BaseModel):
    """Look up the places of photos."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["locate"]
    again: bool = False


class ReadTextWanted(BaseModel):
    """Read the text in pictures that nobody has looked at."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["read-text"]
    album: Name | None = None
    limit: int | None = Field(default=None, ge=1, le=10**9, description="Most pictures read.")
    again: bool = False


class CheckWanted(BaseModel):
    """Look for damage in the store and its index files, and mend it where that is asked for."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["check"]
    repair: bool = False


class ForgetWanted(BaseModel):
    """Forget photos whose files are gone, or the vectors of an encoder that is not in use."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["forget"]
    vectors_of: Spec = ""


class BuildIndexWanted(BaseModel):
    """Build what the index by which vectors are compared needs, or all of it anew."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["build-index"]
    anew: bool = False


class FetchWanted(BaseModel):
    """Download an encoder."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["fetch"]
    encoder: Spec


class WriteXmpWanted(BaseModel):
    """Write what was said of photos, or of all where none are named, into XMP files beside them."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["write-xmp"]
    photos: list[Id] | None = Field(default=None, min_length=1, max_length=10_000)


Wanted = Annotated[
    IngestWanted
    | ReencodeWanted
    | LocateWanted
    | ReadTextWanted
    | CheckWanted
    | ForgetWanted
    | FetchWanted
    | WriteXmpWanted
    | EvaluateWanted
    | BuildIndexWanted,
    Field(discriminator="kind"),
]


@router.get("/jobs")
def jobs(context: Here, caller: Viewer) -> list[JobFacts]:
    """All jobs, the latest first; those that ended long ago are forgotten."""
    del caller
    return [job_facts(job) for job in context.jobs.all()]


@router.post("/jobs", status_code=201)
def start_job(context: Here, caller: Admin, wanted: Wanted) -> JobFacts:
    """Start long work. It runs after the jobs before it; searches go on meanwhile."""
    arguments = arguments_of(context, wanted)
    context.gate.note(caller, "job", f"started {wanted.kind}")
    return job_facts(context.jobs.start(wanted.kind, arguments))


def arguments_of(context: Context, wanted: Wanted) -> dict[str, Any]:
    """What a job is started with; raises for folders, albums and encoders that there are not."""
    if isinstance(wanted, EvaluateWanted):
        return evaluating.arguments_of(
            wanted, context.folders, evaluating.rows_folder(context.library)
        )
    arguments = wanted.model_dump(exclude={"kind"})
    if isinstance(wanted, IngestWanted):
        roots = [root.path for root in context.library.store.files.roots()]
        named = [context.folder_text(folder) for folder in wanted.folders]
        arguments["folders"] = named or roots
    elif isinstance(wanted, FetchWanted) or (isinstance(wanted, ReencodeWanted) and wanted.encoder):
        EncoderSpec.parse(wanted.encoder)
    elif isinstance(wanted, WriteXmpWanted) and wanted.photos is not None:
        _require(context, wanted.photos)
    if isinstance(wanted, ReencodeWanted | ReadTextWanted) and wanted.album is not None:
        context.library.store.albums.get(wanted.album)
    return arguments


def _require(context: Context, photo_ids: list[int]) -> None:
    """Raise `NotFound` where one of these photos is not there."""
    known = {photo.id for photo in context.library.store.catalog.photos(photo_ids)}
    for photo_id in photo_ids:
        if photo_id not in known:
            raise NotFound(f"there is no photo {photo_id}")


@router.get("/jobs/{job_id}")
def job(context: Here, caller: Viewer, job_id: JobId) -> JobFacts:
    """One job."""
    del caller
    return job_facts(context.jobs.get(job_id))


@router.post("/jobs/{job_id}/pause")
def pause_job(context: Here, caller: Admin, job_id: JobId) -> JobFacts:
    """Let a job stop after what it has in hand; it can be resumed."""
    context.gate.note(caller, "job", f"paused {job_id}")
    return job_facts(context.jobs.pause(job_id))


@router.post("/jobs/{job_id}/resume")
def resume_job(context: Here, caller: Admin, job_id: JobId) -> JobFacts:
    """Let a paused or failed job go on from where it stopped."""
    context.gate.note(caller, "job", f"resumed {job_id}")
    return job_facts(context.jobs.resume(job_id))


@router.post("/jobs/{job_id}/cancel")
def cancel_job(context: Here, caller: Admin, job_id: JobId) -> JobFacts:
    """Let a job stop for good; what it has done stays done."""
    context.gate.note(caller, "job", f"cancelled {job_id}")
    return job_facts(context.jobs.cancel(job_id))


class ScheduleFacts(Model):
    """Work that is started by itself. Moments are seconds since 1970."""

    id: int
    cron: str
    kind: str
    arguments: dict[str, Any]
    created_at: float
    last_at: float | None
    next_at: float


class NewSchedule(BaseModel):
    """When to start which job: minute, hour, day, month and weekday, as cron has them."""

    model_config = ConfigDict(extra="forbid")

    cron: Annotated[str, Field(max_length=200, examples=["*/15 * * * *"])]
    job: Wanted


ScheduleId = Annotated[int, Path(ge=1, le=MOST_ID, description="The id of a schedule.")]


@router.get("/schedules")
def schedules(context: Here, caller: Viewer) -> list[ScheduleFacts]:
    """What is started by itself, and when next."""
    del caller
    return [_scheduled(entry) for entry in context.schedule.all()]


@router.post("/schedules", status_code=201)
def add_schedule(context: Here, caller: Admin, wanted: NewSchedule) -> ScheduleFacts:
    """Start a job by itself at these moments, by the clock of the server."""
    arguments = arguments_of(context, wanted.job)
    made = context.schedule.add(wanted.cron, wanted.job.kind, arguments)
    context.gate.note(caller, "schedule", f"{wanted.job.kind} at {wanted.cron}")
    return _scheduled(made)


@router.delete("/schedules/{schedule_id}", status_code=204)
def remove_schedule(context: Here, caller: Admin, schedule_id: ScheduleId) -> Response:
    """Start it no more."""
    context.schedule.remove(schedule_id)
    context.gate.note(caller, "schedule", f"removed {schedule_id}")
    return Response(status_code=204)


def _scheduled(entry: Scheduled) -> ScheduleFacts:
    facts = {name: getattr(entry, name) for name in ScheduleFacts.model_fields if name != "next_at"}
    return ScheduleFacts(**facts, next_at=entry.next_at())


@router.get("/events", response_class=EventSourceResponse)
async def events(request: Request, context: Here, caller: Viewer) -> AsyncIterator[ServerSentEvent]:
    """What changes, as it changes: `job`, `root` with one of `/roots`, `library` with a generation.

    Begins with the generation, every job that has not ended, and every root.
    """
    del caller
    # In threads: whoever writes a job down holds the lock that a look at the jobs takes.
    known = await run_sync(context.jobs.all)
    seen = max((job.version for job in known), default=0)
    generation, looks, roots_seen = "", 0, 0
    for open_job in reversed(known):
        if open_job.ended_at is None:
            yield _event("job", job_facts(open_job).model_dump())
    while not context.closing and not await request.is_disconnected():
        for changed in await run_sync(context.jobs.changes, seen):
            seen = changed.version
            yield _event("job", job_facts(changed).model_dump())
        if looks % _GENERATION_EVERY == 0:
            current = await run_sync(context.memory.generation)
            if current != generation:
                generation = current
                yield _event("library", {"generation": generation})
        for root in await run_sync(context.watch.changes, roots_seen):
            roots_seen = root.version
            yield _event("root", RootFacts.model_validate(root).model_dump())
        looks += 1
        await asyncio.sleep(_LOOKED_EVERY)


def _event(name: str, data: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(event=name, data=data)


def job_facts(job: Job) -> JobFacts:
    """A job as it is told; of long lists in what it was asked only the beginning."""
    facts = JobFacts.model_validate(job)
    for name, value in facts.arguments.items():
        if isinstance(value, list):
            facts.arguments[name] = value[:_MOST_TOLD]
    return facts
