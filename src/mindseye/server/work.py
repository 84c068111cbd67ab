"""What jobs do: each kind of long work as a call of the library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, Final

from mindseye.encode import run_options
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import WeightsUnavailable
from mindseye.ingest.options import Progress, Thumbnailing
from mindseye.library import Library
from mindseye.media import paths
from mindseye.server.evaluating import evaluated
from mindseye.server.jobs import Run, Tell
from mindseye.server.thumbnails import Size

KINDS = (
    "ingest", "reencode", "locate", "read-text", "check", "forget", "fetch", "write-xmp",
    "evaluate", "build-index",
)  # fmt: skip

_MOST_LISTED: Final = 200
"""Entries of a list in a report that are kept; its length is told beside it."""


def runs_over(library: Library, keep: Callable[[str, bytes], None]) -> dict[str, Run]:
    """The work of each kind, over this library; `keep` takes thumbnails as `Thumbnails.put`."""
    thumbnails = Thumbnailing(Size.SMALL, keep)
    return {
        "ingest": lambda arguments, tell, stop: _ingest(
            library,
            arguments,
            tell,
            stop,
            thumbnails=thumbnails if library.settings.thumbnails else None,
        ),
        "reencode": lambda arguments, tell, stop: _reencode(library, arguments, tell, stop),
        "locate": lambda arguments, _, stop: {
            "located": library.locate(again=arguments["again"], cancel=stop)
        },
        "read-text": lambda arguments, tell, stop: _facts(
            library.read_text(
                album=arguments["album"],
                limit=arguments.get("limit"),
                again=arguments["again"],
                observer=_observer(tell),
                cancel=stop,
            )
        ),
        "check": lambda arguments, _, stop: _check(library, arguments, stop),
        "forget": lambda arguments, *_: _forget(library, arguments),
        "build-index": lambda arguments, *_: {"built": library.build_index(anew=arguments["anew"])},
        "evaluate": lambda arguments, tell, stop: _evaluate(library, arguments, tell, stop),
        "fetch": lambda arguments, tell, stop: _fetch(library, arguments, tell, stop),
        "write-xmp": lambda arguments, tell, stop: _facts(
            library.write_xmp(
                arguments["photos"],
                observer=lambda done, total: tell(
                    {"done": done, "total": total, "scanned": True, "what": "sidecars"}
                ),
                cancel=stop,
            )
        ),
    }


def _ingest(
    library: Library,
    arguments: Mapping[str, Any],
    tell: Tell,
    stop: Event,
    *,
    thumbnails: Thumbnailing | None,
) -> Mapping[str, Any]:
    folders = [paths.from_text(folder) for folder in arguments["folders"]]
    report = library.ingest(
        folders,
        again=arguments["again"],
        observer=_observer(tell),
        cancel=stop,
        thumbnails=thumbnails,
    )
    return _facts(report)


def _reencode(
    library: Library, arguments: Mapping[str, Any], tell: Tell, stop: Event
) -> Mapping[str, Any]:
    report = library.reencode(
        arguments["encoder"],
        album=arguments["album"],
        drop=arguments["drop"],
        anyway=arguments.get("anyway", False),
        observer=_observer(tell),
        cancel=stop,
    )
    return _facts(report)


def _check(library: Library, arguments: Mapping[str, Any], stop: Event) -> Mapping[str, Any]:
    found = []
    for problem in library.check(repair=arguments["repair"]):
        found.append(_plain(problem))
        if stop.is_set():
            break
    return _shortened({"problems": found})


def _forget(library: Library, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    if vectors_of := arguments.get("vectors_of"):
        return {"vectors": library.forget_encoder(vectors_of)}
    return {"forgotten": library.forget_missing()}


def _fetch(
    library: Library, arguments: Mapping[str, Any], tell: Tell, stop: Event
) -> Mapping[str, Any]:
    from mindseye.encoders.known.download import fetch

    spec = EncoderSpec.parse(arguments["encoder"])
    try:
        folder = fetch(
            spec,
            run_options(library.settings),
            progress=lambda progress: tell({**asdict(progress), "what": "bytes"}),
            cancel=stop,
        )
    except WeightsUnavailable:
        if not stop.is_set():
            raise
        return {"encoder": str(spec), "folder": None}
    return {"encoder": str(spec), "folder": str(folder)}


def _evaluate(
    library: Library, arguments: Mapping[str, Any], tell: Tell, stop: Event
) -> Mapping[str, Any]:
    found = evaluated(library, arguments, _observer(tell), stop)
    if found is None:
        return {"cancelled": True}
    # One evaluation of captions, or one of the library for each encoder.
    return {"evaluations": [_facts(one) for one in (found if isinstance(found, list) else [found])]}


def _observer(tell: Tell) -> Callable[[Progress], None]:
    return lambda progress: tell(asdict(progress))


def _facts(report: object) -> dict[str, Any]:
    plain = _plain(report)
    assert isinstance(plain, dict)
    return _shortened(plain)


def _shortened(report: dict[str, Any]) -> dict[str, Any]:
    """The report with long lists cut: a million skipped files would be sent with every event."""
    lists = {name: value for name, value in report.items() if isinstance(value, list)}
    counts = {f"{name}_count": len(value) for name, value in lists.items()}
    return {**report, **{name: value[:_MOST_LISTED] for name, value in lists.items()}, **counts}


def _plain(value: object) -> object:
    """A report as JSON knows it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value
