"""`mindseye ingest`: take folders of pictures into the library, with progress and a report."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json, shown
from mindseye.failures import INTERRUPTED
from mindseye.ingest.options import Observer, Progress
from mindseye.library import Library
from mindseye.types import IngestReport

_SECONDS_BETWEEN_LINES = 5.0
_REASONS_SHOWN = 20


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--workers", type=int, help="Decoding processes; 0 is one per processor.")
@click.option("--batch", type=int, help="Pictures encoded and committed together.")
@click.option("--hidden/--no-hidden", default=None, help="Take in hidden files and folders too.")
@with_settings("workers", "batch", "hidden")
def ingest(settings: Settings, folders: tuple[Path, ...], *, as_json: bool) -> None:
    """Take in every picture below FOLDERS; run it again after changes.

    Pictures are only ever read. Ctrl-C stops after the batch in hand, and the next run goes on
    from there. Exit code 0 even if some files were skipped: `mindseye status` lists them.
    """
    cancel = Event()
    with Library.open(settings=settings) as library, _stopping(cancel), _observer() as observer:
        report = library.ingest(folders, observer=observer, cancel=cancel)
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    if report.cancelled:
        raise click.exceptions.Exit(INTERRUPTED)


@contextmanager
def _stopping(cancel: Event) -> Iterator[None]:
    """The first interrupt asks to stop, the second one stops at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()
        click.echo("stopping after this batch (again: at once)", err=True)

    before = {kind: signal.signal(kind, stop) for kind in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


@contextmanager
def _observer() -> Iterator[Observer]:
    if sys.stderr.isatty():
        with _bar() as observer:
            yield observer
    else:
        yield _Lines()


class _Lines:
    """Progress as plain lines, a few a minute, for logs and pipes."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._said < _SECONDS_BETWEEN_LINES:
            return
        self._said = now
        more = "" if progress.scanned else "+"
        click.echo(
            f"{progress.done}/{progress.total}{more} files, {progress.unchanged} unchanged, "
            f"{progress.skipped} skipped",
            err=True,
        )


@contextmanager
def _bar() -> Iterator[Observer]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import (
        Progress as Bar,
    )

    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("scanning", total=None)

        def show(progress: Progress) -> None:
            words = "ingesting" if progress.scanned else "scanning and ingesting"
            if progress.skipped:
                words += f" ({progress.skipped} skipped)"
            bar.update(task, completed=progress.done, total=progress.total, description=words)

        yield show


def _print_report(report: IngestReport) -> None:
    counts = {
        "added": report.added,
        "updated": report.updated,
        "moved": report.moved,
        "unchanged": report.unchanged,
        "missing": report.missing,
        "skipped": len(report.skipped),
        "skipped before": report.skipped_before,
    }
    shown_always = {"added", "updated", "moved", "unchanged", "skipped"}
    line = ", ".join(f"{n} {word}" for word, n in counts.items() if n or word in shown_always)
    fresh = report.added + report.updated
    rate = f", {fresh / report.seconds:.1f} pictures/s" if fresh and report.seconds else ""
    click.echo(f"{line} in {report.seconds:.1f} s{rate}")
    for skipped in report.skipped[:_REASONS_SHOWN]:
        click.echo(f"  skipped {shown(skipped.path)}: {skipped.reason}")
    if len(report.skipped) > _REASONS_SHOWN:
        more = len(report.skipped) - _REASONS_SHOWN
        click.echo(f"  and {more} more: `mindseye status --skipped` lists all")
    for entry in report.unavailable:
        click.echo(f"  not readable, nothing forgotten: {shown(entry.path)}: {entry.reason}")
    if report.cancelled:
        click.echo("stopped early; the same command goes on from here")
