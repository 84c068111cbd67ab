"""Measure plain language: what reading a sentence costs, and how many captions get a filter.

    python benchmarks/plain.py
    python benchmarks/plain.py --captions captions.jsonl

The sentences are those of the tests. Of captions, JSON lines with a list `captions`, it counts
those that get a filter: they describe pictures, so hardly any should. Costs are processor time,
warm, also as a ratio to reading the same text as typed syntax alone.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from machine import describe
from mindseye.places.gazetteer import Gazetteer
from mindseye.query.parse import parse
from mindseye.query.plain.base import Plain
from mindseye.query.plain.understand import understand

SENTENCES = Path(__file__).parents[1] / "tests" / "query" / "plain" / "sentences.jsonl"
ROUNDS = 5


def main() -> None:
    """Read everything, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--captions", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    print(describe())
    with Gazetteer.open() as gazetteer:
        plain = Plain(date(2026, 11, 21), gazetteer)
        report_costs(plain)
        for file in options.captions:
            report_captions(plain, file)


def report_costs(plain: Plain) -> None:
    """Print what reading the sentences of the tests costs."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    said = [json.loads(line)["say"] for line in lines]
    read = sorted(_cost(lambda text=text: parse(text, plain=plain)) for text in said)
    typed = sorted(_cost(lambda text=text: parse(text)) for text in said)
    middle = statistics.median(read)
    print(f"{len(said)} sentences: median {middle * 1e3:.2f} ms, most {read[-1] * 1e3:.2f} ms,")
    print(f"  {middle / statistics.median(typed):.1f} times as much as without plain language")


def report_captions(plain: Plain, file: Path) -> None:
    """Print how many captions of a file get a filter, and which."""
    captions = list(_captions(file))
    got = [text for text in captions if any(chip.filter for chip in understand(text, plain).chips)]
    print(f"{file.name}: {len(got)} of {len(captions)} captions get a filter")
    for text in got:
        print(f"  {text}")


def _captions(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        yield from filter(None, json.loads(line)["captions"])


def _cost(action: Callable[[], object]) -> float:
    """Seconds of processor time, the least of some rounds."""
    costs = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        action()
        costs.append(time.process_time() - begun)
    return min(costs)


if __name__ == "__main__":
    main()
