"""The roots of the library, and which of them are watched for changes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from mindseye.server.context import MOST_ID, Admin, Here, Viewer
from mindseye.server.models import RootFacts
from mindseye.server.problems import documented

router = APIRouter(tags=["library"], responses=documented(400, 401, 403, 404, 409, 422, 503))

RootId = Annotated[int, Path(ge=1, le=MOST_ID, description="The id of a root.", examples=[1])]


@router.get("/roots")
def roots(context: Here, caller: Viewer) -> list[RootFacts]:
    """The folders the library covers, whether each is watched, and how that goes."""
    del caller
    return [RootFacts.model_validate(root) for root in context.watch.all()]


class RootChange(BaseModel):
    """Whether a root is watched for changes; null leaves that to the setting `watch`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"watched": True}})

    watched: bool | None


@router.patch("/roots/{root_id}")
def change_root(context: Here, caller: Admin, root_id: RootId, change: RootChange) -> RootFacts:
    """Take in by itself what changes in a root, or not any more."""
    root = context.watch.switch(root_id, change.watched)
    said = {True: "on", False: "off", None: "as set"}[change.watched]
    context.gate.note(caller, "watch", f"{said}: {root.path}")
    return RootFacts.model_validate(root)
