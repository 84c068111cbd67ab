"""`mindseye encoders export`: an encoder as files for a phone or another program."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json
from mindseye.encode import load_pixels, run_options
from mindseye.errors import MediaError, NotFound, SpecError
from mindseye.library import Library
from mindseye.media.base import DecodeLimits

if TYPE_CHECKING:
    from mindseye.encoders.export import Export
    from mindseye.encoders.export.towers import ExportPrecision, Format
    from mindseye.types import Pixels

_PHOTOS = 64
"""Photos that the gate looks at: more tell nothing new of a cosine."""


@click.command()
@click.argument("spec")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--format", "kind", type=click.Choice(["onnx", "openvino"]), default="onnx",
    help="What reads it.", show_default=True,
)  # fmt: skip
@click.option(
    "--precision", type=click.Choice(["fp32", "fp16", "int8"]), default="fp16",
    help="How precisely weights are kept.", show_default=True,
)  # fmt: skip
@click.option(
    "--photos",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Photos that the quality gate looks at; otherwise those of the library.",
    metavar="DIR",
)
@with_settings()
def export(  # noqa: PLR0913 - what can be said of an export
    settings: Settings,
    spec: str,
    folder: Path,
    *,
    kind: str,
    precision: str,
    photos: Path | None,
    as_json: bool,
) -> None:
    """Write the encoder SPEC into FOLDER, both towers, for a phone or another program.

    The files are read back and held to the original in fp32 on real photos; an export that is not
    good enough is refused and leaves nothing. `local:FOLDER` opens it again.
    """
    from mindseye.encoders import open_encoder
    from mindseye.encoders.export import Form, export_encoder
    from mindseye.encoders.towers.encoder import TowerEncoder

    form = Form(cast("Format", kind), cast("ExportPrecision", precision))
    encoder = open_encoder(spec, run_options(settings))
    if not isinstance(encoder, TowerEncoder):
        raise SpecError(f"{spec} is no encoder of two towers in a model directory")
    limits = DecodeLimits(encoder.resolution, settings.max_pixels)
    paths = _below(photos) if photos else _of_library(settings)
    pictures = list(islice(_decoded(paths, limits), _PHOTOS))
    done = export_encoder(encoder.checkpoint, folder.absolute(), form, pictures)
    _show(done, as_json=as_json)


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _of_library(settings: Settings) -> Iterator[Path]:
    with Library.open(settings=settings, create=False) as library:
        yield from (Path(photo.path) for photo in library.store.catalog.by_date(4 * _PHOTOS))


def _decoded(paths: Iterator[Path], limits: DecodeLimits) -> Iterator[Pixels]:
    for path in paths:
        try:
            yield load_pixels(path, limits)
        except (MediaError, NotFound):
            continue  # What is no picture proves nothing; too few are refused by the gate.


def _show(done: Export, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "folder": str(done.folder),
                "format": done.form.format,
                "precision": done.form.precision,
                "bytes": done.bytes,
                "agreement": {
                    "images": done.agreement.images,
                    "texts": done.agreement.texts,
                    "ranking": done.agreement.ranking,
                },
                "bar": {"cosine": done.bar.cosine, "ranking": done.bar.ranking},
            }
        )
        return
    total = sum(done.bytes.values()) / 1e6
    click.echo(f"{done.folder}: {total:.0f} MB in {len(done.bytes)} files")
    click.echo(f"{done.agreement} (the bar: {done.bar})")
    click.echo(f"open it as local:{done.folder}")
