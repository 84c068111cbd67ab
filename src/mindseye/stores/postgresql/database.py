"""One PostgreSQL database: how it is opened, and how its failures become errors of the house."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
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
from mindseye.stores.postgresql.texts import PostgresWords
from mindseye.stores.sql.asked_first import ask_first
from mindseye.stores.sql.comparing import OPTION, Comparing, insisted

_WRITERS: Final = 0x6D696E64_73657965
"""The number of the advisory lock that writers take turns by."""

_POOL: Final = 5
_MORE: Final = 10
"""So many connections are kept open, and so many more are made while all are in use."""

_DEFAULTS: Final = {"connect_timeout": "10", "application_name": "mindseye"}
"""Options of libpq where the URL says nothing; it may name any, such as `sslmode=verify-full`."""

STATEMENT_SECONDS: Final = 120
"""A statement that takes longer is broken off by the server."""

_SETTINGS: Final = {
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "lock_timeout": "30s",
    "DateStyle": "ISO",
    "plan_cache_mode": "force_custom_plan",
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.ef_search": "100",
    "hnsw.max_scan_tuples": "1000000",
    "hnsw.scan_mem_multiplier": "32",
}
"""What every connection is set to. A plan is made for each filter anew, for filters differ in how
many photos pass; a look at an index ends where it is told to, and what it gives in relaxed order is
sorted by the statement."""

_OLDEST: Final = (0, 8)
"""The first version of pgvector that goes on scanning until enough rows pass a filter."""

NEEDED: Final = "comparing them in the database needs pgvector 0.8 or newer"


@dataclass(frozen=True, slots=True)
class Server:
    """What can be said of the server and of this role on it."""

    version: str
    pgvector: str | None
    """The version of pgvector in the database, None where it is not there."""

    writes: bool
    """Whether the role may write; one that may not can search all the same."""

    compares: bool
    """Whether vectors are kept as `halfvec`, and so compared, in the database."""


def url_of(text_: str) -> URL:
    """The URL as SQLAlchemy takes it; raises `ConfigError`, without the password."""
    try:
        url = make_url(text_)
    except (ArgumentError, ValueError):
        raise ConfigError(
            "the URL of the store cannot be read",
            hint="write postgresql://user@host:5432/database, and special characters as %20",
        ) from None
    if not url.database:
        raise ConfigError(
            f"{url.render_as_string()!r} names no database",
            hint="write postgresql://user@host:5432/database",
        )
    insisted(url)
    return url.set(drivername="postgresql+psycopg")


def connect(url: URL, *, create: bool = True) -> tuple[Engine, Server]:
    """An engine over the database, its tables up to date, and what stands behind it.

    Raises `NotFound` where there are no tables and none are to be made, `StoreUnavailable`,
    `SchemaTooNew`, `VectorSearchUnsupported` where the URL insists on it, `MissingExtra`.
    """
    try:
        import psycopg  # noqa: F401 - only to say at once what is lacking
    except ImportError:
        raise MissingExtra("psycopg", "postgresql") from None
    options = {name: value for name, value in _DEFAULTS.items() if name not in url.query}
    engine = create_engine(
        url.difference_update_query([OPTION]),
        pool_size=_POOL,
        max_overflow=_MORE,
        pool_pre_ping=True,
        connect_args=options,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "before_execute", ask_first, retval=True)
    try:
        with mapped(url):
            in_server = insisted(url) is Comparing.SERVER
            _bring_up_to_date(engine, create=create, in_server=in_server)
            with engine.connect() as connection:
                server = look(connection)
            if in_server:
                _require(engine, server.pgvector, compares=server.compares)
    except BaseException:
        engine.dispose()
        raise
    return engine, server


def reading(engine: Engine) -> Engine:
    """The same engine, whose transactions each see one state and write nothing."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writing(engine: Engine) -> Engine:
    """The same engine, whose transactions take turns."""
    writer = engine.execution_options(isolation_level="READ COMMITTED")
    event.listen(writer, "begin", _take_turn)
    return writer


def look(connection: Connection) -> Server:
    """What can be said of the server; marks the dialect if vectors are kept as `halfvec`."""
    row = connection.execute(
        text(
            "SELECT current_setting('server_version'),"
            " (SELECT extversion FROM pg_extension WHERE extname = 'vector'),"
            " has_table_privilege('photos', 'INSERT'),"
            " (SELECT format_type(atttypid, NULL) FROM pg_attribute"
            "  WHERE attrelid = 'vectors'::regclass AND attname = 'vector')"
        )
    ).one()
    kept_as_halves = str(row[3]).endswith("halfvec")
    _mark(connection, has_halfvec=kept_as_halves)
    return Server(str(row[0]).partition(" ")[0], row[1], bool(row[2]), kept_as_halves)


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


def new_enough(pgvector: str | None) -> bool:
    """Whether a version of pgvector can search with filters."""
    if pgvector is None:
        return False
    return tuple(int(part) for part in pgvector.split(".")[:2]) >= _OLDEST


def _mark(connection: Connection, *, has_halfvec: bool) -> None:
    connection.dialect.has_halfvec = has_halfvec  # type: ignore[attr-defined]


def _prepare(connection: Any, record: object) -> None:
    del record
    settings = _SETTINGS.items()
    listed = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings)
    connection.execute(f"SELECT {listed}")
    connection.commit()


def _take_turn(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def _bring_up_to_date(engine: Engine, *, create: bool, in_server: bool) -> None:
    with engine.connect() as connection:
        version = migrate.current_version(connection)
    if version is None and not create:
        raise NotFound(
            f"there is no library in {_named(engine.url)}",
            hint="`mindseye ingest FOLDER` makes one",
        )
    if not migrate.check_version(version):
        return
    writer = writing(engine)
    with writer.begin() as connection:
        version = migrate.current_version(connection)
        if version is None:
            _make(connection, in_server=in_server)
        elif not connection.execute(_OWNS).scalar():
            raise StoreUnavailable(
                f"the library has schema {version}, and this role may not bring it up to date",
                hint="open it once as its owner: mindseye store migrate --store URL",
            )
    if version is not None:
        migrate.upgrade(writer, PostgresWords().rebuild)


def _make(connection: Connection, *, in_server: bool) -> None:
    """All tables of a new library; where pgvector is lacking, its vectors are plain bytes."""
    if not connection.execute(_MAY_MAKE).scalar():
        raise StoreUnavailable(
            "there is no library in the database, and this role may not make one",
            hint="open it once as its owner: mindseye store migrate --store URL",
        )
    pgvector = extend(connection)
    if in_server:
        _require(connection.engine, pgvector, compares=new_enough(pgvector))
    _mark(connection, has_halfvec=new_enough(pgvector))
    migrate.make(connection)
    if connection.dialect.has_halfvec:  # type: ignore[attr-defined]
        # Kept in the row, where a scan finds them: a row of some kilobytes would be laid aside.
        connection.execute(text("ALTER TABLE vectors ALTER COLUMN vector SET STORAGE PLAIN"))
    PostgresWords().rebuild(connection)


def _require(engine: Engine, pgvector: str | None, *, compares: bool) -> None:
    """Refuse a database that does not compare vectors; raises `VectorSearchUnsupported`."""
    if compares:
        return
    if new_enough(pgvector):
        raise VectorSearchUnsupported(
            f"{_named(engine.url)} has pgvector {pgvector}, and a library from before it had",
            hint="mindseye store upgrade, without vectors=server in the URL, moves the vectors",
        )
    raise VectorSearchUnsupported(
        f"{_named(engine.url)} cannot compare vectors: pgvector is {pgvector or 'not there'}",
        hint=f"{NEEDED}; without vectors=server in the URL they are compared on this machine",
    )


def extend(connection: Connection) -> str | None:
    """Bring pgvector into the database if that can be done; returns its version, or None."""
    if connection.execute(_MAY_EXTEND).scalar():
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
    version: str | None = connection.execute(_PGVECTOR).scalar()
    return version


_PGVECTOR: Final = text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
_OWNS: Final = text(
    "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'photos'::regclass"
)
_MAY_MAKE: Final = text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
_MAY_EXTEND: Final = text(
    "SELECT bool_or(rolsuper OR NOT superuser"
    " OR trusted AND has_database_privilege(current_database(), 'CREATE'))"
    " FROM pg_available_extension_versions, pg_roles"
    " WHERE name = 'vector' AND rolname = current_user"
)

_TLS: Final = "add ?sslmode=verify-full&sslrootcert=FILE to the URL"

_FAILURES: Final[Mapping[str, tuple[type[StoreError], str, str]]] = {
    "untrusted": (
        StoreUnavailable,
        "shows no certificate that is trusted",
        "check sslrootcert in the URL, and that the name in it is the server's",
    ),
    "plain": (StoreUnavailable, "takes only connections with TLS", _TLS),
    "no TLS": (StoreUnavailable, "offers no TLS", "check the server's setting ssl"),
    "08": (StoreUnavailable, "cannot be reached", "is the server running, and the address right?"),
    "28": (StoreUnavailable, "does not let this role in", "check name, password and pg_hba.conf"),
    "3D": (StoreUnavailable, "is no database", "createdb makes one"),
    "25006": (StoreError, "may only be read by this role", "use a role that may write"),
    "42501": (StoreError, "does not let this role do that", "use a role that may write"),
    "53300": (StoreBusy, "takes no more connections", "try again, or raise max_connections"),
    "53100": (StoreUnavailable, "has no room left on its disk", "free some space"),
    "55P03": (StoreBusy, "is held by another writer", "wait for it or stop it"),
    "57014": (StoreBusy, f"took more than {STATEMENT_SECONDS} s to answer", "try again later"),
    "57": (StoreUnavailable, "is shutting down or starting", "try again"),
}
"""Beginning of an SQLSTATE, or what stands for one -> error, what it says, and what to do.

The longest that fits holds.
"""


def _error_for(url: URL, error: BaseException) -> MindseyeError:
    state, said = getattr(error, "sqlstate", None) or "", str(error).strip()
    if not state:
        # What happens before there is a session has no code.
        state = next((code for words, code in _SAID if words in said), "08")
    fitting = [code for code in _FAILURES if state.startswith(code)]
    if not fitting:
        return StoreError(f"{_named(url)}: {said}")
    kind, meaning, hint = _FAILURES[max(fitting, key=len)]
    return kind(f"{_named(url)} {meaning} ({said})", hint=hint)


_SAID: Final = (
    ("certificate verify failed", "untrusted"),
    ("does not match host name", "untrusted"),
    ("root certificate file", "untrusted"),
    ("no encryption", "plain"),
    ("does not support SSL", "no TLS"),
    ("password authentication failed", "28"),
    ("no password supplied", "28"),
    ("no pg_hba.conf entry", "28"),
    ('role "', "28"),
    ('database "', "3D"),
    ("too many clients", "53300"),
    ("remaining connection slots", "53300"),
)
"""Words of a refused connection -> the SQLSTATE that goes with them, or what stands for one."""


def _named(url: URL) -> str:
    """The database as people know it, without a password."""
    return f"{url.database} on {url.host or url.query.get('host') or 'this machine'}"
