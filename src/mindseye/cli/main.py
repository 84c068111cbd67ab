"""`mindseye`: the command table, and the one place where a failure becomes an exit code."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

import click

from mindseye import __version__
from mindseye.cli.pointer import pointed_at
from mindseye.errors import MindseyeError, QueryError
from mindseye.failures import INTERRUPTED, describe, exit_code

COMMANDS = {
    "ingest": "mindseye.cli.ingest:ingest",
    "search": "mindseye.cli.search:search",
    "explain": "mindseye.cli.explain:explain",
    "similar": "mindseye.cli.search:similar",
    "more": "mindseye.cli.search:more",
    "album": "mindseye.cli.album:album",
    "edit": "mindseye.cli.edit:edit",
    "write-xmp": "mindseye.cli.write_xmp:write_xmp",
    "show": "mindseye.cli.show:show",
    "places": "mindseye.cli.places:places",
    "status": "mindseye.cli.status:status",
    "doctor": "mindseye.cli.doctor:doctor",
    "reencode": "mindseye.cli.reencode:reencode",
    "read-text": "mindseye.cli.read_text:read_text",
    "encoders": "mindseye.cli.encoders:encoders",
    "evaluate": "mindseye.cli.evaluate:evaluate",
    "serve": "mindseye.cli.serve:serve",
    "users": "mindseye.cli.users:users",
    "store": "mindseye.cli.store:store",
    "index": "mindseye.cli.index:index",
    "check": "mindseye.cli.care:check",
    "forget": "mindseye.cli.care:forget",
    "completion": "mindseye.cli.completion:completion",
}
"""Command -> "module:function"; a command's module is imported when the command is used."""


class CommandTable(click.Group):
    """A group whose commands are imported one by one, so that each starts as fast as it can."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command the arguments name; an unknown one is answered with the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            if near:
                raise click.UsageError(
                    f"{error.message} Did you mean {near[0]!r}?", ctx=ctx
                ) from None
            raise


@click.command(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mindseye")
def cli() -> None:
    """Find photos by what they show. Everything stays on this machine.

    \b
    mindseye ingest ~/Pictures
    mindseye search "dog running on a beach"
    mindseye search "海边的日落"
    mindseye search --image photo.jpg
    """


def run() -> None:
    """Run the command line and exit; no user's mistake ends in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Names that are not UTF-8 are printed as the bytes they are.
            stream.reconfigure(errors="surrogateescape")
    # Said before NumPy is loaded: its own threads spin while they wait for small products, and took
    # two thirds of the processors from a server that is searched.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(_outcome())


def _outcome() -> int:
    try:
        # Click returns the code of a command that left by `Exit`, and None otherwise.
        code: int | None = cli.main(standalone_mode=False, prog_name="mindseye")
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except MindseyeError as error:
        _show(error)
        return exit_code(error)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has what it wanted; Python must not complain while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code or 0


def _show(error: MindseyeError) -> None:
    if "--json" in sys.argv:
        click.echo(json.dumps(describe(error)), err=True)
        return
    click.echo(f"{click.style('error:', fg='red')} {error.message}", err=True)
    if isinstance(error, QueryError) and error.query:
        for line in pointed_at(error.query, error.offset):
            click.echo(f"       {line}", err=True)
    if error.hint:
        click.echo(f"{click.style('hint:', fg='cyan')}  {error.hint}", err=True)
