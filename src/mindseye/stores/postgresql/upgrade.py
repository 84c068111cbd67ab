"""A library whose vectors were compared in files learns to compare them in the database."""

from __future__ import annotations

from typing import Final

import numpy as np
from sqlalchemy import Connection, text

from mindseye.stores.postgresql.database import Server, extend, look, new_enough
from mindseye.stores.postgresql.rows import stream
from mindseye.stores.sql.session import Session

_AT_ONCE: Final = 5_000


def let_compare(session: Session) -> Server:
    """Turn vectors kept as bytes into rows of `halfvec`, in one transaction, if that can be."""
    with session.write() as connection:
        if new_enough(extend(connection)):
            _turn(connection)
        return look(connection)


def _turn(connection: Connection) -> None:
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("CREATE TEMP TABLE kept ON COMMIT DROP AS TABLE vectors"))
    connection.execute(text("CREATE INDEX ON kept (id)"))
    connection.execute(text("TRUNCATE vectors"))
    connection.execute(text("ALTER TABLE vectors DROP COLUMN vector"))
    connection.execute(text("ALTER TABLE vectors ADD COLUMN vector halfvec NOT NULL"))
    connection.execute(text("ALTER TABLE vectors ALTER COLUMN vector SET STORAGE PLAIN"))
    listed = text(
        "SELECT id, space_id, frame_id, vector FROM kept"
        " WHERE space_id = :space AND length(vector) = :bytes AND id > :last"
        " ORDER BY id LIMIT :some"
    )
    for space_id, dim in connection.execute(text("SELECT id, dim FROM spaces")).all():
        last = 0
        while True:
            given = {"space": space_id, "bytes": 2 * dim, "last": last, "some": _AT_ONCE}
            rows = connection.execute(listed, given).all()
            if not rows:
                break
            values = np.stack([np.frombuffer(row[3], "<f2") for row in rows])
            ids, frames = [row[0] for row in rows], [row[2] for row in rows]
            stream(connection, values, id=ids, space_id=space_id, frame_id=frames)
            last = ids[-1]
