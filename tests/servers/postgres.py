"""PostgreSQL servers of their own for the tests, on sockets in temporary folders.

The newest comes in a wheel, with the newest pgvector and without TLS; one in another wheel has a
pgvector that is too old; the one that `scripts/servers.py` gets has TLS, and the oldest pgvector
that will do.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from tests.servers.certificates import certify
from tests.servers.nobody import NOBODY, may_run

UNPACKED = Path(__file__).parents[2] / "build" / "servers" / "postgresql"
"""Where `make test` puts the server that has TLS."""

OFF = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""What survives no power failure, and need not: nobody keeps what tests write."""

EMPTY = """
DO $$ DECLARE one text; BEGIN
    -- The owner of the server may pass over what tables ask of each other.
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
    FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
    LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', one); END LOOP;
END $$
"""
"""Empties the tables of a library, which then counts from 1 again."""


class PostgresServer:
    """A running server; `database` gives a test one of its own, `library` one that is shared."""

    def __init__(self, folder: Path, binaries: Path, user: Mapping[str, Any]) -> None:
        self.folder = folder
        self._binaries = binaries
        self._user = user
        self._names = (f"test_{number}" for number in count())
        self._shared: dict[str, str] = {}
        self._data = folder / "data"
        self._settings: dict[str, object] = {**OFF, "listen_addresses": "''"}
        self._port = 5432

    def run(self, program: str, *arguments: object) -> None:
        """Run one of the server's own programs as the user who owns its files."""
        command = [str(self._binaries / program), *map(str, arguments)]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd="/", **self._user
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    def start(self) -> None:
        """Start the server, which listens on a socket only, unless it wants TLS."""
        settings = " ".join(f"-c {name}={value}" for name, value in self._settings.items())
        # Its output goes to a file: whoever holds our pipe would keep us waiting for its end.
        options = f"-k {self.folder} -p {self._port} {settings} -c max_connections=200"
        with (self.folder / "log").open("ab") as log:
            subprocess.run(
                [self._binaries / "pg_ctl", "-D", self._data, "-w", "-o", options, "start"],
                check=True, stdout=log, stderr=log, cwd="/", **self._user,
            )  # fmt: skip

    def stop(self) -> None:
        """Stop the server at once, as a failing machine would."""
        self.run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    def restart(self, **settings: object) -> None:
        """Start the server again with other settings."""
        self.stop()
        self._settings |= settings
        self.start()

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

    def want_tls(self) -> None:
        """Let the server, once it is started, listen as `localhost`, and to TLS only."""
        certify(self.folder, self._user)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._settings |= {
            "listen_addresses": "localhost",
            "ssl": "on",
            "ssl_cert_file": self.folder / "certificate.pem",
            "ssl_key_file": self.folder / "key.pem",
        }
        rules = "local all all trust\nhostssl all all localhost trust\n"
        (self._data / "pg_hba.conf").write_text(rules)

    def url(self, database: str, user: str = "owner") -> str:
        """The URL of a database."""
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self._port}"

    def network_url(self, database: str, options: str) -> str:
        """The URL of a database by way of the network."""
        return f"postgresql://owner@localhost:{self._port}/{database}?{options}"

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
    def library(self, template: str) -> Iterator[str]:
        """The name of a database with the tables of a library, which are empty again afterwards.

        To copy a database takes the server longer than most tests last.
        """
        if template not in self._shared:
            shared = f"shared_{template}"
            self.execute(f"CREATE DATABASE {shared} TEMPLATE {template} STRATEGY file_copy")
            self._shared[template] = shared
        try:
            yield self._shared[template]
        finally:
            self.execute(EMPTY, self._shared[template])


def in_wheel(package: str) -> Path:
    """The folder of the programs that a package brings along."""
    found = find_spec(package)
    assert found is not None, "whoever asks knows that it is installed"
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def unpacked() -> Path | None:
    """The folder of the programs that `scripts/servers.py` got, if they are there."""
    return next(UNPACKED.glob("usr/lib/postgresql/*/bin"), None)


@contextmanager
def postgres_server(
    binaries: Path, *, tls: bool = False, within: Path | None = None
) -> Iterator[PostgresServer]:
    """A server that is stopped and removed afterwards; its folder is `within` another one."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=within))
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        # The server refuses to run as root. Its files belong to whom nothing else does.
        user = NOBODY
        os.chown(folder, NOBODY["user"], NOBODY["group"])
        if not may_run(binaries / "postgres", user):
            # They lie in a private folder.
            shutil.copytree(binaries.parent, folder / "programs", symlinks=True)
            binaries = folder / "programs" / "bin"
    server = PostgresServer(folder, binaries, user)
    try:
        server.make()
        if tls:
            server.want_tls()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
