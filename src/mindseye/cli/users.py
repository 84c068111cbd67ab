"""`mindseye users`: who may sign in to the server, and what they may do there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json
from mindseye.errors import MissingExtra

if TYPE_CHECKING:
    from mindseye.server.access.accounts import Accounts, User

_ROLES = ("viewer", "editor", "admin")

_from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)


@click.group()
def users() -> None:
    """Keep the accounts of the server: who may sign in, and what they may do.

    A viewer sees and searches, an editor says what is so of photos and keeps albums, an admin takes
    photos in and keeps users. With the first account even this machine must sign in.

    \b
    mindseye users add ann --role admin
    mindseye users list
    """


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), default="viewer", show_default=True)
@_from_stdin
@with_settings()
def add(settings: Settings, name: str, *, role: str, password_stdin: bool, as_json: bool) -> None:
    """Add the user NAME; the password is asked for."""
    with _opened(settings) as (accounts, note):
        from mindseye.server.access.roles import Role

        made = accounts.add(name, Role[role.upper()], _password(from_stdin=password_stdin))
        note(f"added {made.name} as {role}")
    _tell(made, f"{made.name} may sign in as {role}", as_json=as_json)


@users.command("list")
@with_settings()
def list_users(settings: Settings, *, as_json: bool) -> None:
    """List the users with their roles."""
    with _opened(settings) as (accounts, _):
        found = accounts.all()
    if as_json:
        print_json({"users": [_facts(user) for user in found]})
        return
    for user in found:
        click.echo(f"{user.name:20} {user.role.label:8} since {_facts(user)['created_at']}")
    if not found:
        click.echo("no users: whoever sits at this machine may do everything", err=True)


@users.command()
@click.argument("name")
@with_settings()
def remove(settings: Settings, name: str, *, as_json: bool) -> None:
    """Remove the user NAME with all that lets them in; what they did stays."""
    with _opened(settings) as (accounts, note):
        gone = accounts.remove(name)
        note(f"removed {gone.name}")
    _tell(gone, f"{gone.name} is removed", as_json=as_json)


@users.command()
@click.argument("name")
@_from_stdin
@with_settings()
def passwd(settings: Settings, name: str, *, password_stdin: bool, as_json: bool) -> None:
    """Give the user NAME another password, and sign them out everywhere."""
    with _opened(settings) as (accounts, note):
        accounts.get(name)
        user = accounts.change_password(name, _password(from_stdin=password_stdin))
        note(f"changed the password of {user.name}")
    _tell(user, f"the password of {user.name} is changed", as_json=as_json)


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Accounts, Callable[[str], None]]]:
    """The accounts, and what writes into the audit log."""
    try:
        from mindseye.server.access.accounts import Accounts
        from mindseye.server.access.audit import Audit
        from mindseye.server.records import Records
    except ImportError as error:
        raise MissingExtra(str(error.name), "server") from error
    records = Records(settings.library)
    try:
        yield Accounts(records), lambda what: Audit(records).note("command line", "user", what)
    finally:
        records.close()


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


def _tell(user: User, line: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_facts(user))
    else:
        click.echo(line)


def _facts(user: User) -> dict[str, str]:
    since = datetime.fromtimestamp(user.created_at, UTC).isoformat(timespec="seconds")
    return {"name": user.name, "role": user.role.label, "created_at": since}
