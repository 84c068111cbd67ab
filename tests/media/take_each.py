"""Takes every file named on standard input and prints, for each, what became of it as JSON.

Run by `test_real_files` in a process of its own with bounded memory, as an ingest would.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings

import numpy as np

from mindseye.errors import MediaError
from mindseye.media.base import DecodeLimits
from mindseye.media.paths import to_text
from mindseye.media.take import take


def outcome(path: str) -> dict[str, object]:
    try:
        taken = take(to_text(path), DecodeLimits(resolution=64))
    except MediaError as error:
        return {"error": type(error).__name__, "message": error.message}
    assert taken.decoded is not None
    metadata, pixels = taken.metadata, taken.decoded.pixels
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    return {
        "size": [taken.decoded.picture.width, taken.decoded.picture.height],
        "format": taken.decoded.picture.format,
        "frames": taken.decoded.picture.frames,
        "pixels": pixels.tolist(),
        "taken_at": metadata.taken_at and metadata.taken_at.isoformat(),
        "offset": None if metadata.offset is None else metadata.offset.total_seconds() / 3600,
        "gps": metadata.gps and [metadata.gps.latitude, metadata.gps.longitude],
        "camera": metadata.camera,
        "source": metadata.sources.get("taken_at"),
        "keywords": metadata.keywords,
        "tool": metadata.generation and metadata.generation.tool,
        "prompt": metadata.generation and metadata.generation.prompt,
    }


if __name__ == "__main__":
    warnings.simplefilter("error")
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    for line in sys.stdin.read().splitlines():
        print(json.dumps([line, outcome(line)]), flush=True)  # noqa: T201
