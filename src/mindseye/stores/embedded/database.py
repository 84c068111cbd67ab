"""One SQLite file: how it is opened, and how its failures become errors of the house."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from mindseye.errors import ConfigError, MindseyeError, StoreBusy, StoreError, StoreUnavailable
from mindseye.fold import fold
from mindseye.query.bounds import metres_between
from mindseye.stores import migrate

_BUSY_MS = 30_000
"""How long a writer waits for another one: a batch takes milliseconds, a migration seconds."""

_MMAP_BYTES = 1 << 30


def path_of(url: str) -> Path:
    """The file a `sqlite:///` URL names; raises `ConfigError`."""
    prefix = "sqlite:///"
    path = url[len(prefix) :]
    if not url.startswith(prefix) or not path:
        raise ConfigError(
            f"{url!r} names no SQLite file", hint="write sqlite:////absolute/path/catalog.db"
        )
    return Path(path).expanduser()


def connect(path: Path, upgraded: Callable[[Connection], None]) -> Engine:
    """An engine over the file, its tables up to date; raises `StoreUnavailable`, `SchemaTooNew`.

    `upgraded` completes an upgrade of the tables within its transaction.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(
            f"the library folder {path.parent} cannot be made: {error.strerror}",
            hint="--library names another place",
        ) from error
    # Not as text: a "?" in a path would begin the options of a URL.
    engine = create_engine(URL.create("sqlite", database=str(path)), pool_size=8, max_overflow=24)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with mapped(path):
            _bring_up_to_date(engine, path, upgraded)
    except BaseException:
        engine.dispose()
        raise
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine, whose transactions take the writer's lock."""
    return engine.execution_options(writes=True)


@contextmanager
def mapped(path: Path) -> Iterator[None]:
    """Failures of the database inside the block become errors of the house."""
    try:
        yield
    except DBAPIError as error:
        raise _error_for(path, error.orig or error) from error
    except sqlite3.Error as error:
        raise _error_for(path, error) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreUnavailable(
                f"the disk of {path.parent} is full", hint="free some space and run it again"
            ) from error
        raise


def _prepare(connection: sqlite3.Connection, record: object) -> None:
    del record
    # Transactions are begun by `_begin`, not guessed from statements by the driver.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        f"mmap_size = {_MMAP_BYTES}",
        "cache_size = -32768",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # What filters ask for (`mindseye.stores.sql.expressions`).
    connection.create_function("fold", 1, fold, deterministic=True)
    connection.create_function("metres_between", 4, _metres_between, deterministic=True)


def _metres_between(
    latitude: float | None, longitude: float | None, other_latitude: float, other_longitude: float
) -> float | None:
    if latitude is None or longitude is None:
        return None
    return metres_between(latitude, longitude, other_latitude, other_longitude)


def _begin(connection: Connection) -> None:
    # A writer takes its lock at once: a reader that turns writer could only fail.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up_to_date(engine: Engine, path: Path, upgraded: Callable[[Connection], None]) -> None:
    with engine.connect() as connection:
        version = migrate.current_version(connection)
    if not migrate.check_version(version):
        return
    if version is None:
        _make(engine, upgraded)
        return
    _back_up(path, version)
    migrate.upgrade(writing(engine), upgraded)


def _make(engine: Engine, upgraded: Callable[[Connection], None]) -> None:
    """The tables of a new library, in one transaction, without a step of its past."""
    with writing(engine).begin() as connection:
        # Another process may have made them meanwhile.
        if migrate.current_version(connection) is None:
            migrate.make(connection)
            upgraded(connection)


def _back_up(path: Path, version: str) -> None:
    """A copy of the library beside it, before its tables are changed."""
    part = path.with_suffix(f".before-{version}.{os.getpid()}.part")
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
            copied = copy.execute("SELECT version_num FROM alembic_version").fetchone()
        # Another process may have upgraded the library meanwhile, and has kept its own copy.
        if copied == (version,):
            part.replace(path.with_suffix(f".before-{version}.db"))
    finally:
        part.unlink(missing_ok=True)


_FAILURES: tuple[tuple[tuple[str, ...], type[StoreError], str, str], ...] = (
    (("locked", "busy"), StoreBusy, "is held by another program", "wait for it or stop it"),
    (("disk is full",), StoreUnavailable, "has no room left on its disk", "free some space"),
    (
        ("not a database", "malformed", "encrypted"),
        StoreUnavailable,
        "is damaged or no library",
        "`mindseye check` says more; a backup or a new ingest makes it whole",
    ),
    (
        ("readonly", "read-only", "unable to open"),
        StoreUnavailable,
        "cannot be opened for writing",
        "check the permissions of its folder, or name another one with --library",
    ),
)
"""Words in SQLite's message -> error, what it says, and what to do."""


def _error_for(path: Path, error: BaseException) -> MindseyeError:
    said = str(error)
    for words, kind, meaning, hint in _FAILURES:
        if any(word in said for word in words):
            return kind(f"{path} {meaning} ({said})", hint=hint)
    return StoreError(f"{path}: {said}")
