"""`mindseye completion`: the line that teaches a shell to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from mindseye.query.fields import completions


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


def complete_filter(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    """The text of a query with its last word completed, where that begins a filter."""
    del context, parameter
    before, blank, last = typed.rpartition(" ")
    return [f"{before}{blank}{completed}" for completed in completions(last)] if last else []
