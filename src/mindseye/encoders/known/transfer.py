"""Talks to a model hub: what a repository holds, and its files, resumed where they broke off.

huggingface_hub knows the hub's addresses, tokens, proxies and offline mode, and lists what there
is. Its own downloads begin anew in every process; ours go on from what an earlier one left.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any, Final

from mindseye.encoders.known.manifest import git_blob_of, sha256_of
from mindseye.errors import MissingExtra, SpecError, WeightsUnavailable

PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each new try after the connection broke; any byte received starts them anew."""

_CHUNK: Final = 1 << 18
_SECONDS: Final = 30.0
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_SATISFIABLE: Final = 416


class Cancelled(Exception):
    """Whoever asked for a download does not want it any more; never leaves this package."""


class Damaged(Exception):
    """A file did not arrive as the hub describes it; never leaves this package."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a repository; `sha256` is told of large files, `blob` (git's name) of all."""

    name: str
    size: int | None
    sha256: str = ""
    blob: str = ""

    @property
    def identity(self) -> str:
        """What changes whenever the content does."""
        return self.sha256 or self.blob or f"size-{self.size}"

    @property
    def described(self) -> bool:
        """Whether the hub tells anything by which a copy can be judged."""
        return self.size is not None or bool(self.sha256 or self.blob)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a repository holds at one commit."""

    repository: str
    commit: str
    files: tuple[RemoteFile, ...]

    @property
    def names(self) -> list[str]:
        """The names of all files."""
        return [file.name for file in self.files]

    def only(self, names: Sequence[str]) -> list[RemoteFile]:
        """The files of these names."""
        return [file for file in self.files if file.name in set(names)]


class Hub:
    """A model hub, the one that `HF_ENDPOINT` names or else the usual one.

    Raises `MissingExtra` where huggingface_hub is not installed, `WeightsUnavailable` where
    `HF_HUB_OFFLINE` forbids to ask anybody.
    """

    def __init__(self, pauses: Sequence[float] = PAUSES, cancel: Event | None = None) -> None:
        try:
            import huggingface_hub
        except ImportError as error:
            raise MissingExtra("huggingface-hub", "encoders") from error
        self._library: Any = huggingface_hub
        self._pauses = pauses
        self._cancel = cancel or Event()
        # The library reads these once, when it is first imported; here they count at every call.
        if os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}:
            raise WeightsUnavailable("HF_HUB_OFFLINE is set: nothing may be fetched")
        self._endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or None

    def listing(self, repository: str, revision: str) -> Listing:
        """What a repository holds at a revision.

        Raises `SpecError` where there is no such repository or revision, `WeightsUnavailable`
        where the hub cannot be reached or wants its terms accepted first.
        """
        api = self._library.HfApi(
            endpoint=self._endpoint, library_name="mindseye", library_version=version("mindseye")
        )
        with self._named_errors(repository, revision):
            for pause in (*self._pauses, None):
                try:
                    found = api.model_info(
                        repository, revision=revision, files_metadata=True, timeout=_SECONDS
                    )
                    return Listing(repository, str(found.sha), tuple(map(_file, found.siblings)))
                except self._library.errors.HfHubHTTPError as error:
                    self._wait(pause, error)
        raise AssertionError("the last try either returns or raises")

    def download(
        self, listing: Listing, file: RemoteFile, part: Path, report: Callable[[int], None]
    ) -> None:
        """Fetch a file into `part`, going on from what it holds; verified when this returns.

        `report` is told of every change of the bytes at hand, less of them included. Raises
        `Cancelled`, `Damaged` (`part` is gone then) and what `listing` raises.
        """
        part.parent.mkdir(parents=True, exist_ok=True)
        url = self._library.hf_hub_url(
            listing.repository, file.name, revision=listing.commit, endpoint=self._endpoint
        )
        with self._named_errors(listing.repository, listing.commit):
            self._complete(url, file, part, report)
        if file.described and not is_whole(part, file):
            report(-part.stat().st_size)
            part.unlink()
            raise Damaged(f"{file.name} arrived damaged: its digest is not the one of the hub")

    def _complete(
        self, url: str, file: RemoteFile, part: Path, report: Callable[[int], None]
    ) -> None:
        part.touch()
        pauses = iter((*self._pauses, None))
        while file.size is None or part.stat().st_size < file.size:
            held = part.stat().st_size
            try:
                self._stream(url, part, report)
            except self._transient as error:
                if part.stat().st_size > held:
                    pauses = iter((*self._pauses, None))
                self._wait(next(pauses, None), error)
            else:
                if file.size is None or part.stat().st_size >= file.size:
                    return
                # Some servers end an answer early without breaking the connection.
                self._wait(next(pauses, None), ConnectionError(f"{url} broke off"))

    def _stream(self, url: str, part: Path, report: Callable[[int], None]) -> None:
        from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

        held = part.stat().st_size
        headers = build_hf_headers(library_name="mindseye", library_version=version("mindseye"))
        # The bytes are wanted as they lie there: a packed answer cannot be resumed by its length.
        headers |= {"Accept-Encoding": "identity"} | ({"Range": f"bytes={held}-"} if held else {})
        request = {"headers": headers, "timeout": _SECONDS, "follow_redirects": True}
        with get_session().stream("GET", url, **request) as answer:
            if answer.status_code == _NOT_SATISFIABLE:
                report(-held)
                part.write_bytes(b"")
                return
            hf_raise_for_status(answer)
            resumed = answer.status_code == 206
            if held and not resumed:
                report(-held)
            with part.open("ab" if resumed else "wb") as file:
                for chunk in answer.iter_bytes(_CHUNK):
                    file.write(chunk)
                    report(len(chunk))
                    if self._cancel.is_set():
                        raise Cancelled

    @property
    def _transient(self) -> tuple[type[Exception], ...]:
        return (_transport_error(), ConnectionError, self._library.errors.HfHubHTTPError)

    def _wait(self, seconds: float | None, error: Exception) -> None:
        """Wait before the next try; raises `error` when it is no use or there were enough."""
        answer = getattr(error, "response", None)
        if answer is not None and answer.status_code not in _BUSY:
            raise error
        if seconds is None or isinstance(error, self._library.errors.OfflineModeIsEnabled):
            raise error
        if self._cancel.wait(seconds):
            raise Cancelled

    @contextmanager
    def _named_errors(self, repository: str, revision: str) -> Iterator[None]:
        """Turn the library's errors into ours, in this one place."""
        errors = self._library.errors
        where = self._endpoint or "the model hub"
        try:
            yield
        except errors.OfflineModeIsEnabled as error:
            raise WeightsUnavailable("offline mode is set: nothing may be fetched") from error
        except errors.GatedRepoError as error:
            raise WeightsUnavailable(
                f"{repository} is given only to those who accepted its terms",
                hint="accept them on its page, then `hf auth login` or set HF_TOKEN",
            ) from error
        except errors.RepositoryNotFoundError as error:
            raise SpecError(
                f"{where} has no repository {repository}, or it is private",
                hint="check the name; for a private one `hf auth login` or set HF_TOKEN",
            ) from error
        except errors.RevisionNotFoundError as error:
            raise SpecError(f"{repository} has no revision {revision!r}") from error
        except errors.HfHubHTTPError as error:
            raise WeightsUnavailable(
                f"{where} refused {repository}: {_first_line(error)}"
            ) from error
        except (_transport_error(), ConnectionError) as error:
            raise WeightsUnavailable(
                f"{where} cannot be reached: {_first_line(error) or type(error).__name__}"
            ) from error
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise WeightsUnavailable(f"{repository} cannot be kept here: {error}") from error
            raise WeightsUnavailable("the disk is full; what was fetched is kept") from error


def _transport_error() -> type[Exception]:
    """The class of the HTTP library's errors on the wire.

    huggingface_hub changed its HTTP library between versions; whichever made the session counts.
    """
    from huggingface_hub.utils import get_session

    library = import_module(type(get_session()).__module__.partition(".")[0])
    found: type[Exception] = library.TransportError
    return found


def _file(sibling: Any) -> RemoteFile:
    large = sibling.lfs
    return RemoteFile(
        sibling.rfilename,
        sibling.size,
        "" if large is None else str(large.sha256),
        "" if large is not None or sibling.blob_id is None else str(sibling.blob_id),
    )


def is_whole(path: Path, file: RemoteFile) -> bool:
    """Whether a file on this disk is the one the hub describes, as far as the hub tells."""
    if not path.is_file() or file.size not in {None, path.stat().st_size}:
        return False
    if file.sha256:
        return sha256_of(path) == file.sha256
    if file.blob:
        return git_blob_of(path) == file.blob
    return file.size is not None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
