"""Whatever the command line can do, the HTTP API can, or it is said why not."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from fastapi import FastAPI

from mindseye.cli.main import cli
from mindseye.server.work import KINDS

LOCAL = "stays on the machine: "

ROUTES: dict[str, str] = {
    "ingest": "job ingest",
    "search": "search",
    "explain": "explain",
    "similar": "similar",
    "more": "more",
    "album add": "add_album",
    "album add-photos": "pick",
    "album edit": "change_album",
    "album list": "albums",
    "album remove": "remove_album",
    "album remove-photos": "unpick",
    "album show": "search",
    "album import": LOCAL + "it reads the file of another program",
    "album export": LOCAL + "it writes into the file of another program",
    "edit": "edit_photos",
    "write-xmp": "job write-xmp",
    "show": "photo",
    "places at": "place_at",
    "places find": "places",
    "places refresh": "job locate",
    "status": "status",
    "doctor": LOCAL + "it is asked when nothing runs, and tells of the installation",
    "reencode": "job reencode",
    "read-text": "job read-text",
    "encoders list": "encoders",
    "encoders advise": "encoder_advice",
    "encoders fetch": "job fetch",
    "encoders check": LOCAL + "it looks into files before an encoder is used at all",
    "encoders export": LOCAL + "it writes files for other programs wherever it is told to",
    "evaluate": "job evaluate",
    "serve": LOCAL + "it is the server",
    "users add": "add_user",
    "users list": "users",
    "users passwd": "change_user",
    "users remove": "remove_user",
    "store check": LOCAL + "it is for whoever keeps the database, with its password",
    "store copy": LOCAL + "it takes the whole library elsewhere",
    "store migrate": LOCAL + "nobody may be served while tables are changed",
    "store upgrade": LOCAL + "nobody may be served while tables are changed",
    "index build": "job build-index",
    "index status": "index",
    "check": "job check",
    "forget": "job forget",
    "completion": LOCAL + "it is for a shell",
}
"""Command -> the operation, or the kind of job, that does the same; or why there is none."""

PARAMETERS: dict[str, dict[str, str]] = {
    "search": {
        "text": "q", "liked": "like", "disliked": "unlike", "album": "album", "within": "within",
        "literal": "literal", "balance": "balance", "plain": "plain", "min_score": "min_score",
        "everything": "everything", "sort": "sort", "limit": "limit", "after": "after",
    },
    "explain": {"text": "q", "literal": "literal", "plain": "plain"},
    "similar": {"limit": "limit"},
    "more": {"what": "from", "limit": "limit", "after": "after"},
    "places at": {"point": "latitude"},
    "places find": {"name": "name", "limit": "limit"},
    "encoders list": {"show_all": "all"},
}  # fmt: skip
"""Command -> what an option of it is called in the query of its operation."""


def leaves(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its whole name."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for inner in command.list_commands(context):
        found = command.get_command(context, inner)
        assert found is not None
        yield from leaves(found, f"{name} {inner}".strip())


def operations(app: FastAPI) -> dict[str, set[str]]:
    """The parameters of each operation, and of each kind of job those of its body."""
    document = app.openapi()
    found = {
        operation["operationId"]: {entry["name"] for entry in operation.get("parameters", ())}
        for path in document["paths"].values()
        for operation in path.values()
    }
    for schema in document["components"]["schemas"].values():
        kind = schema.get("properties", {}).get("kind", {}).get("const")
        if kind is not None:
            found[f"job {kind}"] = set(schema["properties"])
    return found


def test_every_command_has_its_operation(app: FastAPI) -> None:
    assert set(ROUTES) == {name for name, _ in leaves(cli)}
    known = operations(app)
    named = {does for does in ROUTES.values() if not does.startswith(LOCAL)}
    assert named - set(known) == set()
    assert {does.removeprefix("job ") for does in named if does.startswith("job ")} == set(KINDS)


@pytest.mark.parametrize("command", sorted(PARAMETERS))
def test_what_a_command_takes_its_operation_takes(app: FastAPI, command: str) -> None:
    [taken] = [one for name, one in leaves(cli) if name == command]
    options = {parameter.name for parameter in taken.params}
    assert set(PARAMETERS[command]) - options == set()
    assert set(PARAMETERS[command].values()) - operations(app)[ROUTES[command]] == set()


@pytest.mark.parametrize(
    "command", sorted(name for name, does in ROUTES.items() if does.startswith("job "))
)
def test_what_a_command_takes_its_job_takes(app: FastAPI, command: str) -> None:
    """Settings say how the machine works; what a terminal asks and keeps concerns no client."""
    [taken] = [one for name, one in leaves(cli) if name == command]
    of_machine = {
        "library", "store", "config_file", "as_json", "threads", "encoder", "workers", "batch",
        "hidden", "semantic", "yes", "dry_run", "cache", "out",
    }  # fmt: skip
    renamed = {
        "forget": {"missing": "kind"},
        "encoders fetch": {"spec": "encoder", "revision": "encoder"},
        "write-xmp": {"query": "photos", "everything": "photos"},
        "evaluate": {
            "file": "rows", "images": "folder", "among": "rows", "split": "rows", "limit": "rows",
            "seed": "rows",
        },
    }.get(command, {})  # fmt: skip
    names = {str(parameter.name) for parameter in taken.params} - of_machine
    wanted = {renamed.get(name, name) for name in names}
    assert wanted - operations(app)[ROUTES[command]] == set()
