"""How far a long command is: a bar for people, lines for logs, JSON lines for programs."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

import click

from mindseye.cli.output import to_plain
from mindseye.ingest.options import Observer, Progress

_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def stopping(cancel: Event) -> Iterator[None]:
    """The first interrupt asks to stop, the second one stops at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()
        click.echo("stopping after what is in hand (again: at once)", err=True)

    before = {kind: signal.signal(kind, stop) for kind in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


@contextmanager
def shown_progress(*, as_json: bool) -> Iterator[Observer]:
    """An observer that shows progress on standard error, as it is read there."""
    if sys.stderr.isatty() and not as_json:
        with _bar() as observer:
            yield observer
    else:
        yield _Lines(as_json=as_json)


def time_text(seconds: float | None) -> str:
    """About how long, for people: "2 h 10 min left"; "" where it is not known."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{round(seconds)} s left"
    if minutes < 90:
        return f"{minutes} min left"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min left"
    return f"{minutes / 1440:.1f} days left"


class _Lines:
    """Progress as lines, a few a minute, for logs and pipes."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._said = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.what == "names" and not self._as_json:
            if not progress.done:
                click.echo(_words(progress), err=True)
            return
        if now - self._said < _SECONDS_BETWEEN_LINES:
            return
        self._said = now
        if self._as_json:
            click.echo(json.dumps(to_plain(progress)), err=True)
            return
        more = "" if progress.scanned else "+"
        parts = [f"{progress.done}/{progress.total}{more} {progress.what}"]
        if progress.what == "files":
            parts.append(f"{progress.unchanged} unchanged")
        parts.append(f"{progress.skipped} skipped")
        if left := time_text(progress.seconds_left):
            parts.append(left)
        click.echo(", ".join(parts), err=True)


@contextmanager
def _bar() -> Iterator[Observer]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("scanning", total=None, left="")

        def show(progress: Progress) -> None:
            bar.update(
                task,
                completed=progress.done,
                total=progress.total,
                description=_words(progress),
                left=time_text(progress.seconds_left),
            )

        yield show


def _words(progress: Progress) -> str:
    if progress.what == "texts":
        words = "reading text"
    elif progress.what == "names":
        words = "learning names of places, once"
    elif progress.what == "sidecars":
        words = "writing XMP"
    elif progress.what != "files":
        words = "encoding"
    else:
        words = "ingesting" if progress.scanned else "scanning and ingesting"
    return f"{words} ({progress.skipped} skipped)" if progress.skipped else words
