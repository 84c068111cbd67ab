"""Every error Mindseye raises on purpose.

    MindseyeError(message, *, hint="")
    +- UsageError
    |  +- ConfigError             a setting that cannot be read or has no such value
    |  +- SpecError               an encoder spec nobody can resolve
    |  +- QueryError(offset)      a query that cannot be understood, and where
    |  +- NotFound                a photo, album, root or space that is not there
    +- MissingExtra               an optional package is not installed; the hint is the pip line
    +- MediaError(path)
    |  +- UnsupportedMedia        no decoder for this kind of file
    |  +- CorruptMedia            the file says it is a picture and is not a whole one
    |  +- MediaTooLarge           more pixels, bytes or time than a decoder may spend
    +- EncoderError
    |  +- WeightsUnavailable      the encoder's files are not on this machine
    |  +- SpaceMismatch           vectors of two spaces met
    +- RecognitionError           the text in a picture could not be looked for
    +- StoreError
    |  +- StoreUnavailable        the store cannot be opened or reached
    |  +- StoreBusy               somebody else holds the store
    |  +- SchemaTooNew            the library was written by a newer Mindseye
    |  +- VectorSearchUnsupported the database has no vector search and it was insisted on
    +- AccessError
       +- NotAuthenticated
       +- NotPermitted

The message says what was expected and what was found; the hint says what to do. Exit codes and
HTTP statuses are given to these classes in `mindseye.failures`, nowhere else.
"""

from __future__ import annotations


class MindseyeError(Exception):
    """The root of every error raised on purpose; `hint` tells the user what to do next."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(MindseyeError):
    """What was asked for cannot be done as asked; asking differently helps."""


class ConfigError(UsageError):
    """A setting has a value that cannot be used."""


class SpecError(UsageError):
    """An encoder spec is malformed or names no known encoder."""


class QueryError(UsageError):
    """A query cannot be understood; `offset` is the character of `query` where trouble starts.

    `query` is "" where no typed text was read.
    """

    def __init__(self, message: str, *, offset: int = 0, hint: str = "", query: str = "") -> None:
        super().__init__(message, hint=hint)
        self.offset = offset
        self.query = query


class NotFound(UsageError):
    """The photo, root, space or library named is not there."""


class MissingExtra(MindseyeError, ImportError):
    """An optional package is not installed; the hint is the exact line that installs it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package {package!r}, which is not installed",
            hint=f'pip install "mindseye[{extra}]"',
        )
        self.package = package
        self.extra = extra


class MediaError(MindseyeError):
    """A file could not be turned into pixels; `path` says which."""

    def __init__(self, path: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        # Raised in decoder processes: the default reduction would replay the wrong arguments.
        return (_remake_media_error, (type(self), self.path, self.message, self.hint))


class UnsupportedMedia(MediaError):
    """No decoder takes this kind of file."""


class CorruptMedia(MediaError):
    """The file is damaged, truncated or not what its first bytes say."""


class MediaTooLarge(MediaError):
    """Decoding the file would take more pixels, memory or time than allowed."""


class EncoderError(MindseyeError):
    """An encoder could not be loaded or run."""


class WeightsUnavailable(EncoderError):
    """The files of an encoder are not on this machine."""


class SpaceMismatch(EncoderError):
    """Vectors of one embedding space were offered to another."""


class RecognitionError(MindseyeError):
    """The text in a picture could not be looked for."""


class StoreError(MindseyeError):
    """The library's database could not do what was asked."""


class StoreUnavailable(StoreError):
    """The store cannot be opened or reached."""


class StoreBusy(StoreError):
    """Another process holds what this one needs."""


class SchemaTooNew(StoreError):
    """The library was written by a newer Mindseye than this one."""


class VectorSearchUnsupported(StoreError):
    """The database has no vector search, and the caller insisted on it."""


class AccessError(MindseyeError):
    """The caller may not do this."""


class NotAuthenticated(AccessError):
    """The caller has not said who they are."""


class NotPermitted(AccessError):
    """The caller is known and not allowed."""


class TooManyAttempts(AccessError):
    """Somebody tried to sign in too often; `seconds` says when it may be tried again."""

    def __init__(self, message: str, *, seconds: float, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.seconds = seconds


def _remake_media_error(kind: type[MediaError], path: str, message: str, hint: str) -> MediaError:
    return kind(path, message, hint=hint)
