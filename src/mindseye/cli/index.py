"""`mindseye index`: what the index is made of, and building it."""

from __future__ import annotations

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json
from mindseye.index.build import IndexState, Need
from mindseye.library import Library

_NEEDS = {
    Need.NOTHING: "nothing",
    Need.CODES: "codes for new photos",
    Need.TRAINING: "to be trained",
    Need.CLEARING: "removed photos cleared out",
    Need.FLAT: "to become flat",
}


@click.group()
def index() -> None:
    """See and build the index by which vectors are compared.

    An ingest does what is needed by itself when it ends; searches go on meanwhile.
    """


@index.command()
@with_settings()
def status(settings: Settings, *, as_json: bool) -> None:
    """Show what the index of each encoder is made of, how well it fits, and what it needs."""
    with Library.open(settings=settings, create=False) as library:
        states = library.index_states()
    if as_json:
        print_json({"indexes": states})
        return
    if not states:
        click.echo("the database compares vectors itself; there is no index beside it")
    for encoder, state in states.items():
        click.echo(f"{encoder}: {_described(state)}")


@index.command()
@click.option("--anew", is_flag=True, help="Train anew although nothing asks for it.")
@with_settings()
def build(settings: Settings, *, anew: bool, as_json: bool) -> None:
    """Build what the index needs now; a kill costs nothing but the time."""
    with Library.open(settings=settings, create=False) as library:
        built = library.build_index(anew=anew)
    if as_json:
        print_json({"built": built})
        return
    for encoder in built:
        click.echo(f"built the index of {encoder}")
    if not built:
        click.echo("nothing to build")


def _described(state: IndexState) -> str:
    told = [f"{state.kind}, {state.rows - state.dead:,} vectors"]
    if state.trained_on:
        told.append(f"trained on {state.trained_on:,}, drift {state.drift:.2f}")
        told.append(f"{state.parts} part{'s' * (state.parts != 1)}, {state.beside:,} beside")
    if state.dead:
        told.append(f"{state.dead:,} removed")
    return f"{'; '.join(told)}; needs {_NEEDS[state.need]}"
