"""The whole ingest against the encoder alone, to see whether decoding hides behind encoding.

Pictures are 12-megapixel JPEGs made on the spot from layered noise, about as large in bytes as a
phone's. Three speeds are compared on the same processors, in one run: the encoder's forward pass
on pixels that lie ready, decoding alone on all processors, and the ingest of the files.

    python benchmarks/ingest.py [--pictures 200]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from threading import Event, Thread

import numpy as np
from PIL import Image

from machine import describe, table
from mindseye.encoders import open_encoder
from mindseye.encoders.base import Encoder
from mindseye.ingest.options import DecodeBudget
from mindseye.ingest.pool import decode_pool
from mindseye.library import Library
from mindseye.media.base import DecodeLimits
from mindseye.media.take import Taken

_DISTINCT = 12
_SIZE = (4000, 3000)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        photos = Path(folder, "photos")
        size = paint(photos, options.pictures)
        encoder = open_encoder("builtin")
        forward = forward_speed(encoder, photos)
        decoding = decode_speed(encoder, photos)
        whole, memory = ingest_speed(photos, Path(folder, "library"))
        rows = [
            ("encoder's forward pass alone, pictures/s", f"{forward:.1f}", ""),
            ("decoding alone on all processors, pictures/s", f"{decoding:.1f}", ""),
            ("ingest, pictures/s", f"{whole:.1f}", ""),
            ("ingest / forward pass", f"{whole / forward:.2f}", "0.9"),
            (
                "ingest / what both together allow",
                f"{whole * (1 / forward + 1 / decoding):.2f}",
                "",
            ),
            ("peak memory of the ingest, all processes, MB", f"{memory / 1e6:.0f}", "1000"),
        ]
        print(table(f"{options.pictures} JPEGs of 12 megapixels, {size / 1e6:.1f} MB each", rows))
        print(f"\nMeasured on: {describe()}")


def paint(folder: Path, count: int) -> float:
    """Write the pictures, each with content of its own; returns their mean size in bytes."""
    folder.mkdir()
    rng = np.random.default_rng(3)
    kinds = [_picture(rng) for _ in range(_DISTINCT)]
    for place in range(count):
        # Bytes after the end of a JPEG change its digest and nothing else.
        (folder / f"IMG_{place:05d}.jpg").write_bytes(kinds[place % _DISTINCT] + b"%d" % place)
    return sum(path.stat().st_size for path in folder.iterdir()) / count


def _picture(rng: np.random.Generator) -> bytes:
    import io

    layers = np.zeros((_SIZE[1], _SIZE[0], 3), np.float32)
    for scale, strength in ((300, 70), (40, 35), (6, 14), (1, 5)):
        small = rng.standard_normal((_SIZE[1] // scale + 1, _SIZE[0] // scale + 1, 3))
        grown = [
            np.asarray(Image.fromarray(small[..., c].astype(np.float32)).resize(_SIZE, 3))
            for c in range(3)
        ]
        layers += strength * np.stack(grown, axis=-1)
    stream = io.BytesIO()
    Image.fromarray(np.clip(layers + 128, 0, 255).astype(np.uint8)).save(stream, "JPEG", quality=88)
    return stream.getvalue()


def forward_speed(encoder: Encoder, photos: Path) -> float:
    """Pictures per second of the encoder on pixels in memory, in batches as the ingest makes."""
    from mindseye.encode import load_pixels

    paths = sorted(photos.iterdir())[:_DISTINCT]
    pixels = [load_pixels(path, DecodeLimits(encoder.resolution)) for path in paths]
    batch = (pixels * 3)[:32]
    encoder.encode_images(batch)
    started, count = time.perf_counter(), 0
    while time.perf_counter() - started < 6:
        encoder.encode_images(batch)
        count += len(batch)
    return count / (time.perf_counter() - started)


def decode_speed(encoder: Encoder, photos: Path) -> float:
    """Pictures per second of the decode pool, nothing else running."""
    paths = [str(path) for path in sorted(photos.iterdir())]
    limits = DecodeLimits(encoder.resolution)
    with decode_pool(DecodeBudget(limits=limits), Event()) as pool:
        for future in [pool.submit(path, frozenset()) for path in paths[:4]]:
            future.result()
        started = time.perf_counter()
        outcomes = [
            pool.outcome(path, future)
            for path, future in [(path, pool.submit(path, frozenset())) for path in paths]
        ]
        seconds = time.perf_counter() - started
    assert all(isinstance(outcome, Taken) for outcome in outcomes)
    return len(paths) / seconds


def ingest_speed(photos: Path, library: Path) -> tuple[float, int]:
    """Pictures per second of a whole ingest, starting its processes included; peak bytes."""
    peak, stop = [0], Event()
    watcher = Thread(target=_watch, args=(peak, stop))
    watcher.start()
    with Library.open(library) as opened:
        report = opened.ingest([photos])
    stop.set()
    watcher.join()
    assert not report.skipped, report.skipped[0]
    return report.added / report.seconds, peak[0]


def _watch(peak: list[int], stop: Event) -> None:
    """The highest sum of proportional sizes over this process and its children."""
    while not stop.wait(0.25):
        total = 0
        for process in [os.getpid(), *_children()]:
            try:
                text = Path(f"/proc/{process}/smaps_rollup").read_text()
            except OSError:
                continue
            total += sum(
                int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")
            )
        peak[0] = max(peak[0], total)


def _children() -> list[int]:
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(word) for task in tasks for word in task.read_text().split()]


if __name__ == "__main__":
    main()
