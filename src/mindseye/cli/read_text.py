"""`mindseye read-text`: read the text in pictures, so that words in them are found."""

from __future__ import annotations

import os
from threading import Event

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json, shown
from mindseye.cli.progress import shown_progress, stopping
from mindseye.failures import INTERRUPTED
from mindseye.library import Library
from mindseye.types import TextReport

_FILES_SHOWN = 20

_POLITENESS = 10
"""How far this work steps back: it takes hours, and nobody waits for it."""


@click.command("read-text")
@click.option("--album", help="Read what this album holds only.", metavar="NAME")
@click.option("--limit", type=click.IntRange(1), help="Stop after so many pictures.", metavar="N")
@click.option("--again", is_flag=True, help="Read anew what an older version has read.")
@with_settings(without="encoder")
def read_text(
    settings: Settings, *, album: str | None, limit: int | None, again: bool, as_json: bool
) -> None:
    """Read the text in pictures, newest first, so that a search for its words finds them.

    Takes seconds a picture, more where there is much to read. What was read is found at once: by
    its words, by `text:WORDS` and by `has:text`. Ctrl-C stops after the picture in hand, and the
    next run goes on from there. With the setting `read_text` every ingest reads what nobody has
    looked at yet.

    \b
    mindseye read-text
    mindseye read-text --album Receipts
    mindseye read-text --limit 1000
    """
    if os.name == "posix":
        os.nice(_POLITENESS)
    cancel = Event()
    with (
        Library.open(settings=settings, create=False) as library,
        stopping(cancel),
        shown_progress(as_json=as_json) as observer,
    ):
        report = library.read_text(
            album=album, limit=limit, again=again, observer=observer, cancel=cancel
        )
    if as_json:
        print_json(report)
    else:
        print_read(report)
    if report.cancelled:
        raise click.exceptions.Exit(INTERRUPTED)


def print_read(report: TextReport) -> None:
    """Say what a reading of text did."""
    rate = f", {report.read / report.seconds:.1f} pictures/s" if report.read else ""
    click.echo(
        f"{report.read} pictures read, {report.with_text} of them show text, "
        f"in {report.seconds:.1f} s{rate}"
    )
    for skipped in report.left[:_FILES_SHOWN]:
        click.echo(f"  not read {shown(skipped.path)}: {skipped.reason}")
    if len(report.left) > _FILES_SHOWN:
        click.echo(f"  and {len(report.left) - _FILES_SHOWN} more: --json lists all")
    if report.waiting:
        click.echo(f"{report.waiting} still to be read: the same command goes on from here")
