"""Reads whose connection is lost in the middle, on real servers: asked once more, and no oftener.

A table is locked by another connection, so that a read certainly is in its middle when the server
is told to end it.
"""

from __future__ import annotations

import ast
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import mindseye.stores
from mindseye.errors import StoreUnavailable
from mindseye.query.model import Field, Operator
from mindseye.stores import open_store
from mindseye.stores.base import Selection
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import SPACE, put_some


class PostgresBlocker:
    """A connection that holds tables of a library, and ends who waits for them."""

    def __init__(self, url):
        psycopg = pytest.importorskip("psycopg")
        self._holder = psycopg.connect(url)
        self._killer = psycopg.connect(url, autocommit=True)

    def hold(self, table):
        self._holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")

    def release(self):
        self._holder.rollback()

    def waiting(self):
        ours = "datname = current_database() AND wait_event_type = 'Lock'"
        return self._killer.execute(f"SELECT pid FROM pg_stat_activity WHERE {ours}").fetchone()

    def kill(self, number):
        self._killer.execute("SELECT pg_terminate_backend(%s)", [number])

    def close(self):
        self._holder.close()
        self._killer.close()


class MariaBlocker:
    """The same for MariaDB."""

    def __init__(self, server, database):
        self._holder = server.connect(database)
        self._killer = server.connect(database)

    def hold(self, table):
        self._run(self._holder, f"LOCK TABLES {table} WRITE")

    def release(self):
        self._run(self._holder, "UNLOCK TABLES")

    def waiting(self):
        listed = "SELECT id FROM information_schema.processlist WHERE state LIKE 'Waiting for%lock'"
        return self._run(self._killer, listed)

    def kill(self, number):
        self._run(self._killer, f"KILL {number}")

    def close(self):
        self._holder.close()
        self._killer.close()

    @staticmethod
    def _run(connection, statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()


@pytest.fixture(params=["postgres", "mariadb"])
def server(request):
    """The URL of a library on a server, and a way to hold its tables."""
    url = request.getfixturevalue(f"{request.param}_library")
    if request.param == "postgres":
        blocker = PostgresBlocker(url)
    else:
        name = url.partition("?")[0].rpartition("/")[2]
        blocker = MariaBlocker(request.getfixturevalue("mariadb"), name)
    with closing(blocker):
        yield url, blocker


@pytest.fixture
def library(server, tmp_path):
    url, blocker = server
    with closing(open_store(url, index_dir=tmp_path / "index")) as store:
        put_some(store, 30)
        store.vectors(SPACE).refresh()
        yield store, blocker


@contextmanager
def in_the_middle(blocker, table, ask):
    """`ask` waits for a table in another thread; gives what it will answer."""
    blocker.hold(table)
    with ThreadPoolExecutor(1) as threads:
        try:
            yield threads.submit(ask)
        finally:
            blocker.release()


def kill_who_waits(blocker, other_than=None):
    """End the connection that waits for a table; returns its number."""
    for _ in range(1000):
        found = blocker.waiting()
        if found is not None and found[0] != other_than:
            blocker.kill(found[0])
            return found[0]
        time.sleep(0.01)
    pytest.fail("nobody waits for the table")


READS = {
    "coverage": ("photos", lambda store: store.catalog.coverage().photos, 30),
    "timeline": ("photos", lambda store: len(store.columns.timeline().ids), 30),
    "search": (
        "vectors",
        lambda store: len(store.vectors(SPACE).search(unit_rows(1, seed=3), 5)[0]),
        5,
    ),
    "filtered search": (
        "vectors",
        lambda store: len(
            store.vectors(SPACE).filtered(
                unit_rows(1, seed=3), 5, Selection(filter=Field("width", Operator.ABOVE, 1))
            )
        ),
        5,
    ),
    "check": ("frames", lambda store: list(store.check()), []),
}


@pytest.mark.parametrize("name", READS)
def test_a_read_that_lost_its_connection_is_asked_again(library, name):
    store, blocker = library
    table, ask, answer = READS[name]
    assert ask(store) == answer
    with in_the_middle(blocker, table, lambda: ask(store)) as asked:
        kill_who_waits(blocker)
    assert asked.result() == answer


def test_a_read_that_loses_its_connection_twice_is_given_up(library):
    store, blocker = library
    with in_the_middle(blocker, "photos", store.catalog.coverage) as asked:
        first = kill_who_waits(blocker)
        second = kill_who_waits(blocker, other_than=first)
        assert first != second
        with pytest.raises(StoreUnavailable) as caught:
            asked.result()
    assert caught.value.hint
    assert store.catalog.coverage().photos == 30


def test_a_write_that_lost_its_connection_is_not_repeated(library):
    store, blocker = library
    with in_the_middle(blocker, "frames", lambda: put_some(store, 1, first=900)) as asked:
        kill_who_waits(blocker)
        with pytest.raises(StoreUnavailable):
            asked.result()
    assert store.catalog.coverage().photos == 30


def reading_functions():
    """Functions of stores that read in a transaction of their own: (name, their syntax tree)."""
    folder = Path(mindseye.stores.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and function.name != "read":
                reads = ("session.read()", "self._read()")
                if any(context.endswith(reads) for context in opened_by(function)):
                    yield f"{path.relative_to(folder)}: {function.name}", function


def opened_by(function):
    return [
        ast.unparse(item.context_expr)
        for one in ast.walk(function)
        if isinstance(one, ast.With)
        for item in one.items
    ]


def test_every_read_of_a_store_is_repeatable_and_writes_nothing():
    found = dict(reading_functions())
    assert len(found) > 40
    for name, function in found.items():
        assert "repeatable" in map(ast.unparse, function.decorator_list), name
        assert not any(context.endswith("write()") for context in opened_by(function)), name
        parts = [one for one in ast.walk(function) if isinstance(one, ast.Yield | ast.YieldFrom)]
        assert not parts, f"{name} would give a part twice"
