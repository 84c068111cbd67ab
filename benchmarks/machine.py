"""What a number was measured on, and how spread is told: shared by all benchmarks."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path


def describe() -> str:
    """One line: processor, cores, memory, system, Python and the libraries that matter."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        named = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = named[0].partition(":")[2].strip() if named else model
    memory = ""
    if hasattr(os, "sysconf"):
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("numpy", "faiss-cpu", "onnxruntime", "sqlalchemy")
    )
    return (
        f"{model}, {os.cpu_count()} cores{memory}, {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}"
    )


def timed(action: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each of `runs` runs, after one that is not counted."""
    action()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - started)
    return seconds


def spread(seconds: Sequence[float], unit: float = 1e3) -> str:
    """Median with minimum and maximum, in milliseconds unless told otherwise."""
    values = sorted(value * unit for value in seconds)
    return f"{statistics.median(values):.2f} ({values[0]:.2f} to {values[-1]:.2f})"


def process_seconds(command: Sequence[str], runs: int) -> list[float]:
    """Wall seconds of whole processes; raises `CalledProcessError` when one fails."""
    return timed(lambda: subprocess.run(command, check=True, capture_output=True), runs)


def mindseye(*arguments: str) -> list[str]:
    """The command line of the Mindseye that is measured."""
    return [str(Path(sys.executable).with_name("mindseye")), *arguments]


def table(title: str, rows: Sequence[tuple[str, str, str]]) -> str:
    """A Markdown table of (what, measured, goal)."""
    lines = [f"### {title}", "", "| what | measured | goal |", "|---|---|---|"]
    lines += [f"| {what} | {measured} | {goal} |" for what, measured, goal in rows]
    return "\n".join(lines)
