"""`mindseye explain`: how a query is understood, and what each part of it was typed as."""

from __future__ import annotations

import click

from mindseye.cli.completion import complete_filter
from mindseye.cli.output import print_json
from mindseye.query.fields import FIELDS
from mindseye.query.model import And, Field, Filter, Not, Or, Words, as_typed
from mindseye.query.parse import Parsed, parse
from mindseye.query.split import FilterPart
from mindseye.query.terms import TermPart
from mindseye.query.values import written


@click.command()
@click.argument("text", required=False, default="", shell_complete=complete_filter)
@click.option("--literal", is_flag=True, help="TEXT is words only: no weights, signs or filters.")
@click.option("--fields", "list_fields", is_flag=True, help="List every field a filter may name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(text: str, *, literal: bool, list_fields: bool, as_json: bool) -> None:
    """Show how TEXT is understood, without searching: its terms, its filters, its order.

    \b
    mindseye explain 'beach date:2023 -camera:canon'
    mindseye explain --fields
    """
    if list_fields:
        _list_fields(as_json=as_json)
        return
    parsed = parse(text, literal=literal)
    if as_json:
        print_json(_facts(text, parsed))
    else:
        _print(text, parsed)


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
            _filter_facts(text, part) for part in parsed.parts if isinstance(part, FilterPart)
        ],
        "filter": None if parsed.filter is None else as_typed(parsed.filter),
        "min_score": parsed.min_score,
        "sort": _order(parsed),
    }


def _term_facts(text: str, part: TermPart) -> dict[str, object]:
    return {
        "kind": "words" if isinstance(part.term.value, Words) else "picture",
        "value": str(part.term.value),
        "weight": part.term.weight,
        **_place(text, part),
    }


def _filter_facts(text: str, part: FilterPart) -> dict[str, object]:
    return {"filter": str(part.filter), "means": _tree(part.filter), **_place(text, part)}


def _place(text: str, part: TermPart | FilterPart) -> dict[str, object]:
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


def _order(parsed: Parsed) -> str:
    return "score" if parsed.terms else "date"


def _print(text: str, parsed: Parsed) -> None:
    for part in parsed.parts:
        typed = text[part.start : part.end]
        if isinstance(part, TermPart):
            click.echo(f"term    {part.term.weight:+g}  {part.term.value}")
        else:
            click.echo(f"filter  {part.filter}    typed as {typed}")
    if not parsed.terms:
        click.echo("no term: the newest photos come first")
