"""Random histories of a library on a PostgreSQL server, told the same by a dict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from tests.contracts.test_store_properties import Model

from mindseye.stores import open_store
from mindseye.stores.base import Store

if TYPE_CHECKING:
    from tests.servers.postgres import PostgresServer


class PostgresModel(Model):
    """Does the same to a store on a server, in a library that is empty before each history."""

    server: ClassVar[PostgresServer]

    def open(self) -> Store:
        if not hasattr(self, "database"):
            self.database = self.server.library("library")
            self.url = self.server.url(self.database.__enter__())
        return open_store(self.url, index_dir=Path(self.place.name) / "index")

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            if hasattr(self, "database"):
                self.database.__exit__(None, None, None)


@pytest.fixture
def _server(postgres: PostgresServer) -> None:
    PostgresModel.server = postgres


PostgresModel.TestCase.settings = settings(
    max_examples=5,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestPostgresModel = pytest.mark.usefixtures("_server")(PostgresModel.TestCase)
