"""What was read in the pictures of a library."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, RowMapping, exists, func, select

from mindseye.query.model import Filter
from mindseye.stores.filters import where
from mindseye.stores.rows import now
from mindseye.stores.schema import photos, picture_texts
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.session import Session, repeatable
from mindseye.types import Ids, PictureText, TextRegion


class SqlPictureTexts:
    """What was read in pictures, by their content; every method is one short transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @repeatable
    def find(self, digest: str) -> PictureText | None:
        """What was read in the pictures of this content, or None where nobody has looked."""
        listed = select(picture_texts).where(picture_texts.c.digest == digest)
        with self._session.read() as connection:
            row = connection.execute(listed).mappings().first()
        return None if row is None else _picture_text(row)

    @repeatable
    def waiting(self, of: Filter | None = None, reader: str = "") -> Ids:
        """Photos whose picture was not looked at, newest first, one of several copies."""
        read = exists().where(picture_texts.c.digest == photos.c.digest)
        if reader:
            read = read.where(picture_texts.c.reader == reader)
        taken, newest = func.max(photos.c.taken_at), func.max(photos.c.id)
        listed = (
            select(newest)
            .where(photos.c.missing_since.is_(None), ~read)
            .group_by(photos.c.digest)
            .order_by(taken.is_(None), taken.desc(), newest.desc())
        )
        if of is not None:
            listed = listed.where(where(of, datetime.now()))
        with self._session.read() as connection:
            return np.fromiter(connection.execute(listed).scalars(), np.int64)

    def put(self, digest: str, found: PictureText) -> None:
        """Write what was read; nothing, where no photo has this content any more."""
        owners = select(photos.c.id).where(photos.c.digest == digest)
        row = {
            "digest": digest,
            "reader": found.reader,
            "read_at": now(),
            "text": found.text,
            "regions": [asdict(region) for region in found.regions],
        }
        with self._session.write() as connection:
            ids = connection.execute(owners).scalars().all()
            if ids:
                connection.execute(picture_texts.delete().where(picture_texts.c.digest == digest))
                connection.execute(picture_texts.insert(), row)
                self._session.words.write(connection, ids)


def drop_unowned(connection: Connection, digests: Collection[str]) -> None:
    """Remove what was read in these contents, where no photo has them any more."""
    owned = exists().where(photos.c.digest == picture_texts.c.digest)
    connection.execute(
        picture_texts.delete().where(one_of(picture_texts.c.digest, digests), ~owned)
    )


def _picture_text(row: RowMapping) -> PictureText:
    regions = tuple(
        TextRegion(region["text"], region["confidence"], tuple((x, y) for x, y in region["box"]))
        for region in row["regions"]
    )
    return PictureText(row["reader"], regions)
