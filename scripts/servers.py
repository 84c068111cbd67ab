"""Gets database servers for the tests: Debian's packages, unpacked into a folder of this project.

python scripts/servers.py FOLDER

Needs no root, and leaves what apt and dpkg know of this machine alone. The programs are taken from
the archive that this machine's own apt is set up with, from a release that has them, with all their
libraries; `patchelf` makes them use these instead of the machine's. Where there is no Debian, it
says so, and the tests that need a server are skipped.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SOURCES = ("/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list")


@dataclass(frozen=True)
class Server:
    """A server, and the release of Debian that has it."""

    folder: str
    release: str
    told: str
    packages: tuple[str, ...]
    programs: tuple[str, ...]
    """Folders of programs; the server itself lies in the last one."""

    name: str
    unneeded: tuple[str, ...] = ()
    """Packages that the others ask for, and the tests do without."""

    def runs(self, place: Path) -> bool:
        """Whether it is there, and was unpacked for this place."""
        program = place / self.programs[-1] / self.name
        try:
            done = subprocess.run([program, "--version"], check=False, capture_output=True)
        except OSError:
            return False
        return done.returncode == 0


_MARIADB = ("mariadb-server-core", "mariadb-client-core"), ("usr/bin", "usr/sbin"), "mariadbd"

SERVERS = (
    Server("trixie", "trixie", "MariaDB 11.8, which compares vectors", *_MARIADB),
    Server("bookworm", "bookworm", "MariaDB 10.11, which does not", *_MARIADB),
    Server(
        "postgresql",
        "trixie",
        "PostgreSQL 17 with TLS and pgvector 0.8.0",
        ("postgresql-17-pgvector",),
        ("usr/lib/postgresql/17/bin",),
        "postgres",
        # A compiler for statements (300 MB), and what sets a server up for the whole machine.
        ("libllvm19", "postgresql-common", "postgresql-client-common", "ssl-cert", "tzdata"),
    ),
)


def main() -> int:
    """Unpack each server, unless it is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder.absolute()
    if lacking := _lacking():
        print(f"some servers for the tests are missing: {lacking}", file=sys.stderr)
        return 0
    waiting = [server for server in SERVERS if not server.runs(folder / server.folder)]
    for server in waiting:
        print(f"getting {server.told}", file=sys.stderr)
    with ThreadPoolExecutor() as threads:
        fetched = [threads.submit(fetch, server, folder / server.folder) for server in waiting]
    for server, done in zip(waiting, fetched, strict=True):
        error = done.exception()
        if isinstance(error, subprocess.CalledProcessError):
            print(f"no {server.told} for the tests: {error}", file=sys.stderr)
        elif error is not None:
            raise error
    return 0


def fetch(server: Server, place: Path) -> None:
    """Unpack the packages of a server into a folder that is there as a whole or not at all."""
    part = place.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    apt = part / "apt"
    for inner in ("lists/partial", "cache/archives/partial", "sources"):
        (apt / inner).mkdir(parents=True)
    (apt / "status").write_text("\n".join(map(_as_installed, server.unneeded)))
    (apt / "sources/debian.sources").write_text(_sources(server.release))
    options = _options(apt)
    subprocess.run(["apt-get", "-qq", *options, "update"], check=True)
    wanted = ["install", "--yes", "--no-install-recommends", "--download-only"]
    command = ["apt-get", "-qq", *options, *wanted, *server.packages]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for package in (apt / "cache/archives").glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, part], check=True)
    shutil.rmtree(apt)
    _use_own_libraries(server, part, place)
    shutil.rmtree(place, ignore_errors=True)
    part.replace(place)


def _as_installed(package: str) -> str:
    """What makes apt believe that a package is there, so that it is not fetched."""
    known = {"Package": package, "Status": "install ok installed", "Version": "99:0"}
    known |= {"Architecture": "all", "Multi-Arch": "foreign", "Maintainer": "nobody"}
    return "".join(f"{name}: {value}\n" for name, value in known.items())


def _lacking() -> str:
    """What this machine lacks for it."""
    if not any(Path(source).is_file() for source in SOURCES):
        return "this is no Debian, or its apt has no sources"
    missing = [name for name in ("apt-get", "dpkg-deb") if shutil.which(name) is None]
    return f"there is no {' and no '.join(missing)}" if missing else ""


def _sources(release: str) -> str:
    """The machine's own source of packages, for the main archive of a release."""
    for source in map(Path, SOURCES):
        if source.is_file() and (found := next(_archives(source.read_text()), None)):
            address, signed = found
            keys = f"Signed-By: {signed}\n" if signed else ""
            return f"Types: deb\nURIs: {address}\nSuites: {release}\nComponents: main\n{keys}"
    raise SystemExit("no source of Debian packages was found in apt's lists")


def _archives(text: str) -> Iterator[tuple[str, str | None]]:
    """The archives that apt's lists name, each with the file of its keys."""
    for part in re.split(r"\n\s*\n", text):
        named = dict(re.findall(r"^(URIs|Suites|Signed-By):[ \t]*(.+)$", part, re.MULTILINE))
        if "URIs" in named and "-security" not in named.get("Suites", ""):
            yield named["URIs"].split()[0], named.get("Signed-By")
    for options, address, suite in re.findall(
        r"^deb(?:\s+\[(.+)\])?\s+(\S+)\s+(\S+)", text, re.MULTILINE
    ):
        if "security" not in suite:
            signed = re.search(r"signed-by=(\S+)", options)
            yield address, signed[1] if signed else None


def _options(apt: Path) -> list[str]:
    """What keeps apt inside a folder of ours."""
    settings = {
        "Dir::Etc::sourcelist": "-",
        "Dir::Etc::sourceparts": apt / "sources",
        "Dir::State::lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        "Dir::State::status": apt / "status",
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        "Acquire::Languages": "none",
        "Debug::NoLocking": "1",
    }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]


def _use_own_libraries(server: Server, part: Path, place: Path) -> None:
    """Make the programs load the libraries that came with them, once they lie in their place."""
    patchelf = shutil.which("patchelf", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if patchelf is None:
        raise SystemExit("patchelf is not installed: make dev")
    loader = next(part.glob("**/lib/*/ld-linux-*.so.*"))
    within = loader.parent.relative_to(part)
    # Until Debian 12 some libraries lay in /lib, the others in /usr/lib.
    folders = [place / within, place / "usr" / within, place / "lib" / within.name]
    changes = [
        *("--set-interpreter", place / within / loader.name),
        *("--force-rpath", "--set-rpath", ":".join(map(str, folders))),
    ]
    for folder in server.programs:
        for program in (part / folder).iterdir():
            if not program.is_symlink() and program.read_bytes()[:4] == b"\x7fELF":
                subprocess.run([patchelf, *changes, program], check=True)


if __name__ == "__main__":
    sys.exit(main())
