"""The PostgreSQL store on a server: roles, restarts, refusals, its index, what it never tells."""

from __future__ import annotations

import threading
from contextlib import closing

import numpy as np
import pytest
from sqlalchemy import event

from mindseye.errors import ConfigError, NotFound, SchemaTooNew, StoreError, StoreUnavailable
from mindseye.query.model import Field, Operator
from mindseye.stores import open_store
from mindseye.stores.base import Selection
from mindseye.stores.postgresql import vectors as postgres_vectors
from mindseye.stores.schema import photos
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import SPACE, frames_of, put_some, search_ids
from mindseye.types import Edit

psycopg = pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")


def opened(url, folder, **options):
    return closing(open_store(url, index_dir=folder / "index", **options))


def run(url, *statements):
    with psycopg.connect(url, autocommit=True) as connection:
        return [connection.execute(statement) for statement in statements]


@pytest.fixture
def postgres_library(postgres):
    """The URL of an empty library in a database of its own: its tables may be changed."""
    with postgres.database("library") as name:
        yield postgres.url(name)


@pytest.fixture
def searcher(postgres, postgres_library):
    """The URL of the same library for a role that may only read."""
    name = postgres_library.rpartition("?")[0].rpartition("/")[2]
    run(
        postgres_library,
        "DROP ROLE IF EXISTS searcher",
        "CREATE ROLE searcher LOGIN",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO searcher",
    )
    yield postgres.url(name, "searcher")
    run(postgres_library, "DROP OWNED BY searcher", "DROP ROLE searcher")


def test_a_role_that_may_only_read_searches_and_writes_nothing(
    postgres_library, searcher, tmp_path
):
    with opened(postgres_library, tmp_path) as store:
        ids = put_some(store, 3)
    with opened(searcher, tmp_path) as store:
        assert not store.server.writes
        assert search_ids(store, unit_rows(1, seed=1)[0], 1) == ids[1:2]
        assert store.texts.search("1.jpg", 1).ids.tolist() == ids[1:2]
        with pytest.raises(StoreError, match="does not let this role") as caught:
            put_some(store, 1, first=9)
        assert "role that may write" in caught.value.hint
        assert store.catalog.coverage().photos == 3


def test_an_upgrade_is_refused_to_a_role_that_does_not_own_the_tables(
    postgres_library, searcher, tmp_path
):
    run(postgres_library, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(StoreUnavailable, match="schema 0000") as caught:
        opened(searcher, tmp_path)
    assert "owner" in caught.value.hint


def test_a_library_of_a_newer_version_is_not_touched(postgres_library, tmp_path):
    run(postgres_library, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew):
        opened(postgres_library, tmp_path)


def test_a_database_without_a_library_is_left_alone_unless_one_is_to_be_made(postgres, tmp_path):
    with postgres.database() as name:
        with pytest.raises(NotFound, match=name):
            opened(postgres.url(name), tmp_path, create=False)
        [tables] = run(
            postgres.url(name), "SELECT count(*) FROM pg_tables WHERE schemaname='public'"
        )
        assert tables.fetchone() == (0,)


def test_a_role_that_may_not_make_tables_is_told_so(postgres, tmp_path):
    with postgres.database() as name, pytest.raises(StoreUnavailable, match="may not make one"):
        opened(postgres.url(name, "plain"), tmp_path)


@pytest.mark.parametrize(
    ("url", "kind", "says"),
    [
        ("postgresql://ann:s3cret@127.0.0.1:1/photos", StoreUnavailable, "cannot be reached"),
        ("postgresql://ann:s3cret@", ConfigError, "no database"),
        ("postgresql://ann:s3cret@host:port/photos", ConfigError, "cannot be read"),
    ],
)
def test_what_cannot_be_opened_is_told_without_the_password(tmp_path, url, kind, says):
    pytest.importorskip("psycopg")
    with pytest.raises(kind, match=says) as caught:
        opened(url, tmp_path)
    shown = str(caught.value) + caught.value.hint + repr(caught.value.__cause__)
    assert "s3cret" not in shown
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "user", "says"),
    [("nothing", "owner", "is no database"), ("library", "bob", "let this")],
)
def test_a_database_or_role_that_is_not_there_is_told_apart(postgres, tmp_path, name, user, says):
    with pytest.raises(StoreUnavailable, match=says):
        opened(postgres.url(name, user), tmp_path)


def test_the_url_is_shown_without_its_password(postgres, postgres_library, tmp_path):
    with opened(postgres_library.replace("owner@", "owner:s3cret@"), tmp_path) as store:
        assert "s3cret" not in store.url
        assert "owner" in store.url
        assert "s3cret" not in repr(store.server)


def test_a_connection_that_was_dropped_is_made_again(postgres, postgres_library, tmp_path):
    with opened(postgres_library, tmp_path) as store:
        ids = put_some(store, 2)
        ours = "pid <> pg_backend_pid() AND datname = current_database()"
        run(
            postgres_library, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}"
        )
        assert store.catalog.coverage().photos == 2
        assert put_some(store, 1, first=7) == [ids[-1] + 1]


def test_threads_and_stores_may_write_at_once(postgres_library, tmp_path):
    with opened(postgres_library, tmp_path) as one, opened(postgres_library, tmp_path) as other:
        put_some(one, 1, first=900)
        threads = [
            threading.Thread(target=put_some, args=(store, 10), kwargs={"first": 100 * number})
            for number, store in enumerate((one, other, one, other))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert one.catalog.coverage().photos == 41
        assert len(one.vectors(SPACE)) == len(other.vectors(SPACE)) == 41
        assert list(one.check()) == []


@pytest.fixture
def indexed(postgres_library, tmp_path, monkeypatch):
    """A store whose only space has an index, though it is small."""
    monkeypatch.setattr(postgres_vectors, "LEAST_INDEXED", 100)
    monkeypatch.setattr(postgres_vectors, "_FEW", 10)
    monkeypatch.setattr(postgres_vectors, "_LISTED", 10)
    with opened(postgres_library, tmp_path) as store:
        ids = put_some(store, 400)
        store.vectors(SPACE).refresh()
        yield store, ids, np.concatenate([unit_rows(1, seed=number) for number in range(400)])


@pytest.mark.parametrize(("given", "taken"), [("1MB", "64MB"), ("123MB", "123MB")])
def test_an_index_is_made_with_the_memory_it_needs_or_more_if_the_server_gives_it(
    postgres_library, tmp_path, monkeypatch, given, taken
):
    monkeypatch.setattr(postgres_vectors, "LEAST_INDEXED", 10)
    name = postgres_library.rpartition("?")[0].rpartition("/")[2]
    run(postgres_library, f"ALTER DATABASE {name} SET maintenance_work_mem = '{given}'")
    memory = []
    with opened(postgres_library, tmp_path) as store:
        put_some(store, 20)

        @event.listens_for(store.session.engine, "before_cursor_execute")
        def look(_, cursor, statement, *__):
            if statement.startswith("CREATE INDEX"):
                memory.append(cursor.connection.execute("SHOW maintenance_work_mem").fetchone()[0])

        store.vectors(SPACE).refresh()
    assert memory == [taken]


def test_a_search_by_the_index_finds_what_a_look_at_all_finds(indexed):
    store, ids, rows = indexed
    table = store.vectors(SPACE)
    assert table._is_indexed()
    frames = np.array(frames_of(store, ids))
    within = np.sort(frames[::3])
    for seed in range(5):
        query = unit_rows(1, seed=1000 + seed)
        order = np.argsort(-(rows @ query[0]))
        [found] = table.search(query, 10)
        assert set(found.ids[:8]) <= set(frames[order[:12]])
        assert (np.diff(found.scores) <= 0).all()
        [found] = table.search(query, 10, within)
        assert set(found.ids) <= set(within)
        assert len(found) == 10
        assert len(table.search(query, 400)[0]) == 400


@pytest.mark.parametrize("share", [0.5, 0.04, 0.01])
def test_behind_a_filter_the_best_that_pass_are_found_however_few_they_are(indexed, share):
    store, ids, rows = indexed
    wide = round(1 / share)
    chosen = [photo for number, photo in enumerate(ids) if number % wide == 0]
    store.edits.put(chosen, Edit(rating=5))
    passing = Selection(filter=Field("rating", Operator.IS, 5))
    for seed in range(5):
        query = unit_rows(1, seed=2000 + seed)
        found = store.vectors(SPACE).filtered(query, 10, passing)
        order = np.argsort(-(rows[::wide] @ query[0]))[: len(found)]
        assert len(found) == min(10, len(chosen))
        assert found.ids.tolist() == np.array(frames_of(store, chosen))[order].tolist()


def test_the_server_goes_through_the_index(indexed):
    store, _, rows = indexed
    table = store.vectors(SPACE)
    statement = table.by_index(photos.c.missing_since.is_(None))
    with store._session.read() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_sort = off")
        compiled = statement.compile(connection, compile_kwargs={"render_postcompile": True})
        given = {**table._given(rows[0], 5), "looked": 25, "kept": 25}
        given = compiled.construct_params(given)
        plan = connection.exec_driver_sql(f"EXPLAIN {compiled}", given).scalars().all()
    assert any(f"ix_vectors_space_{table._space_id}" in line for line in plan)


def test_a_broken_index_is_told_of_and_made_again(indexed, postgres_library):
    store, _, _ = indexed
    name = store.vectors(SPACE).graph.name
    run(
        postgres_library,
        f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass",
    )
    [problem] = store.check()
    assert "is not whole" in problem.what
    assert [problem.mended for problem in store.check(repair=True)] == [True]
    assert list(store.check()) == []


def test_false_words_are_told_of_and_made_again(postgres_library, tmp_path):
    with opened(postgres_library, tmp_path) as store:
        put_some(store, 3)
        run(postgres_library, "UPDATE photo_words SET words = '{mouse}' WHERE photo_id = 2")
        [problem] = store.check()
        assert "1 photos are found by other" in problem.what
        assert [problem.mended for problem in store.check(repair=True)] == [True]
        assert list(store.check()) == []


def test_every_text_is_compared_byte_by_byte(postgres_library):
    [found] = run(
        postgres_library,
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS NULL",
    )
    assert found.fetchall() == []


def test_without_pgvector_vectors_are_compared_beside_the_server(plain_postgres_library, tmp_path):
    with opened(plain_postgres_library, tmp_path) as store:
        assert (store.server.pgvector, store.server.compares) == (None, False)
        ids = put_some(store, 3)
        assert search_ids(store, unit_rows(1, seed=2)[0], 1) == ids[2:]
        store.vectors(SPACE).refresh()
        assert list((tmp_path / "index").iterdir())
        assert list(store.check()) == []
