"""Encoders of the CLIP family: forward passes, texts, loading and memory, and rclip beside us.

Weights are random numbers in networks of the real shapes: what they compute means nothing, how
fast they compute it does not depend on them. Speeds are taken in turns in one process, so that
whatever else the machine does falls on all alike; the best of all turns counts, and a ratio is the
median of the turns' ratios. Loading and memory are those of a process of its own.

    python benchmarks/encoders.py [--shapes ViT-B-32 ...] [--turns 5] [--rclip /path/to/its/venv]

With `--rclip` whole pipelines are compared: `rclip` and `mindseye ingest` index the same JPEGs of
12 megapixels with the same weights, each from the start of its process to its end. The environment
must hold rclip 4; nothing is downloaded.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import rclip_beside
from checkpoints import write_checkpoint
from machine import describe, table
from mindseye.encoders import graphs
from mindseye.encoders.checkpoint import WeightsTower
from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions import open_tower
from mindseye.encoders.sessions.base import Session
from mindseye.errors import MindseyeError

SHAPES = ("ViT-B-32", "ViT-B-32-256", "ViT-L-14", "ViT-L-16-SigLIP2-256")
BATCHES = (1, 8, 32)
LENGTHS = {"short": 8, "long": 60}
RUNS = {
    "ONNX Runtime fp32": ("onnxruntime", "fp32"),
    "OpenVINO fp32": ("openvino", "fp32"),
    "OpenVINO bf16": ("openvino", "bf16"),
}
PHOTOS = Path(__file__).resolve().parents[2] / "shared" / "data" / "flickr8k" / "images"
PLAIN = "plain ONNX Runtime"

Feeds = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Cost:
    """What a tower costs a process: seconds to load and to run first, and resident bytes."""

    load_seconds: float
    first_seconds: float
    resident: int
    peak: int


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", nargs="*", default=SHAPES)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--rclip", type=Path, help="virtual environment that holds rclip 4")
    parser.add_argument("--photos", type=Path, default=PHOTOS, help="photographs to enlarge")
    parser.add_argument("--counts", type=int, nargs="*", default=(96,), help="how many of them")
    parser.add_argument("--cost", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cost:
        print(json.dumps(asdict(cost_here(*options.cost))))
        return
    with tempfile.TemporaryDirectory() as folder:
        for shape in options.shapes:
            place = write_checkpoint(shape, Path(folder, shape))
            print(image_table(shape, place, options.turns), end="\n\n")
            print(text_table(shape, place, options.turns), end="\n\n")
            print(cost_table(shape, place), end="\n\n")
            shutil.rmtree(place)
    if options.rclip is None:
        print("rclip was not measured: no environment was given by --rclip.", end="\n\n")
    else:
        told = rclip_beside.compare(
            options.rclip, options.photos, tuple(options.counts), options.turns
        )
        print(told, end="\n\n")
    print(f"Measured on: {describe()}")


def tower_of(folder: Path, part: str) -> WeightsTower:
    """A tower of a checkpoint that was written here."""
    config = json.loads((folder / "open_clip_config.json").read_text())["model_cfg"]
    kind = "image" if part == "image" else "text"
    return WeightsTower("open-clip", kind, (folder / "open_clip_model.safetensors",), config)


def plain_session(tower: WeightsTower) -> Callable[[Feeds], object]:
    """The same graph in ONNX Runtime as it comes, every option at its default."""
    import onnxruntime

    graph = graphs.build(tower)
    settings = onnxruntime.SessionOptions()
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(each) for each in graph.weights.values()]
    settings.add_external_initializers(list(graph.weights), values)
    session = onnxruntime.InferenceSession(graph.model, settings, ["CPUExecutionProvider"])
    return lambda feeds: (session.run(None, dict(feeds)), graph)[0]


def runners(tower: WeightsTower) -> dict[str, Callable[[Feeds], object]]:
    """The runtimes that can run a tower here, plain ONNX Runtime first."""
    found: dict[str, Callable[[Feeds], object]] = {PLAIN: plain_session(tower)}
    for name, (runtime, precision) in RUNS.items():
        try:
            found[name] = open_tower(tower, RunOptions(0, runtime, precision)).run  # type: ignore[arg-type]
        except MindseyeError as error:
            print(f"{name} was not measured: {error.message}", file=sys.stderr)
    return found


def taken_in_turns(
    runs: Mapping[str, Callable[[Feeds], object]], feeds: Feeds, turns: int
) -> dict[str, list[float]]:
    """Seconds of each run in each turn, after one turn that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(turns + 1):
        for name, run in runs.items():
            started = time.perf_counter()
            run(feeds)
            if turn:
                seconds[name].append(time.perf_counter() - started)
    return seconds


def ratio(seconds: Mapping[str, list[float]], name: str) -> float:
    """How many times as fast as plain ONNX Runtime, the median over turns."""
    pairs = zip(seconds[PLAIN], seconds[name], strict=True)
    return statistics.median(plain / own for plain, own in pairs)


def image_table(shape: str, folder: Path, turns: int) -> str:
    """Pictures per second of each runtime, by batch."""
    tower = tower_of(folder, "image")
    side = tower.config["vision_cfg"]["image_size"]
    rng = np.random.default_rng(2)
    runs, rows = runners(tower), []
    for batch in BATCHES:
        feeds = {"pixels": rng.standard_normal((batch, 3, side, side), dtype=np.float32)}
        seconds = taken_in_turns(runs, feeds, turns)
        for name, taken in seconds.items():
            told = f"{batch / min(taken):.1f} ({ratio(seconds, name):.2f}x)"
            rows.append((f"{name}, batches of {batch}", told, ""))
    return table(f"{shape}: pictures/s at {side} pixels (of plain ONNX Runtime)", rows)


def text_table(shape: str, folder: Path, turns: int) -> str:
    """Milliseconds of one text, short and long."""
    tower = tower_of(folder, "text")
    context = tower.config["text_cfg"].get("context_length", 77)
    vocabulary = tower.config["text_cfg"].get("vocab_size", 49408)
    runs, rows = runners(tower), []
    padded = bool(tower.config["text_cfg"].get("no_causal_mask"))
    for kind, words in LENGTHS.items():
        # Where a tower reads all of its context, a short text takes as long as any.
        length = context if padded else min(words, context)
        ids = np.random.default_rng(3).integers(1, vocabulary - 2, (1, length))
        ids[0, -1] = vocabulary - 1
        seconds = taken_in_turns(runs, {"ids": ids}, 3 * turns)
        for name, taken in seconds.items():
            told = f"{statistics.median(taken) * 1e3:.1f} ({ratio(seconds, name):.2f}x)"
            rows.append((f"{name}, a {kind} text ({length} tokens)", told, "15"))
    return table(f"{shape}: ms for one text, warm (of plain ONNX Runtime)", rows)


def cost_table(shape: str, folder: Path) -> str:
    """Seconds to load and memory of both towers, each in a process of its own."""
    rows = []
    for name, chosen in RUNS.items():
        for parts in ("image", "text", "both"):
            command = [sys.executable, __file__, "--cost", str(folder), parts, *chosen]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                continue
            cost = Cost(**json.loads(done.stdout))
            told = (
                f"{cost.load_seconds:.2f} + {cost.first_seconds:.2f}; "
                f"{cost.resident / 1e6:.0f} MB, {cost.peak / 1e6:.0f} at the peak"
            )
            rows.append((f"{name}, {parts}", told, "1.5; 1500 MB"))
    return table(f"{shape}: s to load + s of the first run; resident memory", rows)


def cost_here(folder: str, parts: str, runtime: str, precision: str) -> Cost:
    """What loading towers and running each once costs this process."""
    options = RunOptions(0, runtime, precision)  # type: ignore[arg-type]
    started = time.perf_counter()
    wanted = ("image", "text") if parts == "both" else (parts,)
    sessions = [open_tower(tower_of(Path(folder), part), options) for part in wanted]
    loaded = time.perf_counter()
    for session in sessions:
        session.run(example(session))
    ran = time.perf_counter()
    status = memory()
    return Cost(loaded - started, ran - loaded, status["VmRSS"], status["VmHWM"])


def example(session: Session) -> dict[str, np.ndarray]:
    """Eight pictures or one text."""
    port = session.inputs[0]
    if port.name == "pixels":
        return {port.name: np.zeros((8, *[side or 1 for side in port.shape[1:]]), np.float32)}
    return {port.name: np.ones((1, port.shape[1] or 12), np.int64)}


def memory() -> dict[str, Any]:
    """Resident bytes now and at the peak, where the system tells."""
    path = Path("/proc/self/status")
    lines = path.read_text().splitlines() if path.is_file() else []
    told = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if "kB" in line}
    return {name: told.get(name, 0) for name in ("VmRSS", "VmHWM")}


if __name__ == "__main__":
    main()
