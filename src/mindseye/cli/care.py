"""`mindseye check` and `mindseye forget`: looking after a library."""

from __future__ import annotations

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json
from mindseye.library import Library


@click.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended without losing anything.")
@with_settings()
def check(settings: Settings, *, repair: bool, as_json: bool) -> None:
    """Check the library: database, links between its tables, vectors, index files.

    Exit code 1 when something was found that is not mended.
    """
    with Library.open(settings=settings, create=False) as library:
        problems = list(library.check(repair=repair))
    if as_json:
        print_json({"problems": problems})
    else:
        for problem in problems:
            click.echo(f"{'mended' if problem.mended else 'found'}: {problem.what}")
        if not problems:
            click.echo("all is well")
    if any(not problem.mended for problem in problems):
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--missing", is_flag=True, required=True, help="Photos whose files are gone.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_settings()
def forget(settings: Settings, *, missing: bool, yes: bool, as_json: bool) -> None:
    """Remove photos from the library for good; files are never touched."""
    del missing
    with Library.open(settings=settings, create=False) as library:
        count = library.store.catalog.coverage().missing
        if count and not yes:
            click.confirm(f"Forget {count} photos whose files are gone?", abort=True)
        forgotten = library.forget_missing()
    if as_json:
        print_json({"forgotten": forgotten})
    else:
        click.echo(f"{forgotten} forgotten")
