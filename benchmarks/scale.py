"""Measure the embedded index from a hundred thousand to ten million vectors.

    python benchmarks/scale.py --sizes 100000 1000000 --folder /var/tmp

Vectors and queries are those of `vectors.py`: anisotropic, clustered, with near duplicates;
"pictures" lie near some vectors, "words", the harder set, far from all. Vectors are made and
written in parts, never held as a whole: ten million take 13 GB in `--folder`, and less than that in
memory. Each size is searched by a process of its own, whose memory is told: `resident` is all of
it, `of it anonymous` what the system cannot give back by reading a file again. A search is timed by
the wall and by the processor time it took, which other work on the machine disturbs less. A match
counts when its score reaches the exact tenth best's.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mindseye.index.build import Build, state_of
from mindseye.index.files import IndexFiles
from mindseye.index.kinds import AUTO
from mindseye.index.mapped import MappedIndex
from mindseye.index.matrix import scan_listed
from vectors import DIM, describe_machine, make_pictures, make_words, unit

K = 10
QUERIES = 50
CHUNK = 20_000
FLUSH = 200_000
SHARES = (0.01, 0.0001)
"""Shares of the vectors that a filter leaves, drawn at random."""

ADDED = 1000
NAME = "benchmark"

Rows = NDArray[np.float32]
Asked = tuple[Rows, NDArray[np.int64] | None]
"""Queries, and the ids among which they look."""


@dataclass
class Timing:
    """Milliseconds for one query: by the wall and of the processor, and the recall of all."""

    p50: float
    p95: float
    cpu50: float
    recall: float


@dataclass
class Result:
    """What was measured over one number of vectors."""

    vectors: int
    kind: str = ""
    rows_seconds: float = 0.0
    build_seconds: float = 0.0
    build_cpu_seconds: float = 0.0
    code_bytes: int = 0
    row_bytes: int = 0
    open_ms: float = 0.0
    resident_mb: int = 0
    anonymous_mb: int = 0
    exact_cpu50: float = 0.0
    add_seconds: float = 0.0
    searches: dict[str, Timing] = field(default_factory=dict)


def make_rows(count: int, seed: int = 0) -> Iterator[Rows]:
    """Unit rows, some at a time; as in `vectors.py`, with noise that is mixed anew from a stock."""
    rng = np.random.default_rng(seed)
    axes = rng.standard_normal((160, DIM), dtype=np.float32) / np.sqrt(160)
    axes *= (1.0 / np.sqrt(1 + np.arange(160, dtype=np.float32) / 8))[:, None]
    clusters = rng.standard_normal((2000, 160), dtype=np.float32)
    shares = rng.dirichlet(np.full(2000, 0.5))
    mean = rng.standard_normal(DIM, dtype=np.float32) * 0.5
    stock = rng.standard_normal((CHUNK, DIM), dtype=np.float32) * (0.1 / np.sqrt(2))
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        latent = clusters[rng.choice(2000, size, p=shares)]
        latent = latent + 0.5 * rng.standard_normal((size, 160), dtype=np.float32)
        rows = latent @ axes + mean
        for _ in range(2):
            rows += stock[rng.permutation(CHUNK)[:size]]
        twins = size // 50
        rows[:twins] = rows[-twins:] + 0.003 * rng.standard_normal((twins, DIM), dtype=np.float32)
        yield unit(rows)


def fill(folder: Path, count: int) -> float:
    """Write so many rows into an index that has no codes yet; the seconds that took."""
    index = MappedIndex(folder, NAME, DIM)
    first = len(index) + 1
    taken = 0.0
    for rows in make_rows(count):
        started = time.perf_counter()
        index.add(np.arange(first, first + len(rows), dtype=np.int64), rows)
        first += len(rows)
        if index.waiting >= FLUSH or first > count:
            index.flush()
        taken += time.perf_counter() - started
    return taken


def measure(count: int, folder: Path, wish: str) -> Result:
    """Everything about one number of vectors."""
    result = Result(count)
    result.rows_seconds = round(fill(folder, count), 1)
    index = MappedIndex(folder, NAME, DIM)
    wall, cpu = time.perf_counter(), time.process_time()
    Build(IndexFiles(folder), wish).run(index.held.stamp)
    result.build_seconds = round(time.perf_counter() - wall, 1)
    result.build_cpu_seconds = round(time.process_time() - cpu, 1)
    del index
    sizes = {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
    result.row_bytes = sum(size for name, size in sizes.items() if name.startswith("rows"))
    result.code_bytes = sum(sizes.values()) - result.row_bytes
    told = subprocess.run(
        [sys.executable, __file__, "--search", str(folder), "--wish", wish],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = json.loads(told)
    result.searches = {name: Timing(**timing) for name, timing in found.pop("searches").items()}
    for name, value in found.items():
        setattr(result, name, value)
    return result


def search(folder: Path, wish: str) -> dict[str, Any]:
    """What a process that searches an index sees: times, recall, memory."""
    index = MappedIndex(folder, NAME, DIM)
    pictures, words = (make(index.held.rows)[:QUERIES] for make in (make_pictures, make_words))
    found: dict[str, Any] = {"open_ms": round(1e3 * _took(lambda: MappedIndex(folder, NAME, DIM)))}
    found["kind"] = state_of(index.held, wish).kind
    asked: dict[str, Asked] = {"pictures": (pictures, None), "words": (words, None)}
    rng = np.random.default_rng(3)
    for share in SHARES:
        ids = np.sort(rng.choice(len(index), max(int(share * len(index)), 1), replace=False) + 1)
        asked[f"{share:.2%}"] = (np.concatenate([pictures[:10], words[:10]]), ids)
    times = {name: _timed(index, *what) for name, what in asked.items()}
    # Memory is read before the truth is looked for, which reads every row.
    found |= _memory()
    cpu = time.process_time()
    truth = {name: _truth(index, *what) for name, what in asked.items() if what[1] is None}
    count = sum(len(least) for least in truth.values())
    found["exact_cpu50"] = round(1e3 * (time.process_time() - cpu) / count, 1)
    truth |= {name: _truth(index, *what) for name, what in asked.items() if what[1] is not None}
    found["searches"] = {
        name: asdict(_with_recall(index, timing, truth[name], asked[name]))
        for name, timing in times.items()
    }
    more = next(make_rows(ADDED, seed=5))
    found["add_seconds"] = round(_took(lambda: _add(index, more)), 3)
    return found


def _took(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _add(index: MappedIndex, rows: Rows) -> None:
    index.add(np.arange(len(index) + 1, len(index) + 1 + len(rows), dtype=np.int64), rows)
    index.flush()


def _timed(index: MappedIndex, queries: Rows, within: NDArray[np.int64] | None) -> Timing:
    """How long each query takes alone, after one pass that brings pages into memory."""
    for query in queries:
        index.search(query[None], K, within)
    wall, cpu = [], []
    for query in queries:
        begun = time.perf_counter(), time.process_time()
        index.search(query[None], K, within)
        wall.append(1e3 * (time.perf_counter() - begun[0]))
        cpu.append(1e3 * (time.process_time() - begun[1]))
    p50, p95 = np.quantile(wall, [0.5, 0.95])
    return Timing(round(float(p50), 2), round(float(p95), 2), round(float(np.median(cpu)), 2), 0.0)


def _truth(index: MappedIndex, queries: Rows, within: NDArray[np.int64] | None) -> NDArray[Any]:
    """The exact tenth best score of each query."""
    held = index.held
    if within is None:
        assert held.scanner is not None
        return np.asarray(held.scanner.search(queries, K)[0][:, -1])
    listed = [scan_listed(held.rows, within - 1, query, K)[1] for query in queries]
    return np.array([np.sort(scores)[::-1][: min(K, len(within))][-1] for scores in listed])


def _with_recall(index: MappedIndex, timing: Timing, truth: NDArray[Any], asked: Asked) -> Timing:
    queries, within = asked
    wanted = K if within is None else min(K, len(within))
    shares = [
        np.count_nonzero(index.search(query[None], K, within)[0].scores >= least - 1e-5) / wanted
        for query, least in zip(queries, truth, strict=True)
    ]
    timing.recall = round(float(np.mean(np.minimum(shares, 1.0))), 4)
    return timing


def _memory() -> dict[str, int]:
    status = Path("/proc/self/status").read_text()
    sizes = dict(line.split(":") for line in status.splitlines() if line.startswith(("Rss", "VmR")))
    megabytes = {name: int(size.split()[0]) // 1024 for name, size in sizes.items()}
    return {"resident_mb": megabytes["VmRSS"], "anonymous_mb": megabytes["RssAnon"]}


def table(results: list[Result]) -> str:
    """The results as Markdown tables."""
    lines = [
        "| vectors | kind | written | built (CPU) | codes + rows | open | resident | add 1,000 |",
        "|---" * 8 + "|",
    ]
    lines += [
        f"| {each.vectors:,} x {DIM} | {each.kind} | {each.rows_seconds} s "
        f"| {each.build_seconds} s ({each.build_cpu_seconds} s) "
        f"| {each.code_bytes / 1e6:,.0f} + {each.row_bytes / 1e6:,.0f} MB | {each.open_ms} ms "
        f"| {each.resident_mb:,} ({each.anonymous_mb:,}) MB | {each.add_seconds} s |"
        for each in results
    ]
    names = list(results[0].searches)
    lines += ["", "| p50 / p95 (CPU), recall@10 | exact (CPU) | " + " | ".join(names) + " |"]
    lines.append("|---" * (2 + len(names)) + "|")
    for each in results:
        cells = " | ".join(
            f"{one.p50} / {one.p95} ({one.cpu50}) ms, {one.recall:.4f}"
            for one in each.searches.values()
        )
        lines.append(f"| {each.vectors:,} | {each.exact_cpu50} ms | {cells} |")
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--folder", type=Path, help="where there is space for the files")
    parser.add_argument("--wish", default=AUTO, help="the setting `index`")
    parser.add_argument("--json", type=Path, help="write the results there as well")
    parser.add_argument("--search", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.search:
        print(json.dumps(search(options.search, options.wish)))
        return
    machine = describe_machine()
    results = []
    for count in options.sizes:
        folder = Path(tempfile.mkdtemp(dir=options.folder, prefix="scale-"))
        try:
            results.append(measure(count, folder, options.wish))
        finally:
            shutil.rmtree(folder)
        print(f"{machine}\n\n{table(results)}\n", flush=True)
        if options.json:
            options.json.parent.mkdir(parents=True, exist_ok=True)
            told = {"machine": machine, "results": [asdict(result) for result in results]}
            options.json.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
