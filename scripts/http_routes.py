"""The routes of the HTTP API as a table, made from its OpenAPI document."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from mindseye.config import Settings
from mindseye.library import Library
from mindseye.server.app import create_app
from mindseye.server.routes import API


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings(), library=Path(folder))
        with Library.open(settings=settings) as library:
            app = create_app(library)
            found = app.openapi()
            app.state.context.close()
    return found


def route_table() -> Iterator[str]:
    """Every route with who may use it, what it does and what it takes."""
    yield from ("| route | who | does | parameters |", "|---|---|---|---|")
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            parameters = ", ".join(f"`{one}`" for one in _parameters(operation))
            who = operation["x-role"]
            does = operation["description"].splitlines()[0]
            yield f"| `{method.upper()} {path.removeprefix(API)}` | {who} | {does} | {parameters} |"


def _parameters(operation: dict[str, Any]) -> list[str]:
    return [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
