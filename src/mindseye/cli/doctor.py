"""`mindseye doctor`: what can be used on this machine, and the line that installs the rest."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

import click

from mindseye import __version__
from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json
from mindseye.config import setting_fields, shown_url
from mindseye.encoders import open_encoder
from mindseye.errors import MindseyeError, NotFound
from mindseye.library import Library
from mindseye.plugins import names
from mindseye.stores.scope import FIRST

EXTRAS = {
    "encoders": ("onnx", "encoders from model directories, and fetching them"),
    "openvino": ("openvino", "the faster runtime on x86 processors with AVX-512"),
    "torch": ("torch", "encoders on graphics processors, and networks without a graph here"),
    "jxl": ("pillow_jxl", "JPEG XL pictures"),
    "raw": ("rawpy", "camera RAW pictures"),
    "postgresql": ("psycopg", "libraries on a PostgreSQL server"),
    "mariadb": ("pymysql", "libraries on a MariaDB server"),
    "photomap": ("ruamel.yaml", "albums of PhotoMapAI's configuration, to and fro"),
    "arrow": ("pyarrow", "hits as Arrow tables"),
    "pandas": ("pandas", "hits as pandas data frames"),
    "ocr": ("rapidocr", "reading the text in pictures"),
    "client": ("httpx", "a Python client of a server"),
    "server": ("fastapi", "the web page and the HTTP API"),
    "places": ("timezonefinder", "towns, countries and time zones from GPS, places in sentences"),
}
"""Extra -> the module it brings, and what that is good for."""


_NEEDED = {"package", "encoder", "store"}
"""Kinds of findings that Mindseye cannot do without."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it can be used, details, and what to do if it cannot."""

    kind: str
    name: str
    usable: bool
    detail: str = ""
    hint: str = ""


@click.command()
@with_settings()
def doctor(settings: Settings, *, as_json: bool) -> None:
    """Show what is installed, which encoders, extras and stores can be used, and settings.

    Exit code 1 when something that Mindseye cannot do without is missing.
    """
    in_use, store = _library(settings)
    findings = [
        *_machine(),
        *_packages(),
        *_encoders(in_use),
        *_extras(),
        *_stores(store),
    ]
    if as_json:
        print_json({"findings": findings, "settings": _settings(settings)})
    else:
        _print(findings, settings)
    if any(not finding.usable and finding.kind in _NEEDED for finding in findings):
        raise click.exceptions.Exit(1)


def _machine() -> list[Finding]:
    cores = os.cpu_count() or 1
    return [
        Finding("machine", "mindseye", usable=True, detail=__version__),
        Finding("machine", "python", usable=True, detail=sys.version.split()[0]),
        Finding("machine", "system", usable=True, detail=f"{platform.platform()}, {cores} cores"),
        Finding("machine", "sqlite", usable=True, detail=sqlite3.sqlite_version),
    ]


def _packages() -> list[Finding]:
    """The packages Mindseye itself names as needed."""
    try:
        needed = requires("mindseye") or []
    except PackageNotFoundError:
        needed = []
    found = []
    for line in sorted(needed):
        if "extra ==" in line:
            continue
        name = line.split(";")[0].strip()
        for mark in "<>=!~[ ":
            name = name.split(mark)[0]
        try:
            found.append(Finding("package", name, usable=True, detail=version(name)))
        except PackageNotFoundError:
            found.append(Finding("package", name, usable=False, hint=f'pip install "{line}"'))
    return found


def _encoders(in_use: str) -> list[Finding]:
    found = []
    for name in sorted({FIRST, in_use}):
        try:
            space = open_encoder(name).space
        except MindseyeError as error:
            found.append(
                Finding("encoder", name, usable=False, detail=error.message, hint=error.hint)
            )
        else:
            detail = f"{space.dim} dimensions, {space.fingerprint[:12]}"
            if name == in_use:
                detail += ", in use"
            found.append(Finding("encoder", name, usable=True, detail=detail))
    return found


def _extras() -> list[Finding]:
    return [
        Finding(
            "extra",
            extra,
            usable=(there := find_spec(module) is not None),
            detail=purpose,
            hint="" if there else f'pip install "mindseye[{extra}]"',
        )
        for extra, (module, purpose) in EXTRAS.items()
    ]


def _stores(in_use: Finding) -> list[Finding]:
    others = sorted(set(names("stores")) - {in_use.name})
    return [in_use, *(Finding("store", name, usable=True) for name in others)]


def _library(settings: Settings) -> tuple[str, Finding]:
    """The encoder in use, and whether the library can be opened; one not made yet is fine."""
    name = settings.store_url.partition(":")[0]
    encoder = settings.encoder or FIRST
    try:
        with Library.open(settings=settings, create=False) as library:
            photos, scope = library.store.catalog.coverage().photos, library.scope()
            notices = [*scope.notices, *filter(None, [library.sentences.notice])]
    except NotFound:
        detail = f"{shown_url(settings.store_url)}, not made yet"
        return encoder, Finding("store", name, usable=True, detail=detail)
    except MindseyeError as error:
        return encoder, Finding("store", name, usable=False, detail=error.message, hint=error.hint)
    detail = f"{shown_url(settings.store_url)}, {photos} photos"
    found = Finding("store", name, usable=True, detail=detail, hint="; ".join(notices))
    return scope.encoder, found


def _settings(settings: Settings) -> dict[str, dict[str, str]]:
    return {
        entry.name: {
            "value": shown_url(str(getattr(settings, entry.name))),
            "from": settings.source.get(entry.name, "default"),
        }
        for entry in setting_fields()
    }


def _print(findings: list[Finding], settings: Settings) -> None:
    for finding in findings:
        mark = click.style("ok", fg="green") if finding.usable else click.style("--", fg="yellow")
        click.echo(f"{mark}  {finding.kind:8} {finding.name:16} {finding.detail}")
        if finding.hint:
            click.echo(f"{'':29}{finding.hint}")
    click.echo()
    for name, fact in _settings(settings).items():
        click.echo(f"    {name:16} {fact['value']}   [{fact['from']}]")
