"""`mindseye album import` and `export`: albums of PhotoMapAI's configuration, to and fro."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote

import click

from mindseye.cli.options import Command, Settings, with_settings
from mindseye.cli.output import print_json
from mindseye.library import Library
from mindseye.photomap.document import Document, config_path
from mindseye.photomap.transfer import Transfer, export_albums, import_albums


def _with_file(command: Command) -> Command:
    command = click.option("--dry-run", is_flag=True, help="Say what would be done, only.")(command)
    file = click.argument("file", required=False, type=click.Path(path_type=Path))
    return file(command)


@click.command("import")
@_with_file
@with_settings()
def import_(settings: Settings, file: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Take over the albums of PhotoMapAI's config.yaml FILE.

    Without FILE that is the one PHOTOMAP_CONFIG names, or the one in its settings folder. An album
    of the same name is brought to what the file says. The file is only read.
    """
    document = Document.load(file or config_path(os.environ))
    with Library.open(settings=settings) as library:
        done = import_albums(library.store, document, dry_run=dry_run)
        if not dry_run:
            for name in (*done.added, *done.updated):
                done.notices += library.scope(name).notices
    _tell(done, as_json=as_json)
    if done.folders and not as_json:
        click.echo(f"next: mindseye ingest {' '.join(map(quote, done.folders))}")


@click.command()
@_with_file
@with_settings()
def export(settings: Settings, file: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Bring the albums of folders to PhotoMapAI's config.yaml FILE.

    What else stands in the file, comments included, stays as it is; so do albums that are unknown
    here. A FILE that is not there is made.
    """
    document = Document.open(file or config_path(os.environ))
    with Library.open(settings=settings, create=False) as library:
        done = export_albums(library.store, document, dry_run=dry_run)
    _tell(done, as_json=as_json)


def _tell(done: Transfer, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    would = "would be " if done.dry_run else ""
    outcomes = {"added": done.added, "updated": done.updated, "unchanged": done.unchanged}
    for outcome, names in outcomes.items():
        for name in names:
            click.echo(f"{would if outcome != 'unchanged' else ''}{outcome:9}  {name}")
    for skipped in done.left_out:
        click.echo(f"left out   {skipped.path}: {skipped.reason}")
    if not any((*outcomes.values(), done.left_out)):
        click.echo("there are no albums")
    for notice in done.notices:
        click.echo(f"note: {notice}", err=True)
