"""Rows of `halfvec` are written as one stream of binary rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection


def copy_vectors(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of `vectors` with their ids, as they come out of another database."""
    by_length = groupby(sorted(rows, key=_length), key=_length)
    for _, alike in by_length:
        some = list(alike)
        values = np.stack([np.frombuffer(row["vector"], "<f2") for row in some])
        known = {name: [row[name] for row in some] for name in ("id", "space_id", "frame_id")}
        stream(connection, values, **known)


def _length(row: Mapping[str, Any]) -> int:
    return len(row["vector"])


def stream(
    connection: Connection, rows: NDArray[np.float16], **columns: int | Sequence[int]
) -> None:
    """Write rows of `vectors` by binary COPY: each field with its length, big end first."""
    dim = rows.shape[1]
    numbers = [part for name in columns for part in ((f"{name}_length", ">i4"), (name, ">i8"))]
    halves = [("length", ">i4"), ("dim", ">i2"), ("unused", ">i2"), ("row", ">f2", (dim,))]
    packed = np.zeros(len(rows), dtype=[("fields", ">i2"), *numbers, *halves])
    packed["fields"], packed["length"] = len(columns) + 1, 4 + 2 * dim
    packed["dim"], packed["row"] = dim, rows
    for name, values in columns.items():
        packed[f"{name}_length"], packed[name] = 8, values
    driver = connection.connection.driver_connection
    assert driver is not None, "the connection is open"
    into = f"COPY vectors ({', '.join(columns)}, vector) FROM STDIN (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + packed.tobytes() + b"\xff\xff")
