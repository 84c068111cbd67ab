"""Whole pipelines beside rclip 4: the same JPEGs, the same weights, process start to process end.

rclip knows one model and looks for its files in a folder of its own; random numbers in the shape of
that model are put there. It is run as it is installed, offline, each time on an empty index; so is
`mindseye ingest`, by the same ONNX files.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from checkpoints import export_onnx, write_checkpoint, write_photos
from machine import mindseye, table

SHAPE = "ViT-B-32-256"
FOLDER = f"{SHAPE}-datacomp_s34b_b86k"
"""rclip's name for its one model."""

LICENCES = ("LICENSE", "OPENAI-CLIP-MIT.txt", "README.md", "THIRD_PARTY_NOTICES.md")
"""Files without which rclip downloads its model anew."""

PRECISIONS = {"bf16": "3", "fp32": "1.5"}
"""How ours computes -> how many times as fast as rclip it is to be."""


def compare(environment: Path, source: Path, counts: tuple[int, ...], turns: int) -> str:
    """Index photographs by both, in turns; returns a table, or the reason why there is none."""
    program = environment / "bin" / "rclip"
    if not program.is_file():
        return f"rclip was not measured: there is no {program}."
    if not source.is_dir():
        return f"rclip was not measured: there are no photographs in {source}."
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_checkpoint(SHAPE, folder / "checkpoint")
        model = folder / "model"
        export_onnx(folder / "checkpoint", model)
        shutil.copy(folder / "checkpoint" / "bpe_simple_vocab_16e6.txt.gz", model)
        rows = []
        for count in counts:
            photos = folder / f"photos-{count}"
            size = write_photos(source, photos, count)
            runs = {"rclip": _rclip(program, model, photos, folder / "rclip")}
            for precision in PRECISIONS:
                runs[precision] = _ours(model, photos, folder / "library", precision)
            rows += _rows(count, size, _in_turns(runs, turns))
        return table("Whole pipelines: pictures/s, process start to process end", rows)


def _rclip(program: Path, model: Path, photos: Path, data: Path) -> Callable[[], None]:
    weights = data / FOLDER
    if not weights.is_dir():
        weights.mkdir(parents=True)
        (data / "tokenizer").mkdir()
        for name in ("visual.onnx", "textual.onnx"):
            os.link(model / name, weights / name)
        shutil.copy(model / "bpe_simple_vocab_16e6.txt.gz", data / "tokenizer")
        for name in LICENCES:
            (data / name).write_text("weights are random numbers\n")

    def index() -> None:
        for path in data.glob("db.sqlite3*"):
            path.unlink()
        environment = os.environ | {"RCLIP_DATADIR": str(data), "HF_HUB_OFFLINE": "1"}
        # It has no command that only indexes; one query more is 20 ms.
        subprocess.run(
            [str(program), "--top", "1", "a dog"],
            cwd=photos,
            env=environment,
            check=True,
            capture_output=True,
        )

    return index


def _ours(model: Path, photos: Path, library: Path, precision: str) -> Callable[[], None]:
    def index() -> None:
        shutil.rmtree(library, ignore_errors=True)
        command = mindseye("ingest", str(photos), "--library", str(library), "--json")
        environment = os.environ | {
            "MINDSEYE_ENCODER": f"local:{model}",
            "MINDSEYE_PRECISION": precision,
        }
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        report = json.loads(done.stdout)
        if report["added"] != len(list(photos.iterdir())):
            raise SystemExit(f"not every photograph was taken in: {report}")

    return index


def _in_turns(runs: dict[str, Callable[[], None]], turns: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(turns + 1):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - started)
    return seconds


def _rows(count: int, size: float, seconds: dict[str, list[float]]) -> list[tuple[str, str, str]]:
    theirs = seconds["rclip"]
    rows = [(f"rclip 4, {count} JPEGs of {size:.1f} MB", f"{count / min(theirs):.1f}", "")]
    for name, goal in PRECISIONS.items():
        ratios = [other / own for other, own in zip(theirs, seconds[name], strict=True)]
        told = f"{count / min(seconds[name]):.1f} ({statistics.median(ratios):.2f}x)"
        rows.append((f"mindseye ingest, {name}, the same", told, f"{goal}x"))
    return rows
