"""A library moves from any database to any other, whole, and goes on after it was cut short."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from mindseye.errors import StoreError, UsageError
from mindseye.stores import open_store
from mindseye.stores.base import ENCODER, Batch
from mindseye.stores.sql import copying
from mindseye.stores.sql.copying import copy_store
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.place_contract import FLORENCE, placed
from mindseye.testing.samples import (
    FULL_METADATA,
    OTHER_SPACE,
    SPACE,
    frames_of,
    put_some,
    record,
    search_ids,
    skipped_files,
)
from mindseye.types import Album, Edit, PictureFacts

KINDS = ("embedded", "postgres", "plain postgres", "mariadb")


@pytest.fixture
def store_of(request, tmp_path):
    """Opens an empty library of a kind; each kind is one database however often it is asked for."""
    fixtures = {
        "postgres": "postgres_library",
        "plain postgres": "plain_postgres_library",
        "mariadb": "mariadb_library",
    }
    opened = []

    def store_of(kind, name="source"):
        if kind == "embedded":
            url = f"sqlite:///{tmp_path / name / 'catalog.db'}"
        else:
            url = request.getfixturevalue(fixtures[kind])
        opened.append(open_store(url, index_dir=tmp_path / name / "index"))
        return opened[-1]

    yield store_of
    for store in opened:
        store.close()


def fill(store):
    """A library with something in every table; returns the ids of its photos."""
    ids = put_some(store, 30)
    root = store.files.add_root("/photos")
    picture = PictureFacts(8256, 5504, "HEIF", 1, {"blue": 0.625, "white": 0.1})
    full = replace(record(root.id, "ü.jpg", 77), metadata=FULL_METADATA, picture=picture)
    ids += store.put(Batch(photos=[full], space=SPACE))
    store.vectors(OTHER_SPACE).put(frames_of(store, ids[:3]), unit_rows(3, dim=OTHER_SPACE.dim))
    store.put(Batch(missing=ids[:1], skipped=skipped_files(root.id, ["torn"])))
    store.places.put(placed(store, {ids[1]: FLORENCE}))
    store.edits.put(ids[2:3], Edit(rating=4, add_keywords=("größer",)))
    store.forget(ids[4:5])
    album = store.albums.put(Album("best", ("/photos",), search="dog"))
    store.albums.pick(album.id, ids[1:3])
    store.choices.put(ENCODER, "builtin")
    return [photo_id for photo_id in ids if photo_id != ids[4]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("of", KINDS)
def test_a_copy_is_the_same_and_works_on(store_of, of, kind):
    if of == kind != "embedded":
        pytest.skip("one database of this kind is enough")
    source, target = store_of(of), store_of(kind, "target")
    ids = fill(source)
    told = []
    copied = copy_store(source, target, lambda *progress: told.append(progress))
    assert {table.name: table.rows for table in copied}["photos"] == len(ids)
    assert ("vectors", 33, 33) in told
    assert target.catalog.photos(ids) == source.catalog.photos(ids)
    assert target.catalog.coverage() == source.catalog.coverage()
    assert list(target.albums) == list(source.albums)
    assert target.edits.find(ids[2]) == source.edits.find(ids[2])
    assert target.choices.find("copying") is None
    assert list(target.check()) == []
    assert target.texts.search("größer", 9).ids.tolist() == ids[2:3]
    for space in (SPACE, OTHER_SPACE):
        query = unit_rows(1, seed=9, dim=space.dim)
        [one] = source.vectors(space).search(query, 5)
        [other] = target.vectors(space).search(query, 5)
        assert other.ids.tolist() == one.ids.tolist()
        assert other.scores == pytest.approx(one.scores, abs=1e-3)
    [fresh] = put_some(target, 1, first=500)
    assert fresh > max(ids)
    assert search_ids(target, unit_rows(1, seed=500)[0], 1) == [fresh]


@pytest.mark.parametrize("kind", ["embedded", "postgres", "mariadb"])
def test_a_copy_that_was_cut_short_goes_on(store_of, kind, monkeypatch):
    monkeypatch.setattr(copying, "_ROWS", 7)
    source, target = store_of("embedded"), store_of(kind, "target")
    ids = fill(source)

    def stop(table, done, total):
        if table == "vectors" and done > 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_store(source, target, stop)
    begun = []
    copy_store(source, target, lambda *progress: begun.append(progress))
    assert ("photos", len(ids), len(ids)) in begun
    assert ("vectors", 14, 33) in begun
    assert target.catalog.photos(ids) == source.catalog.photos(ids)
    assert list(target.check()) == []


def test_another_library_is_not_written_over(store_of):
    source, target = store_of("embedded"), store_of("embedded", "target")
    fill(source)
    put_some(target, 1)
    with pytest.raises(UsageError, match="holds a library already"):
        copy_store(source, target, lambda *_: None)
    with pytest.raises(UsageError, match="onto itself"):
        copy_store(source, source, lambda *_: None)
    assert target.catalog.coverage().photos == 1


def test_a_copy_that_differs_in_the_end_is_not_called_one(store_of):
    source, target = store_of("embedded"), store_of("embedded", "target")
    ids = fill(source)

    def write_meanwhile(table, done, total):
        if table == "vectors" and done == total:
            source.edits.put(ids[5:6], Edit(rating=1))

    with pytest.raises(StoreError, match="the table photos differs"):
        copy_store(source, target, write_meanwhile)


@pytest.fixture
def own_plain_library(postgres):
    """The name and the URL of a database without pgvector, which may be given it."""
    with postgres.database("plain") as name:
        yield name, postgres.url(name, "plain")


def test_vectors_move_into_pgvector_once_it_is_there(postgres, own_plain_library, tmp_path):
    name, url = own_plain_library
    with closing(open_store(url, index_dir=tmp_path)) as store:
        ids = fill(store)
        before = store.vectors(SPACE).get(frames_of(store, ids))
        assert "stay in files" in next(iter(store.upgrade()))
        postgres.execute("CREATE EXTENSION vector", name)
        assert "pgvector" in next(iter(store.upgrade()))
        assert store.server.compares
    with closing(open_store(url, index_dir=tmp_path)) as store:
        assert store.server.compares
        after = store.vectors(SPACE).get(frames_of(store, ids))
        order = [part[0].argsort() for part in (before, after)]
        assert after[0][order[1]].tolist() == before[0][order[0]].tolist()
        assert (after[1][order[1]] == before[1][order[0]]).all()
        assert search_ids(store, unit_rows(1, seed=9)[0], 1) == [10]
        assert list(store.check()) == []
