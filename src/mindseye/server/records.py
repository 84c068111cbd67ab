"""What a server keeps beside the library, in one small SQLite file that only its owner may read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, select
from sqlalchemy.exc import DBAPIError

from mindseye.errors import SchemaTooNew, StoreUnavailable
from mindseye.server.jobs import Job, State
from mindseye.server.schema import jobs, metadata

_VERSION: Final = 1
"""Of the tables; another one needs a step that brings them from the one before."""


class Records:
    """The file `server.db` in the folder of a library, made with mode 0600 when it is not there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "server.db"
        folder.mkdir(parents=True, exist_ok=True)
        # Made by hand: SQLite would let the umask decide who may read it.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        self.path.chmod(0o600)
        self._engine = _opened(self.path)
        with self.write() as connection:
            _require_known(connection, self.path)
            metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {_VERSION}")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that reads; raises `StoreUnavailable`."""
        with _mapped(self.path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is written as a whole or not at all; raises `StoreUnavailable`."""
        with _mapped(self.path), self._engine.begin() as connection:
            yield connection

    def keep_job(self, job: Job) -> None:
        """Write a job down."""
        row = {
            "id": job.id,
            "kind": job.kind,
            "arguments": json.dumps(dict(job.arguments)),
            "state": job.state.value,
            "created_at": job.created_at,
            "started_at": job.started_at,
            "ended_at": job.ended_at,
            "report": None if job.report is None else json.dumps(dict(job.report)),
            "error": None if job.error is None else json.dumps(dict(job.error)),
        }
        with self.write() as connection:
            connection.execute(jobs.delete().where(jobs.c.id == job.id))
            connection.execute(jobs.insert().values(**row))

    def known_jobs(self) -> tuple[Job, ...]:
        """The jobs that were written down."""
        with self.read() as connection:
            rows = connection.execute(select(jobs).order_by(jobs.c.id)).mappings().all()
        return tuple(
            Job(
                id=row["id"],
                kind=row["kind"],
                arguments=json.loads(row["arguments"]),
                state=State(row["state"]),
                created_at=row["created_at"],
                started_at=row["started_at"],
                ended_at=row["ended_at"],
                report=_loaded(row["report"]),
                error=_loaded(row["error"]),
            )
            for row in rows
        )

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()


def _require_known(connection: Connection, path: Path) -> None:
    found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if found > _VERSION:
        raise SchemaTooNew(
            f"{path} has version {found}, and this Mindseye knows up to {_VERSION}",
            hint="pip install --upgrade mindseye",
        )


def _opened(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), pool_size=2, max_overflow=8)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        for pragma in ("busy_timeout = 10000", "journal_mode = WAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


@contextmanager
def _mapped(path: Path) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreUnavailable(f"{path} cannot be used: {error.orig}") from error


def _loaded(text: str | None) -> Any:
    return None if text is None else json.loads(text)
