"""Options that many commands share, and the library they lead to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from mindseye.config import Settings, load_settings

Command = TypeVar("Command", bound=Callable[..., Any])

_SHARED: dict[str, Callable[[Any], Any]] = {
    "library": click.option(
        "--library", help="Folder of the library, or the URL of its store.", metavar="DIR"
    ),
    "store": click.option(
        "--store",
        help="URL of the store (sqlite:///..., postgresql://..., mariadb://...).",
        metavar="URL",
    ),
    "encoder": click.option(
        "--encoder", help="Encoder spec, for example 'builtin'.", metavar="SPEC"
    ),
    "threads": click.option("--threads", type=int, help="Encoder threads; 0 is one per processor."),
    "config": click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        help="Settings file (TOML).",
        metavar="FILE",
    ),
    "json": click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
}


def with_settings(*setting_names: str, without: str = "") -> Callable[[Command], Command]:
    """Give a command the shared options, and their merged `Settings` as its first argument.

    `setting_names` are further options of the command that are settings too (`workers`);
    `without` is a shared one that it takes in a form of its own.
    """

    def decorate(function: Command) -> Command:
        @wraps(function)
        def command(*args: Any, **kwargs: Any) -> Any:
            shared = ("library", "store", "encoder", "threads", *setting_names)
            flags = {name: kwargs.pop(name) for name in shared if name != without}
            settings = load_settings(flags, file=kwargs.pop("config_file"))
            return function(settings, *args, **kwargs)

        for name, option in reversed(_SHARED.items()):
            if name != without:
                command = option(command)
        return command  # type: ignore[return-value]

    return decorate


plain_option = click.option(
    "--plain/--no-plain",
    default=None,
    help="Whether dates, places and orders said in TEXT become filters; typed ones always are.",
)
"""The switch for plain language, of commands that take a query."""

semantic_option = click.option(
    "--semantic/--no-semantic",
    default=None,
    help="Whether pictures are encoded and compared; texts, dates and filters find without.",
)
"""The switch for semantic search, of commands that would encode."""

__all__ = ["Settings", "plain_option", "semantic_option", "with_settings"]
