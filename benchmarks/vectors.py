"""Measure vector search: the flat index against exact scans, over vectors that are not easy.

    python benchmarks/vectors.py --sizes 100000 1000000 --json build/bench/vectors.json

Vectors are anisotropic and clustered like those of photo encoders: 160 latent dimensions, two
thousand clusters of uneven size, a mean far from zero, and one row in fifty a near duplicate.
Queries of two kinds: "pictures" lie between two vectors of the set, "words" lie far from all, with
a cosine of about 0.25 to what they mean, as the words of CLIP-like encoders do; codes of one bit
tell little about those. A match counts when its score reaches the exact tenth best: ties count by
score, not by id.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from mindseye.index.exact import score
from mindseye.index.mapped import MappedIndex

DIM = 512
K = 10
QUERIES = 60
CHUNK = 20_000
FLOAT32_ROWS = 300_000
"""Above so many rows the float32 rivals are measured over a part and scaled: memory is small."""

Rows = NDArray[np.float32]
HalfRows = NDArray[np.float16]

_COLD = """
import sys, time
import numpy, faiss
from pathlib import Path
from mindseye.index.mapped import MappedIndex
query = numpy.ones((1, int(sys.argv[2])), numpy.float32)
query /= numpy.linalg.norm(query)
started = time.perf_counter()
index = MappedIndex(Path(sys.argv[1]), "benchmark", int(sys.argv[2]))
opened = time.perf_counter()
index.search(query, 10)
print(1e3 * (opened - started), 1e3 * (time.perf_counter() - opened))
"""


@dataclass
class Timing:
    """Milliseconds for one query."""

    p50: float
    p95: float


@dataclass
class Result:
    """What was measured over one number of vectors."""

    vectors: int
    exact_float32: float
    faiss_flat: float
    pictures: Timing
    words: Timing
    recall_pictures: float
    recall_words: float
    build_seconds: float
    code_bytes: int
    row_bytes: int
    open_cold_ms: float
    first_search_cold_ms: float
    within: dict[str, float] = field(default_factory=dict)


def make_rows(count: int, seed: int = 0) -> Iterator[Rows]:
    """Unit rows, some at a time; see the module's text."""
    rng = np.random.default_rng(seed)
    axes = rng.standard_normal((160, DIM), dtype=np.float32) / np.sqrt(160)
    axes *= (1.0 / np.sqrt(1 + np.arange(160, dtype=np.float32) / 8))[:, None]
    clusters = rng.standard_normal((2000, 160), dtype=np.float32)
    shares = rng.dirichlet(np.full(2000, 0.5))
    mean = rng.standard_normal(DIM, dtype=np.float32) * 0.5
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        latent = clusters[rng.choice(2000, size, p=shares)]
        latent = latent + 0.5 * rng.standard_normal((size, 160), dtype=np.float32)
        rows = latent @ axes + 0.1 * rng.standard_normal((size, DIM), dtype=np.float32) + mean
        twins = size // 50
        rows[:twins] = rows[-twins:] + 0.003 * rng.standard_normal((twins, DIM), dtype=np.float32)
        yield unit(rows)


def unit(rows: Rows) -> Rows:
    """The rows, scaled to length 1."""
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def make_pictures(rows: HalfRows) -> Rows:
    """Unit rows between two vectors, half of them near one."""
    rng = np.random.default_rng(7)
    near = rows[rng.choice(len(rows), QUERIES)].astype(np.float32)
    other = rows[rng.choice(len(rows), QUERIES)].astype(np.float32)
    share = np.where(np.arange(QUERIES) % 2, 0.9, 0.55)[:, None].astype(np.float32)
    noise = rng.standard_normal((QUERIES, DIM), dtype=np.float32) * 0.01
    return unit(share * near + (1 - share) * other + noise)


def make_words(rows: HalfRows) -> Rows:
    """Unit rows far from every vector, with a cosine of about 0.25 to one."""
    rng = np.random.default_rng(8)
    meant = rows[rng.choice(len(rows), QUERIES)].astype(np.float32)
    away = unit(rng.standard_normal((QUERIES, DIM), dtype=np.float32))
    return unit(0.25 * meant + away)


def timed(ask: Callable[[Rows], object], queries: Rows) -> Timing:
    """How long each query takes alone, after one that warms up."""
    ask(queries[0])
    taken = []
    for query in queries:
        started = time.perf_counter()
        ask(query)
        taken.append(1e3 * (time.perf_counter() - started))
    return Timing(*(round(float(np.quantile(taken, q)), 2) for q in (0.5, 0.95)))


def build(folder: Path, count: int) -> tuple[MappedIndex, HalfRows, float]:
    """An index of so many vectors as a library builds it, its rows, and the seconds it took."""
    index = MappedIndex(folder, "benchmark", DIM)
    kept = []
    taken = 0.0
    step = max(200_000, CHUNK)
    first = 1
    for rows in make_rows(count):
        kept.append(rows.astype(np.float16))
        started = time.perf_counter()
        index.add(np.arange(first, first + len(rows), dtype=np.int64), rows)
        first += len(rows)
        if index.waiting >= step or first > count:
            index.flush()
        taken += time.perf_counter() - started
    return index, np.concatenate(kept), taken


def measure(count: int, folder: Path) -> Result:
    """Everything about one number of vectors."""
    index, rows, build_seconds = build(folder, count)
    pictures, words = make_pictures(rows), make_words(rows)
    exact, flat = rivals(rows, pictures)
    cold = [cold_start(folder) for _ in range(3)]
    opened, first = (round(float(np.median(column)), 1) for column in zip(*cold, strict=True))
    files = {path.name.partition("-")[0]: path.stat().st_size for path in folder.iterdir()}
    return Result(
        vectors=count,
        exact_float32=exact,
        faiss_flat=flat,
        pictures=timed(lambda query: index.search(query[None], K), pictures),
        words=timed(lambda query: index.search(query[None], K), words),
        recall_pictures=recall_of(index, rows, pictures),
        recall_words=recall_of(index, rows, words),
        build_seconds=round(build_seconds, 2),
        code_bytes=files["codes"],
        row_bytes=files["rows"],
        open_cold_ms=opened,
        first_search_cold_ms=first,
        within=measure_within(index, count, words),
    )


def recall_of(index: MappedIndex, rows: HalfRows, queries: Rows) -> float:
    """The share of the true best that was found."""
    shares = []
    for query in queries:
        least = np.partition(score(rows, None, query), len(rows) - K)[len(rows) - K]
        found = index.search(query[None], K)[0]
        shares.append(float(np.mean(found.scores >= least - 1e-6)))
    return round(float(np.mean(shares)), 4)


def rivals(rows: HalfRows, queries: Rows) -> tuple[float, float]:
    """Milliseconds of an exact scan by NumPy and by FAISS, both over float32."""
    part = rows[:FLOAT32_ROWS].astype(np.float32)
    scale = len(rows) / len(part)

    def scan(query: Rows) -> object:
        scores = part @ query
        return np.argpartition(scores, len(scores) - K)[-K:]

    flat = faiss.IndexFlatIP(DIM)
    flat.add(part)
    exact = timed(scan, queries[:20]).p50
    by_faiss = timed(lambda query: flat.search(query[None], K), queries[:20]).p50
    return round(exact * scale, 2), round(by_faiss * scale, 2)


def measure_within(index: MappedIndex, count: int, queries: Rows) -> dict[str, float]:
    """Milliseconds of a search among so many allowed ids."""
    rng = np.random.default_rng(3)
    taken = {}
    for share in (0.001, 0.01, 0.1, 0.5):
        allowed = np.sort(rng.choice(count, int(share * count), replace=False) + 1)
        ask = timed(lambda query, a=allowed: index.search(query[None], K, a), queries[:10])
        taken[f"{share:.1%}"] = ask.p50
    return taken


def cold_start(folder: Path) -> tuple[float, float]:
    """Milliseconds to open the index and to search it once, in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-c", _COLD, str(folder), str(DIM)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return float(told[0]), float(told[1])


def describe_machine() -> str:
    """One line: processor, cores, load and versions; the load says how far to trust the rest."""
    info = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (info.read_text().splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    processor = names[0] if names else platform.processor()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return (
        f"{processor}, {os.cpu_count()} cores, load {load:.1f} before the run, "
        f"{platform.system()}, Python {platform.python_version()}, NumPy {np.__version__}, "
        f"FAISS {faiss.__version__}"
    )


def table(results: list[Result]) -> str:
    """The results as a Markdown table."""
    titles = (
        "vectors",
        "numpy float32",
        "FAISS flat",
        "pictures p50 / p95",
        "words p50 / p95",
        "words vs numpy",
        "words vs FAISS",
        "recall@10 of both",
        "build",
        "codes + rows",
        "cold open + first search",
    )
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    lines += [_row(each) for each in results]
    lines += ["", "| within | " + " | ".join(results[0].within) + " |"]
    lines.append("|---" * (1 + len(results[0].within)) + "|")
    for each in results:
        cells = " | ".join(f"{taken} ms" for taken in each.within.values())
        lines.append(f"| {each.vectors:,} | {cells} |")
    return "\n".join(lines)


def _row(each: Result) -> str:
    cells = (
        f"{each.vectors:,} x {DIM}",
        f"{each.exact_float32} ms",
        f"{each.faiss_flat} ms",
        f"{each.pictures.p50} / {each.pictures.p95} ms",
        f"{each.words.p50} / {each.words.p95} ms",
        f"{each.exact_float32 / each.words.p50:.1f}x",
        f"{each.faiss_flat / each.words.p50:.1f}x",
        f"{each.recall_pictures:.4f}, {each.recall_words:.4f}",
        f"{each.build_seconds} s",
        f"{each.code_bytes / 1e6:.0f} + {each.row_bytes / 1e6:.0f} MB",
        f"{each.open_cold_ms} + {each.first_search_cold_ms} ms",
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--json", type=Path, help="write the results there as well")
    options = parser.parse_args()
    machine = describe_machine()
    results = []
    for count in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(count, Path(folder)))
    print(f"{machine}\n\n{table(results)}")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        told = {"machine": machine, "results": [asdict(result) for result in results]}
        options.json.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
