"""`mindseye edit`: say what is so of photos, against what their files say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from mindseye.cli.chosen import chosen_photos, counted
from mindseye.cli.options import Command, Settings, with_settings
from mindseye.cli.output import print_json
from mindseye.errors import UsageError
from mindseye.library import Library
from mindseye.media import said
from mindseye.stores.edits import FIELDS
from mindseye.types import Edit, Place

_PLACE = ("city", "region", "country")


def _said(command: Command) -> Command:
    options: list[Callable[[Any], Any]] = [
        click.option("--rating", type=click.IntRange(-1, 5), help="Stars; -1 rejects, 0 is none."),
        click.option(
            "--favourite/--no-favourite",
            "--favorite/--no-favorite",
            default=None,
            help="Whether is:favourite finds it.",
        ),
        click.option("--add-keyword", multiple=True, help="Show a keyword.", metavar="WORD"),
        click.option("--remove-keyword", multiple=True, help="Hide a keyword.", metavar="WORD"),
        click.option("--title", help='Title; "" says that there is none.'),
        click.option("--caption", help='Caption; "" says that there is none.'),
        click.option("--date", help="When it was taken: 2023, 2023-04-05, 2023-04-05T12:30+09:00."),
        click.option("--place", help='"City, Region, Country", "City, Country" or "City".'),
        click.option("--city", help='The city alone; "" says that there is none.'),
        click.option("--region", help="The state, province or region alone."),
        click.option("--country", help="The country alone, by name or code."),
        click.option("--gps", help="Where it was taken, in degrees.", metavar="LAT,LON"),
        click.option(
            "--revert",
            multiple=True,
            type=click.Choice([*FIELDS, "all"]),
            help="Show again what the files say.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("photos", nargs=-1)
@click.option("--query", help="Edit all photos that a search finds.", metavar="QUERY")
@_said
@click.option("--yes", is_flag=True, help="Do not ask how many photos of a query to edit.")
@with_settings()
def edit(
    settings: Settings,
    photos: tuple[str, ...],
    *,
    query: str | None,
    revert: tuple[str, ...],
    yes: bool,
    as_json: bool,
    **facts: Any,
) -> None:
    """Say what is so of PHOTOS (paths or ids; - reads paths from standard input).

    It is kept in the library and wins over what the files say, also when they change; photos are
    never written, and XMP files beside them by `mindseye write-xmp` only. `mindseye show` marks
    it with "user".

    \b
    mindseye edit IMG_1.jpg --rating 5 --favourite --add-keyword holiday
    mindseye edit --query "folder:2023/japan" --country JP
    mindseye search --paths "folder:scans" | mindseye edit - --date 1987
    mindseye edit IMG_1.jpg --revert rating
    """
    if bool(photos) is (query is not None):
        raise UsageError("say which photos: PHOTOS or --query", hint="mindseye edit --help")
    change = _edit(facts)
    names = tuple(FIELDS) if "all" in revert else revert
    with Library.open(settings=settings, create=False) as library:
        chosen = chosen_photos(library, photos, query)
        if query is not None and chosen and not yes:
            click.confirm(f"Edit {counted(len(chosen))}?", abort=True, err=True)
        count = library.edit(chosen, change, revert=names)
    if as_json:
        print_json({"edited": count})
    else:
        click.echo(f"{counted(count)} edited")


def _edit(facts: dict[str, Any]) -> Edit:
    """The edit that the options spell out; raises `UsageError`."""
    values = {name: facts[name] for name in ("rating", "favourite", "title", "caption")}
    if facts["date"] is not None:
        moment = said.moment(facts["date"])
        values["taken_at"], values["precision"] = moment.wall, moment.precision
        values["offset"] = moment.offset
    return Edit(
        **values,
        place=_place(facts),
        gps=None if facts["gps"] is None else said.gps(facts["gps"]),
        add_keywords=facts["add_keyword"],
        remove_keywords=facts["remove_keyword"],
    )


def _place(facts: dict[str, Any]) -> Place | None:
    parts = {name: facts[name] for name in _PLACE if facts[name] is not None}
    if facts["place"] is None:
        return Place(**parts) if parts else None
    if parts:
        raise UsageError(
            f"--place says all of it: --{next(iter(parts))} says it again",
            hint="--city, --region and --country change one part each",
        )
    return said.place(facts["place"])
