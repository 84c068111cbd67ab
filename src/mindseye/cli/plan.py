"""`mindseye explain --plan`: how a query was answered, step by step."""

from __future__ import annotations

import click

from mindseye.cli.output import print_json
from mindseye.search.found import Access, Found

_WAYS = {
    Access.ALL: "there is no filter: the index is searched as a whole",
    Access.LISTED: "what passes the filter is listed first, and only that is compared",
    Access.TOGETHER: "the database filters while it compares, by a plan of its own",
    Access.PROBED: "the index is searched as a whole, and the best are filtered",
}


def print_plan(found: Found, *, as_json: bool) -> None:
    """Print by which way a query was answered, what passed its filter, and what each step took."""
    if as_json:
        print_json(_facts(found))
        return
    plan = found.plan
    click.echo(f"plan    {plan.access.value}: {_WAYS[plan.access]}")
    if plan.share is not None:
        passing = "" if plan.passing is None else f", {plan.passing:,} frames"
        click.echo(f"passes  {plan.share:.2%} of the library{passing}")
    for step in plan.steps:
        click.echo(f"{step.name:7} {step.seconds * 1e3:8.1f} ms")
    click.echo(f"whole   {found.seconds * 1e3:8.1f} ms, {found.relevant} relevant on this page")


def _facts(found: Found) -> dict[str, object]:
    plan = found.plan
    return {
        "access": plan.access.value,
        "share": plan.share,
        "passing": plan.passing,
        "steps": [{"name": step.name, "seconds": step.seconds} for step in plan.steps],
        "seconds": found.seconds,
        "relevant": found.relevant,
    }
