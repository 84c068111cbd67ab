"""How a server listens, and what a process says before it loads NumPy."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from contextlib import closing

import pytest
from tests.server import loops
from tests.stores.test_embedded import SOURCES

from mindseye.config import Settings
from mindseye.server.serve import _bound


def test_small_answers_go_at_once() -> None:
    async def waits(bound: socket.socket) -> bool:
        said: asyncio.Queue[int] = asyncio.Queue()

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            await said.put(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(answer, sock=bound):
            _, writer = await asyncio.open_connection(*bound.getsockname())
            at_once = await said.get()
            writer.close()
            await writer.wait_closed()
        return not at_once

    with closing(_bound(Settings(port=0))) as bound:
        assert not loops.run(waits(bound))


@pytest.mark.parametrize(("said", "then"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_numpy_keeps_to_one_thread_unless_it_is_told_otherwise(
    said: dict[str, str], then: str
) -> None:
    code = (
        "import os, sys\n"
        "from mindseye.cli.main import run\n"
        "assert 'numpy' not in sys.modules\n"
        "sys.argv = ['mindseye', '--version']\n"
        "try: run()\n"
        "except SystemExit: print(os.environ['OPENBLAS_NUM_THREADS'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": SOURCES, **said},
        check=True,
    )
    assert done.stdout.splitlines()[-1] == then
