"""Requests to a server, and its problems as errors of the house."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Self

from mindseye import errors
from mindseye.errors import MissingExtra, StoreUnavailable

try:
    import httpx
except ImportError as error:
    raise MissingExtra("httpx", "client") from error

API: Final = "/api/v1"

_BY_STATUS: Final[dict[int, type[errors.MindseyeError]]] = {
    403: errors.NotPermitted,
    404: errors.NotFound,
    421: errors.NotPermitted,
}
"""What is raised for problems without a name."""

Parameters = Mapping[str, object]


class Connection:
    """A server at an address; every method raises the errors of `mindseye.errors`.

    `StoreUnavailable` says that the server cannot be reached.
    """

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    @classmethod
    def open(
        cls, address: str, token: str, timeout: float, transport: httpx.BaseTransport | None
    ) -> Self:
        """The server at an address, asked with a token where there is one."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return cls(
            httpx.Client(base_url=address, headers=headers, timeout=timeout, transport=transport)
        )

    def get(self, path: str, params: Parameters | None = None) -> Any:
        """The answer as JSON."""
        return self.ask("GET", path, params=_given(params or {})).json()

    def send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """The answer to a body as JSON; None where there is none."""
        answer = self.ask(method, path, json=body)
        return answer.json() if answer.content else None

    def bytes_of(
        self, path: str, params: Parameters | None = None, *, accept: str = "*/*"
    ) -> bytes:
        """The answer as it is."""
        answer = self.ask("GET", path, params=_given(params or {}), headers={"Accept": accept})
        return answer.content

    def upload(self, path: str, params: Parameters, pictures: Sequence[bytes]) -> Any:
        """The answer to pictures as JSON."""
        files = [("picture", (f"picture {place}", data)) for place, data in enumerate(pictures)]
        return self.ask("POST", path, params=_given(params), files=files).json()

    def events(self, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The name and the data of each event, as long as the server tells them."""
        name = ""
        try:
            with self._http.stream("GET", _address(path), timeout=None) as answer:
                if answer.is_error:
                    answer.read()
                    raise problem_of(answer)
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        name = line.removeprefix("event: ")
                    elif line.startswith("data: "):
                        yield name, json.loads(line.removeprefix("data: "))
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The answer to any request; raises where it is a problem."""
        try:
            answer = self._http.request(method, _address(path), **request)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        if answer.is_error:
            raise problem_of(answer)
        return answer

    def close(self) -> None:
        """Release the connections."""
        self._http.close()

    def _unreachable(self, error: httpx.TransportError) -> StoreUnavailable:
        return StoreUnavailable(
            f"the server at {self._http.base_url} cannot be reached: {error}",
            hint="`mindseye serve` starts one",
        )


def problem_of(answer: httpx.Response) -> errors.MindseyeError:
    """The error that an answer tells of."""
    try:
        problem = answer.json()
    except ValueError:
        problem = {"detail": f"the server answers {answer.status_code}"}
    detail, hint = str(problem.get("detail", "")), str(problem.get("hint", ""))
    mistakes = "; ".join(f"{one['where']}: {one['message']}" for one in problem.get("mistakes", ()))
    detail = f"{detail}: {mistakes}" if mistakes else detail
    kind = _kind(str(problem.get("type", "")), answer.status_code)
    if issubclass(kind, errors.QueryError):
        return kind(detail, hint=hint, offset=problem.get("offset", 0))
    if issubclass(kind, errors.MediaError):
        return kind("", detail, hint=hint)
    if issubclass(kind, errors.TooManyAttempts):
        return kind(detail, hint=hint, seconds=float(answer.headers.get("retry-after", 60)))
    return kind(detail, hint=hint)


def _kind(name: str, status: int) -> type[errors.MindseyeError]:
    found = vars(errors).get(name.rpartition(":")[2])
    if found is errors.MissingExtra:
        # An extra that the server lacks is not installed here.
        return errors.MindseyeError
    if isinstance(found, type) and issubclass(found, errors.MindseyeError):
        return found
    general = errors.MindseyeError if status >= 500 else errors.UsageError
    return _BY_STATUS.get(status, general)


def _given(params: Parameters) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value not in (None, (), [], "")}


def _address(path: str) -> str:
    return path if path.startswith("/") else f"{API}/{path}"
