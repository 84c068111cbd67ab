"""The embedded store as a file: kills, other processes, damage, threads and what it refuses."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from mindseye.errors import ConfigError, MindseyeError, SchemaTooNew, StoreBusy, StoreUnavailable
from mindseye.stores import open_store
from mindseye.stores.base import Batch
from mindseye.stores.embedded import database
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import SPACE, frames_of, put_some, record, search_ids

SOURCES = os.pathsep.join(path for path in sys.path if path)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalog.db"


def opened(path):
    return closing(open_store(f"sqlite:///{path}", index_dir=path.parent / "index"))


def started(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": SOURCES},
        stdout=subprocess.PIPE,
        text=True,
    )


WRITER = """
import sys
from pathlib import Path
from mindseye.stores import open_store
from mindseye.testing.samples import SPACE, put_some
path = Path(sys.argv[1])
store = open_store(f"sqlite:///{path}", index_dir=path.parent / "index")
first = int(sys.argv[2])
for turn in range(int(sys.argv[3])):
    put_some(store, 20, first=first + 20 * turn)
    store.vectors(SPACE).refresh()
    print(turn, flush=True)
store.close()
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
@pytest.mark.parametrize("wait", [0.0, 0.03, 0.1])
def test_a_killed_writer_leaves_whole_batches_and_a_sound_library(path, wait):
    writer = started(WRITER, path, 0, 10_000)
    with writer, writer.stdout:
        for _ in range(3):
            writer.stdout.readline()
        time.sleep(wait)
        writer.kill()
    with opened(path) as store:
        assert list(store.check()) == []
        coverage = store.catalog.coverage()
        assert coverage.photos >= 60
        assert coverage.photos % 20 == 0
        assert coverage.photos == len(store.vectors(SPACE))
        [newest] = put_some(store, 1, first=500_000)
        assert search_ids(store, unit_rows(1, seed=500_000)[0], 1) == [newest]


def test_two_processes_may_write_while_a_third_one_reads(path):
    with opened(path) as store:
        put_some(store, 1, first=900_000)
        writers = [started(WRITER, path, first, 10) for first in (0, 100_000)]
        while any(writer.poll() is None for writer in writers):
            assert search_ids(store, unit_rows(1, seed=900_000)[0], 1) == [1]
        for writer in writers:
            writer.stdout.close()
        assert [writer.returncode for writer in writers] == [0, 0]
        assert store.catalog.coverage().photos == 401
        assert list(store.check()) == []


def test_two_processes_may_make_a_library_at_the_same_time(path):
    writers = [started(WRITER, path, first, 1) for first in (0, 1000, 2000)]
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    with opened(path) as store:
        assert store.catalog.coverage().photos == 60
        assert len(store.spaces()) == 1


def test_threads_may_write_and_search_at_once(path):
    failures = []

    def work(store, first):
        try:
            for turn in range(10):
                ids = put_some(store, 5, first=first + 5 * turn)
                seed = first + 5 * turn
                assert search_ids(store, unit_rows(1, seed=seed)[0], 1) == ids[:1]
                store.vectors(SPACE).refresh()
        except (MindseyeError, AssertionError, ValueError) as error:
            failures.append(error)

    with opened(path) as store:
        threads = [threading.Thread(target=work, args=(store, 1000 * n)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert store.catalog.coverage().photos == 200
        assert list(store.check()) == []


def test_a_file_that_is_no_database_is_unavailable_and_left_alone(path):
    path.write_bytes(b"holiday pictures, not a database" * 100)
    with pytest.raises(StoreUnavailable, match=r"catalog\.db is damaged or no library") as caught:
        opened(path)
    assert caught.value.hint
    assert path.read_bytes().startswith(b"holiday")


def test_a_damaged_database_is_unavailable(path):
    with opened(path) as store:
        put_some(store, 300)
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    whole = bytearray(path.read_bytes())
    whole[4096 * 3 :] = b"\xff" * (len(whole) - 4096 * 3)
    path.write_bytes(whole)
    with pytest.raises(StoreUnavailable, match="damaged") as caught:
        look_at_everything(path)
    assert caught.value.hint


def look_at_everything(path):
    with opened(path) as store:
        return store.catalog.photos(range(300)), store.files.in_folders(1, [""])


@pytest.mark.parametrize("place", ["a folder", "a file in the way"])
def test_a_library_that_cannot_lie_there_is_unavailable(tmp_path, place):
    path = tmp_path / "x"
    if place == "a folder":
        path.mkdir()
    else:
        path.write_text("in the way")
        path = path / "catalog.db"
    with pytest.raises(StoreUnavailable) as caught:
        opened(path)
    assert caught.value.hint


def test_a_library_that_another_program_holds_is_busy(path, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_MS", 50)
    with opened(path) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy) as caught:
            store.files.add_root("/photos")
        assert caught.value.hint
        assert store.files.roots() == []


def test_a_full_disk_is_unavailable_and_the_library_stays_whole(path):
    with opened(path) as store:
        put_some(store, 5)
    with opened(path) as store:
        pages = "PRAGMA max_page_count = 1"
        for connection in (store._session.engine.raw_connection(),):
            connection.cursor().execute(pages)
            connection.close()
        with pytest.raises(StoreUnavailable, match="no room left"):
            put_some(store, 2000, first=100)
    with opened(path) as store:
        assert store.catalog.coverage().photos == 5
        assert list(store.check()) == []


@pytest.mark.parametrize("url", ["oracle://x", "catalog.db", "", "://", "sqlite:/x"])
def test_an_unknown_url_names_the_schemes_there_are(tmp_path, url):
    with pytest.raises(ConfigError, match="sqlite://"):
        open_store(url, index_dir=tmp_path)


def test_a_library_of_a_newer_version_is_not_touched(path):
    with opened(path) as store:
        put_some(store, 1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(SchemaTooNew) as caught:
        opened(path)
    assert "9999" in str(caught.value)
    assert caught.value.hint


def test_check_tells_of_broken_rows_and_repair_mends_them(path):
    with opened(path) as store:
        ids = put_some(store, 4)
        frames = frames_of(store, ids)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE vectors SET vector = x'00' WHERE frame_id = ?", frames[:1])
        infinite = np.full(SPACE.dim, np.inf, np.float16).tobytes()
        connection.execute(
            "UPDATE vectors SET vector = ? WHERE frame_id = ?", (infinite, frames[1])
        )
        connection.execute("DELETE FROM frames WHERE id = ?", frames[2:3])
        connection.execute("DELETE FROM vectors WHERE frame_id = ?", frames[2:3])
        connection.commit()
    with opened(path) as store:
        told = " / ".join(problem.what for problem in store.check())
        assert "1 photos have no frame" in told
        assert "2 vectors are not finite or not of their space" in told
        assert all(problem.mended for problem in store.check(repair=True))
        assert list(store.check()) == []
        assert [photo.id for _, photo in store.vectors(SPACE).waiting(9)] == [
            ids[0],
            ids[1],
            ids[2],
        ]


def test_check_tells_of_loose_rows(path):
    with opened(path) as store:
        put_some(store, 1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO keywords VALUES (77, 0, 'loose')")
        connection.commit()
    with opened(path) as store:
        assert any("keywords" in problem.what for problem in store.check())


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("UPDATE photo_texts SET caption = 'mouse' WHERE rowid = 2", "1 photos are found by other"),
        ("DELETE FROM photo_texts WHERE rowid = 1", "1 photos are found by other"),
        ("INSERT INTO photo_texts(rowid, name) VALUES (99, 'mouse')", "1 photos are found by oth"),
        ("UPDATE photo_texts_data SET block = x'00' WHERE id > 10", "words of the photos cannot"),
    ],
)
def test_check_tells_of_false_words_and_repair_makes_them_anew(path, damage, says):
    with opened(path) as store:
        put_some(store, 3)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(damage)
        connection.commit()
    with opened(path) as store:
        [problem] = store.check()
        assert says in problem.what
        assert not problem.mended
        [problem] = store.check(repair=True)
        assert problem.mended
        assert list(store.check()) == []
        assert store.texts.search("mouse", 9).ids.tolist() == []
        assert store.texts.search("1.jpg", 1).ids.tolist() == [2]


def test_check_tells_of_a_false_index_and_repair_makes_it_anew(path):
    with opened(path) as store:
        ids = put_some(store, 30)
        store.vectors(SPACE).refresh()
    rows = next(path.parent.glob("index/*/rows-*"))
    damaged = bytearray(rows.read_bytes())
    damaged[-2 * SPACE.dim :] = unit_rows(1, seed=999).astype(np.float16).tobytes()
    rows.write_bytes(damaged)
    with opened(path) as store:
        [problem] = store.check()
        assert "holds 1 vectors otherwise" in problem.what
        assert [problem.mended for problem in store.check(repair=True)] == [True]
        assert list(store.check()) == []
        assert search_ids(store, unit_rows(1, seed=29)[0], 1) == ids[29:]


def test_an_index_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path, caplog):
    (tmp_path / "index").write_text("in the way")
    path = tmp_path / "catalog.db"
    with opened(path) as store:
        ids = put_some(store, 30)
        store.vectors(SPACE).refresh()
        assert "could not be written" in caplog.text
        assert search_ids(store, unit_rows(1, seed=3)[0], 1) == ids[3:4]
        store.vectors(SPACE).refresh()


def test_a_search_never_starves_however_many_photos_are_missing(path):
    with opened(path) as store:
        ids = put_some(store, 6000)
        store.vectors(SPACE).refresh()
        store.put(Batch(missing=ids[:-3]))
        assert sorted(search_ids(store, unit_rows(1, seed=1)[0], 10)) == ids[-3:]


def test_put_writes_thousands_of_photos_in_one_transaction(path):
    with opened(path) as store:
        root = store.files.add_root("/photos")
        photos = [record(root.id, f"{n}.jpg", n % 50, folder=f"f{n % 7}") for n in range(5000)]
        assert len(set(store.put(Batch(photos=photos, space=SPACE)))) == 5000
        again = store.put(Batch(photos=photos, space=SPACE))
        assert [photo.location for photo in store.catalog.photos(again)] == [
            photo.location for photo in photos
        ]


def test_a_path_of_the_store_may_hold_anything(tmp_path: Path):
    path = tmp_path / "with space %20 #? 猫" / "catalog.db"
    with opened(path) as store:
        put_some(store, 1)
    assert path.is_file()
    assert store.url == f"sqlite:///{path}"
