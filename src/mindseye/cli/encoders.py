"""`mindseye encoders`: what is known, what is here, what to take, and fetching it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import click
from click.shell_completion import CompletionItem

from mindseye.cli.export import export
from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import byte_text, print_json, to_plain
from mindseye.cli.progress import stopping
from mindseye.encode import run_options
from mindseye.encoders.known import KnownEncoder, find, known, manifest
from mindseye.encoders.known.advice import Advice, Circumstances, advise
from mindseye.encoders.known.download import Observer, Progress, fetch, fetched, is_present
from mindseye.encoders.known.inspection import Files, Inspection, check_files, inspect
from mindseye.encoders.known.machine import probe, total_memory
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import NotFound, WeightsUnavailable
from mindseye.failures import INTERRUPTED
from mindseye.library import Library

_SECONDS_BETWEEN_LINES = 5.0
_IMAGINED_PHOTOS = 10_000
_COMPLETIONS = 200


class Encoders(click.Group):
    """A group that lists when no command is named: `mindseye encoders` and `... --all` do."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` where a command would stand."""
        asks_for_help = any(arg in ctx.help_option_names for arg in args)
        if not asks_for_help and (not args or args[0].startswith("-")):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Encoders)
def encoders() -> None:
    """List encoders, fetch one, check it, export it, or ask which to take.

    \b
    mindseye encoders                      those worth a look, and those that are here
    mindseye encoders advise               which suits this machine and these photos
    mindseye encoders fetch siglip:google/siglip2-base-patch16-224
    mindseye encoders check siglip:google/siglip2-base-patch16-224

    Nothing is ever downloaded but by `fetch`. HF_ENDPOINT names a mirror of the model hub,
    HF_HUB_OFFLINE=1 forbids to ask any.
    """


encoders.add_command(export)


def complete_spec(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
    """Known specs that go on from what was typed, those worth a look first."""
    del ctx, param
    matching = (entry for entry in known() if entry.spec.startswith(incomplete))
    return [CompletionItem(entry.spec, help=entry.title) for entry in matching][:_COMPLETIONS]


def _spec_argument(command: Any) -> Any:
    return click.argument("spec", type=EncoderSpecType(), shell_complete=complete_spec)(command)


class EncoderSpecType(click.ParamType[EncoderSpec]):
    """A spec; mistakes in it are the library's own errors, not click's."""

    name = "spec"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> EncoderSpec:
        """Read the text of a spec; raises `SpecError`."""
        del param, ctx
        return value if isinstance(value, EncoderSpec) else EncoderSpec.parse(value)


@encoders.command("list")
@click.option("--all", "show_all", is_flag=True, help="All of OpenCLIP's pairs too.")
@click.option("--search", metavar="TEXT", help="Only those whose spec or title has TEXT.")
@with_settings()
def list_encoders(settings: Settings, *, show_all: bool, search: str | None, as_json: bool) -> None:
    """List known encoders: size, languages, licence, published quality, and what is here."""
    rows = _rows(settings, show_all=show_all or search is not None, search=search or "")
    if as_json:
        print_json({"encoders": [_plain(entry, here=here) for entry, here in rows]})
    elif sys.stdout.isatty():
        _print_table(rows)
    else:
        for entry, here in rows:
            click.echo("\t".join([*_columns(entry), "here" if here else ""]))


def _rows(settings: Settings, *, show_all: bool, search: str) -> list[tuple[KnownEncoder, bool]]:
    """Encoders to show, and whether each is on this machine."""
    options = run_options(settings)
    entries = {entry.spec: entry for entry in known() if show_all or entry.curated}
    for one in fetched(options.models):
        entries.setdefault(one.spec, find(one.spec) or _only_fetched(one.spec, one.bytes))
        entries[one.spec] = replace(entries[one.spec], spec=one.spec, published_bytes=one.bytes)
    wanted = search.lower()
    return [
        (entry, is_present(EncoderSpec.parse(entry.spec), options))
        for entry in entries.values()
        if wanted in entry.spec.lower() or wanted in entry.title.lower()
    ]


def _only_fetched(spec: str, size: int) -> KnownEncoder:
    return KnownEncoder(spec, "fetched here", published_bytes=size)


def _plain(entry: KnownEncoder, *, here: bool) -> dict[str, Any]:
    plain = to_plain(entry)
    assert isinstance(plain, dict)
    return plain | {"bytes": entry.bytes, "downloaded": here}


def _columns(entry: KnownEncoder) -> list[str]:
    """Spec, dimensions, languages, licence, quality, speed, download; "" for what nobody says."""
    quality = entry.quality
    score = "" if quality is None or quality.english is None else f"{quality.english:.1f}"
    if quality is not None and quality.chinese is not None:
        score += f" / {quality.chinese:.1f}"
    about = "" if entry.published_bytes is not None or not entry.bytes else "~"
    size = "" if entry.bytes is None else about + byte_text(entry.bytes)
    return [
        entry.spec,
        "" if entry.dim is None else str(entry.dim),
        entry.languages,
        entry.licence,
        score if quality is None else f"{score} {_mark(quality.measure)}".rstrip(),
        "" if entry.speed is None else f"{entry.speed.milliseconds:g}",
        size,
    ]


def _mark(measure: str) -> str:
    """The mark of a measure that does not compare with the rest of the table."""
    return "" if "Crossmodal" in measure else "*"


def _print_table(rows: list[tuple[KnownEncoder, bool]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("encoder", "dim", "languages", "licence", "en / zh", "ms", "download", ""):
        right = head in {"dim", "ms", "download"}
        table.add_column(head, justify="right" if right else "left", overflow="fold")
    for entry, here in rows:
        table.add_row(*_columns(entry), "[green]here[/green]" if here else "")
    Console().print(table)
    click.echo(
        "\nen / zh: % of pictures found by an English or Chinese caption, mean of R@1, R@5 and "
        "R@10 on\nCrossmodal-3600; ms: a picture on a Ryzen 7 7800X3D in fp32; both published by "
        "Immich.\n* is another measure and compares with nothing here (--json names it); "
        "~ is four bytes a parameter."
    )


@encoders.command("fetch")
@_spec_argument
@click.option("--revision", help="A branch, tag or commit of the repository.", metavar="REV")
@with_settings()
def fetch_encoder(
    settings: Settings, spec: EncoderSpec, *, revision: str | None, as_json: bool
) -> None:
    """Download the encoder SPEC, resuming what an earlier fetch began; every file is verified.

    SPEC may end in @REV. Files placed by hand are kept where they are what the hub has.
    """
    if revision:
        spec = replace(spec, revision=revision)
    options, cancel, start = run_options(settings), Event(), time.monotonic()
    try:
        with stopping(cancel), _observer() as observer:
            folder = fetch(spec, options, progress=observer, cancel=cancel)
    except WeightsUnavailable as error:
        if not cancel.is_set():
            raise
        click.echo(f"{error.message}; {error.hint}", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    _report_fetch(spec, folder, time.monotonic() - start, as_json=as_json)


def _report_fetch(spec: EncoderSpec, folder: Path, seconds: float, *, as_json: bool) -> None:
    there = manifest.read(folder)
    assert there is not None, "a fetch ends by writing it"
    if as_json:
        facts = {"spec": str(spec), "folder": folder, "seconds": round(seconds, 3)}
        print_json(facts | {"bytes": there.bytes, "manifest": there})
        return
    click.echo(f"{spec}: {byte_text(there.bytes)} in {folder}, every file verified")
    click.echo(f"try it: mindseye encoders check {spec}")


@contextmanager
def _observer() -> Iterator[Observer]:
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("asking the hub", total=None)

        def show(progress: Progress) -> None:
            bar.update(
                task,
                completed=progress.done,
                total=progress.total,
                description=progress.file,
            )

        yield show


class _Lines:
    """Progress as plain lines, a few a minute, for logs and pipes."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._said >= _SECONDS_BETWEEN_LINES:
            self._said = now
            done, total = byte_text(progress.done), byte_text(progress.total)
            click.echo(f"{done} of {total}: {progress.file}", err=True)


@encoders.command()
@_spec_argument
@with_settings()
def check(settings: Settings, spec: EncoderSpec, *, as_json: bool) -> None:
    """Check the encoder SPEC: its files, how it runs here, how fast, and how precisely.

    Pictures are generated, and what is measured is this machine now. Exit code 1 when a file is
    missing or damaged.
    """
    options = run_options(settings)
    files = check_files(spec, options)
    if files is not None and files.problems:
        if as_json:
            print_json({"spec": str(spec), "files": files})
        for problem in () if as_json else files.problems:
            click.echo(f"found: {problem}")
        click.echo(f"`mindseye encoders fetch {spec}` mends it", err=True)
        raise click.exceptions.Exit(1)
    found = inspect(spec, options, files)
    if as_json:
        print_json(found)
    else:
        _print_inspection(found)


def _print_inspection(found: Inspection) -> None:
    runtime = found.image_runtime
    if found.text_runtime != found.image_runtime:
        runtime += f", text on {found.text_runtime}"
    lines = {
        "encoder": f"{found.spec} ({found.layout})",
        "files": "" if found.files is None else _files_text(found.files),
        "vectors": f"{found.dim} dimensions, {found.fingerprint[:12]}",
        "runs on": runtime,
        "loaded in": f"{found.load_seconds:.2f} s",
        "pictures": f"{found.pictures_per_second:.1f} a second, resized and encoded",
        "text": f"{found.text_milliseconds:.1f} ms",
        "precision": "" if found.cosine is None else f"cosine {found.cosine:.6f} to fp32 or more",
    }
    for name, value in lines.items():
        if value:
            click.echo(f"{name:10} {value}")


def _files_text(files: Files) -> str:
    told = "placed by hand, nothing to compare with"
    if files.fetched_at:
        told = f"whole, {files.commit[:12]}, fetched {files.fetched_at}"
    return f"{byte_text(files.bytes)} in {files.folder}, {told}"


@encoders.command("advise")
@with_settings()
def advise_encoder(settings: Settings, *, as_json: bool) -> None:
    """Say which encoder suits this machine and these photos, from published numbers.

    Speed here is estimated: a piece of a transformer is run for a second, and the work a picture
    takes is known of each encoder. Decoding photos takes time besides.
    """
    photos = _photos(settings)
    options = run_options(settings)
    here = Circumstances(total_memory(), photos or _IMAGINED_PHOTOS, probe(options))
    found = advise(here)
    if as_json:
        print_json(
            {"machine": here, "cores": os.cpu_count(), "in_library": photos, "advice": found}
        )
        return
    memory = "" if here.memory is None else f", {byte_text(here.memory)} of memory"
    click.echo(f"this machine: {os.cpu_count()} cores{memory}; {here.speed.gflops:.0f} GFLOP/s now")
    click.echo(f"              ({here.speed.how})")
    for advice in found:
        _print_advice(advice, photos)


def _photos(settings: Settings) -> int:
    """Photos of the library, 0 where there is none."""
    try:
        with Library.open(settings=settings, create=False) as library:
            return library.store.catalog.coverage().photos
    except NotFound:
        return 0


def _print_advice(advice: Advice, photos: int) -> None:
    entry = advice.encoder
    click.echo(f"\n{click.style(advice.purpose, bold=True)}: {entry.spec}")
    click.echo(f"  why       {advice.reason}")
    if entry.licence:
        click.echo(f"  licence   {entry.licence}")
    if entry.bytes:
        about = "" if entry.published_bytes is not None else "about "
        click.echo(f"  download  {about}{byte_text(entry.bytes)}")
    if advice.memory_bytes:
        room = "" if advice.fits else ": more than half of what is here"
        click.echo(f"  memory    {byte_text(advice.memory_bytes)} ({advice.memory_source}){room}")
    if advice.pictures_per_second and advice.seconds is not None:
        which = f"the {photos:,} photos here" if photos else f"{_IMAGINED_PHOTOS:,} photos"
        rate = f"{advice.pictures_per_second:.2g}"
        click.echo(f"  time      about {rough(advice.seconds)} for {which} ({rate} a second)")


def rough(seconds: float) -> str:
    """A length of time with as many digits as an estimate deserves."""
    for unit, length in (("days", 86_400.0), ("hours", 3600.0), ("minutes", 60.0)):
        count = seconds / length
        if count >= 1.5:
            return f"{float(f'{count:.2g}'):g} {unit}" if count >= 10 else f"{round(count)} {unit}"
    if seconds > 45:
        return "a minute"
    return "a second" if seconds < 1.5 else f"{round(seconds)} seconds"
