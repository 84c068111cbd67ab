"""Tables are those of the schema, new or migrated, and are backed up before they change."""

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
from mindseye.stores.embedded.texts import EmbeddedWords
from mindseye.stores.schema import metadata
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import OTHER_SPACE, SPACE, put_some, search_ids
from mindseye.types import Album


@pytest.fixture(params=["made", "migrated"])
def path(request, tmp_path):
    """A new library, and one that has come through every version."""
    path = tmp_path / "catalog.db"
    if request.param == "migrated":
        engine = create_engine(f"sqlite:///{path}")
        migrate.upgrade(engine, EmbeddedWords().rebuild)
        engine.dispose()
    open_store(f"sqlite:///{path}", index_dir=tmp_path / "index").close()
    return path


def test_the_tables_are_those_of_the_schema(path):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": True,
                    "compare_server_default": True,
                    # Made by the embedded store alone, and made anew after every upgrade.
                    "include_name": lambda name, *_: not str(name).startswith("photo_texts"),
                },
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
            if name != "alembic_version" and not name.startswith(("sqlite_", "photo_texts"))
        }


def test_the_columns_have_the_types_of_the_schema(path):
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
    monkeypatch.setattr(migrate, "upgrade", lambda *given: ran.append(given))
    open_store(f"sqlite:///{path}", index_dir=path.parent).close()
    assert len(ran) == 1
    with closing(sqlite3.connect(path.parent / "catalog.before-0000.db")) as copy:
        assert copy.execute("SELECT count(*) FROM photos").fetchone() == (3,)


def test_a_new_library_is_made_and_opened_without_alembic(tmp_path):
    path = tmp_path / "catalog.db"
    code = (
        "import sys; from pathlib import Path; from mindseye.stores import open_store;"
        "open_store(f'sqlite:///{sys.argv[1]}', index_dir=Path(sys.argv[1]).parent).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    environment = {"PYTHONPATH": SOURCES}
    subprocess.run([sys.executable, "-c", code, path], env=environment, check=True)


def upgrade_to(path, version):
    """The tables as they were at an earlier version, made by its own migrations."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, version)
    finally:
        engine.dispose()


SPACES = {1: (OTHER_SPACE, 2), 2: (SPACE, 5), 3: (SPACE, 0)}
"""Id of a space -> the like of it, and how many of five photos have a vector in it."""


@pytest.fixture
def first_version(tmp_path):
    """A library of version 0001, written by hand: five photos and three spaces."""
    path = tmp_path / "old" / "catalog.db"
    path.parent.mkdir()
    upgrade_to(path, "0001")
    with closing(sqlite3.connect(path)) as connection:
        run = connection.execute
        at = "2024-01-01 00:00:00.000000"
        run("INSERT INTO roots VALUES (1, '/photos', ?)", (at,))
        for number in range(1, 6):
            run(
                "INSERT INTO photos (id, root_id, folder, name, size, mtime_ns, digest, width,"
                " height, format, frame_count, sources, added_at)"
                " VALUES (?, 1, 'in', ?, 1, 1, ?, 1, 1, 'JPEG', 1, '{}', ?)",
                (number, f"{number}.jpg", f"{number:064x}", at),
            )
            run("INSERT INTO frames (id, photo_id, position) VALUES (?, ?, 0)", (number, number))
        for space_id, (space, count) in SPACES.items():
            fingerprint = f"{space.fingerprint}-{space_id}"
            spec = f"{space.encoder}-{space_id}"
            run("INSERT INTO spaces VALUES (?, ?, ?, ?, ?)",
                (space_id, spec, fingerprint, space.dim, at))  # fmt: skip
            for frame in range(1, count + 1):
                row = unit_rows(1, seed=frame, dim=space.dim)[0].astype("float16").tobytes()
                run("INSERT INTO vectors (space_id, frame_id, vector) VALUES (?, ?, ?)",
                    (space_id, frame, row))  # fmt: skip
        connection.commit()
    return path


def test_a_library_of_the_first_version_knows_its_encoder_and_keeps_all_it_had(first_version):
    with closing(open_store(f"sqlite:///{first_version}", index_dir=first_version.parent)) as store:
        assert store.choices.find("encoder") == "test-one-2"
        assert [info.vectors for info in store.spaces()] == [2, 5, 0]
        assert [photo.path for photo in store.catalog.photos(range(6))] == [
            f"/photos/in/{number}.jpg" for number in range(1, 6)
        ]
        space = store.spaces()[1].space
        [matches] = store.vectors(space).search(unit_rows(1, seed=4), 1)
        assert matches.ids.tolist() == [4]
        assert store.texts.search("3.jpg", 1).ids.tolist() == [3]
        assert store.albums.put(Album("new", ("/photos/in",))).id == 1
        assert list(store.check()) == []
        assert put_some(store, 1, first=9) == [6]
        assert search_ids(store, unit_rows(1, seed=9)[0], 1) == [6]
    with closing(sqlite3.connect(first_version.with_name("catalog.before-0001.db"))) as copy:
        assert copy.execute("SELECT count(*) FROM vectors").fetchone() == (7,)
        assert not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'albums'").fetchone()


def test_an_empty_library_of_the_first_version_has_chosen_nothing(tmp_path):
    path = tmp_path / "catalog.db"
    upgrade_to(path, "0001")
    with closing(open_store(f"sqlite:///{path}", index_dir=tmp_path)) as store:
        assert store.choices.find("encoder") is None


def test_several_processes_may_upgrade_a_library_at_once(first_version):
    code = (
        "import sys; from pathlib import Path; from mindseye.stores import open_store;"
        "store = open_store(f'sqlite:///{sys.argv[1]}', index_dir=Path(sys.argv[1]).parent);"
        "print(store.choices.find('encoder')); store.close()"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, first_version],
            env={"PYTHONPATH": SOURCES},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert {process.communicate()[0].strip() for process in running} == {"test-one-2"}
    with closing(sqlite3.connect(first_version.with_name("catalog.before-0001.db"))) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert not list(first_version.parent.glob("*.part"))
