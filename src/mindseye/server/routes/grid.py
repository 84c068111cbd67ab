"""Everything at once, as columns: the timeline, positions on Earth, and the map of meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from mindseye.analysis.projection import projected
from mindseye.errors import NotFound
from mindseye.library import Library
from mindseye.server import columns
from mindseye.server.access.roles import Caller
from mindseye.server.asked import Asked, AskedHere, Name, Understood
from mindseye.server.columns import Columns
from mindseye.server.context import Context, Guest, Here, Viewer
from mindseye.server.problems import documented
from mindseye.stores.base import Selection
from mindseye.types import EmbeddingSpace

router = APIRouter(tags=["columns"], responses=documented(400, 401, 403, 404, 409, 422, 503))

_MAP_HELD = 60.0
"""Seconds for which a map may lag behind what is being written: it is made of all vectors."""


class ColumnsAnswer(BaseModel):
    """Columns of one length by name; null stands for what is not known."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"columns": {"id": [17, 4], "minute": [28401690, None]}, "meta": {}}
        }
    )

    columns: dict[str, list[float | int | None]]
    meta: dict[str, Any]


def _documented(said: str) -> dict[int | str, dict[str, Any]]:
    binary = {columns.BINARY: {"schema": {"type": "string", "format": "binary"}}}
    return {
        200: {"description": said, "content": binary},
        304: {"description": "Nothing has changed since the answer of that ETag."},
    }


@router.get(
    "/timeline",
    response_model=ColumnsAnswer,
    responses=_documented(
        "Columns `id`, `minute` (since 1970, by the clock of the place), `aspect` (width over "
        "height in thousandths), `rgb` (5 bits a channel) and `tag` (32 bits of the digest)."
    ),
)
def timeline(request: Request, context: Here, caller: Guest, asked: AskedHere) -> Response:
    """All photos, or those relevant to a query, newest first, those without a date last."""

    def make(chosen: Selection | None) -> Columns:
        listed = context.library.store.columns.timeline(chosen)
        return Columns(columns.of_timeline(listed), {"photos": len(listed.ids)})

    return _remembered(request, context, ("timeline", caller, asked), make)


@router.get(
    "/positions",
    response_model=ColumnsAnswer,
    responses=_documented("Columns `id`, `latitude` and `longitude`, in degrees."),
)
def positions(request: Request, context: Here, caller: Guest, asked: AskedHere) -> Response:
    """Where photos were taken, of all or of those relevant to a query, as far as it is known."""

    def make(chosen: Selection | None) -> Columns:
        known = context.library.store.columns.positions(chosen)
        photos = context.library.store.counts.photos(chosen or Selection())
        return Columns(
            {
                "id": known.ids.astype(np.uint32),
                "latitude": known.latitudes.astype(np.float32),
                "longitude": known.longitudes.astype(np.float32),
            },
            {"photos": photos, "without": photos - len(known.ids)},
        )

    return _remembered(request, context, ("positions", caller, asked), make)


@router.get(
    "/map",
    response_model=ColumnsAnswer,
    responses=_documented(
        "Columns `id`, `x` and `y` from -1 to 1; what lies close together looks alike."
    ),
)
def semantic_map(
    request: Request,
    context: Here,
    caller: Viewer,
    album: Annotated[Name | None, Query()] = None,
) -> Response:
    """A place on a flat map for every photo that is encoded, by the encoder of the album."""
    del caller

    def make() -> Columns:
        library = context.library
        space = _space(library, library.scope(album).encoder)
        chosen = library.chosen(album=album)
        ids, places = projected(library.store, space, chosen)
        return Columns(
            {
                "id": ids.astype(np.uint32),
                "x": places[:, 0].astype(np.float32),
                "y": places[:, 1].astype(np.float32),
            },
            {"photos": len(ids), "method": "principal components"},
        )

    made = context.memory.get(("map", album), make, hold=_MAP_HELD)
    return _in_form(request, made)


@router.get(
    "/themes",
    response_model=ColumnsAnswer,
    responses=_documented(
        "Columns `id` and `theme`, the place of its theme in `meta.themes`. The largest is "
        'first; each has a `name` ("" where no word says it), `likeness` to it, and `photos`.'
    ),
)
def themes(
    request: Request,
    context: Here,
    caller: Viewer,
    album: Annotated[Name | None, Query()] = None,
) -> Response:
    """Groups of photos that look alike, named by words, for every photo that is encoded.

    The first answer of an encoder takes seconds.
    """
    del caller

    def make() -> Columns:
        found = context.library.themes(album)
        return Columns(
            {"id": found.ids.astype(np.uint32), "theme": found.places},
            {"themes": [asdict(theme) for theme in found.themes]},
        )

    return _in_form(request, context.memory.get(("themes", album), make, hold=_MAP_HELD))


def _space(library: Library, encoder: str) -> EmbeddingSpace:
    """The latest space of an encoder that holds vectors; raises `NotFound`."""
    known = [info.space for info in library.store.spaces() if info.vectors]
    found = next((space for space in reversed(known) if space.encoder == encoder), None)
    if found is None:
        raise NotFound(
            f"nothing has been encoded by {encoder} yet", hint="start a job of kind `ingest`"
        )
    return found


def _remembered(
    request: Request,
    context: Context,
    key: tuple[str, Caller, Asked],
    make: Callable[[Selection | None], Columns],
) -> Response:
    what, caller, asked = key
    # What a query finds may depend on today's date: it is remembered for all photos only.
    if caller.album is None and asked == Asked():
        return _in_form(request, context.memory.get(what, lambda: make(None)))

    understood = Understood.of(context, caller, asked)
    found = context.library.chosen(understood.query, album=understood.album, within=asked.only)
    return _in_form(request, make(found))


def _in_form(request: Request, made: Columns) -> Response:
    """The columns in the form that the client takes."""
    body = made.packed() if columns.wants_binary(request) else made.plain()
    return columns.answer(request, body)
