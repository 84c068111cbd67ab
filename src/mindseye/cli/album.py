"""`mindseye album`: named parts of the library with an encoder and limits of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import Any

import click

from mindseye.cli.completion import complete_album
from mindseye.cli.options import Command, Settings, with_settings
from mindseye.cli.output import album_facts, held, print_json, shown
from mindseye.cli.search import shaped, show_found
from mindseye.errors import UsageError
from mindseye.library import Library
from mindseye.types import Album

_NUMBERS = ("min_score", "max_results")


_TRANSFERS = {"import": "import_", "export": "export"}
"""Command -> function in `mindseye.cli.photomap`, which few need: it is loaded when it is used."""


class AlbumGroup(click.Group):
    """The commands of albums."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return [*super().list_commands(ctx), *_TRANSFERS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in _TRANSFERS:
            return super().get_command(ctx, cmd_name)
        from mindseye.cli import photomap

        command: click.Command = getattr(photomap, _TRANSFERS[cmd_name])
        return command


@click.group(cls=AlbumGroup)
def album() -> None:
    """Keep albums: named parts of the library, searched on their own by --album NAME.

    An album is a view: the photos below its folders that its search finds, and those picked by
    hand. Photos are taken in by `mindseye ingest`, and encoded once however many albums show them.

    \b
    mindseye album add Holidays ~/Pictures/2023 ~/Pictures/2024 --max-results 30
    mindseye album add "best dogs" --search 'dog rating:>=4'
    mindseye album add-photos Favourites ~/Pictures/2023/rome.jpg
    mindseye album edit Holidays --encoder siglip:google/siglip2-base-patch16-256
    mindseye search --album Holidays "a boat at sunset"
    """


_named = click.argument("name", shell_complete=complete_album)


def _described(command: Command) -> Command:
    options: list[Callable[[Any], Any]] = [
        click.option(
            "--search",
            help="Only what this finds, of the whole library where no folder is named.",
            metavar="QUERY",
        ),
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
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@_described
@with_settings()
def add(
    settings: Settings, name: str, folders: tuple[Path, ...], *, as_json: bool, **facts: Any
) -> None:
    """Make an album of the photos below FOLDERS that --search finds, either or both.

    Without both it holds what `mindseye album add-photos` picks.
    """
    encoder = _encoder_flag(settings) or ""
    # The flag is a wish for the album, not a demand on the searches of this process.
    with Library.open(settings=replace(settings, encoder=""), create=False) as library:
        given = {field: value for field, value in facts.items() if value is not None}
        made = Album(name, tuple(map(str, folders)), encoder=encoder, **given)
        _tell(library, library.put_album(made), as_json=as_json)


@album.command()
@_named
@click.option("--name", "new_name", help="Rename it.", metavar="NEW")
@click.option(
    "--folder",
    "folders",
    multiple=True,
    help='Folders instead of those it has; "" is none.',
    metavar="DIR",
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
    the one it has until `mindseye reencode --album NAME` has built the other. --search "" is none.
    """
    changes = {field: value for field, value in facts.items() if value is not None}
    changes |= dict.fromkeys(entry.replace("-", "_") for entry in defaults)
    changes |= {"name": new_name} if new_name is not None else {}
    changes |= {"folders": tuple(filter(None, folders))} if folders else {}
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
    """List the albums: folders, search, encoder, how many pictures they hold and how many wait."""
    with Library.open(settings=settings, create=False) as library:
        status = library.status()
    if as_json:
        print_json({"albums": status.albums, "notices": status.notices})
        return
    for entry in status.albums:
        waiting = f", {entry.waiting} waiting" if entry.waiting else ""
        click.echo(f"{entry.album.name}: {held(entry)}{waiting}, by {entry.encoder}")
        _print_facts(entry.album)
    for notice in status.notices:
        click.echo(f"note: {notice}", err=True)


@album.command()
@_named
@shaped
@with_settings("limit")
def show(settings: Settings, name: str, **options: Any) -> None:
    """List the photos of an album, the newest first: all of them unless --limit says otherwise."""
    limit = settings.limit if settings.source.get("limit") == "flag" else None
    with Library.open(settings=settings, create=False) as library:
        show_found(library.members(name, limit=limit, after=options["after"]), options, label=name)


@album.command("add-photos")
@_named
@click.argument("photos", nargs=-1, required=True)
@with_settings()
def add_photos(settings: Settings, name: str, photos: tuple[str, ...], *, as_json: bool) -> None:
    """Pick PHOTOS of the library, by path or id, for an album.

    They belong to it whatever its folders and its search say.
    """
    with Library.open(settings=settings, create=False) as library:
        picked = library.store.albums.get(name)
        count = library.store.albums.pick(picked.id, [library.photo(photo).id for photo in photos])
        _tell(library, picked, as_json=as_json, done={"picked": count})


@album.command("remove-photos")
@_named
@click.argument("photos", nargs=-1, required=True)
@with_settings()
def remove_photos(settings: Settings, name: str, photos: tuple[str, ...], *, as_json: bool) -> None:
    """Take PHOTOS that were picked for an album out of it; they stay in the library.

    What its folders and its search say stays in it: change those by `mindseye album edit`.
    """
    with Library.open(settings=settings, create=False) as library:
        album = library.store.albums.get(name)
        ids = {library.photo(photo).id for photo in photos}
        count = library.store.albums.unpick(album.id, sorted(ids))
        _tell(library, album, as_json=as_json, done={"removed": count})
    if count < len(ids) and not as_json:
        click.echo(f"note: {len(ids) - count} of the photos were not picked by hand", err=True)


@album.command()
@_named
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


def _tell(
    library: Library, album: Album, *, as_json: bool, done: dict[str, int] | None = None
) -> None:
    entry = next(each for each in library.status().albums if each.album.id == album.id)
    notices = list(library.scope(album.name).notices)
    if entry.trouble:
        notices.append(entry.trouble)
    elif entry.frames == 0:
        notices.append(_why_empty(album))
    elif entry.waiting:
        notices.append(f"{entry.waiting} pictures wait: the next `mindseye ingest` encodes them")
    if as_json:
        facts = {"album": album, "frames": entry.frames, "picked": entry.picked}
        print_json(
            {**facts, "done": done, "notices": notices} if done else {**facts, "notices": notices}
        )
        return
    for what, count in (done or {}).items():
        click.echo(f"{count} {'photo' if count == 1 else 'photos'} {what}")
    click.echo(f"{album.name}: {held(entry)}, searched by {entry.encoder}")
    _print_facts(album)
    for notice in notices:
        click.echo(f"note: {notice}", err=True)


def _why_empty(album: Album) -> str:
    if album.search:
        return "its search finds no photo yet: `mindseye ingest FOLDER` takes photos in"
    if album.folders:
        return "no photo lies there yet: `mindseye ingest FOLDER` takes photos in"
    return f"it holds no photo yet: mindseye album add-photos {quote(album.name)} PHOTO..."


def _print_facts(album: Album) -> None:
    if album.description:
        click.echo(f"  {album.description}")
    for folder in album.folders:
        click.echo(f"  {shown(folder)}")
    if album.search:
        click.echo(f"  search {album.search}")
    facts = album_facts(album)
    told = [f"{name.replace('_', ' ')} {facts[name]}" for name in _NUMBERS if facts[name]]
    if album.optimise is not None:
        told.append("several wordings" if album.optimise else "one wording")
    if told:
        click.echo(f"  {', '.join(told)}")
