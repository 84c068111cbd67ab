"""What only a MariaDB store does: roles, failures, its index of vectors, servers without."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing

import numpy as np
import pytest
from sqlalchemy import select, text, true

from mindseye.errors import (
    ConfigError,
    NotFound,
    SchemaTooNew,
    StoreError,
    StoreUnavailable,
    VectorSearchUnsupported,
)
from mindseye.stores import open_store
from mindseye.stores.base import Batch
from mindseye.stores.mariadb import vectors
from mindseye.stores.schema import frames, photos
from mindseye.stores.sql.expressions import as_list
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import SPACE, frames_of, put_some, record, search_ids

HERE = "mariadb://ann@127.0.0.1:1/photos"


@pytest.fixture
def opened(mariadb_library, tmp_path):
    """Opens the library, as its owner or as somebody else."""
    stores = []

    def opened(url=mariadb_library):
        stores.append(open_store(url, index_dir=tmp_path / "index"))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def role(mariadb):
    """Makes a role with some rights on the library of the tests; returns its URL."""
    made = []

    def role(rights, database="library", password="pässwörd€"):
        name = f"role_{len(made)}"
        mariadb.execute(
            f"CREATE USER {name} IDENTIFIED BY '{password}'",
            f"GRANT {rights} ON {database}.* TO {name}",
        )
        made.append(name)
        return mariadb.url(database, f"{name}:{password}")

    yield role
    for name in made:
        mariadb.execute(f"DROP USER {name}")


@pytest.mark.parametrize(
    ("url", "said", "hint"),
    [
        ("mysql://ann@db/photos", "no store URL", "write mariadb://"),
        ("mariadb://ann@db", "names no database", "mariadb://user@host"),
        ("mariadb://ann@db:port/photos", "cannot be read", "%20"),
        (f"{HERE}?ssl_cafile=/ca.pem", "'ssl_cafile', which is none", "did you mean 'ssl_ca'"),
        (f"{HERE}?sslmode=on", "'sslmode', which is none", "ssl_check_hostname"),
    ],
)
def test_a_url_that_will_not_do_is_refused(url, said, hint, tmp_path):
    with pytest.raises(ConfigError, match=said) as refused:
        open_store(url, index_dir=tmp_path)
    assert hint in refused.value.hint


def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path):
    with pytest.raises(StoreUnavailable, match="cannot be reached") as refused:
        open_store(HERE.replace("ann", "ann:s3cret"), index_dir=tmp_path)
    assert "s3cret" not in str(refused.value) + refused.value.hint


def test_a_wrong_password_and_a_database_that_is_not_there_are_told(mariadb, role, tmp_path):
    url = role("SELECT")
    with pytest.raises(StoreUnavailable, match="does not let this role in"):
        open_store(url.replace("rd€", "rd"), index_dir=tmp_path)
    with pytest.raises(StoreUnavailable, match="is no database"):
        open_store(mariadb.url("nowhere"), index_dir=tmp_path)


def test_no_library_is_made_where_none_is_wanted(mariadb, role, tmp_path):
    with mariadb.database() as name:
        with pytest.raises(NotFound, match="there is no library"):
            open_store(mariadb.url(name), index_dir=tmp_path, create=False)
        with pytest.raises(StoreError, match="does not let this role do that"):
            open_store(role("SELECT", name), index_dir=tmp_path)
        open_store(mariadb.url(name), index_dir=tmp_path).close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="nothing makes a certificate here")
def test_a_certificate_is_trusted_only_if_the_url_says_so(
    mariadb, mariadb_library, opened, tmp_path
):
    shown = mariadb.folder / "certificate.pem"
    with opened(f"{mariadb_library}&ssl_ca={shown}").session.read() as connection:
        _, cipher = connection.execute(text("SHOW STATUS LIKE 'Ssl_cipher'")).one()
    assert cipher
    other = tmp_path / "other.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=other"]
    subprocess.run([*made, "-keyout", "/dev/null", "-out", other], check=True, capture_output=True)
    with pytest.raises(StoreUnavailable, match="no certificate that is trusted") as refused:
        opened(f"{mariadb_library}&ssl_ca={other}")
    assert "ssl_ca" in refused.value.hint
    with pytest.raises(ConfigError, match="there is no file"):
        opened(f"{mariadb_library}&ssl_ca={tmp_path / 'none.pem'}")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="nothing makes a certificate here")
def test_a_role_that_must_use_tls_is_let_in_with_it_only(mariadb, opened, role):
    url = role("SELECT")
    opened()
    mariadb.execute("ALTER USER role_0 REQUIRE SSL")
    with pytest.raises(StoreUnavailable, match="does not let this role in") as refused:
        opened(url)
    assert "ssl_ca" in refused.value.hint
    shown = mariadb.folder / "certificate.pem"
    assert opened(f"{url}&ssl_ca={shown}").catalog.coverage().photos == 0


def test_a_role_that_may_only_read_can_search(opened, role):
    ids = put_some(opened(), 4)
    searcher = opened(role("SELECT"))
    assert searcher.about()["role"] == "may only read"
    assert opened().about()["role"] == "may write"
    assert search_ids(searcher, unit_rows(1, seed=2)[0], 1) == [ids[2]]
    assert len(searcher.texts.search("2", 9).ids) >= 1
    with pytest.raises(StoreError, match="does not let this role do that"):
        searcher.put(Batch(seen=ids))
    assert list(searcher.catalog.missing()) == []


def test_tables_of_another_version_are_left_to_their_owner(mariadb, role, tmp_path):
    with mariadb.database() as name:
        open_store(mariadb.url(name), index_dir=tmp_path).close()
        mariadb.execute("UPDATE alembic_version SET version_num = '0000'", database=name)
        with pytest.raises(StoreError, match="does not let this role do that"):
            open_store(role("SELECT", name), index_dir=tmp_path)
        mariadb.execute("UPDATE alembic_version SET version_num = '9999'", database=name)
        with pytest.raises(SchemaTooNew):
            open_store(mariadb.url(name), index_dir=tmp_path)


def test_the_url_is_shown_without_the_password(opened, role):
    store = opened(role("SELECT", password="s3cret"))
    assert "s3cret" not in store.url
    assert store.url.startswith("mariadb://role_0:***@localhost/library")


def test_a_connection_that_was_dropped_is_made_again(opened, mariadb):
    store = opened()
    ids = put_some(store, 2)
    with store.session.read() as connection:
        mine = connection.execute(text("SELECT connection_id()")).scalar_one()
    mariadb.execute(f"KILL {mine}")
    assert [photo.id for photo in store.catalog.photos(ids)] == ids


def test_a_name_that_no_key_can_hold_is_refused_as_a_whole(opened):
    store = opened()
    root = store.files.add_root("/photos")
    fits, deep = record(root.id, "a.jpg", 1), record(root.id, f"{'d' * 501}/b.jpg", 2)
    with pytest.raises(StoreError, match="holds no names that long") as refused:
        store.put(Batch(photos=[fits, deep]))
    assert "further down" in refused.value.hint
    assert store.catalog.coverage().photos == 0


def test_a_list_that_the_server_cuts_short_is_no_answer(opened):
    store = opened()
    put_some(store, 30)
    with store.session.read() as connection:
        connection.detach()
        connection.execute(text("SET SESSION group_concat_max_len = 8"))
        with pytest.raises(StoreError, match="longer than"):
            connection.execute(select(as_list(frames.c.id)))


@pytest.fixture
def indexed(opened, monkeypatch):
    """A store of 400 vectors with an index, of which half can be looked at."""
    monkeypatch.setattr(vectors, "LEAST_INDEXED", 300)
    monkeypatch.setattr(vectors, "_FIRST_LOOK", 40)
    monkeypatch.setattr(vectors, "_MOST_LISTED", 30)
    monkeypatch.setattr(vectors, "_MOST_BY_INDEX", 200)
    store = opened()
    ids = put_some(store, 400)
    store.vectors(SPACE).refresh()
    return store, ids


def keys(store, statement):
    """The keys of tables by which the server answers."""
    with store.session.read() as connection:
        compiled = statement.compile(connection)
        given = {**compiled.params, "query": unit_rows(1)[0].astype("<f4").tobytes()}
        rows = connection.exec_driver_sql(f"EXPLAIN {compiled}", given).mappings().all()
    return {row["key"] for row in rows}


def test_the_index_is_used_where_many_pass_and_only_there(indexed):
    store, _ = indexed
    table = store.vectors(SPACE)
    for filter_ in (true(), photos.c.camera == "X100"):
        assert "embedding" in keys(store, table.by_index(filter_, 20))
        assert "embedding" not in keys(store, table.one_by_one(filter_, 20))


@pytest.mark.parametrize("passing", [400, 200, 41, 29, 3])
def test_what_passes_is_found_whatever_way_is_taken(indexed, passing):
    store, ids = indexed
    frame_ids = np.array(frames_of(store, ids))
    within = np.random.default_rng(7).permutation(frame_ids)[:passing]
    rows = np.stack([unit_rows(1, seed=number)[0] for number in range(400)])
    [query] = unit_rows(1, seed=1234)
    scores = np.where(np.isin(frame_ids, within), rows @ query, -2)
    best = frame_ids[np.argsort(-scores, kind="stable")].tolist()
    for k in (1, 10, 400):
        [found] = store.vectors(SPACE).search(query[None], k, None if passing == 400 else within)
        assert len(found.ids) == min(k, passing)
        told, wanted = found.ids[:10].tolist(), best[: len(found.ids)][:10]
        if passing <= 30:
            assert told == wanted
        # The server's index is approximate: of the best ten, two may be lacking.
        assert set(told) <= set(best[:passing])
        assert len(set(told) & set(best[:10])) >= 0.8 * len(told)
        assert np.all(np.diff(found.scores) <= 0)


def test_an_index_follows_what_is_written_after_it(indexed):
    store, ids = indexed
    [fresh] = put_some(store, 1, first=900)
    assert search_ids(store, unit_rows(1, seed=900)[0], 1) == [fresh]
    store.forget(ids[7:8])
    assert search_ids(store, unit_rows(1, seed=7)[0], 1) != ids[7:8]
    store.vectors(SPACE).refresh()
    assert list(store.check()) == []


def test_vectors_that_the_server_does_not_compare_yet_are_told_and_completed(opened):
    store = opened()
    ids = put_some(store, 5)
    with store.session.write() as connection:
        connection.execute(text(f"DELETE FROM {store.vectors(SPACE).table.name} LIMIT 3"))
    [problem] = store.check()
    assert "3 vectors" in problem.what
    assert [each.mended for each in store.check(repair=True)] == [True]
    assert search_ids(store, unit_rows(1, seed=0)[0], 1) == ids[:1]


def test_upgrade_brings_all_vectors_to_where_they_are_compared(opened):
    store = opened()
    ids = put_some(store, 5)
    with store.session.engine.connect() as connection:
        connection.execute(text(f"DROP TABLE {store.vectors(SPACE).table.name}"))
    store = opened()
    assert list(store.upgrade()) == [f"the index of {SPACE.encoder} is up to date"]
    assert search_ids(store, unit_rows(1, seed=0)[0], 1) == ids[:1]


def test_an_old_server_is_told_at_once_and_refused_only_where_one_insists(
    old_mariadb_library, tmp_path
):
    with closing(open_store(old_mariadb_library, index_dir=tmp_path)) as store:
        assert not store.server.compares
        assert "index files on this machine" in store.about()["vectors"]
        assert "11.7" in next(iter(store.upgrade()))
    with pytest.raises(VectorSearchUnsupported, match="cannot compare vectors") as refused:
        open_store(f"{old_mariadb_library}&vectors=server", index_dir=tmp_path)
    assert "11.7" in refused.value.hint


def test_a_server_that_compares_may_be_insisted_on(mariadb_library, opened):
    assert opened(f"{mariadb_library}&vectors=server").server.compares
