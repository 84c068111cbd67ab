"""Where towns lie and what they are called: what maps are drawn with, and places found by name."""

from __future__ import annotations

from functools import cache

import numpy as np
from fastapi import APIRouter, Request, Response

from mindseye.places.gazetteer import Gazetteer
from mindseye.server import columns
from mindseye.server.columns import Columns
from mindseye.server.context import Viewer
from mindseye.server.problems import documented
from mindseye.server.routes.grid import ColumnsAnswer

router = APIRouter(tags=["columns"], responses=documented(401, 403, 422))

_TOWNS = 24_000
_NAMED = 600
"""So many towns, the largest, are drawn, and so many of them have their names written beside."""


@router.get(
    "/towns",
    response_model=ColumnsAnswer,
    responses={
        200: {
            "description": "Columns `latitude`, `longitude` and `population`, the largest first; "
            "`meta.names` are the names of the first ones. Empty without the extra `places`.",
            "content": {columns.BINARY: {"schema": {"type": "string", "format": "binary"}}},
        },
        304: {"description": "Nothing has changed since the answer of that ETag."},
    },
)
def towns(request: Request, caller: Viewer) -> Response:
    """The towns of the Earth as points: a map that needs no tiles."""
    del caller
    made = _towns()
    body = made.packed() if columns.wants_binary(request) else made.plain()
    return columns.answer(request, body)


@cache
def _towns() -> Columns:
    gazetteer = Gazetteer.find()
    if gazetteer is None:
        empty = np.zeros(0, np.float32)
        return Columns({"latitude": empty, "longitude": empty, "population": empty}, {"names": []})
    with gazetteer:
        cities = gazetteer.largest_cities(_NAMED)
        rows = gazetteer.towns().towns
    named = [city.id for city in cities]
    others = rows[~np.isin(rows["id"], named)]
    others = others[np.argsort(-others["population"], kind="stable")][: _TOWNS - len(cities)]
    latitudes = np.array([city.latitude for city in cities], np.float32)
    longitudes = np.array([city.longitude for city in cities], np.float32)
    people = np.array([city.population for city in cities], np.float32)
    return Columns(
        {
            "latitude": np.concatenate([latitudes, others["latitude"]]),
            "longitude": np.concatenate([longitudes, others["longitude"]]),
            "population": np.concatenate([people, others["population"].astype(np.float32)]),
        },
        {"names": [city.name for city in cities]},
    )
