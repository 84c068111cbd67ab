"""Measure the server: memory, first answers, and many clients searching while an ingest runs.

    python benchmarks/server.py --photos 100000 --clients 64

The server is a process of its own, asked over real connections by clients in this one: both share
the processors. The photos of the library are made up, those that are taken in meanwhile are drawn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from filters import fill
from machine import describe
from mindseye.config import load_settings
from mindseye.library import Library
from mindseye.server.rest import CALM

BINARY = {"Accept": "application/vnd.mindseye.columns"}
THINGS = ("a dog on a beach", "birthday cake", "mountain lake at dawn", "red car", "an old bridge")


def main() -> None:
    """Make the library, serve it, ask it, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--searches", type=int, default=20, help="of each client")
    parser.add_argument("--pictures", type=int, default=1500, help="taken in meanwhile")
    parser.add_argument("--library", type=Path, help="keep the library here, or use that one")
    options = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as scratch:
        library, pictures = options.library or Path(scratch) / "library", Path(scratch) / "drawn"
        make(library, options.photos)
        draw(pictures, options.pictures)
        with served(library, pictures) as (address, process):
            print("\n| what | measured |\n|---|---|")
            alone(address, process)
            time.sleep(CALM + 5)
            tell("memory when nobody has asked for a while", memory(process))
            asyncio.run(together(address, pictures, options.clients, options.searches))
            tell("memory afterwards", memory(process))
            time.sleep(CALM + 5)
            tell("memory when nobody has asked for a while", memory(process))


def make(library: Path, count: int) -> None:
    """Write so many made-up photos, where there are none yet."""
    settings = load_settings({"library": library, "encoder": "builtin"})
    with Library.open(settings=settings) as opened:
        if not opened.store.catalog.coverage().photos:
            fill(opened.store, count, opened.encoder.space)


def draw(folder: Path, count: int) -> None:
    """Write so many different pictures of a few megapixels' worth of decoding."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(3)
    for number in range(count):
        small = Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8))
        small.resize((1600, 1200)).save(folder / f"{number:05d}.jpg", quality=85)


@contextmanager
def served(library: Path, pictures: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server over the library: its address and its process."""
    run = "from mindseye.cli.main import run; run()"
    arguments = ["serve", "--port", "0", "--json", "--library", str(library)]
    environment = {"MINDSEYE_FOLDERS": str(pictures), "MINDSEYE_WORKERS": "1"}
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", run, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as process:
        assert process.stdout is not None
        address = json.loads("".join(process.stdout.readline() for _ in range(3)))["address"]
        tell("start", f"{time.perf_counter() - started:.1f} s")
        try:
            yield address, process
        finally:
            process.terminate()


def alone(address: str, process: subprocess.Popen[str]) -> None:
    """What one client waits for, first and later."""
    with httpx.Client(base_url=address, timeout=60) as client:
        client.get("/readyz")
        tell("memory, nothing loaded", memory(process))
        first = timed(lambda: client.get("/api/v1/search", params={"q": "a cat", "limit": 50}))
        tell("first search, which loads encoder and index", f"{first:.0f} ms")
        tell("memory with the encoder loaded", memory(process))
        for name in ("timeline", "positions", "map", "facets", "suggest?q=ca"):
            times = [timed(lambda name=name: client.get(f"/api/v1/{name}", headers=BINARY))]
            times += [
                timed(lambda name=name: client.get(f"/api/v1/{name}", headers=BINARY))
                for _ in range(5)
            ]
            later = statistics.median(times[1:])
            tell(f"`{name}`, first and later", f"{times[0]:.0f} ms, {later:.0f} ms")
        size = len(client.get("/api/v1/timeline", headers=BINARY).content)
        tell("`timeline` before compression", f"{size / 1e6:.2f} MB")
        before = cpu_seconds(process)
        searches = [searched(client, words(place, 0)) for place in range(31)]
        used = 1e3 * (cpu_seconds(process) - before) / len(searches)
        over = statistics.median(whole / inside for whole, inside in searches)
        middle = statistics.median(whole for whole, _ in searches)
        tell("a search of one client, median", f"{middle:.0f} ms, {used:.0f} ms of a processor")
        tell("the same over the time the library itself took", f"{over:.2f}")


async def together(address: str, pictures: Path, clients: int, searches: int) -> None:
    """What each of many clients waits for while photos are taken in."""
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        wanted = {"kind": "ingest", "folders": [str(pictures)]}
        job = (await client.post("/api/v1/jobs", json=wanted)).json()["id"]
        while (await client.get(f"/api/v1/jobs/{job}")).json()["state"] == "waiting":
            await asyncio.sleep(0.1)
        started = time.perf_counter()
        asked = await asyncio.gather(*(one(client, number, searches) for number in range(clients)))
        seconds = time.perf_counter() - started
        state = (await client.get(f"/api/v1/jobs/{job}")).json()
        answers = [answer for answered in asked for answer in answered]
        times = sorted(took for took, _ in answers)
        errors = sum(status != 200 for _, status in answers)
        middle, high = times[len(times) // 2], times[int(0.95 * len(times))]
        tell(
            f"{clients} clients, {len(times)} searches, an ingest {state['state']}",
            f"{len(times) / seconds:.0f} a second, p50 {middle:.0f} ms, p95 {high:.0f} ms, "
            f"{errors} errors",
        )
        done = state["progress"].get("done", 0)
        tell("taken in meanwhile", f"{done} files in {seconds:.0f} s")
        found = await client.get("/api/v1/search", params={"q": "name:00001.jpg"})
        if found.json()["hits"]:
            photo = found.json()["hits"][0]["id"]
            thumbnail = f"/api/v1/photos/{photo}/thumbnail"
            times = []
            for _ in range(5):
                began = time.perf_counter()
                (await client.get(thumbnail, headers={"Accept": "image/webp"})).raise_for_status()
                times.append(1e3 * (time.perf_counter() - began))
            tell("a thumbnail, first and later", f"{times[0]:.0f} ms, {times[-1]:.0f} ms")
        await client.post(f"/api/v1/jobs/{job}/cancel")


async def one(client: httpx.AsyncClient, number: int, searches: int) -> list[tuple[float, int]]:
    """The searches of one client: milliseconds and status of each."""
    asked = []
    for place in range(searches):
        began = time.perf_counter()
        answer = await client.get("/api/v1/search", params=words(place, number + 1))
        asked.append((1e3 * (time.perf_counter() - began), answer.status_code))
    return asked


def words(place: int, client: int) -> dict[str, str | int]:
    """A query that nobody asked before."""
    return {"q": f"{THINGS[place % len(THINGS)]} number {client * 1000 + place}", "limit": 50}


def searched(client: httpx.Client, params: dict[str, str | int]) -> tuple[float, float]:
    """Milliseconds until the hits are there, and those that the library says it took."""
    began = time.perf_counter()
    answer = client.get("/api/v1/search", params=params).raise_for_status()
    return 1e3 * (time.perf_counter() - began), 1e3 * answer.json()["seconds"]


def timed(ask: Callable[[], httpx.Response]) -> float:
    """Milliseconds until an answer is there."""
    began = time.perf_counter()
    ask().raise_for_status()
    return 1e3 * (time.perf_counter() - began)


def cpu_seconds(process: subprocess.Popen[str]) -> float:
    """Seconds that the process has kept a processor busy."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: subprocess.Popen[str]) -> str:
    """Megabytes that are in memory, its share of what others have too, and what is its own."""
    text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    told = {
        name: int(text.partition(f"{name}:")[2].split()[0]) / 1e3
        for name in ("Rss", "Pss", "Anonymous")
    }
    return "resident {Rss:.0f} MB, in proportion {Pss:.0f} MB, its own {Anonymous:.0f} MB".format(
        **told
    )


def tell(what: str, measured: str) -> None:
    """One row of the table."""
    print(f"| {what} | {measured} |", flush=True)


if __name__ == "__main__":
    main()
