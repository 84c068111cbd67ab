"""Training, coding and clearing out beside searches, and what a kill, a full disk and drift do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from tests.index.conftest import DIM, TrainedIndex, clustered

from mindseye.errors import StoreError
from mindseye.index import build, matrix, team, trained
from mindseye.index.build import Build, Need, drift_of, state_of
from mindseye.index.exact import best, score
from mindseye.index.files import IndexFiles
from mindseye.index.mapped import MappedIndex
from mindseye.index.stamp import Effort
from mindseye.testing.index_contract import ids_from

ROWS = 3000
KIND = "IVF16,RaBitQ2"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


def filled(folder, count=ROWS, wish=KIND):
    index = TrainedIndex(folder, DIM, wish)
    index.add(ids_from(1, count), clustered(count))
    index.flush()
    return index


def built(folder, count=ROWS, wish=KIND):
    index = filled(folder, count, wish)
    assert index.build()
    return index


def need(index):
    return state_of(index.held, index.wish).need


def exact(rows, ids, query, k=10):
    return best(ids, score(rows.astype(np.float16), None, query), k).scores


def test_a_build_trains_codes_and_leaves_nothing_to_do(folder):
    index = filled(folder)
    assert need(index) is Need.TRAINING
    assert index.build()
    state = state_of(index.held, KIND)
    assert (state.kind, state.trained_on, state.parts, state.beside) == (KIND, ROWS, 1, 0)
    assert state.need is Need.NOTHING
    assert not index.build()
    assert not (folder / "building").exists()


@pytest.mark.parametrize(
    "wish", [KIND, "IVF16,RaBitQ", "IVF16,PQ16", "PCA32,IVF16,SQ8", "IVF16_HNSW8,SQ8", "SQ8"]
)
def test_what_was_measured_when_training_holds_for_other_queries(folder, wish):
    index = built(folder, 6000, wish)
    rows, ids = clustered(6000), ids_from(1, 6000)
    shares = []
    for query in clustered(100, seed=9):
        found = index.search(query[None], 10)[0]
        assert found.scores == pytest.approx(rows[found.ids - 1] @ query, abs=2e-3)
        shares.append(np.mean(found.scores >= exact(rows, ids, query)[-1] - 1e-6))
    assert np.mean(shares) >= 0.98


@pytest.mark.parametrize("share", [0.001, 0.01, 0.2, 0.9])
def test_few_allowed_rows_are_all_compared_wherever_they_lie(folder, share):
    index = built(folder, 6000)
    rows, ids = clustered(6000), ids_from(1, 6000)
    for query in clustered(10, seed=9):
        # The farthest rows: no list that is near the query holds any of the few.
        allowed = np.sort(ids[np.argsort(rows @ query)[: int(share * len(ids))]])
        found = index.search(query[None], 10, allowed)[0]
        truth = exact(rows[allowed - 1], allowed, query)
        assert found.scores == pytest.approx(truth, abs=1e-6)


@pytest.mark.parametrize("near", [True, False], ids=["near", "away"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
@pytest.mark.usefixtures("small")
def test_many_allowed_rows_are_found_in_the_lists_that_hold_them(folder, share, near):
    index = built(folder, 6000)
    rows, ids = clustered(6000), ids_from(1, 6000)
    rng = np.random.default_rng(4)
    shares = []
    for query in clustered(40, seed=9):
        # Any rows, or none of those that lie around the same centre as the query.
        pool = ids if near else ids[rows @ query < 0.5]
        allowed = np.sort(rng.choice(pool, int(share * len(pool)), replace=False))
        found = index.search(query[None], 10, allowed)[0]
        truth = exact(rows[allowed - 1], allowed, query)
        assert len(found) == len(truth)
        assert set(found.ids.tolist()) <= set(allowed.tolist())
        shares.append(np.mean(found.scores >= truth[-1] - 1e-6))
    assert np.mean(shares) >= 0.98


def test_threads_that_share_a_search_find_what_one_finds(folder, monkeypatch):
    monkeypatch.setattr(build, "measure", lambda codes: (Effort(96, 400, -1.0),))
    index = built(folder, 6000, "IVF128,RaBitQ2")
    queries, allowed = clustered(30, seed=9), ids_from(1, 3000)
    alone = [*index.search(queries, 10), *index.search(queries, 10, allowed)]
    monkeypatch.setattr(team, "_processors", lambda: 3)
    for module in (matrix, trained):
        monkeypatch.setattr(module, "_SHARED_FROM", 10)
    shared = [*index.search(queries, 10), *index.search(queries, 10, allowed)]
    same = [np.isin(one.ids, other.ids) for one, other in zip(alone, shared, strict=True)]
    assert np.mean(same) >= 0.99


def test_where_no_effort_was_enough_every_row_is_compared(folder, monkeypatch):
    monkeypatch.setattr(build, "measure", lambda codes: ())
    index = built(folder)
    rows, ids = clustered(ROWS), ids_from(1, ROWS)
    for query in clustered(20, seed=5):
        found = index.search(query[None], 10)[0]
        assert found.scores == pytest.approx(exact(rows, ids, query), abs=1e-6)


def test_new_rows_are_found_before_and_after_they_are_coded(folder, monkeypatch):
    monkeypatch.setattr(build, "ROWS_BESIDE", 100)
    index = built(folder)
    new = clustered(150, seed=77)
    index.add(ids_from(ROWS + 1, 150), new)
    assert MappedIndex.search(index, new[:1], 1)[0].ids.tolist() == [ROWS + 1]
    index.flush()
    assert state_of(index.held, KIND).beside == 150
    assert MappedIndex.search(index, new[1:2], 1)[0].ids.tolist() == [ROWS + 2]
    assert need(index) is Need.CODES
    index.build()
    state = state_of(index.held, KIND)
    assert (state.beside, state.parts, state.trained_on) == (0, 2, ROWS)
    assert index.search(new[2:3], 1)[0].ids.tolist() == [ROWS + 3]


def test_parts_join_those_that_are_not_much_larger(folder, monkeypatch):
    monkeypatch.setattr(build, "ROWS_BESIDE", 50)
    index = built(folder)
    most = 0
    for turn in range(12):
        index.add(ids_from(ROWS + 1 + 60 * turn, 60), clustered(60, seed=turn))
        index.build()
        most = max(most, state_of(index.held, KIND).parts)
    assert state_of(index.held, KIND).beside == 0
    assert most <= 4


def test_rows_that_lie_far_from_all_centroids_have_the_index_trained_anew(folder, monkeypatch):
    monkeypatch.setattr(build, "ROWS_BESIDE", 500)
    index = built(folder)
    assert drift_of(index.held.stamp) == 1.0
    index.add(ids_from(ROWS + 1, 600), clustered(600, seed=5))
    index.build()
    alike = state_of(index.held, KIND)
    assert alike.drift == pytest.approx(1.0, abs=0.1)
    assert alike.trained_on == ROWS
    index.add(ids_from(ROWS + 601, 2500), clustered(2500, seed=6, centres=50))
    index.build()
    drifted = state_of(index.held, KIND)
    assert (drifted.trained_on, drifted.drift, drifted.parts) == (ROWS + 3100, 1.0, 1)


def test_a_library_that_outgrew_its_training_is_trained_anew(folder):
    index = built(folder, 1000)
    index.add(ids_from(1001, 3500), clustered(3500, seed=3))
    index.flush()
    assert need(index) is Need.TRAINING
    index.build()
    assert state_of(index.held, KIND).trained_on == 4500


def test_many_removed_rows_are_cleared_out(folder):
    index = built(folder)
    index.remove(ids_from(1, 600))
    index.flush()
    before = next(folder.glob("rows-*")).stat().st_size
    assert need(index) is Need.CLEARING
    index.build()
    assert next(folder.glob("rows-*")).stat().st_size < 0.81 * before
    assert len(index) == len(TrainedIndex(folder, DIM, KIND)) == ROWS - 600
    assert index.search(clustered(1), 50)[0].ids.min() > 600


@pytest.mark.parametrize(("wish", "kind"), [("flat", "exact"), ("SQ8", "SQ8")])
def test_another_wish_makes_another_index(folder, wish, kind):
    index = built(folder)
    index.wish = wish
    assert index.build()
    assert state_of(index.held, wish).kind == kind
    assert state_of(index.held, wish).need is Need.NOTHING
    assert len(index.search(clustered(1), 9)[0]) == 9


def test_too_few_rows_wait_until_there_are_more(folder):
    index = filled(folder, 50)
    assert not index.build()
    assert need(index) is Need.NOTHING


def test_rows_may_be_appended_and_removed_while_an_index_is_built(folder, monkeypatch):
    index = built(folder)
    index.remove(ids_from(1, 600))
    index.flush()

    def meanwhile(factory, rows, train=build.train):
        other = MappedIndex(folder, "space", DIM)
        other.add(ids_from(ROWS + 1, 40), clustered(40, seed=8))
        other.remove(ids_from(601, 5))
        other.flush()
        return train(factory, rows)

    monkeypatch.setattr(build, "train", meanwhile)
    index.build()
    living = {*range(606, ROWS + 41)}
    for each in (index, MappedIndex(folder, "space", DIM)):
        assert set(each.ids.tolist()) == living
        assert each.search(clustered(1, seed=8), 1)[0].ids.tolist() == [ROWS + 1]


def test_an_index_made_anew_meanwhile_is_left_alone(folder, monkeypatch):
    index = filled(folder)

    def meanwhile(factory, rows, train=build.train):
        other = MappedIndex(folder, "space", DIM)
        other.remove(ids_from(1, 2000))
        other.flush()
        return train(factory, rows)

    monkeypatch.setattr(build, "train", meanwhile)
    assert not index.build()
    assert len(MappedIndex(folder, "space", DIM)) == ROWS - 2000


def test_two_builds_at_once_are_one(folder, monkeypatch):
    index = filled(folder)
    began, go_on = threading.Event(), threading.Event()

    def slow(factory, rows, train=build.train):
        began.set()
        assert go_on.wait(30)
        return train(factory, rows)

    monkeypatch.setattr(build, "train", slow)
    thread = threading.Thread(target=index.build)
    thread.start()
    assert began.wait(30)
    # Searches go on with what there is, and a second build leaves the first alone.
    assert len(MappedIndex.search(index, clustered(1), 7)[0]) == 7
    assert not Build(IndexFiles(folder), KIND).run(index.held.stamp)
    go_on.set()
    thread.join()
    assert need(index) is Need.NOTHING


STEPS = ["train", "measure", "checksum"]


@pytest.mark.parametrize("step", STEPS)
def test_a_build_that_is_killed_costs_nothing_but_the_build(folder, step):
    index = filled(folder)
    code = f"""
import os, signal, sys
from pathlib import Path
from mindseye.index import build, matrix, team, trained
from mindseye.index.files import IndexFiles
from mindseye.index.stamp import Stamp
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
build.{step} = die
build.Build(IndexFiles(Path(sys.argv[1])), {KIND!r}).run(Stamp("space", {DIM}))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    killed = subprocess.run([sys.executable, "-c", code, str(folder)], check=False, env=environment)
    assert killed.returncode == -signal.SIGKILL
    after = MappedIndex(folder, "space", DIM)
    assert state_of(after.held, KIND).trained_on == 0
    assert len(after.search(clustered(1), 7)[0]) == 7
    assert len(after) == ROWS
    assert index.build()
    assert not (folder / "building").exists()


def test_a_disk_that_is_full_is_told_and_leaves_the_old_index(folder):
    filled(folder)
    code = f"""
import resource, signal, sys
from pathlib import Path
from mindseye.errors import StoreError
from mindseye.index.build import Build
from mindseye.index.files import IndexFiles
from mindseye.index.stamp import Stamp
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    Build(IndexFiles(Path(sys.argv[1])), {KIND!r}).run(Stamp("space", {DIM}))
except StoreError as error:
    print(error.message, error.hint)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    told = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    ).stdout
    assert f"the index in {folder} could not be built" in told
    assert "mindseye index build" in told
    after = MappedIndex(folder, "space", DIM)
    assert len(after.search(clustered(1), 7)[0]) == 7
    assert not (folder / "building").exists()


def test_a_training_that_rows_are_too_few_for_is_told(folder):
    index = filled(folder, 1100, "PQ8x12")
    with pytest.raises(StoreError, match="could not be built"):
        index.build()


def put_in_place_of(path, content):
    path.unlink()
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["trained-*", "part-*", "lists-*"])
@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_a_trained_index_that_cannot_be_read_is_made_again(folder, name, harm):
    built(folder)
    path = next(folder.glob(name))
    content = path.read_bytes()
    path.unlink()
    if harm == "cut":
        path.write_bytes(content[: len(content) // 2])
    index = TrainedIndex(folder, DIM, KIND)
    assert len(MappedIndex.search(index, clustered(1), 7)[0]) == 7
    assert need(index) is Need.TRAINING
    assert index.build()
    assert need(index) is Need.NOTHING


@pytest.mark.parametrize("name", ["trained-*", "part-*", "lists-*", "tree-*"])
def test_a_bit_that_flipped_is_found(folder, name):
    index = built(folder)
    files = IndexFiles(folder)
    assert files.damaged(index.held.stamp) == []
    path = next(folder.glob(name))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    put_in_place_of(path, bytes(content))
    assert len(files.damaged(index.held.stamp)) == 1


def test_an_open_index_keeps_its_files_while_another_process_builds(folder):
    old = built(folder)
    other = TrainedIndex(folder, DIM, KIND)
    query = clustered(1, seed=4)
    before = MappedIndex.search(old, query, 9)[0]
    other.remove(ids_from(1, 900))
    other.build()
    assert MappedIndex.search(old, query, 9)[0].ids.tolist() == before.ids.tolist()
    assert old.outdated()
    old.reload()
    assert len(old) == ROWS - 900
