"""`mindseye status`: how complete a library is."""

from __future__ import annotations

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import byte_text, held, print_json, shown, to_plain
from mindseye.library import Library, Status
from mindseye.stores.base import SkippedFile


@click.command()
@click.option("--skipped", "list_skipped", is_flag=True, help="List every file skipped, and why.")
@with_settings()
def status(settings: Settings, *, list_skipped: bool, as_json: bool) -> None:
    """Show coverage: photos, encoded, waiting, failed and why, spaces, albums, sizes on disk."""
    with Library.open(settings=settings, create=False) as library:
        facts = library.status()
        skipped = library.skipped(1_000_000) if list_skipped else []
    if as_json:
        print_json(_plain(facts, skipped, with_skipped=list_skipped))
    else:
        _print(facts)
        for path, file in skipped:
            click.echo(f"  {shown(path)}: {file.reason}")


def _plain(
    facts: Status, skipped: list[tuple[str, SkippedFile]], *, with_skipped: bool
) -> dict[str, object]:
    plain = to_plain(facts)
    assert isinstance(plain, dict)
    plain["waiting"] = facts.waiting
    if with_skipped:
        plain["skipped"] = [{"path": shown(path), "reason": file.reason} for path, file in skipped]
    return plain


def _print(facts: Status) -> None:
    coverage = facts.coverage
    share = f" ({facts.encoded / coverage.frames:.1%})" if coverage.frames else ""
    click.echo(f"library    {facts.library}")
    for root in facts.roots:
        click.echo(f"root       {shown(root.path)}")
    click.echo(f"photos     {coverage.photos}, {coverage.missing} of them missing")
    click.echo(f"encoded    {facts.encoded} of {coverage.frames}{share} by {facts.encoder}")
    click.echo(f"waiting    {facts.waiting}")
    if coverage.without_colours:
        unseen = coverage.without_colours
        click.echo(f"colours    not known of {unseen} photos: `mindseye ingest --again` looks")
    visible = coverage.photos - coverage.missing
    click.echo(
        f"text       read in {coverage.read} of {visible} photos, {coverage.with_text} show some"
    )
    click.echo(f"skipped    {coverage.skipped}")
    for reason, count in sorted(coverage.failed.items(), key=lambda item: -item[1]):
        click.echo(f"  {count:6}  {reason}")
    for info in facts.spaces:
        space = info.space
        click.echo(
            f"space      {space.encoder} ({space.dim} dimensions, "
            f"{space.fingerprint[:12]}): {info.vectors} vectors"
        )
    for entry in facts.albums:
        click.echo(
            f"album      {entry.album.name}: {held(entry)} by {entry.encoder}, "
            f"{entry.waiting} waiting"
        )
    for notice in facts.notices:
        click.echo(f"note       {notice}")
    total = sum(facts.bytes_on_disk.values())
    click.echo(f"on disk    {byte_text(total)}")
    for name, size in sorted(facts.bytes_on_disk.items(), key=lambda item: -item[1]):
        if size:
            click.echo(f"  {byte_text(size):>9}  {name}")
