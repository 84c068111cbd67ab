"""`mindseye reencode`: change the encoder of the library or of an album; search goes on."""

from __future__ import annotations

from threading import Event

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json, shown
from mindseye.cli.progress import shown_progress, stopping
from mindseye.failures import INTERRUPTED
from mindseye.library import Library
from mindseye.types import ReencodeReport

_FILES_SHOWN = 20


@click.command()
@click.option("--album", help="Change this album only.", metavar="NAME")
@click.option(
    "--drop/--keep",
    default=False,
    help="Remove the old vectors after the swap; kept, going back takes no time.",
)
@click.option(
    "--anyway", is_flag=True, help="Swap although a drive is not there; its photos go unfound."
)
@click.option("--workers", type=int, help="Decoding processes; 0 is one per processor.")
@click.option("--batch", type=int, help="Pictures encoded and committed together.")
@with_settings("workers", "batch")
def reencode(
    settings: Settings, *, album: str | None, drop: bool, anyway: bool, as_json: bool
) -> None:
    """Bring the library to the encoder --encoder names, or --album to the one it asks for.

    The new vectors are built beside the old ones, by which search goes on until all photos are
    encoded. Ctrl-C stops after the batch in hand, and the next run goes on from there.
    Exit code 1 when nothing was swapped because a drive is not there.

    \b
    mindseye reencode --encoder siglip:google/siglip2-base-patch16-256
    mindseye reencode --album Holidays
    mindseye reencode --encoder builtin --drop
    """
    named_by_flag = settings.source.get("encoder") == "flag"
    cancel = Event()
    with (
        Library.open(settings=settings, create=False) as library,
        stopping(cancel),
        shown_progress(as_json=as_json) as observer,
    ):
        report = library.reencode(
            settings.encoder if named_by_flag else "",
            album=album,
            drop=drop,
            anyway=anyway,
            observer=observer,
            cancel=cancel,
        )
    if as_json:
        print_json(report)
    else:
        print_reencoded(report)
    if report.cancelled:
        raise click.exceptions.Exit(INTERRUPTED)
    if not report.swapped:
        raise click.exceptions.Exit(1)


def print_reencoded(report: ReencodeReport) -> None:
    """Say what a change of encoder did."""
    rate = ""
    if report.encoded and report.seconds:
        rate = f", {report.encoded / report.seconds:.1f} pictures/s"
    click.echo(f"{report.encoded} encoded by {report.encoder} in {report.seconds:.1f} s{rate}")
    for skipped in report.left[:_FILES_SHOWN]:
        click.echo(f"  not encoded {shown(skipped.path)}: {skipped.reason}")
    if len(report.left) > _FILES_SHOWN:
        click.echo(f"  and {len(report.left) - _FILES_SHOWN} more: --json lists all")
    for entry in report.unavailable:
        click.echo(f"  not readable: {shown(entry.path)}: {entry.reason}")
    what = f"the album {report.album!r}" if report.album else "the library"
    if report.swapped:
        click.echo(f"{what} is searched by {report.encoder} now")
    else:
        click.echo(f"{what} is searched by {report.before} as before; run it again to go on")
    if report.unavailable and not report.swapped:
        click.echo("mount the drive, or swap without its photos: --anyway")
    if report.dropped:
        click.echo(f"{report.dropped} vectors of {report.before} removed")
    for notice in report.notices:
        click.echo(f"note: {notice}", err=True)
