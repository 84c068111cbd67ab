"""A library's tables are brought to the newest version when it is opened.

Alembic takes a quarter of a second to import, so the version is read first, by one statement, and
Alembic is loaded only when there is something to do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from mindseye.errors import SchemaTooNew
from mindseye.stores.schema import metadata

NEWEST = "0010"
"""The version this code is written for: the newest file in `migrations/versions`."""

_FOLDER = Path(__file__).with_name("migrations")


def current_version(connection: Connection) -> str | None:
    """The version of the tables, None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def check_version(version: str | None) -> bool:
    """Whether tables of this version must be upgraded; raises `SchemaTooNew`."""
    if version is not None and version > NEWEST:
        raise SchemaTooNew(
            f"the library has schema {version}, and this Mindseye knows up to {NEWEST}",
            hint="pip install --upgrade mindseye",
        )
    return version != NEWEST


def make(connection: Connection) -> None:
    """All tables as the schema has them, at the newest version.

    For a database that no older version knew: the steps by which the tables came to be were never
    taken there.
    """
    metadata.create_all(connection)
    connection.execute(
        text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": NEWEST})


def upgrade(engine: Engine, then: Callable[[Connection], None]) -> None:
    """Run every migration that is missing, and `then`, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        then(connection)
