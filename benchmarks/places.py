"""Measure the gazetteer: how often it is right, and what it costs.

    python benchmarks/places.py

Right is measured on the points of `tests/places/points.py`, beside the nearest centre of all the
world's towns, which is what most programs give. Time is told per photo, and as the share of what
an ingest takes for one (30 ms, a fast one).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.places.points import FRESH, POINTS, Known

from machine import describe, timed
from mindseye.ingest.locate import GAZETTEER, Locating
from mindseye.places.gazetteer import Gazetteer, current_stamp
from mindseye.places.model import NamedPlace
from mindseye.stores import open_store
from mindseye.stores.base import Batch, PhotoRecord
from mindseye.types import FileStamp, Gps, Location, Metadata, PictureFacts, Precision

PHOTOS = 20_000
INGEST_SECONDS = 0.03
COLD = """
import time, sys
import mindseye.types, sqlite3, platformdirs
def memory():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
before, started = memory(), time.perf_counter()
from mindseye.places.gazetteer import Gazetteer
gazetteer = Gazetteer.find()
gazetteer.mentions("a dog on the beach of Barcelona in 2021")
print((time.perf_counter() - started) * 1e3, memory() - before)
started = time.perf_counter()
gazetteer.at(35.0, 135.7)
print((time.perf_counter() - started) * 1e3, memory() - before)
points = [tuple(map(float, line.split())) for line in sys.stdin]
for start in range(0, len(points), 1000):
    gazetteer.at_many(points[start : start + 1000])
print(0, memory() - before)
"""
"""A process that has loaded what every search loads: milliseconds and MiB of each step."""


def main() -> None:
    """Print one table of accuracy and one of costs."""
    print(f"Measured on {describe()}.\n")
    with Gazetteer.open() as gazetteer:
        print("| points | right by | country | region | city | all three |")
        print("|---|---|---|---|---|---|")
        for title, points in (("made with", POINTS), ("held out", FRESH)):
            for row in accuracy(gazetteer, points):
                print(f"| {len(points)}, {title} | {row} |")
        print("\n| what | time | share of an ingest | memory, most so far |\n|---|---|---|---|")
        for row in costs(gazetteer):
            print(row)


def accuracy(gazetteer: Gazetteer, points: Sequence[Known]) -> Iterator[str]:
    """How many points are right by the gazetteer, and by the nearest centre."""
    found = gazetteer.at_many([(known.latitude, known.longitude) for known in points])
    told = [(each.country_code, each.region, each.city) for each in found]
    yield f"the gazetteer | {right(points, told)}"
    yield f"the nearest centre | {right(points, nearest(gazetteer, points))}"


def nearest(
    gazetteer: Gazetteer, points: Sequence[Known]
) -> list[tuple[str | None, str | None, str | None]]:
    """Country, region and city of the nearest of all towns."""
    towns = gazetteer.towns()
    places = []
    for known in points:
        town = towns.nearest(known.latitude, known.longitude)
        city, region = gazetteer.place(town.city), gazetteer.place(town.region)
        places.append((town.code, region and region.name, city and city.name))
    return places


def right(
    points: Sequence[Known], told: Sequence[tuple[str | None, str | None, str | None]]
) -> str:
    """The counts of countries, regions, cities and all three that are right."""
    marks = np.array([
        [
            (code or "") == known.code,
            known.region in ("*", region or ""),
            bool({"*", city or ""} & set(known.cities)),
        ]
        for known, (code, region, city) in zip(points, told, strict=True)
    ])  # fmt: skip
    counts = [*marks.sum(0).tolist(), int(marks.all(1).sum())]
    return " | ".join(f"{count} ({count / len(points):.0%})" for count in counts)


def costs(gazetteer: Gazetteer) -> Iterator[str]:
    """What opening, looking up and locating cost."""
    points = around(gazetteer.largest_cities(2000))
    told = "\n".join(f"{latitude} {longitude}" for latitude, longitude in points)
    runs = [cold(told) for _ in range(3)]
    steps = ("open in a new process, scan a query", "the first point there", "20 pages of points")
    for step, what in enumerate(steps):
        spent, taken = (median(run[step][part] for run in runs) for part in range(2))
        shown = f"{spent:.0f} ms" if spent else ""
        yield f"| {what} | {shown} | | {taken:.0f} MiB |"
    query = "a dog on the beach of Barcelona in 2021"
    warm = median(timed(lambda: gazetteer.mentions(query), 50))
    yield f"| scan a query of nine words | {warm * 1e6:.0f} us | | |"
    each = median(timed(lambda: gazetteer.at_many(points), 3)) / len(points)
    yield f"| a point among {PHOTOS} | {each * 1e6:.0f} us | {each / INGEST_SECONDS:.1%} | |"
    each = locating(points) / len(points)
    yield f"| a photo located and written | {each * 1e6:.0f} us | {each / INGEST_SECONDS:.1%} | |"


def cold(points: str) -> list[tuple[float, ...]]:
    """Milliseconds, and MiB since the start, of each step in a process of its own."""
    command = [sys.executable, "-c", COLD]
    lines = subprocess.check_output(command, input=points, text=True).splitlines()
    return [tuple(map(float, line.split())) for line in lines]


def around(cities: Sequence[NamedPlace]) -> list[tuple[float, float]]:
    """Points as photos have them: in and around some of the larger cities of the world."""
    random = np.random.default_rng(0)
    chosen = random.integers(0, len(cities), PHOTOS)
    shift = random.normal(0, 0.05, (PHOTOS, 2))
    return [
        (float(np.clip(cities[city].latitude + move[0], -90, 90)), cities[city].longitude + move[1])
        for city, move in zip(chosen, shift, strict=True)
    ]


def locating(points: Sequence[tuple[float, float]]) -> float:
    """Seconds for locating photos at these points in a library."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/catalog.db", index_dir=Path(folder) / "index")
        root = store.files.add_root("/photos")
        store.put(Batch(photos=[record(root.id, *pair) for pair in enumerate(points)]))
        store.choices.put(GAZETTEER, current_stamp())
        started = time.perf_counter()
        Locating(store).run()
        seconds = time.perf_counter() - started
        store.close()
    return seconds


def record(root: int, number: int, point: tuple[float, float]) -> PhotoRecord:
    """A photo with a position and a time without an offset."""
    taken = datetime(2023, 1 + number % 12, 1 + number % 28, 12)
    return PhotoRecord(
        Location(root, f"{number // 500}", f"{number}.jpg"),
        FileStamp(1, 1),
        f"{number:064x}",
        PictureFacts(4000, 3000, "jpeg"),
        Metadata(taken_at=taken, precision=Precision.SECOND, gps=Gps(*point)),
    )


if __name__ == "__main__":
    main()
