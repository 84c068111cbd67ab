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
from mindseye.config import setting_fields
from mindseye.encoders import open_encoder
from mindseye.errors import MindseyeError, NotFound
from mindseye.library import Library
from mindseye.plugins import names

EXTRAS = {
    "jxl": ("pillow_jxl", "JPEG XL pictures"),
    "raw": ("rawpy", "camera RAW pictures"),
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
    findings = [*_machine(), *_packages(), *_encoders(settings), *_extras(), *_stores(settings)]
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


def _encoders(settings: Settings) -> list[Finding]:
    found = []
    for name in sorted(set(names("encoders")) | {settings.encoder}):
        try:
            space = open_encoder(name, threads=settings.threads).space
        except MindseyeError as error:
            found.append(
                Finding("encoder", name, usable=False, detail=error.message, hint=error.hint)
            )
        else:
            detail = f"{space.dim} dimensions, {space.fingerprint[:12]}"
            if name == settings.encoder:
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


def _stores(settings: Settings) -> list[Finding]:
    in_use = settings.store_url.partition(":")[0]
    return [
        _store_in_use(name, settings) if name == in_use else Finding("store", name, usable=True)
        for name in sorted(names("stores"))
    ]


def _store_in_use(name: str, settings: Settings) -> Finding:
    """Whether the library the settings name can be opened; one that is not made yet is fine."""
    try:
        with Library.open(settings=settings, create=False) as library:
            photos = library.store.catalog.coverage().photos
    except NotFound:
        detail = f"{settings.store_url}, not made yet"
        return Finding("store", name, usable=True, detail=detail)
    except MindseyeError as error:
        return Finding("store", name, usable=False, detail=error.message, hint=error.hint)
    return Finding("store", name, usable=True, detail=f"{settings.store_url}, {photos} photos")


def _settings(settings: Settings) -> dict[str, dict[str, str]]:
    return {
        entry.name: {
            "value": str(getattr(settings, entry.name)),
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
