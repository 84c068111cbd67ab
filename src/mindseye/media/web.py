"""A picture on the web, fetched because a user's query names its address.

This is the only place where Mindseye reaches beyond the machine for a search. Nothing of the query
or the library is sent along, and what comes back is decoded as carefully as any file.
"""

from __future__ import annotations

import http.client
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from mindseye.errors import MediaTooLarge, NotFound

_SECONDS: Final = 20.0
_MOST_BYTES: Final = 64 << 20
"""More than any picture that a page shows."""


def fetch(url: str, most_bytes: int) -> bytes:
    """The bytes behind an http or https address; raises `NotFound`, `MediaTooLarge`."""
    most = min(most_bytes, _MOST_BYTES)
    # Some sites refuse clients that do not name themselves.
    headers = {"User-Agent": "mindseye", "Accept": "image/*,*/*;q=0.1"}
    try:
        request = Request(url, headers=headers)  # noqa: S310 - `_opener` speaks http and https only
        with _opener().open(request, timeout=_SECONDS) as answer:
            data: bytes = answer.read(most + 1)
            left = answer.length or 0
    except HTTPError as error:
        error.close()
        raise NotFound(f"{url} answers {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise NotFound(
            f"{url} cannot be fetched: {reason}", hint="save the picture and name its file instead"
        ) from error
    if left and len(data) <= most:
        raise NotFound(f"{url} cannot be fetched: the answer ends too early")
    if len(data) > most:
        raise MediaTooLarge(url, f"it has more than {most / 1e6:.0f} MB")
    return data


def _opener() -> OpenerDirector:
    """What speaks http and https only, wherever a redirect may lead."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler,
        HTTPHandler,
        HTTPSHandler,
        HTTPRedirectHandler,
        HTTPDefaultErrorHandler,
        HTTPErrorProcessor,
        UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener
