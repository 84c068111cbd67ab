"""`mindseye evaluate`: how well encoders, the index and a library find what they should."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from mindseye import __version__
from mindseye.cli.options import Command, Settings, with_settings
from mindseye.cli.output import print_json, to_plain
from mindseye.cli.progress import shown_progress, stopping
from mindseye.errors import UsageError
from mindseye.failures import INTERRUPTED
from mindseye.library import Library

if TYPE_CHECKING:
    from mindseye.analysis.captions import Captioned
    from mindseye.analysis.judged import LibraryEvaluation
    from mindseye.analysis.retrieval import Evaluation
    from mindseye.evaluation import Wish


@dataclass(frozen=True, slots=True)
class Choices:
    """What is to be evaluated and how, as the options say."""

    encoders: tuple[str, ...]
    ks: tuple[int, ...]
    direction: str
    images: Path | None
    among: tuple[Path, ...]
    split: str
    limit: int
    seed: int
    cache: Path | None

    def wish(self) -> Wish:
        """What of it an evaluation is told."""
        from mindseye.evaluation import Wish

        return Wish(self.encoders, self.ks, self.direction, self.cache)


def _ranks(context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, ...]:
    del context, parameter
    try:
        ks = sorted({int(part) for part in value.split(",")})
    except ValueError:
        ks = [0]
    if ks[0] < 1:
        raise click.BadParameter(f"expected numbers from 1 such as 1,5,10, found {value!r}")
    return tuple(ks)


def _choosing(command: Command) -> Command:
    options = [
        click.option(
            "--encoder",
            "encoders",
            multiple=True,
            metavar="SPEC",
            help="Encoder spec; several are compared with each other.",
        ),
        click.option(
            "--k", "ks", default="1,5,10", show_default=True, callback=_ranks, metavar="K,...",
            help="Where recall@k is taken.",
        ),
        click.option(
            "--direction",
            type=click.Choice(["text-to-image", "image-to-text", "both"]),
            default="text-to-image",
            show_default=True,
            help="What looks for what.",
        ),
        click.option(
            "--images", type=click.Path(path_type=Path, exists=True, file_okay=False),
            metavar="DIR", help="Folder that paths of images start from, instead of the file's.",
        ),
        click.option(
            "--among", type=click.Path(path_type=Path, exists=True, dir_okay=False), multiple=True,
            metavar="FILE", help="Rank the pictures of this file as well; none of them is right.",
        ),
        click.option("--split", default="", metavar="NAME", help="Only rows of this split."),
        click.option(
            "--limit", type=click.IntRange(min=1), default=None,
            help="Only a sample of so many pictures, of the file and of each --among.",
        ),
        click.option("--seed", type=int, default=0, show_default=True, help="Draws the sample."),
        click.option(
            "--cache", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
            help="Where vectors are kept for the next time.",
        ),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_choosing
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the report as well: .json or .md.",
)  # fmt: skip
@click.option("--workers", type=int, help="Decoding processes; 0 is one per processor.")
@with_settings("workers", without="encoder")
def evaluate(
    settings: Settings, file: Path, *, out: Path | None, as_json: bool, **options: Any
) -> None:
    """Measure how well captions of FILE find their pictures, or how well the library is searched.

    FILE holds captioned pictures (JSONL, CSV, TSV, COCO) or, one JSON object a line, queries of the
    library with the photos that answer them. Vectors are kept, so a second run takes no time;
    Ctrl-C stops, and the next run goes on from there.

    \b
    mindseye evaluate captions.jsonl --split val
    mindseye evaluate coco.json --images val2017 --encoder builtin --encoder local:~/clip
    mindseye evaluate queries.jsonl --library ~/my-library --out report.md
    """
    from mindseye.analysis import judged, report

    limit = options.pop("limit") or 0
    choices = Choices(limit=limit, **options)
    if out is not None and out.suffix not in {".json", ".md"}:
        raise UsageError(f"a report is .json or .md, not {out.name!r}")
    if judged.is_judged(file):
        found: object = _of_library(file, choices, settings)
        text = report.library_report(found)  # type: ignore[arg-type]
    else:
        told = _of_captions(file, choices, settings, as_json=as_json)
        found, text = told, report.captions_report(told)
    if out is not None:
        _write(out, found, text)
    if as_json:
        print_json(_facts(file, found))
    else:
        click.echo(text, nl=False)


def _of_captions(file: Path, choices: Choices, settings: Settings, *, as_json: bool) -> Evaluation:
    from mindseye.evaluation import Cancelled, of_captions

    captioned, cancel = _captioned(file, choices), Event()
    with stopping(cancel), shown_progress(as_json=as_json) as observer:
        try:
            return of_captions(
                captioned, choices.wish(), settings, observer=observer, cancel=cancel
            )
        except Cancelled:
            click.echo("stopped early; the same command goes on from here", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None


def _of_library(file: Path, choices: Choices, settings: Settings) -> list[LibraryEvaluation]:
    from mindseye.analysis.judged import read_judged
    from mindseye.evaluation import of_library

    judged = read_judged(file)
    with Library.open(settings=settings, create=False) as library:
        return of_library(library, judged, choices.wish(), Event())


def _captioned(file: Path, choices: Choices) -> list[Captioned]:
    from mindseye.analysis.captions import read_captions

    limits = {"split": choices.split, "limit": choices.limit, "seed": choices.seed}
    found = {one.image: one for one in read_captions(file, choices.images, **limits)}  # type: ignore[arg-type]
    for other in choices.among:
        for one in read_captions(other, choices.images, **limits):  # type: ignore[arg-type]
            found.setdefault(one.image, replace(one, captions=()))
    return list(found.values())


def _facts(file: Path, found: object) -> dict[str, object]:
    return {"file": str(file), "version": __version__, "evaluation": to_plain(found)}


def _write(out: Path, found: object, text: str) -> None:
    import json

    plain = json.dumps(to_plain(found), ensure_ascii=False, indent=2) + "\n"
    out.write_text(text if out.suffix == ".md" else plain, encoding="utf-8")
