"""Real PostgreSQL servers whose pgvector is too old, or was: vectors are compared in files."""

from __future__ import annotations

from contextlib import closing

import pytest

from mindseye.errors import ConfigError, VectorSearchUnsupported
from mindseye.query.model import Field, Operator
from mindseye.stores import open_store
from mindseye.stores.base import Selection
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import SPACE, put_some, search_ids

psycopg = pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")


@pytest.fixture
def url(old_postgres):
    """The URL of an empty database on the server with the old pgvector."""
    with old_postgres.database() as name:
        yield old_postgres.url(name)


def opened(url, tmp_path):
    return closing(open_store(url, index_dir=tmp_path / "index"))


def test_with_an_old_pgvector_everything_works_through_files(url, tmp_path):
    with opened(url, tmp_path) as store:
        assert (store.server.pgvector, store.server.compares) == ("0.6.2", False)
        ids = put_some(store, 30)
        assert search_ids(store, unit_rows(1, seed=7)[0], 3)[0] == ids[7]
        assert not store.filters_vectors
        store.vectors(SPACE).refresh()
        assert list((tmp_path / "index").iterdir())
        assert list(store.check()) == []
    with opened(url, tmp_path) as again:
        assert search_ids(again, unit_rows(1, seed=9)[0], 1) == [ids[9]]


def test_what_people_are_told_names_the_version_and_the_way(url, tmp_path):
    with opened(url, tmp_path) as store:
        assert store.about()["pgvector"] == "0.6.2"
        assert store.about()["vectors"] == "compared through index files on this machine"
        [said] = store.upgrade()
        assert "0.8" in said
        assert not store.server.compares


def test_the_database_is_not_asked_for_what_it_cannot_do(url, tmp_path):
    with opened(url, tmp_path) as store:
        put_some(store, 2)
        chosen = Selection(filter=Field("width", Operator.ABOVE, 1))
        with pytest.raises(VectorSearchUnsupported):
            store.vectors(SPACE).filtered(unit_rows(1, seed=0), 1, chosen)


def test_whoever_insists_is_refused_and_the_database_left_alone(url, tmp_path):
    with pytest.raises(VectorSearchUnsupported, match=r"0\.6\.2") as refused:
        opened(f"{url}&vectors=server", tmp_path)
    assert "0.8" in refused.value.hint
    with psycopg.connect(url) as connection:
        asked = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(asked).fetchone() == (0,)


def test_whoever_insists_on_a_library_that_is_there_is_refused(url, tmp_path):
    with opened(url, tmp_path) as store:
        put_some(store, 2)
    with pytest.raises(VectorSearchUnsupported):
        opened(f"{url}&vectors=server", tmp_path)
    with opened(url, tmp_path) as store:
        assert store.catalog.coverage().photos == 2


def test_whoever_insists_where_pgvector_is_lacking_is_refused(plain_postgres_library, tmp_path):
    with pytest.raises(VectorSearchUnsupported, match="pgvector is not there"):
        opened(f"{plain_postgres_library}&vectors=server", tmp_path)


def test_whoever_insists_where_the_database_compares_is_let_in(postgres_library, tmp_path):
    with opened(f"{postgres_library}&vectors=server", tmp_path) as store:
        assert store.server.compares


def test_there_is_no_other_way_to_insist_on(postgres_library, tmp_path):
    with pytest.raises(ConfigError, match="vectors=memory") as refused:
        opened(f"{postgres_library}&vectors=memory", tmp_path)
    assert "vectors=files" in refused.value.hint


def test_a_library_from_before_a_newer_pgvector_is_brought_into_it(postgres, tmp_path):
    with postgres.database("plain") as name:
        with opened(postgres.url(name, "plain"), tmp_path) as store:
            ids = put_some(store, 30)
        postgres.execute("CREATE EXTENSION vector", name)
        with pytest.raises(VectorSearchUnsupported) as refused:
            opened(f"{postgres.url(name)}&vectors=server", tmp_path)
        assert "store upgrade" in refused.value.hint
        with opened(postgres.url(name), tmp_path) as store:
            assert not store.server.compares
            assert any("compared by pgvector" in said for said in store.upgrade())
            assert search_ids(store, unit_rows(1, seed=7)[0], 1) == [ids[7]]
        with opened(f"{postgres.url(name)}&vectors=server", tmp_path) as store:
            assert store.server.compares
