"""`mindseye search`, `similar` and `more`: ranked hits as lines, paths, JSON or a picture."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import click

from mindseye.cli.completion import complete_album, complete_filter
from mindseye.cli.hits import Shape, show, show_facets
from mindseye.cli.options import Command, Settings, plain_option, semantic_option, with_settings
from mindseye.cli.saved import photos_in, save
from mindseye.library import Library
from mindseye.query.facets import BY_NAME, USUAL
from mindseye.query.model import (
    AnyPicture,
    Feedback,
    Like,
    Link,
    Pasted,
    Picture,
    Sort,
    Term,
    Wishes,
    as_typed,
)
from mindseye.query.parse import Parsed
from mindseye.query.plain.base import Chip
from mindseye.search.found import Found


def shaped(command: Command) -> Command:
    """Give a command the options that say how many hits are shown, and in which form."""
    options = [
        click.option("--limit", type=click.IntRange(min=1), help="Most hits shown."),
        click.option(
            "--after", help="Go on behind a page: the cursor it ended with.", metavar="CURSOR"
        ),
        click.option("--paths", "paths_only", is_flag=True, help="Print paths only."),
        click.option("-0", "--null", is_flag=True, help="Paths end in NUL instead of a new line."),
        click.option("--by-day", is_flag=True, help="Put a line with the date above each day."),
        click.option("--why", is_flag=True, help="Say below each hit why it was found."),
        click.option(
            "--sheet",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Write a contact sheet of the hits to this picture file.",
            metavar="FILE",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _ended(command: Command) -> Command:
    options = [
        click.option(
            "--min-score",
            type=float,
            help="Cut the list at this score instead (SigLIP: probability).",
        ),
        click.option("--all", "everything", is_flag=True, help="No cut-off: show the rest too."),
        click.option(
            "--sort",
            type=click.Choice([sort.value for sort in Sort]),
            help="The order of what is relevant.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("text", required=False, default="", shell_complete=complete_filter)
@click.option(
    "--image",
    "images",
    multiple=True,
    help="Look for what this picture shows: a file, a web address, or - for standard input; "
    "may be given more than once, and with TEXT.",
    metavar="PICTURE",
)
@click.option("--like", "liked", multiple=True, help="More like this photo.", metavar="PHOTO")
@click.option("--unlike", "disliked", multiple=True, help="Less like it.", metavar="PHOTO")
@click.option(
    "--album",
    help="Only photos of this album, searched as it says.",
    metavar="NAME",
    shell_complete=complete_album,
)
@click.option(
    "--within",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Only these photos: paths, or what a search printed with --json; - is standard input.",
    metavar="FILE",
)
@click.option("--save", help="Keep the search as a new album of this name.", metavar="NAME")
@click.option("--literal", is_flag=True, help="TEXT is words only: no weights, signs or paths.")
@click.option(
    "--optimise/--no-optimise",
    default=None,
    help="Say TEXT in several wordings and search by their mean.",
)
@click.option(
    "--facets",
    is_flag=False,
    flag_value=",".join(USUAL),
    help=f"Count what is relevant by these instead of listing it: {', '.join(BY_NAME)}.",
    metavar="NAMES",
)
@click.option(
    "--balance",
    type=click.FloatRange(0, 1),
    help="What hits are ranked by: from texts alone (0) to pictures alone (1).",
)
@semantic_option
@plain_option
@_ended
@shaped
@with_settings("limit", "optimise", "plain", "semantic", "balance")
def search(
    settings: Settings, text: str, *, images: tuple[str, ...], literal: bool, **options: Any
) -> None:
    """Find photos by what they show: TEXT in any language, a picture, or both.

    TEXT may hold filters, such as date:2023, and all of them must hold. Dates, places and orders
    said in plain language become filters too. `mindseye explain` shows how a text is understood
    and which filters there are.

    \b
    mindseye search "dog running on a beach" --limit 12
    mindseye search "my dog in Japan last spring"
    mindseye search '2:"golden retriever" + ./pool.jpg - people'
    mindseye search 'beach date:2023 -camera:canon place:lisbon,porto'
    mindseye search beach --sort newest --by-day
    mindseye search beach --facets year,country
    mindseye search --image photo.jpg "at night"
    mindseye search 'album:"best dogs" -album:work' --save "dogs at home"
    mindseye search dog --json | mindseye search "on a beach" --within -
    mindseye search                        the newest photos
    """
    with Library.open(settings=settings, create=False) as library:
        asked = library.sentences.parse(text, literal=literal)
        asked = replace(asked, terms=(*asked.terms, *(Term(_picture(name)) for name in images)))
        liked = tuple(library.photo(photo).id for photo in options["liked"])
        disliked = tuple(library.photo(photo).id for photo in options["disliked"])
        options |= {"feedback": Feedback(liked, disliked), "images": images, "literal": literal}
        notices = _understood(asked)
        if options["save"]:
            notices.append(save(library, text, options))
        answer(library, asked, options, label=text or ", ".join(images), notices=notices)


@click.command()
@click.argument("photo")
@_ended
@shaped
@with_settings("limit")
def similar(settings: Settings, photo: str, **options: Any) -> None:
    """Find photos that look like PHOTO, a photo of the library by path or id."""
    with Library.open(settings=settings, create=False) as library:
        like = Like(library.photo(photo).id)
        answer(library, Parsed((Term(like),)), options, label=f"like {photo}")


@click.command()
@click.argument("photo")
@click.option(
    "--from",
    "what",
    type=click.Choice(["day", "place"]),
    default="day",
    show_default=True,
    help="The same day, or within a kilometre (the same city where no position is known).",
)
@shaped
@with_settings("limit")
def more(settings: Settings, photo: str, *, what: Literal["day", "place"], **options: Any) -> None:
    """List the photos from the same day or place as PHOTO, oldest first."""
    with Library.open(settings=settings, create=False) as library:
        found = library.more_from(photo, what, after=options["after"])
        show_found(found, options, label=f"from the {what} of {photo}")


def _understood(asked: Parsed) -> list[str]:
    """Which filters were read out of a sentence, so that nobody wonders where photos went."""
    chips = [part for part in asked.parts if isinstance(part, Chip)]
    read = " ".join(as_typed(chip.filter) for chip in chips if chip.filter is not None)
    return [f"understood as {read}; --no-plain takes it as words"] if read else []


def _picture(name: str) -> AnyPicture:
    if name == "-":
        return Pasted(sys.stdin.buffer.read(), "standard input")
    if name.lower().startswith(("http://", "https://")):
        return Link(name)
    path = Path(name).expanduser()
    if not path.is_file():
        raise click.BadParameter(f"there is no picture at {name}", param_hint="--image")
    return Picture(path)


def answer(
    library: Library,
    asked: Parsed,
    options: dict[str, Any],
    *,
    label: str,
    notices: Sequence[str] = (),
) -> None:
    """Search as the options of a command say, and show what was found in the form they ask for."""
    album, within = options.get("album"), None
    if options.get("within"):
        within, unknown = photos_in(library, options["within"])
        notices = [*notices, *unknown]
    query = library.query(asked, album=album, **_wishes(options))
    names = options.get("facets")
    if names is not None:
        facets = library.facets(query, names.split(","), album=album, within=within)
        show_facets(facets, as_json=options["as_json"])
        return
    found = library.search(query, album=album, within=within)
    show_found(replace(found, notices=(*found.notices, *notices)), options, label=label)


def _wishes(options: dict[str, Any]) -> Wishes:
    sort = options["sort"]
    return Wishes(
        min_score=options["min_score"],
        everything=options["everything"],
        sort=None if sort is None else Sort(sort),
        after=options["after"],
        feedback=options.get("feedback", Feedback()),
    )


def show_found(found: Found, options: dict[str, Any], *, label: str) -> None:
    """Show what was found in the form that the options of a command ask for, with its notices."""
    names = ("as_json", "paths_only", "null", "by_day", "why", "sheet")
    show(found, Shape(*(options[name] for name in names)), label)
    for notice in found.notices:
        # In --json they are part of the answer.
        if not options["as_json"]:
            click.echo(f"note: {notice}", err=True)
