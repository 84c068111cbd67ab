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
@click.option("--missing", is_flag=True, help="Photos whose files are gone.")
@click.option(
    "--vectors-of", help="Vectors of an encoder by which nothing is searched.", metavar="SPEC"
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_settings()
def forget(
    settings: Settings, *, missing: bool, vectors_of: str | None, yes: bool, as_json: bool
) -> None:
    """Remove photos or vectors from the library for good; files are never touched."""
    if not missing and vectors_of is None:
        raise click.UsageError("Say what to forget: --missing or --vectors-of.")
    forgotten = {}
    with Library.open(settings=settings, create=False) as library:
        if missing:
            count = library.store.catalog.coverage().missing
            if count and not yes:
                click.confirm(f"Forget {count} photos whose files are gone?", abort=True)
            forgotten["forgotten"] = library.forget_missing()
        if vectors_of is not None:
            if not yes:
                click.confirm(f"Forget all vectors of {vectors_of}?", abort=True)
            forgotten["vectors"] = library.forget_encoder(vectors_of)
    if as_json:
        print_json(forgotten)
        return
    for what, count in forgotten.items():
        click.echo(f"{count} {what if what == 'forgotten' else 'vectors forgotten'}")
