"""`mindseye album`: named parts of the library with an encoder and limits of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from mindseye.cli.options import Command, Settings, with_settings
from mindseye.cli.output import album_facts, print_json, shown
from mindseye.errors import UsageError
from mindseye.library import Library
from mindseye.types import Album

_NUMBERS = ("min_score", "max_results")


@click.group()
def album() -> None:
    """Keep albums: named parts of the library, searched on their own by --album NAME.

    An album is a view of some folders; its photos are taken in by `mindseye ingest`, and encoded
    once however many albums show them.

    \b
    mindseye album add Holidays ~/Pictures/2023 ~/Pictures/2024 --max-results 30
    mindseye album edit Holidays --encoder siglip:google/siglip2-base-patch16-256
    mindseye search --album Holidays "a boat at sunset"
    """


def _described(command: Command) -> Command:
    options: list[Callable[[Any], Any]] = [
        click.option("--description", help="What the album is about."),
        click.option(
            "--min-score",
            type=float,
            help="Cut its hits at this score (SigLIP: probability) instead of the encoder's.",
        ),
        click.option("--max-results", type=click.IntRange(min=1), help="Hits shown of it."),
        click.option(
            "--optimise/--no-optimise",
            default=None,
            help="Whether a text is said in several wordings.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@album.command()
@click.argument("name")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@_described
@with_settings()
def add(
    settings: Settings, name: str, folders: tuple[Path, ...], *, as_json: bool, **facts: Any
) -> None:
    """Make an album of all photos below FOLDERS."""
    encoder = _encoder_flag(settings) or ""
    # The flag is a wish for the album, not a demand on the searches of this process.
    with Library.open(settings=replace(settings, encoder=""), create=False) as library:
        given = {field: value for field, value in facts.items() if value is not None}
        made = Album(name, tuple(map(str, folders)), encoder=encoder, **given)
        _tell(library, library.put_album(made), as_json=as_json)


@album.command()
@click.argument("name")
@click.option("--name", "new_name", help="Rename it.", metavar="NEW")
@click.option(
    "--folder", "folders", multiple=True, help="Folders instead of those it has.", metavar="DIR"
)
@_described
@click.option(
    "--default",
    "defaults",
    multiple=True,
    type=click.Choice(["min-score", "max-results", "optimise"]),
    help="Let the settings decide on this again.",
)
@with_settings()
def edit(
    settings: Settings,
    name: str,
    *,
    new_name: str | None,
    folders: tuple[str, ...],
    defaults: tuple[str, ...],
    as_json: bool,
    **facts: Any,
) -> None:
    """Change an album; what is not given stays as it is.

    --encoder records which encoder is wanted (--encoder "" is the library's): search goes on by
    the one it has until `mindseye reencode --album NAME` has built the other.
    """
    changes = {field: value for field, value in facts.items() if value is not None}
    changes |= dict.fromkeys(entry.replace("-", "_") for entry in defaults)
    changes |= {"name": new_name} if new_name is not None else {}
    changes |= {"folders": folders} if folders else {}
    encoder = _encoder_flag(settings)
    changes |= {"encoder": encoder} if encoder is not None else {}
    if not changes:
        raise UsageError("nothing is to be changed", hint="mindseye album edit --help")
    with Library.open(settings=replace(settings, encoder=""), create=False) as library:
        changed = replace(library.store.albums.get(name), **changes)
        _tell(library, library.put_album(changed), as_json=as_json)


@album.command("list")
@with_settings()
def list_albums(settings: Settings, *, as_json: bool) -> None:
    """List the albums with their folders, encoder and how many pictures wait to be encoded."""
    with Library.open(settings=settings, create=False) as library:
        status = library.status()
    if as_json:
        print_json({"albums": status.albums, "notices": status.notices})
        return
    for entry in status.albums:
        waiting = f", {entry.waiting} of them waiting" if entry.waiting else ""
        click.echo(f"{entry.album.name}: {entry.frames} pictures{waiting}, by {entry.encoder}")
        _print_facts(entry.album)
    for notice in status.notices:
        click.echo(f"note: {notice}", err=True)


@album.command()
@click.argument("name")
@with_settings()
def remove(settings: Settings, name: str, *, as_json: bool) -> None:
    """Remove an album; its photos stay in the library, and files are never touched."""
    with Library.open(settings=settings, create=False) as library:
        gone = library.store.albums.get(name)
        library.store.albums.remove(name)
    if as_json:
        print_json({"removed": gone.name})
    else:
        click.echo(f"the album {gone.name!r} is removed; its photos stay")


def _encoder_flag(settings: Settings) -> str | None:
    """What --encoder said; the settings of the whole library are none of an album's business."""
    return settings.encoder if settings.source.get("encoder") == "flag" else None


def _tell(library: Library, album: Album, *, as_json: bool) -> None:
    entry = next(each for each in library.status().albums if each.album.id == album.id)
    notices = list(library.scope(album.name).notices)
    if not entry.frames:
        notices.append("no photo lies there yet: `mindseye ingest FOLDER` takes photos in")
    elif entry.waiting:
        notices.append(f"{entry.waiting} pictures wait: the next `mindseye ingest` encodes them")
    if as_json:
        print_json({"album": album, "frames": entry.frames, "notices": notices})
        return
    click.echo(f"{album.name}: {entry.frames} pictures, searched by {entry.encoder}")
    _print_facts(album)
    for notice in notices:
        click.echo(f"note: {notice}", err=True)


def _print_facts(album: Album) -> None:
    if album.description:
        click.echo(f"  {album.description}")
    for folder in album.folders:
        click.echo(f"  {shown(folder)}")
    facts = album_facts(album)
    told = [f"{name.replace('_', ' ')} {facts[name]}" for name in _NUMBERS if facts[name]]
    if album.optimise is not None:
        told.append("several wordings" if album.optimise else "one wording")
    if told:
        click.echo(f"  {', '.join(told)}")
