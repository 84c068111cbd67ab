"""`mindseye search` and `mindseye similar`: ranked hits as lines, paths, JSON or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from mindseye.cli.completion import complete_album, complete_filter
from mindseye.cli.options import Command, Settings, with_settings
from mindseye.cli.output import hit_facts, on_terminal, print_json, shown
from mindseye.cli.saved import photos_in, save
from mindseye.library import Library
from mindseye.query.model import Like, Picture, Query, Term, as_typed
from mindseye.query.parse import Parsed, parse
from mindseye.search.engine import Found
from mindseye.types import Metadata, Source


@dataclass(frozen=True, slots=True)
class Shape:
    """How hits are to be shown."""

    as_json: bool
    paths_only: bool
    null: bool
    sheet: Path | None


def shaped(command: Command) -> Command:
    """Give a command the options that say how many hits are shown, and in which form."""
    options = [
        click.option("--limit", type=click.IntRange(min=1), help="Most hits shown."),
        click.option(
            "--min-score",
            type=float,
            help="Cut the list at this score instead (SigLIP: probability).",
        ),
        click.option("--all", "everything", is_flag=True, help="No cut-off: show the rest too."),
        click.option("--paths", "paths_only", is_flag=True, help="Print paths only."),
        click.option("-0", "--null", is_flag=True, help="Paths end in NUL instead of a new line."),
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


@click.command()
@click.argument("text", required=False, default="", shell_complete=complete_filter)
@click.option(
    "--image",
    "images",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Look for what this picture shows; may be given more than once, and with TEXT.",
)
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
@shaped
@with_settings("limit", "optimise")
def search(
    settings: Settings, text: str, *, images: tuple[Path, ...], literal: bool, **options: Any
) -> None:
    """Find photos by what they show: TEXT in any language, a picture, or both.

    TEXT may hold filters, such as date:2023, and all of them must hold. `mindseye explain` shows
    how a text is understood and which filters there are.

    \b
    mindseye search "dog running on a beach" --limit 12
    mindseye search '2:"golden retriever" + ./pool.jpg - people'
    mindseye search 'beach date:2023 -camera:canon place:lisbon,porto'
    mindseye search --image photo.jpg "at night"
    mindseye search 'album:"best dogs" -album:work' --save "dogs at home"
    mindseye search dog --json | mindseye search "on a beach" --within -
    mindseye search                        the newest photos
    """
    asked = parse(text, literal=literal)
    asked = replace(asked, terms=(*asked.terms, *(Term(Picture(path)) for path in images)))
    options |= {"images": images, "literal": literal}
    with Library.open(settings=settings, create=False) as library:
        notices = [save(library, text, options)] if options["save"] else []
        answer(library, asked, options, label=text or ", ".join(map(str, images)), notices=notices)


@click.command()
@click.argument("photo")
@shaped
@with_settings("limit")
def similar(settings: Settings, photo: str, **options: Any) -> None:
    """Find photos that look like PHOTO, a photo of the library by path or id."""
    with Library.open(settings=settings, create=False) as library:
        like = Like(library.photo(photo).id)
        answer(library, Parsed((Term(like),)), options, label=f"like {photo}")


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
    query = library.query(
        asked, album=album, min_score=options["min_score"], everything=options["everything"]
    )
    found = library.search(query, album=album, within=within)
    found = replace(found, notices=(*found.notices, *notices))
    show_found(found, query, options, label=label)


def show_found(found: Found, query: Query, options: dict[str, Any], *, label: str) -> None:
    """Show what was found in the form that the options of a command ask for, with its notices."""
    shape = Shape(*(options[name] for name in ("as_json", "paths_only", "null", "sheet")))
    _show(found, query, shape, label)
    for notice in found.notices:
        # In --json they are part of the answer.
        if not shape.as_json:
            click.echo(f"note: {notice}", err=True)


def _show(found: Found, query: Query, shape: Shape, label: str) -> None:
    if shape.sheet is not None:
        from mindseye.cli.sheet import write_sheet

        write_sheet(shape.sheet, [(label, found)])
    if shape.as_json:
        print_json(_facts(found, query))
    elif shape.paths_only or shape.null:
        for hit in found.hits:
            click.echo(shown(hit.photo.path), nl=not shape.null)
            if shape.null:
                click.echo("\0", nl=False)
    else:
        _print_hits(found, query)
        if shape.sheet is not None:
            click.echo(f"contact sheet: {shape.sheet}", err=True)


def _facts(found: Found, query: Query) -> dict[str, object]:
    return {
        "hits": [
            hit_facts(hit, rank, relevant=rank <= found.relevant)
            for rank, hit in enumerate(found.hits, start=1)
        ],
        "relevant": found.relevant,
        "cutoff": found.cutoff,
        "filter": None if query.filter is None else as_typed(query.filter),
        "candidates": found.candidates,
        "seconds": round(found.seconds, 6),
        "notices": list(found.notices),
    }


def _print_hits(found: Found, query: Query) -> None:
    """Score, probability and path, one hit a line; tabs in a pipe."""
    terminal = on_terminal()
    for rank, hit in enumerate(found.hits, start=1):
        if rank == found.relevant + 1 and terminal:
            click.echo(click.style("  --- below the cut-off ---", dim=True))
        chance = "" if hit.probability is None else f"{hit.probability:.0%}"
        path = shown(hit.photo.path)
        if terminal:
            date = _date(hit.photo.metadata)
            score = f"{hit.score:.3f}" if hit.why else "     "
            click.echo(f"{rank:3}  {score}  {chance:>4}  {date:>11}  {path}")
        else:
            click.echo(f"{hit.score:.4f}\t{chance}\t{path}")
    if not found.hits:
        click.echo(_why_nothing(found, query), err=True)


def _why_nothing(found: Found, query: Query) -> str:
    if query.filter is not None and not found.candidates:
        return f"no picture passes {as_typed(query.filter)}"
    return f"nothing relevant among {found.candidates} pictures; --all shows the nearest"


def _date(metadata: Metadata) -> str:
    """The day a photo was taken; "~" says that only the file's own time is known."""
    if metadata.taken_at is None:
        return ""
    guess = "~" if metadata.sources.get("taken_at") == Source.MTIME else ""
    return f"{guess}{metadata.taken_at:%Y-%m-%d}"
