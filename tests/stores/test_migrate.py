"""Tables come from migrations, end where the schema says, and are backed up before they change."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from tests.stores.test_embedded import SOURCES

from mindseye.stores import migrate, open_store
from mindseye.stores.schema import metadata
from mindseye.testing.samples import put_some


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "catalog.db"
    open_store(f"sqlite:///{path}", index_dir=tmp_path / "index").close()
    return path


def test_the_migrated_tables_are_those_of_the_schema(path):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            assert compare_metadata(context, metadata) == []
    finally:
        engine.dispose()


def tables(engine):
    with engine.connect() as connection:
        return {
            name: {
                (*column[1:4], column[5])
                for column in connection.execute(text(f"PRAGMA table_info({name})"))
            }
            for name in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'table'")
            ).scalars()
            if name != "alembic_version" and not name.startswith("sqlite_")
        }


def test_the_migrated_columns_have_the_types_of_the_schema(path):
    migrated, direct = create_engine(f"sqlite:///{path}"), create_engine("sqlite://")
    try:
        metadata.create_all(direct)
        assert tables(migrated) == tables(direct)
    finally:
        migrated.dispose()
        direct.dispose()


def test_ids_are_never_given_twice(path):
    with closing(sqlite3.connect(path)) as connection:
        made = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        counted = {name for name, sql in made if sql and "AUTOINCREMENT" in sql.upper()}
    assert {"roots", "photos", "frames", "spaces", "vectors"} <= counted


def test_the_newest_version_is_the_newest_file():
    folder = Path(migrate.__file__).with_name("migrations") / "versions"
    assert max(file.name for file in folder.glob("*.py"))[:4] == migrate.NEWEST


def test_an_older_library_is_backed_up_and_upgraded(path, monkeypatch):
    with closing(open_store(f"sqlite:///{path}", index_dir=path.parent)) as store:
        put_some(store, 3)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.commit()
    ran = []
    monkeypatch.setattr(migrate, "upgrade", ran.append)
    open_store(f"sqlite:///{path}", index_dir=path.parent).close()
    assert len(ran) == 1
    with closing(sqlite3.connect(path.parent / "catalog.before-0000.db")) as copy:
        assert copy.execute("SELECT count(*) FROM photos").fetchone() == (3,)


def test_a_current_library_opens_without_alembic(path):
    code = (
        "import sys; from pathlib import Path; from mindseye.stores import open_store;"
        "open_store(f'sqlite:///{sys.argv[1]}', index_dir=Path(sys.argv[1]).parent).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    environment = {"PYTHONPATH": SOURCES}
    subprocess.run([sys.executable, "-c", code, path], env=environment, check=True)
