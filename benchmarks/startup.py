"""What a user waits for: importing, a search in a new process, a rescan of unchanged files.

Makes a library of 100,000 photos: files are tiny copies of one picture, vectors are drawn at
random in clusters, and everything else (catalog, index, text encoder) is what users have.

    python benchmarks/startup.py [--photos 100000] [--runs 7]
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from machine import describe, mindseye, process_seconds, spread, table
from mindseye.library import Library
from mindseye.stores.base import Batch, PhotoRecord
from mindseye.types import FileStamp, Location, Metadata, PictureFacts

_PER_FOLDER = 100
_BATCH = 2000


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, library = Path(folder, "photos"), Path(folder, "library")
        fill(root, library, options.photos)
        print(table(f"A library of {options.photos:,} photos", rows(root, library, options.runs)))
        print(f"\nMeasured on: {describe()}")


def fill(root: Path, library: Path, count: int) -> None:
    """Write the files and put their photos into the library, vectors and index included."""
    picture = io.BytesIO()
    Image.new("RGB", (32, 24), (90, 120, 200)).save(picture, "JPEG")
    rng = np.random.default_rng(1)
    with Library.open(library) as opened:
        space = opened.encoder.space
        centres = rng.standard_normal((200, space.dim)).astype(np.float32)
        root_id = opened.store.files.add_root(str(root)).id
        for start in range(0, count, _BATCH):
            names = range(start, min(start + _BATCH, count))
            vectors = centres[rng.integers(0, len(centres), len(names))]
            vectors = vectors + 0.8 * rng.standard_normal(vectors.shape).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            records = [
                record(root, place(root_id, name), picture.getvalue(), vector)
                for name, vector in zip(names, vectors, strict=True)
            ]
            opened.store.put(Batch(photos=records, space=space))
        opened.store.vectors(space).refresh()


def place(root_id: int, number: int) -> Location:
    """Where the file of this number lies."""
    return Location(root_id, f"{number // _PER_FOLDER:05d}", f"IMG_{number:07d}.jpg")


def record(root: Path, location: Location, data: bytes, vector: np.ndarray) -> PhotoRecord:
    """One file on disk and what the catalog is to know of it."""
    path = root / location.folder / location.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    status = path.stat()
    return PhotoRecord(
        location,
        FileStamp(status.st_size, status.st_mtime_ns),
        hashlib.sha256(location.name.encode()).hexdigest(),
        PictureFacts(32, 24, "jpeg"),
        Metadata(),
        vector,
    )


def rows(root: Path, library: Path, runs: int) -> list[tuple[str, str, str]]:
    """What was measured, with the goal beside it."""
    chosen = ["--library", str(library)]
    python = process_seconds([sys.executable, "-c", "pass"], runs)
    imported = process_seconds([sys.executable, "-c", "import mindseye"], runs)
    added = [after - before for after, before in zip(sorted(imported), sorted(python), strict=True)]
    search = process_seconds(mindseye("search", "a dog on a beach", "--all", *chosen), runs)
    rescan = process_seconds(mindseye("ingest", str(root), *chosen), max(3, runs // 2))
    memory = peak_memory(mindseye("search", "a dog on a beach", "--all", *chosen))
    return [
        ("`import mindseye`, beyond Python itself, ms", spread(added), "60"),
        ("`mindseye search` in a new process, s", spread(search, 1), "0.7"),
        ("its peak memory, MB", f"{memory / 1e6:.0f}", ""),
        ("rescan of unchanged files, whole process, s", spread(rescan, 1), "3"),
    ]


def peak_memory(command: list[str]) -> int:
    """The peak resident size of a process in bytes."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, "
        "stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *command], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


if __name__ == "__main__":
    main()
