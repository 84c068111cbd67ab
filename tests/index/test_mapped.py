"""The files of the flat index, and what happens when they are gone, broken or somebody else's."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import faiss
import numpy as np
import pytest

from mindseye.index import mapped
from mindseye.index.exact import best, last_of_each, score
from mindseye.index.mapped import MappedIndex
from mindseye.index.matrix import header, scanner_of
from mindseye.testing.index_contract import ids_from, unit_rows

DIM = 64
ROWS = 5000
"""Enough for codes to be made."""


def clustered(count, seed=0):
    centres = unit_rows(40, seed=1, dim=DIM)
    rng = np.random.default_rng(seed)
    rows = centres[rng.integers(0, 40, count)] + 0.4 * unit_rows(count, seed=seed + 2, dim=DIM)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


def filled(folder, count=ROWS):
    index = MappedIndex(folder, "space", DIM)
    index.add(ids_from(1, count), clustered(count))
    index.flush()
    return index


def truth(rows, ids, query, k):
    return best(ids, score(rows.astype(np.float16), None, query), k)


def test_codes_and_exact_scan_agree_on_clustered_vectors_with_duplicates(folder):
    rows = np.concatenate([clustered(ROWS), clustered(500)])
    ids = ids_from(1, len(rows))
    index = MappedIndex(folder, "space", DIM)
    index.add(ids, rows)
    index.flush()
    assert list(folder.glob("codes-*"))
    for query in clustered(50, seed=9):
        found, exact = index.search(query[None], 10)[0], truth(rows, ids, query, 10)
        assert found.scores == pytest.approx(exact.scores, abs=1e-6)


@pytest.mark.parametrize("share", [0.001, 0.5, 0.9, 1.0])
def test_within_is_complete_however_large_it_is(folder, share):
    index = filled(folder, 9000)
    rows, ids = clustered(9000), ids_from(1, 9000)
    query = clustered(1, seed=5)
    # The farthest rows: none of them is near the front of the codes' order.
    allowed = ids[np.argsort(rows @ query[0])[: int(share * len(ids))]]
    found = index.search(query, 10, allowed)[0]
    exact = truth(rows[allowed - 1], allowed, query[0], 10)
    assert found.scores == pytest.approx(exact.scores, abs=1e-6)


def test_an_index_is_read_again_without_its_rows(folder):
    filled(folder)
    again = MappedIndex(folder, "space", DIM)
    assert (len(again), again.waiting, again.last_id) == (ROWS, 0, ROWS)
    query = clustered(1, seed=7)
    assert again.search(query, 5)[0].ids.tolist() == filled(None).search(query, 5)[0].ids.tolist()


def test_removed_rows_stay_removed_without_writing_everything_anew(folder):
    index = filled(folder)
    rows_file = next(folder.glob("rows-*"))
    index.remove(ids_from(1, 10))
    index.flush()
    assert next(folder.glob("rows-*")) == rows_file
    again = MappedIndex(folder, "space", DIM)
    assert len(again) == ROWS - 10
    assert again.search(clustered(1), ROWS)[0].ids.min() == 11


def test_many_removed_rows_are_dropped_from_the_files(folder):
    index = filled(folder)
    before = next(folder.glob("rows-*")).stat().st_size
    index.remove(ids_from(1, ROWS // 2))
    index.flush()
    files = sorted(folder.glob("*-*"))
    assert next(folder.glob("rows-*")).stat().st_size < before * 0.51
    assert not list(folder.glob("dead-*"))
    assert len(files) == 2, "2500 rows need no codes"
    again = MappedIndex(folder, "space", DIM)
    assert sorted(again.ids.tolist()) == list(range(ROWS // 2 + 1, ROWS + 1))


def put_in_place_of(path, content):
    # As a new file: pulling pages from under a map kills whoever reads it, and nobody does so.
    path.unlink()
    path.write_bytes(content)


def cut(path):
    put_in_place_of(path, path.read_bytes()[: path.stat().st_size // 2])


def scramble(path):
    put_in_place_of(path, b"not what it was")


BREAKS = {
    "the stamp is gone": lambda folder: (folder / "stamp.json").unlink(),
    "the stamp is empty": lambda folder: (folder / "stamp.json").write_text(""),
    "the stamp is a list": lambda folder: (folder / "stamp.json").write_text("[1]"),
    "the stamp holds another field": lambda folder: (folder / "stamp.json").write_text(
        json.dumps({**json.loads((folder / "stamp.json").read_text()), "more": 1})
    ),
    "the stamp is of another format": lambda folder: (folder / "stamp.json").write_text(
        json.dumps({**json.loads((folder / "stamp.json").read_text()), "format": 99})
    ),
    "the stamp is not text": lambda folder: (folder / "stamp.json").write_bytes(b"\xff\xfe\x00"),
    "the rows are cut": lambda folder: cut(next(folder.glob("rows-*"))),
    "the rows are gone": lambda folder: next(folder.glob("rows-*")).unlink(),
    "the ids are cut": lambda folder: cut(next(folder.glob("ids-*"))),
    "the codes are cut": lambda folder: cut(next(folder.glob("codes-*"))),
    "the codes are not codes": lambda folder: scramble(next(folder.glob("codes-*"))),
    "the codes are gone": lambda folder: next(folder.glob("codes-*")).unlink(),
    "the dead are gone": lambda folder: next(folder.glob("dead-*")).unlink(),
}


@pytest.mark.parametrize("harm", BREAKS.values(), ids=BREAKS)
def test_files_that_do_not_fit_count_as_absent_and_are_written_anew(folder, harm):
    index = filled(folder)
    index.remove(ids_from(1, 1))
    index.flush()
    harm(folder)
    broken = MappedIndex(folder, "space", DIM)
    assert len(broken) == 0
    broken.add(ids_from(1, 100), clustered(100))
    broken.flush()
    # What was open before still reads the files it mapped.
    assert len(index.search(clustered(1), ROWS)[0]) == ROWS - 1
    assert len(MappedIndex(folder, "space", DIM)) == 100


@pytest.mark.parametrize(("fingerprint", "dim"), [("other", DIM), ("space", 2 * DIM)])
def test_files_of_another_space_are_not_read(folder, fingerprint, dim):
    filled(folder)
    assert len(MappedIndex(folder, fingerprint, dim)) == 0


def test_what_a_killed_append_left_behind_is_cut_off(folder):
    filled(folder, 100)
    with next(folder.glob("rows-*")).open("ab") as rows:
        rows.write(b"half a row")
    index = MappedIndex(folder, "space", DIM)
    index.add(ids_from(101, 1), clustered(1, seed=4))
    index.flush()
    again = MappedIndex(folder, "space", DIM)
    found = again.search(clustered(1, seed=4), 1)[0]
    assert (found.ids.tolist(), len(again)) == ([101], 101)


def test_an_index_learns_that_another_one_wrote(folder):
    one = filled(folder, 100)
    other = MappedIndex(folder, "space", DIM)
    assert not other.outdated()
    one.add(ids_from(101, 5), clustered(5, seed=3))
    one.flush()
    assert other.outdated()
    assert not one.outdated()
    other.add(ids_from(200, 5), clustered(5, seed=6))
    other.flush()
    # The last to write decides; what it lacks is added again by whoever owns the rows.
    assert MappedIndex(folder, "space", DIM).ids.tolist() == other.ids.tolist()


def test_a_folder_that_cannot_be_written_leaves_the_index_in_memory(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    index = MappedIndex(blocked / "index", "space", DIM)
    index.add(ids_from(1, ROWS), clustered(ROWS))
    with pytest.raises(OSError, match=r"(?i)not a directory|exists|cannot find"):
        index.flush()
    index.detach()
    index.flush()
    assert (index.waiting, len(index)) == (0, ROWS)
    assert len(index.search(clustered(1), 7)[0]) == 7


def test_searches_go_on_while_another_thread_adds_removes_and_flushes(folder):
    index = filled(folder)
    failures = []
    stop = threading.Event()

    def search():
        while not stop.is_set():
            found = index.search(clustered(1, seed=8), 20, ids_from(1, 3000))[0]
            if len(found) != 20 or found.ids.max() > 3000:
                failures.append(found)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(12):
        index.add(ids_from(ROWS + 1 + 100 * turn, 100), clustered(100, seed=turn))
        index.remove(ids_from(3001 + 100 * turn, 100))
        index.flush()
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures


def test_two_processes_that_write_at_once_leave_a_whole_index(folder):
    code = """
import sys
from pathlib import Path
from mindseye.index.mapped import MappedIndex
from mindseye.testing.index_contract import ids_from, unit_rows
for turn in range(8):
    index = MappedIndex(Path(sys.argv[1]), "space", 64)
    index.add(ids_from(1 + 600 * turn, 600), unit_rows(600, seed=turn, dim=64))
    index.flush()
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(folder)], env=_with_sources())
        for _ in range(2)
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    index = MappedIndex(folder, "space", DIM)
    assert index.last_id == 8 * 600
    assert len(index.search(unit_rows(1, dim=DIM), 5)[0]) == 5
    assert len(list(folder.glob("rows-*"))) == 1


def _with_sources():
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_rows_are_written_as_faiss_writes_them(count):
    rows = unit_rows(count, dim=DIM).astype(np.float16)
    scanner = scanner_of(rows)
    written = faiss.serialize_index(scanner).tobytes()
    assert written == header(DIM, count) + rows.tobytes()


def test_far_queries_are_answered_exactly(folder):
    # Words lie far from all photos: there the codes err by more than the best rows differ.
    index = filled(folder, 20_000)
    rows, ids = clustered(20_000), ids_from(1, 20_000)
    for query in unit_rows(20, seed=3, dim=DIM):
        found, exact = index.search(query[None], 10)[0], truth(rows, ids, query, 10)
        assert found.scores == pytest.approx(exact.scores, abs=1e-6)


@pytest.mark.parametrize(
    ("ids", "kept"), [([], []), ([5], [0]), ([5, 5], [1]), ([3, 1, 3, 2, 1], [2, 3, 4])]
)
def test_the_last_of_equal_ids_stays(ids, kept):
    assert last_of_each(np.array(ids, dtype=np.int64)).tolist() == kept


def test_ties_at_the_edge_are_broken_by_id(tmp_path):
    ids = np.array([9, 4, 7, 1], dtype=np.int64)
    scores = np.array([0.5, 0.5, 0.9, 0.5], dtype=np.float32)
    assert best(ids, scores, 2).ids.tolist() == [7, 1]
    assert best(ids, scores, 9).ids.tolist() == [7, 1, 4, 9]
    assert best(ids, scores, 0).ids.tolist() == []


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells of mappings")
@pytest.mark.parametrize(("least", "advised"), [(0, True), (2**30, False)])
def test_many_rows_are_read_from_the_disk_one_by_one(folder, monkeypatch, least, advised):
    monkeypatch.setattr(mapped, "_SCATTERED_FROM", least)
    filled(folder)
    index = MappedIndex(folder, "space", DIM)
    assert len(index) == ROWS
    rows = str(next(folder.glob("rows-*")))
    told = Path("/proc/self/smaps").read_text().split(rows)[1:]
    flags = [each.partition("VmFlags:")[2].partition("\n")[0].split() for each in told]
    # FAISS asks for it in any case, for the mapping it compares everything in.
    assert all("rr" in each for each in flags) is advised
