"""What taking photos in would be: how many a folder holds, and how long encoding takes here."""

from __future__ import annotations

import time
from typing import Annotated, Final

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from mindseye.encoders.base import Encoder
from mindseye.media import paths
from mindseye.media.scan import scan
from mindseye.server.context import Admin, Here, Viewer
from mindseye.server.problems import documented

router = APIRouter(tags=["library"], responses=documented(400, 401, 403, 404, 409, 422, 503))

_PATIENCE: Final = 2.0
"""Seconds of counting after which a number that is too small is better than none."""

_PACE_HELD: Final = 3600.0
_MEASURED: Final = 8
"""Pictures by which the pace is measured, after one that loads the encoder."""


class FolderCount(BaseModel):
    """How many pictures a folder holds."""

    files: int
    complete: bool = Field(description="False where counting was given up: there are more.")


@router.get("/folders/count")
def count_folder(
    context: Here, caller: Admin, below: Annotated[str, Query(max_length=4000)]
) -> FolderCount:
    """Counts files that an ingest would look at, in a folder and below it, for two seconds."""
    del caller
    found, until = 0, time.monotonic() + _PATIENCE
    for folder in scan(paths.to_text(context.folders.resolve(below))):
        found += len(folder.files)
        if time.monotonic() > until:
            return FolderCount(files=found, complete=False)
    return FolderCount(files=found, complete=True)


class PaceFacts(BaseModel):
    """How fast the encoder in use is here."""

    encoder: str
    pictures_per_second: float = Field(description="Reading and decoding files not included.")


@router.get("/encoders/pace")
def encoder_pace(context: Here, caller: Viewer) -> PaceFacts:
    """How many pictures a second the encoder in use encodes, measured here and kept for an hour."""
    del caller
    encoder = context.library.encoder
    key = ("pace", encoder.space.fingerprint)
    pace = context.memory.get(key, lambda: _pace(encoder), hold=_PACE_HELD)
    return PaceFacts(encoder=encoder.space.encoder, pictures_per_second=pace)


def _pace(encoder: Encoder) -> float:
    """Pictures a second, of a noise that no shortcut is taken for."""
    side = encoder.resolution
    noise = np.random.default_rng(0).integers(0, 256, (_MEASURED, side, side, 3), dtype=np.uint8)
    encoder.encode_images(list(noise[:1]))
    started = time.perf_counter()
    encoder.encode_images(list(noise))
    return _MEASURED / max(1e-6, time.perf_counter() - started)
