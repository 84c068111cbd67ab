"""`mindseye completion`: the line that teaches a shell to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


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
