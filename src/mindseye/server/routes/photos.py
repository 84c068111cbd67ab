"""Photos: what is known of one, its pictures, and what a user says of it."""

from __future__ import annotations

import os
import stat
from typing import Annotated, Any, Final, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from mindseye.errors import NotFound, NotPermitted
from mindseye.media import paths, said
from mindseye.server.access.roles import Caller
from mindseye.server.asked import Asked, Id, Text, Understood
from mindseye.server.context import Context, Editor, Guest, Here, PhotoId
from mindseye.server.models import PhotoFacts, Reasons, photo_facts, reasons
from mindseye.server.problems import documented
from mindseye.server.thumbnails import Size, negotiated
from mindseye.stores.edits import FIELDS
from mindseye.types import Edit, Gps, Photo, Place

router = APIRouter(tags=["photos"], responses=documented(400, 401, 403, 404, 409, 422, 503))

_FOREVER: Final = "private, max-age=31536000, immutable"
_TYPES: Final = {
    "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif",
    "avif": "image/avif", "heic": "image/heic", "heif": "image/heif", "tiff": "image/tiff",
    "bmp": "image/bmp", "jp2": "image/jp2", "jxl": "image/jxl",
}  # fmt: skip
"""Formats a browser may look at; others are only ever saved."""


class PhotoAnswer(PhotoFacts):
    """A photo, and why a query finds it, where one is given and does."""

    reasons: Reasons | None = None


@router.get("/photos/{photo_id}")
def photo(
    context: Here, caller: Guest, photo_id: PhotoId, q: Text = "", literal: bool = False
) -> PhotoAnswer:
    """Everything known of a photo; with `q` also why that query finds it."""
    found = context.photo(caller, photo_id)
    facts = dict(photo_facts(found))
    if caller.album is not None:
        # A guest is shown photos, not how somebody keeps their disk.
        facts |= {"path": "", "folder": ""}
    asked = Asked(q=q, literal=literal)
    return PhotoAnswer(**facts, reasons=_why(context, caller, found, asked))


def _why(context: Context, caller: Caller, photo: Photo, asked: Asked) -> Reasons | None:
    if not asked.q.strip():
        return None
    query = Understood.of(context, caller, asked).query
    found = context.library.search(query, within=[photo.id], limit=1, everything=bool(query.terms))
    if not found.hits:
        return None
    return reasons(found.hits[0], relevant=found.relevant > 0)


class GpsChange(BaseModel):
    """A position in WGS 84 degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    altitude: float | None = Field(default=None, ge=-20_000, le=100_000)


class PlaceChange(BaseModel):
    """Parts of a place that are said; "" says that there is none."""

    city: Text | None = None
    region: Text | None = None
    country: Text | None = None
    country_code: Annotated[str, Field(max_length=2)] | None = None


class Change(BaseModel):
    """What a user says of photos; what is null stays as it is. Files are never written."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"rating": 5, "add_keywords": ["holiday"]}},
    )

    rating: int | None = Field(
        default=None, ge=-1, le=5, description="Stars; -1 rejects, 0 is none."
    )
    favourite: bool | None = None
    title: Text | None = Field(default=None, description='"" says that there is none.')
    caption: Text | None = Field(default=None, description='"" says that there is none.')
    add_keywords: list[Text] = Field(default_factory=list, max_length=100)
    remove_keywords: list[Text] = Field(default_factory=list, max_length=100)
    date: Text | None = Field(default=None, examples=["2023-04-05T12:30+09:00", "1987"])
    gps: GpsChange | None = None
    place: PlaceChange | None = None
    revert: list[Literal[tuple(FIELDS)]] = Field(  # type: ignore[valid-type]
        default_factory=list, description="Show again what the files say of these."
    )

    def edit(self) -> Edit:
        """The same as the library takes it; raises `UsageError`."""
        moment = None if self.date is None else said.moment(self.date)
        return Edit(
            taken_at=None if moment is None else moment.wall,
            offset=None if moment is None else moment.offset,
            precision=None if moment is None else moment.precision,
            gps=None if self.gps is None else Gps(**self.gps.model_dump()),
            place=None if self.place is None else Place(**self.place.model_dump()),
            rating=self.rating,
            favourite=self.favourite,
            title=self.title,
            caption=self.caption,
            add_keywords=tuple(self.add_keywords),
            remove_keywords=tuple(self.remove_keywords),
        )


@router.patch("/photos/{photo_id}")
def edit_photo(context: Here, caller: Editor, photo_id: PhotoId, change: Change) -> PhotoFacts:
    """Say what is so of a photo, against what its file says."""
    context.library.edit([photo_id], change.edit(), revert=change.revert)
    context.gate.note(caller, "edit", f"photo {photo_id}")
    return photo_facts(context.library.photo(photo_id))


class ManyChanged(Change):
    """The same of many photos."""

    photos: list[Id] = Field(min_length=1, max_length=10_000)


class Edited(BaseModel):
    """How many photos were edited."""

    edited: int


@router.post("/edits")
def edit_photos(context: Here, caller: Editor, change: ManyChanged) -> Edited:
    """Say what is so of many photos at once: of all of them, or where one is not there, of none."""
    count = context.library.edit(change.photos, change.edit(), revert=change.revert)
    context.gate.note(caller, "edit", f"{count} photos")
    return Edited(edited=count)


_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A picture.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/webp", "image/avif", "image/jpeg")
        },
    },
    304: {"description": "The client has it."},
}


@router.get(
    "/photos/{photo_id}/thumbnail",
    response_class=Response,
    responses=_PICTURE | documented(413, 415),
)
async def thumbnail(
    request: Request,
    context: Here,
    caller: Guest,
    photo_id: PhotoId,
    size: Size = Size.SMALL,
    tag: Annotated[str, Query(max_length=64, description="`tag` of the photo.")] = "",
) -> Response:
    """A small picture: WebP, AVIF or JPEG, as the client accepts.

    With the photo's `tag` the address is that of its content, and may be kept for ever.
    """
    photo = await run_sync(context.photo, caller, photo_id)
    kind = negotiated(request.headers.get("accept", ""), size)
    headers = {
        "ETag": f'"{photo.digest[:24]}-{size}-{kind.suffix}"',
        "Vary": "Accept",
        "Cache-Control": _FOREVER if tag and photo.digest.startswith(tag) else "private, no-cache",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    data = await run_sync(context.thumbnails.get, photo, size, kind, limiter=context.drawing)
    return Response(data, media_type=kind.media_type, headers=headers)


@router.get(
    "/photos/{photo_id}/original",
    response_class=FileResponse,
    responses={
        200: {
            "description": "The file.",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in (*_TYPES.values(), "application/octet-stream")
            },
        },
        206: {"description": "The ranges of it that were asked for."},
        **documented(416),
    },
)
def original(
    context: Here, caller: Guest, photo_id: PhotoId, download: bool = False
) -> FileResponse:
    """The file itself, as it lies on the disk; ranges of it where they are asked for."""
    if not caller.originals:
        raise NotPermitted("the link shows pictures, not files")
    photo = context.photo(caller, photo_id)
    path = paths.from_text(photo.path)
    kind = _TYPES.get(photo.picture.format.lower())
    try:
        return FileResponse(
            path,
            media_type=kind or "application/octet-stream",
            filename=photo.location.name.encode(errors="replace").decode(),
            content_disposition_type="attachment" if download or kind is None else "inline",
            headers={
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "private, no-cache",
            },
            stat_result=_regular(path),
        )
    except OSError as error:
        raise NotFound(f"the file of photo {photo_id} cannot be read") from error


def _regular(path: str) -> os.stat_result:
    """The state of a regular file; raises `OSError` for anything else."""
    state = os.stat(path)  # noqa: PTH116 - the name may hold bytes that are not UTF-8
    if not stat.S_ISREG(state.st_mode):
        raise FileNotFoundError(path)
    return state
