"""Fetching encoders into the folder of models, and finding those that are there.

Nothing is fetched unless `fetch` is called, and nothing but `mindseye encoders fetch` calls it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TypeAlias

from filelock import FileLock, Timeout

from mindseye.encoders.known import manifest
from mindseye.encoders.known.hub import folder_of, repository, tokenizer_repository
from mindseye.encoders.known.manifest import UNFINISHED, FetchedFile, Manifest, sha256_of
from mindseye.encoders.known.selection import choose, has_tokenizer, tokenizer_files
from mindseye.encoders.known.tables import plain_name
from mindseye.encoders.known.transfer import (
    PAUSES,
    Cancelled,
    Damaged,
    Hub,
    Listing,
    RemoteFile,
    is_whole,
)
from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import EncoderError, SpecError, WeightsUnavailable

_USUAL_FILES = {
    "open-clip": "open_clip_config.json, open_clip_model.safetensors, tokenizer.json",
    "openai-clip": "open_clip_config.json, open_clip_model.safetensors, tokenizer.json",
    "siglip": "config.json, preprocessor_config.json, model.safetensors, tokenizer.json, "
    "tokenizer_config.json",
    "uform": "config.json, image_encoder.onnx, text_encoder.onnx, tokenizer.json",
    "hub": "the configuration, the safetensors or ONNX weights and tokenizer.json",
}
"""What an encoder of a scheme usually needs, told while its repository cannot be asked."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is: bytes at hand and in all, and the file in work."""

    done: int
    total: int
    file: str = ""


Observer: TypeAlias = Callable[[Progress], None]


@dataclass(slots=True)
class _Count:
    """Adds up what the files report; bytes of an earlier run count from the start."""

    observer: Observer
    total: int
    done: int = 0
    file: str = ""

    def __call__(self, change: int) -> None:
        self.done += change
        self.observer(Progress(self.done, self.total, self.file))


@dataclass(frozen=True, slots=True)
class _Plan:
    """Files of one repository, or of two where the tokenizer is another's."""

    spec: EncoderSpec
    folder: Path
    listing: Listing
    parts: tuple[tuple[Listing, RemoteFile], ...]
    revision: str

    @property
    def total(self) -> int:
        return sum(file.size or 0 for _, file in self.parts)

    @property
    def names(self) -> str:
        return ", ".join(file.name for _, file in self.parts)


@dataclass(frozen=True, slots=True)
class _Fetch:
    """A plan at work."""

    hub: Hub
    plan: _Plan
    count: _Count
    held: dict[str, FetchedFile] = field(default_factory=dict)

    def run(self) -> Manifest:
        """Fetch all parts; raises what `Hub.download` raises."""
        plan = self.plan
        for listing, file in plan.parts:
            self.count.file = file.name
            self.held[file.name] = self._one(listing, file)
        return Manifest(
            spec=str(plan.spec),
            repository=plan.listing.repository,
            revision=plan.revision,
            commit=plan.listing.commit,
            fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
            files=tuple(self.held.values()),
        )

    def _one(self, listing: Listing, file: RemoteFile) -> FetchedFile:
        """One file, whole and verified when this returns: in its place already, or as a part."""
        target = self.plan.folder / file.name
        if is_whole(target, file):
            # Left by an earlier run, or placed by hand.
            self.count(target.stat().st_size)
            return _as_fetched(file, target)
        part = _part(self.plan.folder, file)
        self.count(part.stat().st_size if part.exists() else 0)
        try:
            self.hub.download(listing, file, part, self.count)
        except Damaged:
            # Once more from nothing: a part of an earlier run may have been the reason.
            try:
                self.hub.download(listing, file, part, self.count)
            except Damaged as error:
                raise WeightsUnavailable(
                    str(error), hint="try again, or another mirror (HF_ENDPOINT)"
                ) from error
        return _as_fetched(file, part)

    def settle(self) -> None:
        """Give the parts their names; until here whatever was in the folder is untouched."""
        # A crash between two of these moves must not leave a manifest that describes a mixture.
        (self.plan.folder / manifest.NAME).unlink(missing_ok=True)
        for _, file in self.plan.parts:
            part = _part(self.plan.folder, file)
            if part.exists():
                target = self.plan.folder / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                part.replace(target)


def fetch(
    spec: EncoderSpec,
    options: RunOptions,
    *,
    progress: Observer = lambda _: None,
    cancel: Event | None = None,
    pauses: Sequence[float] = PAUSES,
) -> Path:
    """Fetch the files of an encoder and return their folder; what is there already is kept.

    Every file is compared with the digest the hub has of it before it gets its name. An
    interrupted or cancelled fetch goes on where it stopped when it is asked for again. `pauses` are
    the seconds between tries when the connection breaks.

    Raises `SpecError` for what no hub keeps, `WeightsUnavailable` when it cannot be fetched or was
    cancelled (the hint says what to place where), `MissingExtra`, `EncoderError` while another
    process fetches the same.
    """
    folder = folder_of(spec, options.models)
    try:
        with _alone(folder):
            hub = Hub(pauses, cancel)
            plan = _plan(hub, spec, folder, options.precision)
            if not _is_fetched(plan):
                _carry_out(hub, plan, progress)
    except WeightsUnavailable as error:
        if error.hint:
            raise
        raise WeightsUnavailable(error.message, hint=placing_hint(spec, folder)) from error
    return folder


def locate(spec: EncoderSpec, options: RunOptions) -> Path:
    """The folder of an encoder's files, fetched or placed there by hand.

    A spec that pins a revision is also answered by an unpinned fetch of that very commit. Raises
    `WeightsUnavailable` where the files are missing or their download is unfinished.
    """
    if spec.scheme == "local":
        folder = Path(spec.name).expanduser()
        if not folder.is_dir():
            raise WeightsUnavailable(f"there is no folder {folder}", hint="check the path")
        return folder
    folder = folder_of(spec, options.models)
    unfinished = None
    for candidate in (folder, *_unpinned(spec, options.models)):
        if manifest.read(candidate) is not None:
            return candidate
        if (candidate / UNFINISHED).is_dir():
            unfinished = candidate
        elif _holds_weights(candidate):
            return candidate
    plain = replace(spec, dimensions=0, resize="")
    if unfinished is not None:
        raise WeightsUnavailable(
            f"{plain} is fetched only in part",
            hint=f"`mindseye encoders fetch {plain}` goes on; where you placed the files by hand, "
            f"remove {unfinished / UNFINISHED}",
        )
    raise WeightsUnavailable(
        f"{plain} is not on this machine",
        hint=f"`mindseye encoders fetch {plain}`, or {placing_hint(spec, folder)}",
    )


def is_present(spec: EncoderSpec, options: RunOptions) -> bool:
    """Whether the files of an encoder are here; the shipped ones need none."""
    try:
        locate(spec, options)
    except SpecError:
        return spec.scheme in {"builtin", "test-colours"}
    except WeightsUnavailable:
        return False
    return True


def fetched(models: Path) -> list[Manifest]:
    """Manifests of everything fetched into a folder of models, by spec."""
    found = [manifest.read(path.parent) for path in sorted(models.glob(f"*/**/{manifest.NAME}"))]
    return sorted((one for one in found if one is not None), key=lambda one: one.spec)


def placing_hint(spec: EncoderSpec, folder: Path, names: str = "") -> str:
    """What to place where when nothing can be fetched."""
    source, revision = repository(spec)
    pin = "" if revision == "main" else f" at {revision}"
    return (
        f"place the files of {source}{pin} ({names or _USUAL_FILES[spec.scheme]}) in {folder}; "
        "HF_ENDPOINT names a mirror"
    )


def _plan(hub: Hub, spec: EncoderSpec, folder: Path, precision: str) -> _Plan:
    source, revision = repository(spec)
    listing = hub.listing(source, revision)
    parts = [(listing, file) for file in listing.only(choose(listing.names, precision))]
    other = tokenizer_repository(spec)
    if other and not has_tokenizer(listing.names):
        lender = hub.listing(other, "main")
        parts += [(lender, file) for file in lender.only(tokenizer_files(lender.names))]
    return _Plan(replace(spec, dimensions=0, resize=""), folder, listing, tuple(parts), revision)


def _is_fetched(plan: _Plan) -> bool:
    """Whether the very commit is there, whole by its sizes."""
    there = manifest.read(plan.folder)
    if there is None or there.commit != plan.listing.commit:
        return False
    sizes = {file.name: file.size for file in there.files}
    return {file.name for _, file in plan.parts} <= sizes.keys() and all(
        (plan.folder / name).is_file() and (plan.folder / name).stat().st_size == size
        for name, size in sizes.items()
    )


def _carry_out(hub: Hub, plan: _Plan, progress: Observer) -> None:
    unfinished = plan.folder / UNFINISHED
    unfinished.mkdir(parents=True, exist_ok=True)
    _require_space(plan)
    count = _Count(progress, plan.total)
    work = _Fetch(hub, plan, count)
    goes_on = f"`mindseye encoders fetch {plan.spec}` goes on from there"
    try:
        found = work.run()
    except Cancelled as error:
        raise WeightsUnavailable(
            f"the download was stopped: {count.done} of {count.total} bytes are here", hint=goes_on
        ) from error
    except WeightsUnavailable as error:
        placing = placing_hint(plan.spec, plan.folder, plan.names)
        hints = filter(None, (error.hint, goes_on, placing))
        raise WeightsUnavailable(error.message, hint="; or ".join(hints)) from error
    work.settle()
    manifest.write(plan.folder, found)
    shutil.rmtree(unfinished)


def _require_space(plan: _Plan) -> None:
    held = sum(
        path.stat().st_size
        for _, file in plan.parts
        for path in (plan.folder / file.name, _part(plan.folder, file))
        if path.is_file()
    )
    needed, free = plan.total - held, shutil.disk_usage(plan.folder).free
    if needed > free:
        raise WeightsUnavailable(
            f"{plan.spec} needs {needed} bytes more, and {plan.folder} has room for {free}",
            hint="make room, or set `models` to a folder on another disk",
        )


def _part(folder: Path, file: RemoteFile) -> Path:
    """Where a file grows; another content has another name, and never goes on from this one."""
    return folder / UNFINISHED / f"{file.name.replace('/', '--')}.{file.identity[:16]}"


def _as_fetched(file: RemoteFile, path: Path) -> FetchedFile:
    return FetchedFile(file.name, path.stat().st_size, file.sha256 or sha256_of(path))


def _unpinned(spec: EncoderSpec, models: Path) -> Iterator[Path]:
    """The folder of the same encoder fetched without a pin, if it holds the revision wanted."""
    name, revision = plain_name(spec)
    if not revision:
        return
    folder = folder_of(EncoderSpec(spec.scheme, name), models)
    there = manifest.read(folder)
    if there is not None and len(revision) >= 7 and there.commit.startswith(revision):
        yield folder


def _holds_weights(folder: Path) -> bool:
    suffixes = (".safetensors", ".onnx")
    if not folder.is_dir():
        return False
    inside = (folder, *(entry for entry in folder.iterdir() if entry.is_dir()))
    return any(path.suffix in suffixes for place in inside for path in place.iterdir())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from fetching into the same folder."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f"{folder.name}.lock"), timeout=0)
        lock.acquire()
    except Timeout:
        raise EncoderError(
            f"another process is fetching into {folder}", hint="wait for it or stop it"
        ) from None
    except OSError as error:
        raise WeightsUnavailable(
            f"{folder} cannot be written: {error.strerror}",
            hint="set `models` to a folder that can be",
        ) from error
    try:
        yield
    finally:
        lock.release()
