"""Measure searches with filters: a library of many photos, and filters that few of them pass.

    python benchmarks/filters.py --photos 100000

Every query is a vector at hand (no encoder is measured) through the planner as the engine asks it:
the share estimated on a sample, the ranking among what passes, and the fifty best photos read.
`listed` and `probed` are the two ways by themselves, `planned` the one that was chosen. `found` is
the share of the exact answer that came back, by score.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from machine import describe
from mindseye.media.palette import NAMES
from mindseye.query.model import Filter
from mindseye.query.parse import parse
from mindseye.search.candidates import Candidates, Sample
from mindseye.search.found import Access
from mindseye.stores import open_store
from mindseye.stores.base import Batch, PhotoRecord, Store
from mindseye.types import (
    Edit,
    EmbeddingSpace,
    Exposure,
    FileStamp,
    Gps,
    Ids,
    Location,
    Metadata,
    PictureFacts,
    Place,
    Precision,
    Source,
    Vectors,
)
from vectors import DIM, make_rows, make_words, unit

SPACE = EmbeddingSpace("benchmark", "benchmark", DIM)
HITS = 50
BATCH = 2000
NOW = datetime(2025, 6, 30, 12)
CAMERAS = ("Canon EOS R5", "Apple iPhone 14", "Nikon Z 8", "Google Pixel 8", "FUJIFILM X-T5")
CITIES = tuple(f"City {number}" for number in range(500))

FILTERS = (
    "has:gps",
    "-camera:canon",
    "camera:canon",
    "date:2023",
    "date:2023-05..2023-06",
    "date:2023-05-17",
    "date:2023-05-17 camera:canon",
    "camera:rare",
    'city:"city 17"',
    "place:kyoto",
    "near:35,135,300km",
    "near:35,135,30km",
    "keyword:unusual",
    "keyword:word17",
    "person:person17",
    "has:person",
    "color:red",
    "color:blue -color:green",
    "is:favourite",
    "is:edited",
    "is:duplicate",
    "folder:2023/trip17/",
    "name:IMG_00012",
    "iso:12800",
    "rating:5",
    "rating:>=3 date:2023",
    "has:caption",
    "caption:sunset",
    "ext:heic",
    "type:raw",
    "orientation:portrait mp:>20",
    "(camera:canon OR camera:nikon) -has:gps date:2021..2023",
)


def main() -> None:
    """Make the library, ask it, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--filters", nargs="*", default=FILTERS)
    parser.add_argument("--library", type=Path, help="keep the library here, or use that one")
    options = parser.parse_args()
    machine = describe()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.library or Path(scratch)
        store = open_store(f"sqlite:///{folder / 'catalog.db'}", index_dir=folder / "index")
        if not store.catalog.coverage().photos:
            fill(store, options.photos)
        print(machine)
        report(store, options.filters)
        store.close()


def fill(store: Store, count: int, space: EmbeddingSpace = SPACE) -> None:
    """Write so many photos of ten years, in folders by year and trip."""
    root = store.files.add_root("/photos").id
    rng = np.random.default_rng(5)
    number = 0
    for rows in make_rows(count):
        records = [record(root, number + place, rng, row) for place, row in enumerate(rows)]
        for start in range(0, len(records), BATCH):
            store.put(Batch(photos=records[start : start + BATCH], space=space))
        number += len(rows)
    store.edits.put(range(1, count, 500), Edit(favourite=True))
    store.vectors(space).refresh()


def record(root: int, number: int, rng: np.random.Generator, row: Vectors) -> PhotoRecord:
    """A photo with metadata as a long-lived collection has them."""
    taken = datetime(2015, 1, 1) + timedelta(minutes=float(rng.integers(0, 10 * 365 * 1440)))
    located = rng.random() < 0.5
    rare = rng.random() < 0.0001
    return PhotoRecord(
        Location(root, f"{taken:%Y}/trip{rng.integers(0, 100)}", f"IMG_{number:06d}.jpg"),
        FileStamp(int(rng.integers(100_000, 20_000_000)), number),
        f"{number - (rng.random() < 0.01):064x}",
        PictureFacts(
            *((4032, 3024) if rng.random() < 0.7 else (4000, 6000)),
            "jpeg",
            colours=dict(
                zip(rng.permutation(NAMES)[:4].tolist(), (0.4, 0.3, 0.2, 0.1), strict=True)
            ),
        ),
        Metadata(
            taken_at=taken,
            precision=Precision.SECOND,
            gps=Gps(float(rng.uniform(-60, 70)), float(rng.uniform(-180, 180)))
            if located
            else None,
            place=Place("Kyoto" if rare else CITIES[rng.integers(500)], "Region", "Land", "LA")
            if located
            else None,
            camera="Rare camera" if rare else CAMERAS[rng.integers(len(CAMERAS))],
            lens="Some lens 24-70mm F2.8",
            exposure=Exposure(1 / 60, 2.8, 12800 if rng.random() < 0.001 else 200, 50.0, 50.0),
            caption="A sunset at the sea" if rng.random() < 0.01 else None,
            keywords=("unusual",) if rare else (f"word{rng.integers(1000)}", "family"),
            people=(f"Person{rng.integers(100)} Family",) if rng.random() < 0.3 else (),
            rating=int(rng.integers(1, 6)) if rng.random() < 0.1 else None,
            sources={"taken_at": Source.EXIF, "camera": Source.EXIF},
        ),
        vector=row,
    )


@dataclass
class Asked:
    """A filter with what it cost, in milliseconds."""

    text: str
    passing: int
    listed: float
    probed: float
    planned: float
    access: Access
    found: float


def report(store: Store, texts: list[str]) -> None:
    """Print what a query costs without a filter and with each."""
    table = store.vectors(SPACE)
    _, sample = table.get(list(range(1, 4001)))
    queries = make_words(sample.astype(np.float16))
    plain = median_ms(lambda query: ask(store, query, Candidates(store)), queries)
    print(f"\nwithout a filter: {plain:.1f} ms\n")
    print("| filter | photos | listed | probed | planned | way | times unfiltered | found |")
    print("|---|---|---|---|---|---|---|---|")
    for text in texts:
        filter_ = parse(text).filter
        assert filter_ is not None
        asked = measure(store, text, filter_, queries)
        print(
            f"| `{text}` | {asked.passing:,} | {asked.listed:.1f} ms | {asked.probed:.1f} ms "
            f"| {asked.planned:.1f} ms | {asked.access} | {asked.planned / plain:.1f} "
            f"| {asked.found:.3f} |",
            flush=True,
        )


def measure(store: Store, text: str, filter_: Filter, queries: Vectors) -> Asked:
    """One filter over all queries."""
    passing = store.catalog.matching(filter_, NOW)
    sample = Sample()
    chosen = Candidates.planned(store, sample, filter_, None)

    def forced(access: Access) -> Callable[[], Candidates]:
        return lambda: replace(
            Candidates.planned(store, sample, filter_, None), access=access, now=NOW
        )

    listed = median_ms(lambda query: ask(store, query, forced(Access.LISTED)()), queries[:15])
    probed = median_ms(lambda query: ask(store, query, forced(Access.PROBED)()), queries[:15])
    planned = median_ms(lambda query: ask(store, query, forced(chosen.access)()), queries[:30])
    found = share_found(store, queries[0], passing, forced(chosen.access)())
    return Asked(text, len(passing), listed, probed, planned, chosen.access, found)


def ask(store: Store, query: Vectors, candidates: Candidates) -> object:
    """What the engine asks of a store for one query."""
    matches = candidates.best(store.vectors(SPACE), query, HITS)
    return store.catalog.of_frames(matches.ids.tolist())


def share_found(store: Store, query: Vectors, passing: Ids, candidates: Candidates) -> float:
    """How much of the exact best among the passing a search within them finds."""
    table = store.vectors(SPACE)
    best = np.empty(0, np.float32)
    for start in range(0, len(passing), 20_000):
        _, rows = table.get(passing[start : start + 20_000].tolist())
        best = np.sort(np.concatenate([best, unit(rows) @ query]))[-HITS:]
    found = candidates.best(table, query, HITS)
    if not len(best):
        return 1.0
    return float(np.sum(found.scores >= best[0] - 2e-3)) / len(best)


def median_ms(call: Callable[[Vectors], object], queries: Vectors) -> float:
    """The median of one call per query, after one that warms up."""
    call(queries[0])
    return float(np.median(list(_taken(call, queries))))


def _taken(call: Callable[[Vectors], object], queries: Vectors) -> Iterator[float]:
    for query in queries:
        started = time.perf_counter()
        call(query)
        yield 1e3 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
