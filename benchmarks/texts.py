"""Measure words in texts: what a search of them costs, what writing them costs, what they take.

    python benchmarks/texts.py --photos 100000

Every photo has a name as cameras give them, a folder of a year and a trip, a caption of ten words
drawn as often as words are in a language (Zipf), and two keywords. What writing costs is told by
writing the same photos, without vectors, with and without their words: nothing is decoded or
encoded, so an ingest is slower by far less than the ratio of the two.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np
from sqlalchemy import create_engine, text

from machine import describe
from mindseye.stores import open_store
from mindseye.stores.base import Batch, PhotoRecord, Store
from mindseye.types import FileStamp, Location, Metadata, PictureFacts

BATCH = 256
VOCABULARY = 20_000
RUNS = 15
QUERIES = ("IMG_004217", "word17", "word17 word420", "word0 word1 word2 word3", "trip", "img", "狗")


def main() -> None:
    """Write the library, ask it, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--compared", type=int, default=10_000, help="photos written both ways")
    options = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as scratch:
        with_words = [fill(Path(scratch) / f"with{turn}", options.compared) for turn in range(3)]
        with patch("mindseye.stores.embedded.write.write_texts"):
            without = [fill(Path(scratch) / f"none{turn}", options.compared) for turn in range(3)]
        more = (np.median(with_words) - np.median(without)) / options.compared
        print(f"\nwriting {options.compared:,} photos, with their words and without:")
        print(f"{_spread(with_words)} and {_spread(without)}: {1e3 * more:.2f} ms more a photo")
        folder = Path(scratch) / "large"
        fill(folder, options.photos)
        report_size(folder, options.photos)
        report_searches(folder)


def fill(folder: Path, count: int) -> float:
    """Write so many photos; returns the seconds it took."""
    rng = np.random.default_rng(7)
    store = opened(folder)
    root = store.files.add_root("/photos").id
    batches = [
        Batch(photos=[record(root, n, rng) for n in range(start, min(start + BATCH, count))])
        for start in range(0, count, BATCH)
    ]
    started = time.perf_counter()
    for batch in batches:
        store.put(batch)
    seconds = time.perf_counter() - started
    store.close()
    return seconds


def opened(folder: Path) -> Store:
    """The library in a folder."""
    return open_store(f"sqlite:///{folder / 'catalog.db'}", index_dir=folder / "index")


def record(root: int, number: int, rng: np.random.Generator) -> PhotoRecord:
    """A photo with a caption and keywords."""
    words = np.minimum(rng.zipf(1.3, 10) - 1, VOCABULARY)
    caption = " ".join("狗" if word == 100 else f"word{word}" for word in words)
    return PhotoRecord(
        Location(root, f"{2000 + number % 25}/trip {number % 997}", f"IMG_{number:06}.jpg"),
        FileStamp(number, number),
        f"{number:064x}",
        PictureFacts(4032, 3024, "jpeg"),
        Metadata(caption=caption, keywords=("family", f"word{number % 1000}")),
    )


def report_size(folder: Path, count: int) -> None:
    """Print the bytes that the words of a photo take."""
    engine = create_engine(f"sqlite:///{folder / 'catalog.db'}")
    with engine.connect() as connection:
        listed = text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")
        sizes = {name: size for name, size in connection.execute(listed)}  # noqa: C416
    engine.dispose()
    words = sum(size for name, size in sizes.items() if name.startswith("photo_texts"))
    print(f"\nwords: {words / count:.0f} bytes a photo of {sum(sizes.values()) / count:.0f}")


def report_searches(folder: Path) -> None:
    """Print what a search costs for each query."""
    store = opened(folder)
    print("\n| words | photos that say any | p50 | most |\n|---|---|---|---|")
    for words in QUERIES:
        found = store.texts.search(words)
        taken = []
        for _ in range(RUNS):
            started = time.perf_counter()
            store.texts.search(words)
            taken.append(1e3 * (time.perf_counter() - started))
        print(f"| `{words}` | {len(found):,} | {np.median(taken):.1f} ms | {max(taken):.1f} ms |")
    store.close()


def _spread(seconds: list[float]) -> str:
    return f"{np.median(seconds):.1f} s ({min(seconds):.1f} to {max(seconds):.1f})"


if __name__ == "__main__":
    main()
