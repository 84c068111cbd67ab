"""Tables on servers are brought from the oldest version that servers ever had to the newest.

`first_tables` holds these tables as they were then, and never changes; what comes later is done to
them by the migrations alone, and must end where the schema says.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from mindseye.errors import SchemaTooNew
from mindseye.stores import migrate, open_store
from mindseye.stores.schema import metadata
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import SPACE, put_some, search_ids

FIRST = Path(__file__).with_name("first_tables")

DRIVERS = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}

AT = "'2024-01-01 00:00:00'"
ROWS = (
    f"INSERT INTO roots (path, added_at) VALUES ('/photos', {AT})",
    (
        "INSERT INTO photos (root_id, folder, name, size, mtime_ns, digest, width, height, format,"
        " frame_count, sources, added_at) VALUES"
        f" (1, 'in', 'Straße.jpg', 1, 1, '{'a' * 64}', 1, 1, 'JPEG', 1, '{{}}', {AT}),"
        f" (1, 'in', 'two.jpg', 1, 1, '{'b' * 64}', 1, 1, 'JPEG', 1, '{{}}', {AT})"
    ),
    "INSERT INTO frames (photo_id, position) VALUES (1, 0), (2, 0)",
    "INSERT INTO choices (name, value) VALUES ('encoder', 'builtin')",
)

LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9998", "{newest}"
branch_labels = depends_on = None

def upgrade():
    op.add_column("photos", sa.Column("mood", sa.String(length=64), nullable=True))
    op.create_table(
        "moods",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("photo_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name="fk_moods", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("name", name="pk_moods"),
    )
    op.create_index("ix_photos_mood", "photos", ["mood"])
    op.execute("UPDATE photos SET mood = 'calm'")
"""


@pytest.fixture(params=DRIVERS)
def empty(request):
    """The URL of an empty database on each server."""
    server = request.getfixturevalue({"postgresql": "postgres"}.get(request.param, request.param))
    with server.database() as name:
        yield server.url(name)


def connected(url):
    parsed = make_url(url)
    engine = create_engine(parsed.set(drivername=DRIVERS[parsed.drivername]))
    return engine, engine.begin()


def run(url, statements):
    engine, begun = connected(url)
    with begun as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def make_first(url):
    """The tables as they were when the first library lay on a server, and some rows."""
    script = (FIRST / f"{make_url(url).drivername}.sql").read_text()
    run(url, [part for part in script.split(";\n") if part.strip()] + list(ROWS))


def described(url):
    """All that can be told of the tables of a library: columns, keys, links, indexes."""
    engine, begun = connected(url)
    with begun as connection:
        seen = inspect(connection)
        found = {
            name: {
                "columns": {
                    column["name"]: (
                        repr(column["type"]),
                        getattr(column["type"], "collation", None),
                        column["nullable"],
                        column["default"],
                    )
                    for column in seen.get_columns(name)
                },
                "key": seen.get_pk_constraint(name),
                "links": sorted(map(plain, seen.get_foreign_keys(name))),
                "unique": sorted(map(plain, seen.get_unique_constraints(name))),
                "indexes": sorted(map(plain, seen.get_indexes(name))),
            }
            for name in metadata.tables
        }
    engine.dispose()
    return found


def plain(constraint):
    return repr(sorted((key, str(value)) for key, value in constraint.items()))


# pgvector's types are none that SQLAlchemy knows.
@pytest.mark.filterwarnings("ignore:Did not recognize type")
def test_what_migrations_make_is_what_a_new_library_has(empty, request, tmp_path):
    make_first(empty)
    open_store(empty, index_dir=tmp_path).close()
    server = request.getfixturevalue("postgres" if empty.startswith("postgresql") else "mariadb")
    with server.database() as name:
        open_store(server.url(name), index_dir=tmp_path).close()
        wanted = described(server.url(name))
    found = described(empty)
    for table in metadata.tables:
        assert found[table] == wanted[table], table


def test_a_library_of_the_first_version_keeps_all_it_had_and_works_on(empty, tmp_path):
    make_first(empty)
    with closing(open_store(empty, index_dir=tmp_path)) as store:
        assert [photo.path for photo in store.catalog.photos([1, 2])] == [
            "/photos/in/Straße.jpg",
            "/photos/in/two.jpg",
        ]
        assert store.choices.find("encoder") == "builtin"
        assert put_some(store, 1, first=9) == [3]
        assert search_ids(store, unit_rows(1, seed=9)[0], 1) == [3]


@pytest.fixture
def later(tmp_path, monkeypatch):
    """A version of Mindseye that is newer by one migration."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate._FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9998_moods.py").write_text(LATER.format(newest=migrate.NEWEST))

    def become():
        monkeypatch.setattr(migrate, "_FOLDER", folder)
        monkeypatch.setattr(migrate, "NEWEST", "9998")

    return become


def test_a_migration_runs_on_each_server_and_words_are_made_anew(empty, later, tmp_path):
    make_first(empty)
    later()
    with closing(open_store(empty, index_dir=tmp_path)) as store:
        assert store.about()["schema"] == "9998"
        assert store.texts.search("strasse", 1).ids.tolist() == [1]
        with store.session.read() as connection:
            moods = connection.execute(text("SELECT mood FROM photos")).scalars().all()
            assert moods == ["calm", "calm"]
        ids = put_some(store, 2, first=7)
        assert search_ids(store, unit_rows(1, seed=8)[0], 1) == ids[1:]
        store.vectors(SPACE).refresh()
        assert list(store.check()) == []


def test_an_older_mindseye_leaves_the_newer_tables_alone(empty, later, tmp_path, monkeypatch):
    with monkeypatch.context():
        later()
        open_store(empty, index_dir=tmp_path).close()
    monkeypatch.undo()
    with pytest.raises(SchemaTooNew, match="9998"):
        open_store(empty, index_dir=tmp_path)
