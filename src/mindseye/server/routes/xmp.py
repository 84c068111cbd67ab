"""XMP files beside photos: written when it is asked for, of one photo at once, of many by a job."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from mindseye.errors import MediaError
from mindseye.server.asked import Id
from mindseye.server.context import Editor, Here, PhotoId
from mindseye.server.models import JobFacts
from mindseye.server.problems import documented
from mindseye.server.routes.jobs import WriteXmpWanted, arguments_of, job_facts

router = APIRouter(tags=["photos"], responses=documented(400, 401, 403, 404, 409, 422, 503))


class XmpAnswer(BaseModel):
    """What became of the XMP file beside a photo."""

    outcome: Literal["written", "unchanged", "unsaid"] = Field(
        description="`unchanged`: it says all of it already; `unsaid`: there is nothing to write."
    )
    file: str | None = Field(default=None, description="Name of the file that was written.")
    names: list[str] = Field(
        default_factory=list, description="What it says now and did not before."
    )
    is_new: bool = False


@router.post("/photos/{photo_id}/xmp")
def write_xmp(context: Here, caller: Editor, photo_id: PhotoId) -> XmpAnswer:
    """Write what was said of a photo into the XMP file beside it; what else that says stays.

    The photo itself is never written. Answers 422 where the file cannot be written.
    """
    report = context.library.write_xmp([photo_id])
    for left in report.left:
        raise MediaError(left.path, left.reason)
    for sidecar in report.written:
        name = sidecar.path.rpartition("/")[2]
        context.gate.note(caller, "xmp", f"photo {photo_id}: {name}")
        return XmpAnswer(
            outcome="written", file=name, names=list(sidecar.names), is_new=sidecar.is_new
        )
    return XmpAnswer(outcome="unchanged" if report.unchanged else "unsaid")


class ManyXmp(BaseModel):
    """Of which photos XMP is to be written."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"photos": [17, 18]}})

    photos: list[Id] | None = Field(
        default=None,
        min_length=1,
        max_length=10_000,
        description="All of which anything was said where it is null.",
    )


@router.post("/xmp", status_code=201)
def write_many_xmp(context: Here, caller: Editor, wanted: ManyXmp) -> JobFacts:
    """Start a job that writes what was said of many photos into the XMP files beside them.

    Its report lists the files, and the photos whose files cannot be written.
    """
    work = WriteXmpWanted(kind="write-xmp", photos=wanted.photos)
    arguments = arguments_of(context, work)
    context.gate.note(caller, "xmp", f"{_counted(wanted.photos)} photos")
    return job_facts(context.jobs.start(work.kind, arguments))


def _counted(photos: list[int] | None) -> str:
    return "all edited" if photos is None else str(len(photos))
