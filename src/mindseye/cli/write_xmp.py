"""`mindseye write-xmp`: write what was said of photos into the XMP files beside them."""

from __future__ import annotations

from threading import Event

import click

from mindseye.cli.chosen import chosen_photos, counted
from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json, shown
from mindseye.cli.progress import shown_progress, stopping
from mindseye.errors import UsageError
from mindseye.failures import INTERRUPTED
from mindseye.ingest.options import Progress
from mindseye.library import Library
from mindseye.types import SidecarReport

_FILES_SHOWN = 20


@click.command("write-xmp")
@click.argument("photos", nargs=-1)
@click.option("--query", help="Write what was said of all photos that a search finds.")
@click.option("--all", "everything", is_flag=True, help="Write what was said of any photo.")
@click.option("--dry-run", is_flag=True, help="Tell what would be written, and write nothing.")
@with_settings()
def write_xmp(
    settings: Settings,
    photos: tuple[str, ...],
    *,
    query: str | None,
    everything: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write what you said of PHOTOS (paths or ids; - reads paths from standard input) beside them.

    Lightroom, darktable, digiKam and others read it there. An XMP file that is there keeps all
    that it says of other things; without one "IMG_1.jpg.xmp" is made. Photos themselves are never
    written, and a favourite stays in the library, because XMP has no word for it. A photo whose
    file cannot be written is told of and does not stop the others.

    \b
    mindseye write-xmp IMG_1.jpg
    mindseye write-xmp --query "folder:2023/japan"
    mindseye write-xmp --all --dry-run
    """
    if [bool(photos), query is not None, everything].count(True) != 1:
        raise UsageError(
            "say which photos: PHOTOS, --query or --all", hint="mindseye write-xmp --help"
        )
    cancel = Event()
    with (
        Library.open(settings=settings, create=False) as library,
        stopping(cancel),
        shown_progress(as_json=as_json) as observer,
    ):
        report = library.write_xmp(
            None if everything else chosen_photos(library, photos, query),
            rehearsal=dry_run,
            observer=lambda done, total: observer(
                Progress(done=done, total=total, scanned=True, what="sidecars")
            ),
            cancel=cancel,
        )
    if as_json:
        print_json(report)
    else:
        _print(report)
    if report.cancelled:
        raise click.exceptions.Exit(INTERRUPTED)
    if report.left:
        raise click.exceptions.Exit(1)


def _print(report: SidecarReport) -> None:
    verb = "would write" if report.rehearsal else "wrote"
    for sidecar in report.written[:_FILES_SHOWN]:
        made = " (new)" if sidecar.is_new else ""
        click.echo(f"{verb} {shown(sidecar.path)}{made}: {', '.join(sidecar.names)}")
    _print_rest(len(report.written))
    for skipped in report.left[:_FILES_SHOWN]:
        click.echo(f"not written {shown(skipped.path)}: {skipped.reason}")
    _print_rest(len(report.left))
    done = "would be written" if report.rehearsal else "written"
    parts = [f"XMP of {counted(len(report.written))} {done}"]
    if report.unchanged:
        parts.append(f"{report.unchanged} said it already")
    if report.unsaid:
        parts.append(f"nothing to write of {report.unsaid}")
    if report.left:
        parts.append(f"not possible for {len(report.left)}")
    click.echo(", ".join(parts))


def _print_rest(count: int) -> None:
    if count > _FILES_SHOWN:
        click.echo(f"  and {count - _FILES_SHOWN} more: --json lists all")
