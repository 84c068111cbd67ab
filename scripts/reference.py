"""Writes the reference pages that are made from code: commands, settings, errors, fields, HTTP.

python scripts/reference.py          write them
python scripts/reference.py --check  exit 1 when one of them is stale
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from client_answers import answers
from http_routes import document, route_table

from mindseye import errors
from mindseye.cli.main import cli
from mindseye.config import ENVIRONMENT_PREFIX, Settings, setting_fields
from mindseye.failures import EXIT_CODES, INTERRUPTED
from mindseye.query.fields import FIELDS

PAGES = Path(__file__).parents[1] / "docs" / "reference"
ANSWERS = PAGES.parents[1] / "src" / "mindseye" / "client" / "answers.py"
MADE = "<!-- Made by scripts/reference.py from the code; edit the code. -->"
MADE_ENDS = "<!-- Here ends what is made. -->"


def main() -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = [name for name, text in pages().items() if not settle(PAGES / name, text, check=check)]
    if not settle(ANSWERS, answers(document()), check=check):
        stale.append(ANSWERS.name)
    for name in stale:
        print(f"{name} is stale: run python scripts/reference.py")
    return int(bool(stale))


def settle(path: Path, text: str, *, check: bool) -> bool:
    """Write a page unless only a check is wanted; whether it was or now is up to date."""
    if not check:
        path.write_text(text)
        return True
    return path.is_file() and path.read_text() == text


def pages() -> dict[str, str]:
    """File name -> text of every page made from code."""
    return {
        "commands.md": "\n".join(commands()) + "\n",
        "settings.md": "\n".join(settings()) + "\n",
        "errors.md": "\n".join(error_table()) + "\n",
        "http.md": with_section(PAGES / "http.md", "\n".join(route_table())),
        "query.md": with_section(PAGES / "query.md", "\n".join(field_table())),
    }


def commands() -> Iterator[str]:
    """The help of every command, as the program prints it."""
    yield from ("# Commands", "", MADE, "")
    yield from helps(cli, click.Context(cli, info_name="mindseye", terminal_width=96))
    yield from ("## Exit codes", "", "| code | when |", "|---|---|", "| 0 | done |")
    for kind, code in sorted(EXIT_CODES.items(), key=lambda item: item[1]):
        yield f"| {code} | {kind.__name__}: {first_line(kind)} |"
    yield f"| {INTERRUPTED} | interrupted |"


def helps(command: click.Command, context: click.Context) -> Iterator[str]:
    """The help of a command and of everything below it."""
    yield from (f"## {context.command_path}", "", "```text")
    yield from command.get_help(context).splitlines()
    yield from ("```", "")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            inner = click.Context(below, info_name=name, parent=context, terminal_width=96)
            yield from helps(below, inner)


def settings() -> Iterator[str]:
    """Every setting with its default and its environment variable."""
    yield from (
        "# Settings",
        "",
        MADE,
        "",
        "A flag wins over the environment, the environment over the settings file, and the file",
        "over the default. The file is TOML, one `name = value` a line; `mindseye doctor` shows",
        "where each value came from. `MINDSEYE_CONFIG` or `--config` names another file.",
        "",
        "| setting | default | environment | what it does |",
        "|---|---|---|---|",
    )
    defaults = Settings()
    for entry in setting_fields():
        default = getattr(defaults, entry.name)
        shown = "the platform's data folder" if entry.name == "library" else f"`{default!r}`"
        variable = ENVIRONMENT_PREFIX + entry.name.upper()
        yield f"| `{entry.name}` | {shown} | `{variable}` | {entry.metadata['help']} |"


def error_table() -> Iterator[str]:
    """Every error raised on purpose."""
    yield from ("# Errors", "", MADE, "", "| error | kind of | meaning |", "|---|---|---|")
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, errors.MindseyeError):
            yield f"| `{value.__name__}` | `{value.__base__.__name__}` | {first_line(value)} |"


def field_table() -> Iterator[str]:
    """Every field a filter may name."""
    yield from ("| field | compares | means | for example |", "|---|---|---|---|")
    for spec in FIELDS:
        names = ", ".join(f"`{name}`" for name in (spec.name, *spec.aliases))
        means = spec.help
        if spec.choices:
            means += ": " + ", ".join(f"`{choice}`" for choice in spec.choices)
        if spec.synonyms:
            means += "; also " + ", ".join(f"`{word}`" for word in spec.synonyms)
        yield f"| {names} | {spec.kind} | {means} | `{spec.example}` |"


def with_section(page: Path, section: str) -> str:
    """The text of a page whose part between `MADE` and `MADE_ENDS` is this section."""
    before, _, rest = page.read_text().partition(MADE)
    _, _, after = rest.partition(MADE_ENDS)
    return f"{before}{MADE}\n\n{section}\n\n{MADE_ENDS}{after}"


def first_line(kind: type) -> str:
    """The first line of a class's docstring."""
    return (kind.__doc__ or "").splitlines()[0]


if __name__ == "__main__":
    sys.exit(main())
