"""`mindseye completion`: the line that teaches a shell to complete commands and options."""

from __future__ import annotations

import re

import click
from click.shell_completion import get_completion_class

from mindseye.config import load_settings
from mindseye.errors import MindseyeError
from mindseye.query.fields import completions
from mindseye.query.values import written

_ALBUM = re.compile(r'(?:^|[\s(-])album:(?P<name>"?[^",]*)$', re.IGNORECASE)
"""The beginning of an album's name at the end of a query."""


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of SHELL; put it where the shell reads it.

    \b
    mindseye completion bash > ~/.local/share/bash-completion/completions/mindseye
    mindseye completion fish > ~/.config/fish/completions/mindseye.fish
    """
    from mindseye.cli.main import cli

    found = get_completion_class(shell)
    assert found is not None, "every shell of the choice is known to click"
    click.echo(found(cli, {}, "mindseye", "_MINDSEYE_COMPLETE").source())


def complete_album(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    """The names of albums that begin so, of the library that the command is about."""
    del parameter
    # Commands that need no library load this module too.
    from mindseye.library import Library
    from mindseye.stores.albums import name_key

    try:
        settings = load_settings({name: context.params.get(name) for name in ("library", "store")})
        with Library.open(settings=settings, create=False) as library:
            names = [album.name for album in library.store.albums]
    except MindseyeError:
        return []  # Whoever presses Tab is not to be told what is wrong with the library.
    return [name for name in names if name_key(name).startswith(name_key(typed))]


def complete_filter(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    """The text of a query with its last word completed, where that begins a filter."""
    naming = _ALBUM.search(typed)
    if naming is not None:
        before, start = typed[: naming.start("name")], naming["name"].lstrip('"')
        return [before + written(name) for name in complete_album(context, parameter, start)]
    before, blank, last = typed.rpartition(" ")
    return [f"{before}{blank}{completed}" for completed in completions(last)] if last else []
