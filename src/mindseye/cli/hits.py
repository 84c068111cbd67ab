"""Hits for people and programs: lines, paths, JSON, a contact sheet; facets as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from mindseye.cli.output import hit_facts, on_terminal, print_json, shown
from mindseye.query.facets import facet_of
from mindseye.query.model import as_typed
from mindseye.search.found import Found
from mindseye.stores.base import Count
from mindseye.types import Hit, Metadata, Source


@dataclass(frozen=True, slots=True)
class Shape:
    """How hits are to be shown."""

    as_json: bool
    paths_only: bool
    null: bool
    by_day: bool
    why: bool
    sheet: Path | None


def show(found: Found, shape: Shape, label: str) -> None:
    """Print the answer to a query, and write its contact sheet where one is wished for."""
    if shape.sheet is not None:
        from mindseye.cli.sheet import write_sheet

        write_sheet(shape.sheet, [(label, found)])
    if shape.as_json:
        print_json(_facts(found))
    elif shape.paths_only or shape.null:
        for hit in found.hits:
            click.echo(shown(hit.photo.path), nl=not shape.null)
            if shape.null:
                click.echo("\0", nl=False)
    else:
        _print_hits(found, shape)
        if shape.sheet is not None:
            click.echo(f"contact sheet: {shape.sheet}", err=True)


def show_facets(facets: Mapping[str, Sequence[Count]], *, as_json: bool) -> None:
    """Print how many photos have which value, and by which filter those are found."""
    if as_json:
        print_json(
            {name: [_count_facts(name, c) for c in counts] for name, counts in facets.items()}
        )
        return
    for name, counts in facets.items():
        click.echo(name if counts else f"{name}: nothing known")
        for count in counts:
            click.echo(f"{count.photos:8}  {count.value}")


def _count_facts(name: str, count: Count) -> dict[str, object]:
    filter_ = as_typed(facet_of(name).filter(count.value))
    return {"value": count.value, "photos": count.photos, "filter": filter_}


def _facts(found: Found) -> dict[str, object]:
    return {
        "hits": [
            hit_facts(hit, rank, relevant=rank <= found.relevant)
            for rank, hit in enumerate(found.hits, start=1)
        ],
        "relevant": found.relevant,
        "total": found.total,
        "cutoff": found.cutoff,
        "filter": found.filter,
        "candidates": found.candidates,
        "more": found.more,
        "plan": found.plan,
        "seconds": round(found.seconds, 6),
        "notices": list(found.notices),
    }


def _print_hits(found: Found, shape: Shape) -> None:
    """Score, probability and path, one hit a line; tabs in a pipe."""
    terminal = on_terminal()
    rank = 0
    for day in found.by_day():
        if shape.by_day:
            _print_day(day.date, len(day.hits))
        for hit in day.hits:
            rank += 1
            if rank == found.relevant + 1 and terminal:
                click.echo(click.style("  --- below the cut-off ---", dim=True))
            click.echo(_line(hit, rank if terminal else None))
            if shape.why:
                _print_why(hit)
    if not found.hits:
        click.echo(_why_nothing(found), err=True)
    elif found.more is not None and terminal:
        click.echo(click.style(f"more: --after {found.more}", dim=True), err=True)


def _print_day(day: date | None, count: int) -> None:
    name = "without a date" if day is None else f"{day:%A, %d %B %Y}"
    click.echo(click.style(f"{name} ({count})", bold=True))


def _line(hit: Hit, rank: int | None) -> str:
    """A hit for a terminal, or without a rank for a pipe."""
    chance = "" if hit.probability is None else f"{hit.probability:.0%}"
    path = shown(hit.photo.path)
    if rank is None:
        return f"{hit.score:.4f}\t{chance}\t{path}"
    score = f"{hit.score:.3f}" if hit.why else "     "
    line = f"{rank:3}  {score}  {chance:>4}  {_date(hit.photo.metadata):>11}  {path}"
    note = _note(hit)
    return f"{line}  {click.style(note, dim=True)}" if note else line


def _note(hit: Hit) -> str:
    """The texts that spoke for a hit, but for its name and folder, which its path shows."""
    told = (mention for mention in hit.mentions if mention.field not in {"name", "folder"})
    return "; ".join(f"{mention.field}: {shown(mention.snippet)}" for mention in told)


def _print_why(hit: Hit) -> None:
    for term in hit.why:
        click.echo(f"       {term.weight:+.3g}  {term.term}: {term.score:.3f}")
    for mention in hit.mentions:
        click.echo(f"       {mention.field}: {shown(mention.snippet)}")
    for reason in hit.passed:
        click.echo(f"       {reason.filter}  {reason.known}")


def _why_nothing(found: Found) -> str:
    if found.filter is not None and found.candidates == 0:
        return f"no picture passes {found.filter}"
    among = "" if found.candidates is None else f" among {found.candidates} pictures"
    return f"nothing relevant{among}; --all shows the nearest"


def _date(metadata: Metadata) -> str:
    """The day a photo was taken; "~" says that only the file's own time is known."""
    if metadata.taken_at is None:
        return ""
    guess = "~" if metadata.sources.get("taken_at") == Source.MTIME else ""
    return f"{guess}{metadata.taken_at:%Y-%m-%d}"
