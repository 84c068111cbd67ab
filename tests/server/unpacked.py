"""Reads binary columns as the page does."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray


def unpacked(body: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The columns and what else the header says."""
    length = int.from_bytes(body[:4], "little")
    header = json.loads(body[4 : 4 + length])
    found = {}
    for name, (kind, count, start) in header["columns"].items():
        assert (4 + length + start) % np.dtype(kind).itemsize == 0
        found[name] = np.frombuffer(body, f"<{kind}", count, 4 + length + start)
    return found, header["meta"]
