"""Edits that are kept while photos are written: a batch of an ingest lies below them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping, select

from mindseye.stores.base import PhotoRecord
from mindseye.stores.edits import beneath, edit_from, metadata_from, overlaid, to_plain
from mindseye.stores.schema import edits
from mindseye.stores.sql.expressions import one_of
from mindseye.types import Edit, Metadata


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of the table: an edit, and what the files say of the fields it covers."""

    id: int
    edit: Edit
    beneath: Metadata


def kept_edits(
    connection: Connection, records: Sequence[PhotoRecord], ids: Sequence[int | None]
) -> dict[int, Kept]:
    """The edits of records that are to be written, by their places among the records.

    A new photo takes over those that a forgotten photo of the same content left, the latest first.
    """
    of_photos = edits_of(connection, {known for known in ids if known is not None})
    fresh = {record.digest for record, known in zip(records, ids, strict=True) if known is None}
    left = _left_behind(connection, fresh)
    found: dict[int, Kept] = {}
    for place, (record, known) in enumerate(zip(records, ids, strict=True)):
        if known in of_photos:
            found[place] = of_photos[known]
        elif known is None and left[record.digest]:
            found[place] = left[record.digest].pop()
    return found


def edited(records: Sequence[PhotoRecord], kept: Mapping[int, Kept]) -> list[PhotoRecord]:
    """The records with what users said laid over what the files say."""
    return [
        replace(record, metadata=overlaid(record.metadata, kept[place].edit))
        if place in kept
        else record
        for place, record in enumerate(records)
    ]


def settle_edits(
    connection: Connection,
    kept: Mapping[int, Kept],
    records: Sequence[PhotoRecord],
    ids: Sequence[int],
) -> None:
    """Note what the files say now below the edits, and whose the edits are."""
    for place, entry in kept.items():
        record = records[place]
        below = to_plain(beneath(record.metadata, entry.edit))
        row = {"photo_id": ids[place], "digest": record.digest, "beneath": below}
        connection.execute(edits.update().where(edits.c.id == entry.id).values(**row))


def edits_of(connection: Connection, photo_ids: Collection[int]) -> dict[int, Kept]:
    """The edits of these photos, by the photo's id."""
    if not photo_ids:
        return {}
    listed = select(edits).where(one_of(edits.c.photo_id, photo_ids))
    return {row["photo_id"]: _kept(row) for row in connection.execute(listed).mappings()}


def _left_behind(connection: Connection, digests: Collection[str]) -> dict[str, list[Kept]]:
    """Edits of forgotten photos by their digest, the latest last."""
    found: defaultdict[str, list[Kept]] = defaultdict(list)
    if digests:
        listed = select(edits).where(edits.c.photo_id.is_(None), one_of(edits.c.digest, digests))
        for row in connection.execute(listed.order_by(edits.c.edited_at, edits.c.id)).mappings():
            found[row["digest"]].append(_kept(row))
    return found


def _kept(row: RowMapping) -> Kept:
    return Kept(row["id"], edit_from(row["said"]), metadata_from(row["beneath"]))
