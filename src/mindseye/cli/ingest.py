"""`mindseye ingest`: take folders of pictures into the library, with progress and a report."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import click

from mindseye.cli.options import Settings, semantic_option, with_settings
from mindseye.cli.output import print_json, shown
from mindseye.cli.progress import shown_progress, stopping
from mindseye.cli.read_text import print_read
from mindseye.cli.reencode import print_reencoded
from mindseye.failures import INTERRUPTED
from mindseye.library import Library
from mindseye.types import IngestReport

_REASONS_SHOWN = 20


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--workers", type=int, help="Decoding processes; 0 is one per processor.")
@click.option("--batch", type=int, help="Pictures encoded and committed together.")
@click.option("--hidden/--no-hidden", default=None, help="Take in hidden files and folders too.")
@click.option("--again", is_flag=True, help="Read unchanged files anew; they stay encoded.")
@semantic_option
@with_settings("workers", "batch", "hidden", "semantic")
def ingest(settings: Settings, folders: tuple[Path, ...], *, again: bool, as_json: bool) -> None:
    """Take in every picture below FOLDERS; run it again after changes.

    Pictures are only ever read. Ctrl-C stops after the batch in hand, and the next run goes on
    from there. Exit code 0 even if some files were skipped: `mindseye status` lists them.
    --again learns of known photos what a newer Mindseye reads (people, colours).
    With --encoder, a library of another encoder is brought to that one afterwards.
    """
    cancel = Event()
    with (
        Library.open(settings=settings) as library,
        stopping(cancel),
        shown_progress(as_json=as_json) as observer,
    ):
        report = library.ingest(folders, again=again, observer=observer, cancel=cancel)
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    if report.cancelled:
        raise click.exceptions.Exit(INTERRUPTED)


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
    if report.reencoded is not None:
        print_reencoded(report.reencoded)
    if report.texts is not None:
        print_read(report.texts)
    if report.cancelled:
        click.echo("stopped early; the same command goes on from here")
    for notice in report.notices:
        click.echo(f"note: {notice}", err=True)
