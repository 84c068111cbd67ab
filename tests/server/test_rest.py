"""A server that nobody asks gives back the memory it can have again."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send
from tests.server import loops

from mindseye.server.rest import Resting
from mindseye.stores import open_store
from mindseye.testing.index_contract import unit_rows
from mindseye.testing.samples import put_some, search_ids

CALM = 0.05


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers nobody."""


def rested(kind: str, busy: list[bool], seconds: float) -> int:
    """How often a server rests within so many seconds of one request of a kind."""
    rests: list[float] = []

    async def ask() -> None:
        resting = Resting(
            nothing,
            lambda: rests.append(time.monotonic()),
            lambda: bool(busy and busy.pop()),
            CALM,
        )
        await resting({"type": kind}, None, None)  # type: ignore[arg-type]
        await asyncio.sleep(seconds)
        await asyncio.get_running_loop().shutdown_default_executor()

    loops.run(ask())
    return len(rests)


@pytest.mark.parametrize(
    ("kind", "busy", "times"),
    [("http", [], 1), ("http", [True, True], 1), ("lifespan", [], 0)],
    ids=["after a request", "after a job", "not after its own start"],
)
def test_a_server_rests_once_it_is_calm(kind: str, busy: list[bool], times: int) -> None:
    assert rested(kind, busy, seconds=20 * CALM) == times
    assert busy == []


@pytest.mark.skipif(not Path("/proc/self/maps").is_file(), reason="looks at maps of memory")
def test_a_store_that_rests_has_no_file_mapped(tmp_path: Path) -> None:
    def mapped() -> bool:
        return str(tmp_path) in Path("/proc/self/maps").read_text()

    url, folder = f"sqlite:///{tmp_path / 'catalog.db'}", tmp_path / "index"
    with closing(open_store(url, index_dir=folder)) as store:
        put_some(store, 5)
        search_ids(store, unit_rows(1)[0], 1)
        assert mapped()
        store.rest()
        assert not mapped()
        assert len(search_ids(store, unit_rows(1)[0], 5)) == 5
