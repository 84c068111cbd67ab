"""Failures as problem details (RFC 9457), one shape for every error that a client can meet."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from mindseye.errors import MindseyeError, QueryError, TooManyAttempts
from mindseye.failures import http_status

MEDIA_TYPE: Final = "application/problem+json"


class Mistake(BaseModel):
    """One value of a request that cannot be used."""

    where: str = Field(description="Its place: `query.limit`, `body.rating`.")
    message: str


class Problem(BaseModel):
    """Why a request was not answered (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:mindseye:error:QueryError",
                "title": "Bad Request",
                "status": 400,
                "detail": "there is no field 'camra'",
                "hint": "did you mean camera?",
                "offset": 6,
            }
        }
    )

    type: str = Field(description="`urn:mindseye:error:NAME`, or `about:blank`.")
    title: str
    status: int
    detail: str
    hint: str = Field(default="", description="What to do about it.")
    offset: int | None = Field(
        default=None, description="The character of the query where trouble starts."
    )
    mistakes: list[Mistake] = Field(default_factory=list)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The entry `responses` of a route that may answer with problems of these statuses."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }


def answer(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """The problem as an HTTP answer."""
    return JSONResponse(
        problem.model_dump(exclude_none=True),
        problem.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def plain(status: int, detail: str, hint: str = "") -> Problem:
    """A problem that has no error class of its own."""
    title = HTTPStatus(status).phrase
    return Problem(type="about:blank", title=title, status=status, detail=detail, hint=hint)


def problem_of(error: MindseyeError) -> Problem:
    """What an error of the house tells a client."""
    status = http_status(error)
    return Problem(
        type=f"urn:mindseye:error:{type(error).__name__}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=error.message,
        hint=error.hint,
        offset=error.offset if isinstance(error, QueryError) else None,
    )


def install(app: FastAPI) -> None:
    """Let the application answer every failure with a problem."""
    app.add_exception_handler(MindseyeError, _failed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _broken)


async def _failed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MindseyeError)
    headers = {}
    if isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(max(1, round(error.seconds)))
    return answer(problem_of(error), headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    mistakes = [
        Mistake(where=".".join(map(str, entry["loc"])), message=entry["msg"])
        for entry in error.errors()
    ]
    problem = plain(422, "some values of the request cannot be used")
    return answer(problem.model_copy(update={"mistakes": mistakes}))


async def _broken(_: Request, error: Exception) -> JSONResponse:
    # What went wrong stands in the log of the server, where clients cannot read it.
    del error
    return answer(plain(500, "the server met an error of its own"))


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return answer(plain(error.status_code, str(error.detail)), dict(error.headers or {}))
