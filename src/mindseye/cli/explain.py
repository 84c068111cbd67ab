"""`mindseye explain`: how a query is understood, and what each part of it was typed as."""

from __future__ import annotations

import click

from mindseye.cli.completion import complete_filter
from mindseye.cli.options import Settings, plain_option, with_settings
from mindseye.cli.output import print_json
from mindseye.cli.plan import print_plan
from mindseye.library import Library
from mindseye.query.fields import FIELDS
from mindseye.query.model import And, Field, Filter, Not, Or, Sort, Words, as_typed
from mindseye.query.parse import Parsed, Part
from mindseye.query.plain.base import Chip
from mindseye.query.split import FilterPart
from mindseye.query.terms import TermPart
from mindseye.query.values import written
from mindseye.sentences import Sentences


@click.command()
@click.argument("text", required=False, default="", shell_complete=complete_filter)
@click.option("--literal", is_flag=True, help="TEXT is words only: no weights, signs or filters.")
@click.option("--fields", "list_fields", is_flag=True, help="List every field a filter may name.")
@click.option("--plan", is_flag=True, help="Search, and show how it was done and what it took.")
@plain_option
@with_settings("plain")
def explain(
    settings: Settings,
    text: str,
    *,
    literal: bool,
    list_fields: bool,
    plan: bool,
    as_json: bool,
) -> None:
    """Show how TEXT is understood, without searching: its terms, its filters, its order.

    \b
    mindseye explain 'beach date:2023 -camera:canon'
    mindseye explain "cherry blossoms in Japan last spring"
    mindseye explain --plan 'beach date:2023'
    mindseye explain --fields
    """
    if list_fields:
        _list_fields(as_json=as_json)
        return
    if plan:
        with Library.open(settings=settings, create=False) as library:
            # The second time, as everything a search loads is there.
            library.search(text, literal=literal)
            print_plan(library.search(text, literal=literal), as_json=as_json)
        return
    with Sentences(settings) as sentences:
        parsed = sentences.parse(text, literal=literal)
        notice = "" if literal else sentences.notice
    if as_json:
        print_json(_facts(text, parsed))
    else:
        _print(text, parsed)
        if notice:
            click.echo(f"note: {notice}", err=True)


def _list_fields(*, as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "name": spec.name,
                "aliases": spec.aliases,
                "kind": spec.kind.value,
                "choices": list(spec.choices),
                "help": spec.help,
                "example": spec.example,
            }
            for spec in FIELDS
        ]
        print_json({"fields": rows})
        return
    widest = max(len(spec.example) for spec in FIELDS)
    for spec in FIELDS:
        click.echo(f"{spec.example:{widest}}  {spec.help}")


def _facts(text: str, parsed: Parsed) -> dict[str, object]:
    return {
        "query": text,
        "terms": [_term_facts(text, part) for part in parsed.parts if isinstance(part, TermPart)],
        "filters": [
            _filter_facts(text, part, part.filter)
            for part in parsed.parts
            if not isinstance(part, TermPart) and part.filter is not None
        ],
        "framing": [
            {"means": part.means, **_place(text, part)}
            for part in parsed.parts
            if isinstance(part, Chip) and part.filter is None and part.sort is None
        ],
        "filter": None if parsed.filter is None else as_typed(parsed.filter),
        "min_score": parsed.min_score,
        "sort": _order(text, parsed),
    }


def _term_facts(text: str, part: TermPart) -> dict[str, object]:
    return {
        "kind": "words" if isinstance(part.term.value, Words) else "picture",
        "value": str(part.term.value),
        "weight": part.term.weight,
        **_place(text, part),
        "pieces": [{"start": start, "end": end} for start, end in part.own],
    }


def _filter_facts(text: str, part: FilterPart | Chip, filter_: Filter) -> dict[str, object]:
    facts = {"filter": as_typed(filter_), "means": _tree(filter_), **_place(text, part)}
    facts["understood"] = part.means if isinstance(part, Chip) else "typed"
    return facts


def _place(text: str, part: Part) -> dict[str, object]:
    """Which characters of the query, counted from 0, a part was typed with."""
    return {"text": text[part.start : part.end], "start": part.start, "end": part.end}


def _tree(node: Filter) -> dict[str, object]:
    match node:
        case And(parts):
            return {"all": [_tree(part) for part in parts]}
        case Or(parts):
            return {"any": [_tree(part) for part in parts]}
        case Not(part):
            return {"not": _tree(part)}
    assert isinstance(node, Field), "what can be typed ends in comparisons"
    value = node.value if isinstance(node.value, str) else written(node.value)
    return {"field": node.name, "operator": node.operator.value, "value": value}


def _order(text: str, parsed: Parsed) -> dict[str, object]:
    """In which order photos come, and where the query says so."""
    for part in parsed.parts:
        if isinstance(part, Chip) and part.sort is not None:
            return {"by": part.sort.value, "understood": part.means, **_place(text, part)}
    return {"by": (Sort.RELEVANCE if parsed.terms else Sort.NEWEST).value}


def _print(text: str, parsed: Parsed) -> None:
    for part in parsed.parts:
        typed = text[part.start : part.end]
        if isinstance(part, TermPart):
            click.echo(f"term    {part.term.weight:+g}  {part.term.value}")
        elif isinstance(part, FilterPart):
            click.echo(f"filter  {part.filter}    typed as {typed}")
        elif part.filter is not None:
            click.echo(f'filter  {as_typed(part.filter)}    {part.means}, said as "{typed}"')
        else:
            click.echo(f'{"sort" if part.sort else "frame":7} {part.means}, said as "{typed}"')
    if not parsed.terms and parsed.sort is None:
        click.echo("no term: the newest photos come first")
