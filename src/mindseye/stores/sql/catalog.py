"""The photos of a library, read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)

from mindseye.errors import NotFound
from mindseye.media import paths
from mindseye.query.model import Filter
from mindseye.stores.base import NEWEST_FIRST, Coverage, DateOrder, Selection, SkippedFile
from mindseye.stores.filters import where
from mindseye.stores.schema import (
    colours,
    frames,
    photos,
    picture_texts,
    roots,
    skipped,
)
from mindseye.stores.sql.expressions import as_list, ids_from, one_of, unindexed
from mindseye.stores.sql.load import load_photos
from mindseye.stores.sql.owned import Learning
from mindseye.stores.sql.session import Session, repeatable
from mindseye.types import FileStamp, Ids, Location, Photo


class SqlCatalog:
    """Reads photos; every method is one short transaction of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._frames = Learning(frames.c.photo_id, frames.c.id)

    def get(self, photo_id: int) -> Photo:
        """One photo; raises `NotFound`."""
        found = self.photos([photo_id])
        if not found:
            raise NotFound(f"there is no photo {photo_id}", hint="`mindseye search` shows ids")
        return found[0]

    @repeatable
    def find(self, path: str) -> Photo | None:
        """The photo at this absolute path (text), or None."""
        with self._session.read() as connection:
            known = connection.execute(select(roots.c.id, roots.c.path)).all()
            at = [
                and_(
                    photos.c.root_id == root_id,
                    photos.c.folder == place[0],
                    photos.c.name == place[1],
                )
                for root_id, root in known
                if path != root and paths.covers(root, path) and (place := paths.split(root, path))
            ]
            if not at:
                return None
            return next(iter(load_photos(connection, or_(*at)).values()), None)

    @repeatable
    def photos(self, photo_ids: Sequence[int]) -> list[Photo]:
        """Photos in the order asked for; unknown ids are left out."""
        with self._session.read() as connection:
            found = load_photos(connection, one_of(photos.c.id, photo_ids))
        return [found[photo_id] for photo_id in photo_ids if photo_id in found]

    @repeatable
    def of_frames(self, frame_ids: Sequence[int]) -> dict[int, Photo]:
        """The photo of each frame; frames of missing photos are left out."""
        with self._session.read() as connection:
            owners = connection.execute(
                select(frames.c.id, frames.c.photo_id).where(one_of(frames.c.id, frame_ids))
            ).all()
            found = load_photos(
                connection,
                and_(
                    one_of(photos.c.id, {photo_id for _, photo_id in owners}),
                    photos.c.missing_since.is_(None),
                ),
            )
        return {frame: found[photo_id] for frame, photo_id in owners if photo_id in found}

    @repeatable
    def owners(self, frame_ids: Ids) -> Ids:
        """The id of each frame's photo, in order; -1 where it is missing or there is none."""
        listed = (
            select(as_list(frames.c.id), as_list(frames.c.photo_id))
            .join(photos, photos.c.id == frames.c.photo_id)
            .where(one_of(frames.c.id, frame_ids.tolist()), photos.c.missing_since.is_(None))
        )
        with self._session.read() as connection:
            known, owners = map(ids_from, connection.execute(listed).one())
        order = np.argsort(known)
        places = np.searchsorted(known, frame_ids, sorter=order)
        found = np.full(len(frame_ids), -1, dtype=np.int64)
        there = np.flatnonzero(places < len(known))
        there = there[known[order[places[there]]] == frame_ids[there]]
        found[there] = owners[order[places[there]]]
        return found

    @repeatable
    def frames(self, photo_ids: Sequence[int]) -> dict[int, list[int]]:
        """The frame ids of each photo, in order."""
        grouped: dict[int, list[int]] = defaultdict(list)
        with self._session.read() as connection:
            for photo_id, frame in connection.execute(
                select(frames.c.photo_id, frames.c.id)
                .where(one_of(frames.c.photo_id, photo_ids))
                .order_by(frames.c.photo_id, frames.c.position)
            ):
                grouped[photo_id].append(frame)
        return dict(grouped)

    @repeatable
    def matching(self, filter_: Filter, now: datetime, among: Ids | None = None) -> Ids:
        """The frames, ascending, of all photos that pass a filter and are not missing."""
        passing = and_(photos.c.missing_since.is_(None), where(filter_, now))
        with self._session.read() as connection:
            if among is not None:
                return _among(connection, passing, among)
            if self._frames.pays:
                owners = ids_from(
                    connection.execute(select(as_list(photos.c.id)).where(passing)).scalar_one()
                )
                return np.sort(self._frames.read(connection).of(owners))
            chosen = select(photos.c.id).where(passing)
            listed = select(as_list(frames.c.id)).where(frames.c.photo_id.in_(chosen))
            found = ids_from(connection.execute(listed).scalar_one())
            self._frames.asked(connection, len(found))
            return np.sort(found)

    def rest(self) -> None:
        """Give back the memory of what was learned; it is learned again."""
        self._frames.forget()

    @repeatable
    def by_date(
        self, limit: int, order: DateOrder = NEWEST_FIRST, chosen: Selection | None = None
    ) -> list[Photo]:
        """Photos that are not missing, of those chosen, in this order."""
        listed = select(photos.c.id).where(passes(chosen or Selection()))
        after = order.after
        with self._session.read() as connection:
            ids: list[int] = []
            if after is None or after.taken_at is not None:
                dated = listed.where(photos.c.taken_at.is_not(None), _behind(order))
                ids += connection.execute(_ordered(dated, order, limit)).scalars().all()
            if len(ids) < limit:
                undated = listed.where(photos.c.taken_at.is_(None))
                if after is not None and after.taken_at is None:
                    undated = undated.where(_behind(order))
                rest = _ordered(undated, order, limit - len(ids))
                ids += connection.execute(rest).scalars().all()
        return self.photos(ids)

    @repeatable
    def skipped(self, limit: int = 1000) -> list[tuple[str, SkippedFile]]:
        """Skipped files with their absolute paths, latest first."""
        listed = (
            select(skipped, roots.c.path)
            .join(roots, roots.c.id == skipped.c.root_id)
            .order_by(skipped.c.at.desc(), skipped.c.folder, skipped.c.name)
            .limit(limit)
        )
        found = []
        with self._session.read() as connection:
            for row in connection.execute(listed).mappings():
                location = Location(row["root_id"], row["folder"], row["name"])
                file = SkippedFile(location, FileStamp(row["size"], row["mtime_ns"]), row["reason"])
                found.append((paths.join(row["path"], location), file))
        return found

    @repeatable
    def missing(self) -> list[int]:
        """Ids of the photos whose files are gone."""
        with self._session.read() as connection:
            return list(
                connection.execute(
                    select(photos.c.id).where(photos.c.missing_since.is_not(None))
                ).scalars()
            )

    @repeatable
    def coverage(self) -> Coverage:
        """Counts over the library; `frames` are those of photos that are not missing."""
        reasons = select(skipped.c.reason, func.count()).group_by(skipped.c.reason)
        visible = (
            select(func.count())
            .select_from(frames)
            .join(photos, photos.c.id == frames.c.photo_id)
            .where(photos.c.missing_since.is_(None))
        )
        with self._session.read() as connection:
            total, missing = connection.execute(
                select(func.count(), func.count(photos.c.missing_since)).select_from(photos)
            ).one()
            failed: dict[str, int] = dict(connection.execute(reasons).all())
            count = connection.execute(visible).scalar_one()
            unseen = connection.execute(_without_colours()).scalar_one()
            looked_at, with_text = connection.execute(_read()).one()
        skips = sum(failed.values())
        return Coverage(total, count, missing, skips, failed, unseen, looked_at, with_text)


def _among(connection: Connection, passing: ColumnElement[bool], among: Ids) -> Ids:
    """Those of these frames whose photos pass, ascending."""
    mine = one_of(frames.c.id, among.tolist())
    owners = select(frames.c.photo_id).where(mine)
    chosen = select(photos.c.id).where(passing, unindexed(photos.c.id).in_(owners))
    listed = select(as_list(frames.c.id)).where(frames.c.photo_id.in_(chosen), mine)
    return np.sort(ids_from(connection.execute(listed).scalar_one()))


def passes(chosen: Selection) -> ColumnElement[bool]:
    """The condition on a row of `photos` under which its photo is chosen."""
    tests: list[ColumnElement[bool]] = [photos.c.missing_since.is_(None)]
    if chosen.filter is not None:
        tests.append(where(chosen.filter, chosen.now))
    if chosen.within is not None:
        owners = select(frames.c.photo_id).where(one_of(frames.c.id, chosen.within.tolist()))
        tests.append(photos.c.id.in_(owners))
    return and_(*tests)


def _without_colours() -> Select[int]:
    """How many photos that are not missing were never looked at for colours."""
    seen = exists().where(colours.c.photo_id == photos.c.id)
    visible = photos.c.missing_since.is_(None)
    return select(func.count()).select_from(photos).where(visible, ~seen)


def _read() -> Select[int, int]:
    """In how many photos that are not missing text was looked for, and how many show some."""
    return (
        select(func.count(), func.count(func.nullif(picture_texts.c.text, "")))
        .select_from(picture_texts)
        .join(photos, photos.c.digest == picture_texts.c.digest)
        .where(photos.c.missing_since.is_(None))
    )


def _behind(order: DateOrder) -> ColumnElement[bool]:
    """What comes behind the place that the order names, among dated or undated photos alike."""
    after = order.after
    if after is None:
        return true()
    mine: ColumnElement[Any] = photos.c.id
    theirs: ColumnElement[Any] = literal(after.photo_id)
    if after.taken_at is not None:
        # As a row, so that the index over both is entered at the place.
        mine = tuple_(photos.c.taken_at, mine)
        theirs = tuple_(literal(after.taken_at, DateTime), theirs)
    return mine > theirs if order.oldest_first else mine < theirs


def _ordered(listed: Select[int], order: DateOrder, limit: int) -> Select[int]:
    keys = (photos.c.taken_at, photos.c.id)
    sort = [key.asc() if order.oldest_first else key.desc() for key in keys]
    return listed.order_by(*sort).limit(limit)
