"""`mindseye serve`: the web page and the HTTP API over a library, in one process."""

from __future__ import annotations

import webbrowser

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json
from mindseye.errors import MissingExtra
from mindseye.library import Library


@click.command()
@click.option("--host", help="Address to listen at; others than loopback need accounts.")
@click.option("--port", type=int, help="Port to listen at; 0 is any that is free.")
@click.option("--watch/--no-watch", default=None, help="Take in what changes in the roots.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser.")
@with_settings("host", "port", "watch")
def serve(settings: Settings, *, open_page: bool, as_json: bool) -> None:
    """Serve the library: a web page and the HTTP API, on this machine only unless told otherwise.

    Ctrl-C stops it; long work that was going on is paused and can be resumed.
    """
    try:
        from mindseye.server import preferences
        from mindseye.server import serve as server
    except ImportError as error:
        raise MissingExtra(str(error.name), "server") from error

    def ready(address: str) -> None:
        if as_json:
            print_json({"address": address})
        else:
            click.echo(f"Mindseye is at {address} (Ctrl-C stops it)")
        if open_page:
            webbrowser.open(address)

    settings = preferences.preferred(settings)
    with Library.open(settings=settings) as library:
        server.serve(library, settings, ready)
