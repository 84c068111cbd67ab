"""Albums and saved searches: an album with a search is always up to date."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from mindseye.errors import NotFound
from mindseye.server.asked import Id, Name, Text, parsed_here
from mindseye.server.context import MOST_ID, Context, Editor, Here, Viewer
from mindseye.server.models import AlbumFacts, album_facts
from mindseye.server.problems import documented
from mindseye.types import Album

router = APIRouter(
    prefix="/albums", tags=["albums"], responses=documented(400, 401, 403, 404, 409, 422, 503)
)

AlbumId = Annotated[int, Path(ge=1, le=MOST_ID, description="The id of an album.")]


class AlbumAnswer(AlbumFacts):
    """An album with what it holds; `frames` is null where only its search could tell."""

    frames: int | None
    waiting: int = Field(description="Pictures not encoded yet by the encoder of the album.")
    picked: int = Field(description="Photos picked by hand.")
    trouble: str


class AlbumChange(BaseModel):
    """What is said of an album; what is left out stays as it is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"name": "best dogs", "search": "dog rating:>=4"}},
    )

    name: Name | None = None
    folders: list[Text] | None = Field(default=None, max_length=1000)
    description: Text | None = None
    search: Text | None = Field(
        default=None, description="A query; the photos it finds belong to it."
    )
    encoder: Annotated[str, Field(max_length=500)] | None = Field(
        None, description='The spec that is wanted; "" is the library\'s.'
    )
    min_score: float | None = Field(default=None, allow_inf_nan=False)
    max_results: int | None = Field(default=None, ge=1, le=2**31 - 1)
    optimise: bool | None = None


class NewAlbum(AlbumChange):
    """A new album; without folders and search it holds what is picked by hand."""

    name: Name


@router.get("")
def albums(context: Here, caller: Viewer) -> list[AlbumAnswer]:
    """All albums, by name."""
    del caller
    return _answers(context)


@router.post("", status_code=201)
def add_album(context: Here, caller: Editor, wanted: NewAlbum) -> AlbumAnswer:
    """Make an album, for example to save a search."""
    made = context.library.put_album(_changed(context, Album(wanted.name), wanted))
    context.gate.note(caller, "album", f"made {made.name}")
    return _answer(context, made.id)


@router.get("/{album_id}")
def album(context: Here, caller: Viewer, album_id: AlbumId) -> AlbumAnswer:
    """One album."""
    del caller
    return _answer(context, album_id)


@router.patch("/{album_id}")
def change_album(
    context: Here, caller: Editor, album_id: AlbumId, change: AlbumChange
) -> AlbumAnswer:
    """Change an album. Another encoder is a wish until a job of kind `reencode` fulfils it."""
    changed = _changed(context, _found(context, album_id), change)
    context.library.put_album(changed)
    context.gate.note(caller, "album", f"changed {changed.name}")
    return _answer(context, album_id)


@router.delete("/{album_id}", status_code=204)
def remove_album(context: Here, caller: Editor, album_id: AlbumId) -> Response:
    """Remove an album; its photos stay."""
    gone = _found(context, album_id)
    context.library.store.albums.remove(gone.name)
    context.gate.note(caller, "album", f"removed {gone.name}")
    return Response(status_code=204)


class Picked(BaseModel):
    """Photos by id."""

    photos: list[Id] = Field(min_length=1, max_length=10_000)


class Counted(BaseModel):
    """How many photos that changed."""

    photos: int


@router.post("/{album_id}/photos")
def pick(context: Here, caller: Editor, album_id: AlbumId, picked: Picked) -> Counted:
    """Pick photos for an album by hand; they belong to it whatever else it says."""
    found = _found(context, album_id)
    count = context.library.store.albums.pick(found.id, picked.photos)
    context.gate.note(caller, "album", f"picked {count} for {found.name}")
    return Counted(photos=count)


@router.post("/{album_id}/photos/remove")
def unpick(context: Here, caller: Editor, album_id: AlbumId, picked: Picked) -> Counted:
    """Take photos out of those picked by hand."""
    found = _found(context, album_id)
    count = context.library.store.albums.unpick(found.id, picked.photos)
    context.gate.note(caller, "album", f"took {count} out of {found.name}")
    return Counted(photos=count)


def _changed(context: Context, album: Album, change: AlbumChange) -> Album:
    given = change.model_dump(exclude_unset=True)
    for name in ("name", "folders", "description", "search", "encoder"):
        # Null is no value of these: it says as little as leaving them out.
        if given.get(name, "") is None:
            del given[name]
    if "folders" in given:
        given["folders"] = tuple(context.folder_text(folder) for folder in given["folders"])
    if given.get("search"):
        parsed_here(given["search"])
    return replace(album, **given)


def _found(context: Context, album_id: int) -> Album:
    for album in context.library.store.albums:
        if album.id == album_id:
            return album
    raise NotFound(f"there is no album {album_id}")


def _answers(context: Context) -> list[AlbumAnswer]:
    entries = context.memory.get("status", context.library.status).albums
    return [
        AlbumAnswer(
            **dict(album_facts(entry.album)),
            frames=entry.frames,
            waiting=entry.waiting,
            picked=entry.picked,
            trouble=entry.trouble,
        )
        for entry in entries
    ]


def _answer(context: Context, album_id: int) -> AlbumAnswer:
    found = next((entry for entry in _answers(context) if entry.id == album_id), None)
    if found is None:
        raise NotFound(f"there is no album {album_id}")
    return found
