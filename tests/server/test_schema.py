"""Whatever is asked: no answer breaks, and the OpenAPI document foretells each of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.server.conftest import settings_of

from mindseye.library import Library
from mindseye.server.access.roles import Role
from mindseye.server.app import create_app, roles
from mindseye.server.context import Context
from mindseye.server.jobs import Jobs
from mindseye.server.schedule import Schedule
from mindseye.server.work import KINDS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@dataclass(frozen=True, slots=True)
class Served:
    """A server that may be asked anything, and what lets an admin in."""

    app: FastAPI
    headers: dict[str, str]


@pytest.fixture(scope="module")
def served(gallery: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(gallery / "library", folder / "library")
    given = replace(settings_of(gallery), library=folder / "library", hosts="testserver")
    with Library.open(settings=given) as library:
        app = create_app(library)
        context: Context = app.state.context
        # What is asked at random shall not download encoders.
        context.jobs = Jobs({kind: lambda *_: {} for kind in KINDS})
        context.schedule = Schedule(context.records, context.jobs)
        admin = context.gate.accounts.add("ann", Role.ADMIN, "correct horse")
        secret = context.gate.tickets.token(admin, "test", Role.ADMIN, None)
        yield Served(app, {"Authorization": f"Bearer {secret}"})
        context.close()


@pytest.fixture(scope="module")
def document(served: Served) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", served.app)


# A stream of events has no end.
@pytest.mark.parametrize(
    ("method", "path"), [entry[:2] for entry in roles() if not entry[1].endswith("/events")]
)
def test_the_document_foretells_every_answer(
    document: schemathesis.BaseSchema, served: Served, method: str, path: str
) -> None:
    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=document[path][method].as_strategy())
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=served.headers, checks=CHECKS)

    ask()
