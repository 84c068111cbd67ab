"""What a failure means outside Python: its exit code, its HTTP status, the words a user reads.

The tables are searched from the most special class to the most general one.
"""

from __future__ import annotations

from mindseye import errors

EXIT_CODES: dict[type[errors.MindseyeError], int] = {
    errors.NotFound: 3,
    errors.UsageError: 2,
    errors.MissingExtra: 4,
    errors.MediaError: 5,
    errors.EncoderError: 6,
    errors.StoreBusy: 8,
    errors.StoreError: 7,
    errors.AccessError: 9,
    errors.RecognitionError: 10,
    errors.MindseyeError: 1,
}
"""Error class -> exit code of the command line. 0 is success, 130 an interrupt."""

INTERRUPTED = 130

HTTP_STATUSES: dict[type[errors.MindseyeError], int] = {
    errors.NotFound: 404,
    errors.UsageError: 400,
    errors.MissingExtra: 501,
    errors.MediaTooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.MediaError: 422,
    errors.WeightsUnavailable: 503,
    errors.SpaceMismatch: 409,
    errors.StoreBusy: 409,
    errors.StoreUnavailable: 503,
    errors.NotAuthenticated: 401,
    errors.TooManyAttempts: 429,
    errors.AccessError: 403,
    errors.MindseyeError: 500,
}
"""Error class -> status of an HTTP answer (RFC 9110)."""


def exit_code(error: errors.MindseyeError) -> int:
    """The exit code for an error: that of its nearest class in `EXIT_CODES`."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)


def http_status(error: errors.MindseyeError) -> int:
    """The HTTP status for an error: that of its nearest class in `HTTP_STATUSES`."""
    return next(HTTP_STATUSES[kind] for kind in type(error).__mro__ if kind in HTTP_STATUSES)


def describe(error: errors.MindseyeError) -> dict[str, object]:
    """An error as data, for `--json`: its kind, message, hint and what else it knows."""
    facts: dict[str, object] = {
        "error": type(error).__name__,
        "message": error.message,
        "hint": error.hint,
        "exit_code": exit_code(error),
    }
    if isinstance(error, errors.QueryError):
        facts["offset"] = error.offset
    if isinstance(error, errors.MediaError):
        facts["path"] = error.path
    return facts
