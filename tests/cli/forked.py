"""A process that has imported the program, and forks one for each command that is run.

To start Python and to import takes most commands longer than what they do. What starting takes, and
what it imports, is for `tests/test_startup.py`.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

IMPORTED = ("faiss", "mindseye.library", "mindseye.ingest.work", "mindseye.stores.embedded.store")
_SERVE = "from tests.cli.forked import serve; serve()"
_ROOT = Path(__file__).parents[2]


class Forks:
    """Runs commands one after the other, each in a process of its own; a context."""

    def __init__(self) -> None:
        path = os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )

    def run(
        self, arguments: tuple[str, ...], environment: dict[str, str], given: bytes = b""
    ) -> subprocess.CompletedProcess[str]:
        """What a command comes to that reads what is given from its standard input."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            streams = [Path(folder) / name for name in ("in", "out", "err")]
            streams[0].write_bytes(given)
            asked = [arguments, environment, str(Path.cwd()), [str(path) for path in streams]]
            self._process.stdin.write(f"{json.dumps(asked)}\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            out, err = (path.read_text() for path in streams[1:])
        return subprocess.CompletedProcess(arguments, code, out, err)

    def __enter__(self) -> Forks:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def serve() -> None:
    """Fork a process for each line that is read, and answer with the code it ends with."""
    from mindseye.cli.main import COMMANDS, run

    for module in (*IMPORTED, *(place.partition(":")[0] for place in COMMANDS.values())):
        import_module(module)
    gc.freeze()
    for line in sys.stdin:
        if not (child := os.fork()):
            _become(*json.loads(line))
            run()
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - that is the answer


def _become(
    arguments: list[str], environment: dict[str, str], folder: str, streams: list[str]
) -> None:
    """Take over what tells one process from another."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[:0] = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
    for number, path in enumerate(streams):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the old one has read on
    sys.argv = ["mindseye", *arguments]
