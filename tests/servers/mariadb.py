"""MariaDB servers of their own for the tests, on sockets in temporary folders.

`scripts/servers.py` gets the programs.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pymysql
from tests.servers.certificates import certify
from tests.servers.nobody import NOBODY, may_run

from mindseye.stores.schema import metadata

PROGRAMS = Path(__file__).parents[2] / "build" / "servers"
"""Where `make test` puts them, one folder for each release of Debian."""

NEEDED_BYTES = 1 << 30

LIBRARY = "library"
KEPT = {"alembic_version", "turns"}
"""A database that tests share, and its tables that are never emptied."""

SETTINGS = {
    "bind-address": "127.0.0.1",
    "skip-networking": "1",
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-doublewrite": "0",
    "innodb-buffer-pool-size": "64M",
    "innodb-log-file-size": "16M",
    "innodb-fast-shutdown": "2",
    "max-connections": "200",
}
"""Little memory, and nothing that makes writes last: nobody keeps what tests write."""


class MariaServer:
    """A running server; `database` gives each test one of its own."""

    def __init__(
        self, programs: Path, folder: Path, user: Mapping[str, Any], settings: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self._settings = {**SETTINGS, **settings}
        self.socket = folder / "socket"
        self._programs = programs
        self._user = user
        self._names = (f"test_{number}" for number in count())
        self._process: subprocess.Popen[bytes] | None = None
        # Unless it is told to, the server refuses to run as root.
        self._as_root = ["--user=root"] if os.geteuid() == 0 and not user else []

    def make(self) -> None:
        """Make the files of the server."""
        self._run(
            *("bin/mariadb-install-db", "--no-defaults", f"--basedir={self._programs}"),
            *(f"--datadir={self.folder / 'data'}", "--auth-root-authentication-method=normal"),
            *("--skip-test-db", "--skip-name-resolve", "--force", *self._as_root),
        )

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        share = self._programs / "share" / "mariadb"
        places = {
            "basedir": self._programs,
            "lc-messages-dir": share,
            "character-sets-dir": share / "charsets",
            "datadir": self.folder / "data",
            "socket": self.socket,
            "pid-file": self.folder / "pid",
        }
        if (self.folder / "key.pem").is_file():
            places |= {"ssl-cert": self.folder / "certificate.pem"}
            places |= {"ssl-key": self.folder / "key.pem"}
        options = [f"--{name}={value}" for name, value in {**places, **self._settings}.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "sbin/mariadbd", "--no-defaults", *options, *self._as_root],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **self._user,
            )  # fmt: skip
        self._wait()

    def stop(self) -> None:
        """Stop the server at once, as a failing machine would."""
        assert self._process is not None, "a server was started"
        self._process.kill()
        self._process.wait()

    def url(self, database: str, user: str = "root") -> str:
        """The URL of a database."""
        return f"mariadb://{user}@localhost/{database}?unix_socket={quote(str(self.socket))}"

    def execute(self, *statements: str, database: str | None = None) -> None:
        """Run statements as the owner."""
        with closing(self.connect(database)) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    @contextmanager
    def library(self) -> Iterator[str]:
        """The name of a database with the tables of a library, which are empty again afterwards.

        To make a table takes the server longer than most tests last.
        """
        try:
            yield LIBRARY
        finally:
            self.execute("SET foreign_key_checks = 0", *self._removals(), database=LIBRARY)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The name of a new database; it is gone afterwards."""
        name = next(self._names)
        self.execute(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name}")

    def _removals(self) -> list[str]:
        """The statements that remove what a test has written."""
        with closing(self.connect(LIBRARY)) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW TABLES")
            tables = {name for (name,) in cursor.fetchall()} - KEPT
        known = {*metadata.tables, "photo_words", "foldings"}
        numbered = [name for name in metadata.tables if "id" in metadata.tables[name].columns]
        return [
            *(f"DROP TABLE {table}" for table in tables - known),
            *(f"DELETE FROM {table}" for table in tables & known),
            *(f"ALTER TABLE {table} AUTO_INCREMENT = 1" for table in numbered),
        ]

    def connect(self, database: str | None = None) -> pymysql.Connection[Any]:
        """A connection of its own as the owner."""
        return pymysql.connect(
            unix_socket=str(self.socket),
            user="root",
            database=database,
            autocommit=True,
            ssl_disabled=True,
        )

    def _wait(self) -> None:
        assert self._process is not None, "a server was started"
        for _ in range(600):
            if self._process.poll() is not None:
                break
            with socket.socket(socket.AF_UNIX) as asked:
                if asked.connect_ex(str(self.socket)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text())

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            check=False, capture_output=True, text=True, cwd="/", **self._user,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")


def lacking(release: str) -> bool:
    """Whether there are no programs of this release of Debian."""
    return not (PROGRAMS / release / "usr/sbin/mariadbd").is_file()


def _memory() -> str | None:
    """A folder in memory, if there is one: to make a table, the server waits for a disk."""
    memory = Path("/dev/shm")
    free = shutil.disk_usage(memory).free if memory.is_dir() else 0
    return str(memory) if free > NEEDED_BYTES and os.access(memory, os.W_OK) else None


@contextmanager
def mariadb_server(
    release: str, within: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[MariaServer]:
    """A server that is stopped and removed afterwards; `within` a folder, if not in memory."""
    programs = PROGRAMS / release / "usr"
    folder = Path(tempfile.mkdtemp(prefix="maria-", dir=within or _memory()))
    user: dict[str, Any] = {}
    if os.geteuid() == 0 and may_run(programs / "sbin/mariadbd", NOBODY):
        # Its files belong to whom nothing else does.
        user = NOBODY
        os.chown(folder, NOBODY["user"], NOBODY["group"])
    server = MariaServer(programs, folder, user, settings or {})
    try:
        server.make()
        if shutil.which("openssl"):
            certify(folder, user)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
