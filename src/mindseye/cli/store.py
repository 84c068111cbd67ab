"""`mindseye store`: the database of a library: what it is, bringing it up to date, moving it."""

from __future__ import annotations

import json
import time

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json
from mindseye.config import shown_url
from mindseye.library import Library
from mindseye.stores.base import Problem

_SECONDS_BETWEEN_LINES = 5.0


@click.group()
def store() -> None:
    """Look after the database of a library, and move a library to another one.

    \b
    mindseye store check --store postgresql://ann@db.example/photos
    mindseye store copy postgresql://ann@db.example/photos
    """


@store.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended without losing anything.")
@with_settings()
def check(settings: Settings, *, repair: bool, as_json: bool) -> None:
    """Say what the database is and can do, and look for damage.

    Exit code 1 when something was found that is not mended.
    """
    with Library.open(settings=settings, create=False) as library:
        about = {"store": library.store.url, **library.store.about()}
        problems = list(library.check(repair=repair))
    if as_json:
        print_json({**about, "problems": problems})
    else:
        _print(about)
        _tell(problems)
    if any(not problem.mended for problem in problems):
        raise click.exceptions.Exit(1)


@store.command()
@with_settings()
def migrate(settings: Settings, *, as_json: bool) -> None:
    """Bring the tables up to date, or make them; any command does, if its role may.

    For the owner of the tables: others may search, but not change tables.
    """
    with Library.open(settings=settings) as library:
        about = {"store": library.store.url, **library.store.about()}
    if as_json:
        print_json(about)
    else:
        _print(about)


@store.command()
@with_settings()
def upgrade(settings: Settings, *, as_json: bool) -> None:
    """Use what the database has learned: vectors into pgvector, and indexes that are lacking."""
    with Library.open(settings=settings, create=False) as library:
        done = []
        for line in library.store.upgrade():
            done.append(line)
            if not as_json:
                click.echo(line)
    if as_json:
        print_json({"done": done})


@store.command()
@click.argument("target")
@with_settings()
def copy(settings: Settings, *, target: str, as_json: bool) -> None:
    """Copy the whole library to TARGET: the URL of a store, or a folder.

    Photos, frames, vectors of all encoders, texts, albums, edits: every table, with its ids. A copy
    that was cut short goes on where it stopped. In the end all tables are read on both sides and
    compared. Take no photos in meanwhile.

    \b
    mindseye store copy postgresql://ann@db.example/photos
    mindseye store copy ~/mindseye-copy --store postgresql://ann@db.example/photos
    """
    shown = _Lines(as_json=as_json)
    with Library.open(settings=settings, create=False) as library:
        tables = library.copy_to(target, shown)
    if as_json:
        print_json({"target": shown_url(target), "tables": tables})
        return
    for table in tables:
        if table.rows:
            click.echo(f"{table.rows:>10} {table.name:<14} {table.digest[:12]}")
    click.echo(f"copied to {shown_url(target)}; both are the same")


class _Lines:
    """How far a copy is, on standard error: a line for each table, and now and then within."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._said = time.monotonic()

    def __call__(self, table: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - self._said < _SECONDS_BETWEEN_LINES:
            return
        self._said = now
        if self._as_json:
            click.echo(json.dumps({"table": table, "done": done, "total": total}), err=True)
        elif total:
            click.echo(f"{table}: {done}/{total}", err=True)


def _print(about: dict[str, str]) -> None:
    for name, fact in about.items():
        click.echo(f"{name:<10} {fact}")


def _tell(problems: list[Problem]) -> None:
    for problem in problems:
        click.echo(f"{'mended' if problem.mended else 'found'}: {problem.what}")
    if not problems:
        click.echo("all is well")
