"""Columns of numbers as a browser reads them without parsing, or as JSON.

The binary form: the length of the header as a 32-bit number, the header as JSON, padded by blanks
to a multiple of 4, then the columns one after the other, each padded by zeros to a multiple of 8.
All numbers are little-endian. The header:

    {"columns": {"id": ["u4", 3, 0], ...}, "meta": {...}}

names for each column its type (a NumPy code: u4, i4, u2, f4, f8), how many values it has and where
it begins, in bytes after the header; `meta` is what the route documents.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from fastapi import Request, Response
from numpy.typing import NDArray

from mindseye.stores.base import NO_DATE, NO_TINT, Timeline
from mindseye.stores.columns import tint_of
from mindseye.types import Hit

BINARY: Final = "application/vnd.mindseye.columns"
"""The media type of the binary form."""

JSON: Final = "application/json"

_ALIGNED: Final = 8
_MISSING: Final = {"minute": NO_DATE}
"""The value that stands for a missing one in a column of whole numbers."""

_GREY: Final = 0x808080


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Arrays of one length by name, and what else there is to say."""

    columns: Mapping[str, NDArray[Any]]
    meta: Mapping[str, Any] = field(default_factory=dict)

    def packed(self) -> bytes:
        """The binary form."""
        described, bodies, start = {}, [], 0
        for name, values in self.columns.items():
            little = values.astype(values.dtype.newbyteorder("<"), copy=False)
            body = np.ascontiguousarray(little).tobytes()
            body += b"\0" * (-len(body) % _ALIGNED)
            described[name] = [little.dtype.str[1:], len(values), start]
            bodies.append(body)
            start += len(body)
        header = json.dumps({"columns": described, "meta": self.meta}).encode()
        # The header's own length takes 4 bytes: the columns begin at a multiple of 8.
        header += b" " * (-(len(header) + 4) % _ALIGNED)
        return b"".join((len(header).to_bytes(4, "little"), header, *bodies))

    def plain(self) -> bytes:
        """The same as JSON; null stands for what is not known."""
        listed = {name: _listed(name, values) for name, values in self.columns.items()}
        return json.dumps({"columns": listed, "meta": self.meta}).encode()


def of_timeline(timeline: Timeline) -> dict[str, NDArray[Any]]:
    """What a grid needs of each photo."""
    return {
        "id": _ids(timeline.ids),
        "minute": timeline.minutes.astype(np.int32),
        "aspect": _aspects(timeline.widths, timeline.heights),
        "rgb": _rgb555(timeline.tints),
        "tag": timeline.tags,
    }


def of_hits(hits: Sequence[Hit]) -> dict[str, NDArray[Any]]:
    """What a grid needs of each hit, in the order of the hits."""
    photos = [hit.photo for hit in hits]
    taken = np.array([photo.metadata.taken_at for photo in photos], dtype="datetime64[m]")
    minutes = np.where(np.isnat(taken), NO_DATE, taken.astype(np.int64))
    widths = np.array([photo.picture.width for photo in photos], dtype=np.int32)
    heights = np.array([photo.picture.height for photo in photos], dtype=np.int32)
    tints = [tint_of(dict(photo.picture.colours or {})) for photo in photos]
    return {
        "id": _ids(np.array([photo.id for photo in photos], dtype=np.int64)),
        "minute": minutes.astype(np.int32),
        "aspect": _aspects(widths, heights),
        "rgb": _rgb555(np.array(tints, dtype=np.int32)),
        "tag": np.array([int(photo.digest[:8], 16) for photo in photos], dtype=np.uint32),
        "score": np.array([hit.score for hit in hits], dtype=np.float32),
        "probability": np.array(
            [math.nan if hit.probability is None else hit.probability for hit in hits], np.float32
        ),
    }


def wants_binary(request: Request) -> bool:
    """Whether a client asks for the binary form; without a word it gets JSON."""
    return BINARY in request.headers.get("accept", "")


def answer(request: Request, body: bytes, *, cached: bool = True) -> Response:
    """The answer with an ETag, or 304 where the client has it already."""
    binary = wants_binary(request)
    headers = {"Vary": "Accept", "Cache-Control": "private, no-cache" if cached else "no-store"}
    if cached:
        # Weak, as what is sent may be compressed or not.
        headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
        known = request.headers.get("if-none-match", "")
        if headers["ETag"] in (tag.strip() for tag in known.split(",")):
            return Response(status_code=304, headers=headers)
    return Response(body, media_type=BINARY if binary else JSON, headers=headers)


def _ids(ids: NDArray[np.int64]) -> NDArray[Any]:
    """Ids as 32 bits, or as floats where a library has grown beyond them."""
    return ids.astype(np.uint32 if not len(ids) or int(ids.max()) < 2**32 else np.float64)


def _aspects(widths: NDArray[np.int32], heights: NDArray[np.int32]) -> NDArray[np.uint16]:
    """Width over height in thousandths."""
    ratio = np.rint(widths * 1000.0 / np.maximum(heights, 1))
    return np.clip(ratio, 1, 65_535).astype(np.uint16)


def _rgb555(tints: NDArray[np.int32]) -> NDArray[np.uint16]:
    """0xRRGGBB as 5 bits a channel; grey where the colours are not known."""
    known = np.where(tints == NO_TINT, _GREY, tints)
    red, green, blue = (known >> 19 & 31, known >> 11 & 31, known >> 3 & 31)
    return (red << 10 | green << 5 | blue).astype(np.uint16)


def _listed(name: str, values: NDArray[Any]) -> list[Any]:
    listed = values.tolist()
    if values.dtype.kind == "f":
        return [None if math.isnan(value) else value for value in listed]
    missing = _MISSING.get(name)
    return listed if missing is None else [None if v == missing else v for v in listed]
