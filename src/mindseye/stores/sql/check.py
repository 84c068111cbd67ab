"""Looking for what must not be in a library, and mending what can be mended safely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import Connection, Select, select

from mindseye.stores.base import Problem
from mindseye.stores.schema import frames, photos, spaces, vectors
from mindseye.stores.sql.session import Session, repeatable


def check_rows(session: Session, *, repair: bool) -> Iterator[Problem]:
    """Problems of the rows; nothing but vectors is ever removed."""
    frameless, bad = _bad_rows(session)
    if frameless and repair:
        with session.write() as connection:
            connection.execute(
                frames.insert(), [{"photo_id": photo, "position": 0} for photo in frameless]
            )
    if frameless:
        yield Problem(f"{len(frameless)} photos have no frame", mended=repair)
    if bad and repair:
        with session.write() as connection:
            connection.execute(vectors.delete().where(vectors.c.id.in_(bad)))
    if bad:
        # Their photos are encoded again by the next ingest.
        yield Problem(f"{len(bad)} vectors are not finite or not of their space", mended=repair)
    yield from _check_texts(session, repair=repair)


@repeatable
def _bad_rows(session: Session) -> tuple[Sequence[int], list[int]]:
    """Photos without a frame, and vectors that none can be compared with."""
    with session.read() as connection:
        return connection.execute(_without_frames()).scalars().all(), _bad_vectors(connection)


def _check_texts(session: Session, *, repair: bool) -> Iterator[Problem]:
    """Problems of the words by which photos are found; they follow from the catalog."""
    with session.write() as connection:
        words = session.words
        wrong = words.differing(connection) if words.sound(connection) else None
        if wrong != 0 and repair:
            words.rebuild(connection)
    if wrong is None:
        yield Problem("the words of the photos cannot be read", mended=repair)
    elif wrong:
        yield Problem(f"{wrong} photos are found by other words than theirs", mended=repair)


def _without_frames() -> Select[int]:
    return (
        select(photos.c.id)
        .outerjoin(frames, frames.c.photo_id == photos.c.id)
        .where(frames.c.id.is_(None))
    )


def _bad_vectors(connection: Connection) -> list[int]:
    listed = (
        select(vectors.c.id, vectors.c.vector, spaces.c.dim)
        .join(spaces, spaces.c.id == vectors.c.space_id)
        .execution_options(yield_per=5000)
    )
    return [
        row
        for row, vector, dim in connection.execute(listed)
        if len(vector) != 2 * dim or not np.isfinite(np.frombuffer(vector, np.float16)).all()
    ]
