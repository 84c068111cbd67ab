"""How a batch is written: a handful of statements, each over all of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import Connection, String, bindparam, cast, literal, select

from mindseye.stores.base import Batch, Move, PhotoRecord, SkippedFile
from mindseye.stores.rows import location_row, now, record_row, stamp_row
from mindseye.stores.schema import frames, photos, skipped, vectors
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.kept import edited, kept_edits, settle_edits
from mindseye.stores.sql.lists import clear_lists, write_colours, write_lists
from mindseye.stores.sql.picture_texts import drop_unowned
from mindseye.stores.sql.vectors import SqlVectors
from mindseye.stores.sql.words import Words
from mindseye.types import Location

_PLACE = ("root_id", "folder", "name")


def write_batch(
    connection: Connection, batch: Batch, table: SqlVectors | None, words: Words
) -> list[int]:
    """Write everything in the batch; returns the ids of its photos, in order.

    A photo and a skipped row for one file: a photo that is written or moved to a place ends the
    row of that place; a known photo whose file went bad stays as it was and gets a row beside it.
    """
    _move(connection, batch.moves)
    ids = _write_photos(connection, batch.photos)
    if table is not None:
        _write_vectors(connection, table, ids, batch.photos)
    placed = [record.location for record in batch.photos]
    _unskip(connection, [*placed, *(move.location for move in batch.moves), *batch.vanished])
    _skip(connection, batch.skipped)
    _set_missing(connection, batch.seen, missing=False)
    _set_missing(connection, batch.missing, missing=True)
    write_colours(connection, batch.colours)
    moved = (move.photo_id for move in batch.moves)
    words.write(connection, {*ids, *moved, *batch.seen, *batch.missing})
    return ids


def _write_photos(connection: Connection, records: Sequence[PhotoRecord]) -> list[int]:
    """Write photos with their frames, keywords, people and colours, below what users said of them.

    A new record for a place where a photo is known already replaces that photo.
    """
    there = _photos_at(connection, [r.location for r in records if r.photo_id is None])
    ids = [record.photo_id or there.get(record.location) for record in records]
    said = kept_edits(connection, records, ids)
    of_files, records = records, edited(records, said)
    fresh = [record for record, known in zip(records, ids, strict=True) if known is None]
    replaced = {
        known: record for record, known in zip(records, ids, strict=True) if known is not None
    }
    _replace(connection, replaced)
    made = iter(_insert(connection, fresh))
    written = [next(made) if known is None else known for known in ids]
    write_lists(connection, dict(zip(written, records, strict=True)))
    settle_edits(connection, said, of_files, written)
    return written


def _photos_at(connection: Connection, locations: Sequence[Location]) -> dict[Location, int]:
    """The photos known at these places."""
    found: dict[Location, int] = {}
    by_root = sorted(locations, key=lambda location: location.root_id)
    for root_id, below in groupby(by_root, key=lambda location: location.root_id):
        places = {(location.folder, location.name) for location in below}
        # Folders times names may name more places than were asked for; the others are passed over.
        listed = select(photos.c.id, photos.c.folder, photos.c.name).where(
            photos.c.root_id == root_id,
            one_of(photos.c.folder, {folder for folder, _ in places}),
            one_of(photos.c.name, {name for _, name in places}),
        )
        for photo_id, folder, name in connection.execute(listed):
            found[Location(root_id, folder, name)] = photo_id
    return found


def _insert(connection: Connection, records: Sequence[PhotoRecord]) -> list[int]:
    if not records:
        return []
    added = now()
    made = connection.execute(
        photos.insert().returning(photos.c.id, sort_by_parameter_order=True),
        [{**record_row(record), "added_at": added} for record in records],
    )
    ids = [int(photo_id) for photo_id in made.scalars()]
    connection.execute(frames.insert(), [{"photo_id": photo, "position": 0} for photo in ids])
    return ids


def _replace(connection: Connection, records: dict[int, PhotoRecord]) -> None:
    """Write over known photos: they keep their ids, their frames and when they were added.

    A photo whose content changed loses the vectors of all spaces, and the text read in it: they
    show what it no longer is.
    """
    if not records:
        return
    listed = select(photos.c.id, photos.c.digest, *(photos.c[name] for name in _PLACE))
    edited, elsewhere, before = [], [], []
    for photo_id, digest, *place in connection.execute(listed.where(one_of(photos.c.id, records))):
        record = records[photo_id]
        if digest != record.digest:
            edited.append(photo_id)
            before.append(digest)
        if Location(*place) != record.location:
            elsewhere.append(photo_id)
    owned = select(frames.c.id).where(one_of(frames.c.photo_id, edited))
    connection.execute(vectors.delete().where(vectors.c.frame_id.in_(owned)))
    clear_lists(connection, records)
    _park(connection, elsewhere)
    rows = [{**record_row(record), "at_id": known} for known, record in records.items()]
    update_photos(connection, rows)
    drop_unowned(connection, before)


def _move(connection: Connection, moves: Sequence[Move]) -> None:
    _park(connection, [move.photo_id for move in moves])
    rows = [
        {
            "at_id": move.photo_id,
            "missing_since": None,
            **location_row(move.location),
            **stamp_row(move.stamp),
        }
        for move in moves
    ]
    update_photos(connection, rows)


def _park(connection: Connection, photo_ids: Sequence[int]) -> None:
    """Give photos names no file can have, so that they may change places with each other."""
    if photo_ids:
        parked = literal("/").concat(cast(photos.c.id, String))
        connection.execute(
            photos.update().where(one_of(photos.c.id, photo_ids)).values(name=parked)
        )


def update_photos(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write columns of photos: each row has the id as `at_id`, and all rows the same columns."""
    if rows:
        changed: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "at_id"}
        connection.execute(
            photos.update().where(photos.c.id == bindparam("at_id")).values(**changed), rows
        )


def _write_vectors(
    connection: Connection,
    table: SqlVectors,
    ids: Sequence[int],
    records: Sequence[PhotoRecord],
) -> None:
    rows = {
        photo_id: record.vector
        for photo_id, record in zip(ids, records, strict=True)
        if record.vector is not None
    }
    if not rows:
        return
    listed = select(frames.c.photo_id, frames.c.id).where(
        one_of(frames.c.photo_id, rows), frames.c.position == 0
    )
    owned: dict[int, int] = dict(connection.execute(listed).all())
    table.write(
        connection,
        [owned[photo_id] for photo_id in rows],
        np.array(list(rows.values()), dtype=np.float32),
    )


def _skip(connection: Connection, files: Sequence[SkippedFile]) -> None:
    _unskip(connection, [file.location for file in files])
    at = now()
    rows = [
        {**location_row(file.location), **stamp_row(file.stamp), "reason": file.reason, "at": at}
        for file in files
    ]
    if rows:
        connection.execute(skipped.insert(), rows)


def _unskip(connection: Connection, locations: Sequence[Location]) -> None:
    if locations:
        same = [skipped.c[name] == bindparam(f"at_{name}") for name in _PLACE]
        connection.execute(
            skipped.delete().where(*same),
            [
                {f"at_{name}": value for name, value in location_row(location).items()}
                for location in locations
            ],
        )


def _set_missing(connection: Connection, photo_ids: Sequence[int], *, missing: bool) -> None:
    if photo_ids:
        # A photo that is missing already keeps the day it was missed first.
        listed = one_of(photos.c.id, photo_ids)
        if missing:
            listed &= photos.c.missing_since.is_(None)
        connection.execute(
            photos.update().where(listed).values(missing_since=now() if missing else None)
        )
