"""Measure whole queries: parse, encode by the built-in encoder, plan, rank, read fifty photos.

    python benchmarks/query.py --photos 100000

Every query is a text that was not asked before, through `Library.search`, in one process that is
warm. The photos are made up, the encoder and the library are the real ones.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from pathlib import Path

from filters import fill
from machine import describe
from mindseye.config import load_settings
from mindseye.library import Library
from mindseye.query.model import Sort
from mindseye.search.found import Found

HITS = 50
ROUNDS = 31
THINGS = ("a dog on a beach", "birthday cake", "mountain lake at dawn", "red car", "an old bridge")

_numbers = count()


def main() -> None:
    """Make the library, ask it, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--library", type=Path, help="keep the library here, or use that one")
    options = parser.parse_args()
    machine = describe()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.library or Path(scratch)
        settings = load_settings({"library": folder, "encoder": "builtin"})
        with Library.open(settings=settings) as library:
            if not library.store.catalog.coverage().photos:
                fill(library.store, options.photos, library.encoder.space)
            print(machine)
            report(library)


def report(library: Library) -> None:
    """Print what each kind of query costs, and which steps it consists of."""
    asked: dict[str, Callable[[], Found]] = {
        "words": lambda: library.search(words(), limit=HITS, everything=True),
        "words, cut where relevance ends": lambda: library.search(words(), limit=HITS),
        "three terms": lambda: library.search(
            f"2:{words()} + {words()} - people", limit=HITS, everything=True
        ),
        "words, a filter that 10 % pass": lambda: library.search(
            f"{words()} date:2023", limit=HITS, everything=True
        ),
        "words, a filter that 0.1 % pass": lambda: library.search(
            f"{words()} iso:12800", limit=HITS, everything=True
        ),
        "words, sorted by date": lambda: library.search(words(), limit=HITS, sort=Sort.NEWEST),
        "like a photo": lambda: library.similar(1 + next(_numbers), limit=HITS),
        "the newest": lambda: library.search("", limit=HITS),
        "a filter alone": lambda: library.search("date:2023", limit=HITS),
    }
    print("\n| query | median | p95 | steps |\n|---|---|---|---|")
    for name, ask in asked.items():
        print(f"| {name} | {measured(ask)} |", flush=True)


def words() -> str:
    """A text that no cache knows."""
    number = next(_numbers)
    return f"{THINGS[number % len(THINGS)]} number {number}"


def measured(ask: Callable[[], Found]) -> str:
    """Median and 95th percentile of a query, and the medians of its steps."""
    for _ in range(3):
        ask()
    taken: list[float] = []
    steps: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        started = time.perf_counter()
        found = ask()
        taken.append(1e3 * (time.perf_counter() - started))
        for step in found.plan.steps:
            steps[step.name].append(1e3 * step.seconds)
    told = ", ".join(f"{name} {statistics.median(ms):.1f}" for name, ms in steps.items())
    return f"{statistics.median(taken):.1f} ms | {sorted(taken)[int(0.95 * ROUNDS)]:.1f} | {told}"


if __name__ == "__main__":
    main()
