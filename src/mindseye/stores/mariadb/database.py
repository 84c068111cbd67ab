"""One MariaDB database: how it is opened, and how its failures become errors of the house."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import md5
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mindseye.errors import (
    ConfigError,
    MindseyeError,
    MissingExtra,
    NotFound,
    StoreBusy,
    StoreError,
    StoreUnavailable,
    VectorSearchUnsupported,
)
from mindseye.stores import migrate
from mindseye.stores.mariadb.expressions import COLLATION
from mindseye.stores.mariadb.texts import MariaWords
from mindseye.stores.sql.asked_first import ask_first
from mindseye.stores.sql.comparing import OPTION, Comparing, insisted

_POOL: Final = 5
_MORE: Final = 10
"""So many connections are kept open, and so many more are made while all are in use."""

_FILES: Final = ("ssl_ca", "ssl_capath", "ssl_cert", "ssl_key")
_OPTIONS: Final = (
    *_FILES,
    *("unix_socket", "connect_timeout"),
    *("ssl_cipher", "ssl_check_hostname", OPTION),
)
"""What may follow the `?` of a URL: options of PyMySQL, and one that is ours."""

STATEMENT_SECONDS: Final = 120
"""A statement that takes longer is broken off by the server."""

_SETTINGS: Final = {
    "sql_mode": "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
    "collation_connection": COLLATION,
    "tx_isolation": "'REPEATABLE-READ'",
    "max_statement_time": STATEMENT_SECONDS,
    "lock_wait_timeout": 30,
    "innodb_lock_wait_timeout": 30,
    "group_concat_max_len": 4_294_967_295,
    "max_recursive_iterations": 4_294_967_295,
}
"""What every connection is set to; by the server's own limits, long lists would end early."""

_OLDEST: Final = (10, 6)
"""The first version that reads lists from JSON."""

NEEDED: Final = "comparing vectors in the database needs MariaDB 11.7 or newer"

_FORBIDDEN: Final = (1142, 1290)
"""Errors of a role that may not write, and of a server that may only be read."""

_CUT_SHORT: Final = 1260
"""The server's warning that `group_concat` has left something out."""

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS turns (id INT PRIMARY KEY, number BIGINT NOT NULL) ENGINE=InnoDB",
    "INSERT INTO turns VALUES (1, 1) ON DUPLICATE KEY UPDATE number = number",
)
"""Writers take turns by locking the only row of this table, and count what was written."""


@dataclass(frozen=True, slots=True)
class Server:
    """What can be said of the server."""

    version: str
    compares: bool
    """Whether it has vectors, and indexes for them: MariaDB from 11.7 on."""

    cache: int
    """Bytes that it keeps of an index of vectors in memory."""


def url_of(text_: str) -> URL:
    """The URL as SQLAlchemy takes it; raises `ConfigError`, without the password."""
    try:
        url = make_url(text_)
    except (ArgumentError, ValueError):
        raise ConfigError(
            "the URL of the store cannot be read",
            hint="write mariadb://user@host:3306/database, and special characters as %20",
        ) from None
    if not url.database:
        raise ConfigError(
            f"{url.render_as_string()!r} names no database",
            hint="write mariadb://user@host:3306/database",
        )
    for name in url.query:
        if name not in _OPTIONS:
            near = get_close_matches(name, _OPTIONS, n=1)
            raise ConfigError(
                f"the URL of the store has the option {name!r}, which is none",
                hint=f"did you mean {near[0]!r}?" if near else f"known are {', '.join(_OPTIONS)}",
            )
    insisted(url)
    for name in _FILES:
        if name in url.query and not Path(str(url.query[name])).exists():
            raise ConfigError(f"there is no file {url.query[name]}", hint=f"{name} in the URL")
    return url.set(drivername="mariadb+pymysql")


def connect(url: URL, *, create: bool = True) -> tuple[Engine, Server]:
    """An engine over the database, its tables up to date, and what stands behind it.

    Raises `NotFound` where there are no tables and none are to be made, `StoreUnavailable`,
    `SchemaTooNew`, `MissingExtra`.
    """
    try:
        import pymysql  # noqa: F401 - only to say at once what is lacking
    except ImportError:
        raise MissingExtra("pymysql", "mariadb") from None
    engine = create_engine(url, pool_size=_POOL, max_overflow=_MORE, pool_pre_ping=True)
    event.listen(engine, "do_connect", _adapt)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "after_cursor_execute", _refuse_less)
    event.listen(engine, "before_execute", ask_first, retval=True)
    try:
        with mapped(url):
            server = look(engine)
            _bring_up_to_date(engine, create=create)
    except BaseException:
        engine.dispose()
        raise
    return engine, server


def writing(engine: Engine) -> Engine:
    """The same engine, whose transactions take turns."""
    return engine.execution_options(writes=True)


def unbounded(engine: Engine) -> Engine:
    """The same engine for statements that stand alone and may take long, such as making tables."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def look(engine: Engine) -> Server:
    """What can be said of the server; raises `StoreUnavailable` for one that will not do."""
    with unbounded(engine).connect() as connection:
        version = str(connection.execute(text("SELECT version()")).scalar())
        known = connection.dialect.server_version_info
        asked = text("SHOW VARIABLES LIKE 'mhnsw_max_cache_size'")
        cache = connection.execute(asked).first()
    if known is None or known < _OLDEST:
        raise StoreUnavailable(
            f"{_named(engine.url)} is MariaDB {version}, and Mindseye needs 10.6 or newer",
            hint="vectors are compared in the server from 11.7 on",
        )
    if cache is None and insisted(engine.url) is Comparing.SERVER:
        raise VectorSearchUnsupported(
            f"{_named(engine.url)} is MariaDB {version}, which cannot compare vectors",
            hint=f"{NEEDED}; without vectors=server in the URL they are compared on this machine",
        )
    return Server(version, cache is not None, 0 if cache is None else int(cache[1]))


def may_write(connection: Connection) -> bool:
    """Whether this role may write: the server says so before it looks at any row."""
    try:
        connection.execute(text("UPDATE turns SET number = number WHERE false"))
    except DBAPIError as error:
        if error.orig is None or error.orig.args[0] not in _FORBIDDEN:
            raise
        return False
    return True


@contextmanager
def locked(connection: Connection, what: str, *, seconds: int = 60) -> Iterator[bool]:
    """Keep others in the database from the same, if they did not come first; says whether.

    For what is no transaction: to make a table or an index ends any.
    """
    # A lock is the server's, and its name ends after 64 characters.
    mine = md5(f"{connection.engine.url.database}/{what}".encode(), usedforsecurity=False)
    lock = {"name": f"mindseye {mine.hexdigest()}", "seconds": seconds}
    taken = bool(connection.execute(text("SELECT get_lock(:name, :seconds)"), lock).scalar())
    try:
        yield taken
    finally:
        if taken:
            connection.execute(text("SELECT release_lock(:name)"), lock)


@contextmanager
def mapped(url: URL) -> Iterator[None]:
    """Failures of the database inside the block become errors of the house."""
    try:
        yield
    except DBAPIError as error:
        raise _error_for(url, error.orig or error) from error
    except PoolTimeout as error:
        raise StoreBusy(
            f"all {_POOL + _MORE} connections to {_named(url)} are in use",
            hint="try again; fewer threads need fewer connections",
        ) from error
    except InvalidRequestError as error:
        if "not a MariaDB variant" not in str(error):
            raise
        raise StoreUnavailable(
            f"{_named(url)} is MySQL, which lacks what Mindseye needs of MariaDB",
            hint="use MariaDB 11.8 or newer, PostgreSQL or SQLite",
        ) from error


def _adapt(_: object, __: object, ___: object, parameters: dict[str, Any]) -> None:
    """Passwords are UTF-8, where PyMySQL would take them for Latin-1; our own option is not its.

    Nobody listens to a socket of this machine: to encrypt what goes through it takes longer than
    many a search, so that is done only if the URL says so.
    """
    parameters.pop(OPTION, None)
    parameters["ssl_disabled"] = "unix_socket" in parameters and "ssl" not in parameters
    parameters["password"] = str(parameters.get("password", "")).encode()


def _prepare(connection: Any, record: object) -> None:
    del record
    settings = ", ".join(f"{name} = {value}" for name, value in _SETTINGS.items())
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION {settings}")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    if options.get("writes", False):
        connection.exec_driver_sql("START TRANSACTION")
        # Waits for whoever writes; what is read from here on is the newest there is.
        connection.exec_driver_sql("UPDATE turns SET number = number + 1")
    else:
        connection.exec_driver_sql("START TRANSACTION READ ONLY")


def _refuse_less(connection: Connection, cursor: Any, statement: str, *_: object) -> None:
    """A list that the server cut short is no answer."""
    if not getattr(cursor, "warning_count", 0) or "group_concat" not in statement:
        return
    warnings = cursor.connection.show_warnings()
    if any(code == _CUT_SHORT for _, code, _ in warnings):
        raise StoreError(
            f"a list was longer than {_named(connection.engine.url)} may send",
            hint="raise max_allowed_packet of the server: ten bytes for each photo will do",
        )


def _bring_up_to_date(engine: Engine, *, create: bool) -> None:
    with engine.connect() as connection:
        version = migrate.current_version(connection)
    if version is None and not create:
        raise NotFound(
            f"there is no library in {_named(engine.url)}",
            hint="`mindseye ingest FOLDER` makes one",
        )
    if not migrate.check_version(version):
        return
    with unbounded(engine).connect() as connection, locked(connection, "tables") as alone:
        if not alone:
            raise StoreBusy("another program is making the tables", hint="try again")
        version = migrate.current_version(connection)
        if version is None:
            for statement in _TABLES:
                connection.execute(text(statement))
            MariaWords().make(connection)
            migrate.make(connection)
        elif migrate.check_version(version):
            migrate.upgrade(writing(engine), MariaWords().rebuild)


_UNTRUSTED: Final = 2026

_NO_ENTRY: Final = "check name and password, and ssl_ca in the URL if the server wants TLS"
_NO_RIGHT: Final = "use a role that may write; see the how-to page on MariaDB"

_FAILURES: Final[Mapping[int, tuple[type[StoreError], str, str]]] = {
    1021: (StoreUnavailable, "has no room left on its disk", "free some space"),
    1040: (StoreBusy, "takes no more connections", "try again, or raise max_connections"),
    1044: (StoreUnavailable, "does not let this role in", "check its rights on the database"),
    1045: (StoreUnavailable, "does not let this role in", _NO_ENTRY),
    1049: (StoreUnavailable, "is no database", "CREATE DATABASE makes one"),
    1114: (StoreUnavailable, "has no room left on its disk", "free some space"),
    1142: (StoreError, "does not let this role do that", _NO_RIGHT),
    1153: (StoreError, "was sent too much at a time", "raise max_allowed_packet of the server"),
    1203: (StoreBusy, "takes no more connections", "try again, or raise max_user_connections"),
    1205: (StoreBusy, "is held by another writer", "wait for it or stop it"),
    1227: (StoreError, "does not let this role do that", _NO_RIGHT),
    1290: (StoreError, "may only be read", "the server is started with read_only"),
    1406: (StoreError, "holds no names that long", "add a folder further down as a root"),
    1698: (StoreUnavailable, "does not let this role in", _NO_ENTRY),
    1969: (StoreBusy, f"took more than {STATEMENT_SECONDS} s to answer", "try again later"),
    2003: (StoreUnavailable, "cannot be reached", "is the server running, the address right?"),
    2006: (StoreUnavailable, "broke off the connection", "try again"),
    2013: (StoreUnavailable, "broke off the connection", "try again"),
    2026: (StoreUnavailable, "shows no certificate that is trusted", "check ssl_ca in the URL"),
}
"""Number of an error -> error, what it says, and what to do."""


def _error_for(url: URL, error: BaseException) -> MindseyeError:
    code, *rest = error.args if error.args and isinstance(error.args[0], int) else (0, error)
    said = rest[0] if rest else error
    if "CERTIFICATE_VERIFY_FAILED" in str(said):
        code = _UNTRUSTED
    if code not in _FAILURES:
        return StoreError(f"{_named(url)}: {said}")
    kind, meaning, hint = _FAILURES[code]
    return kind(f"{_named(url)} {meaning} ({said})", hint=hint)


def _named(url: URL) -> str:
    """The database as people know it, without a password."""
    return f"{url.database} on {url.host or 'this machine'}"
