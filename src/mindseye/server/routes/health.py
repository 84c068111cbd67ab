"""Whether the server lives, whether it can answer, and numbers for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from mindseye.server.context import Admin, Here
from mindseye.server.problems import documented

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """That all is well."""

    status: str = "ok"


@router.get("/healthz")
async def healthz() -> Health:
    """Answers as long as the process lives."""
    return Health()


@router.get("/readyz", responses=documented(500, 503))
def readyz(context: Here) -> Health:
    """Answers when the library can be read."""
    context.library.store.columns.generation()
    context.library.scope()
    return Health()


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"description": "Metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **documented(401, 403, 503),
    },
)
def metrics(context: Here, caller: Admin) -> Response:
    """Numbers in the text format of Prometheus."""
    del caller
    return Response(context.numbers.text(context), media_type=CONTENT_TYPE_LATEST)
