"""Servers that could compare vectors, whose libraries are searched through files all the same."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import inspect

from mindseye.errors import VectorSearchUnsupported
from mindseye.query.model import Field, Operator
from mindseye.stores import open_store
from mindseye.stores.base import Selection
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import SPACE, put_some, search_ids


@pytest.fixture(params=["postgres_library", "mariadb_library"])
def url(request):
    """The URL of an empty library on each server."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def opened(url, tmp_path):
    """Opens the library, with its vectors compared in files unless told otherwise."""

    def opened(way="&vectors=files"):
        return closing(open_store(f"{url}{way}", index_dir=tmp_path / "index"))

    return opened


def tables(store):
    return {name for name in inspect(store.session.engine).get_table_names() if "space_" in name}


def test_people_are_told_that_the_url_wants_files(opened):
    with opened() as store:
        assert store.server.compares
        assert not store.filters_vectors
        assert store.about()["vectors"].endswith("as the URL says")


def test_the_files_are_all_that_is_made_of_the_vectors(opened, tmp_path):
    with opened() as store:
        ids = put_some(store, 12)
        store.vectors(SPACE).refresh()
        assert list(store.upgrade()) == [f"the index of {SPACE.encoder} is up to date"]
        assert search_ids(store, unit_rows(1, seed=7)[0], 1) == [ids[7]]
        assert not tables(store)
    assert list((tmp_path / "index").iterdir())


def test_the_server_is_not_asked_to_compare(opened):
    with opened() as store:
        put_some(store, 2)
        chosen = Selection(filter=Field("width", Operator.ABOVE, 1))
        with pytest.raises(VectorSearchUnsupported):
            store.vectors(SPACE).filtered(unit_rows(1, seed=0), 1, chosen)


def test_those_who_let_the_server_compare_find_what_others_write(opened):
    with opened("") as server, opened() as files:
        first = put_some(server, 3)
        more = put_some(files, 3, first=3)
        for store in (server, files):
            for number, photo_id in enumerate([*first, *more]):
                assert search_ids(store, unit_rows(1, seed=number)[0], 1) == [photo_id]
        assert list(server.check()) == []


def test_a_space_is_dropped_with_what_either_made_of_it(opened, tmp_path):
    with opened("") as server:
        put_some(server, 3)
    with opened() as files:
        files.vectors(SPACE).refresh()
        assert files.drop_space(SPACE) == 3
        assert not tables(files)
    assert not list((tmp_path / "index").iterdir())


@pytest.mark.parametrize("way", ["another server", "made anew"])
def test_libraries_never_search_each_others_files(request, tmp_path, way):
    first = second = f"sqlite:///{tmp_path / 'catalog.db'}"
    if way == "another server":
        first = f"{request.getfixturevalue('postgres_library')}&vectors=files"
        second = f"{request.getfixturevalue('mariadb_library')}&vectors=files"
    with closing(open_store(first, index_dir=tmp_path / "index")) as store:
        put_some(store, 8, first=50)
        store.vectors(SPACE).refresh()
    if way == "made anew":
        for file in tmp_path.glob("catalog.db*"):
            file.unlink()
    with closing(open_store(second, index_dir=tmp_path / "index")) as store:
        ids = put_some(store, 8)
        for number, photo_id in enumerate(ids):
            assert search_ids(store, unit_rows(1, seed=number)[0], 1) == [photo_id]
        assert list(store.check()) == []


def test_files_of_earlier_versions_are_removed(tmp_path):
    earlier = tmp_path / "index" / SPACE.fingerprint[:32]
    earlier.mkdir(parents=True)
    url = f"sqlite:///{tmp_path / 'catalog.db'}"
    with closing(open_store(url, index_dir=tmp_path / "index")) as store:
        put_some(store, 2)
        store.vectors(SPACE).refresh()
    [folder] = (tmp_path / "index").iterdir()
    assert folder.name.startswith(f"{SPACE.fingerprint[:32]}-")
