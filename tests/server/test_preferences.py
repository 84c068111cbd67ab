"""Settings are chosen in a browser: only harmless ones, checked, kept, and under flags."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.server.conftest import settings_of

from mindseye.config import setting_fields
from mindseye.server.context import Context
from mindseye.server.preferences import AFTER_RESTART, AT_ONCE, CHANGEABLE, preferred

SETTINGS = "/api/v1/settings"


def told(answer: Any) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in answer.json()}


def test_every_setting_that_may_be_chosen_is_one_and_none_says_who_may_see_what() -> None:
    assert {entry.name for entry in setting_fields()} >= CHANGEABLE
    assert AT_ONCE.isdisjoint(AFTER_RESTART)
    safety = {"folders", "host", "hosts", "port", "proxies", "certificate", "key", "store",
              "library", "models", "max_pixels", "decode_memory", "tiles"}  # fmt: skip
    assert safety.isdisjoint(CHANGEABLE)


def test_what_is_chosen_holds_at_once_or_after_a_restart(client: TestClient, app: FastAPI) -> None:
    context: Context = app.state.context
    wanted = {"thumbnails_mb": 3, "read_text": True, "batch": 7, "limit": 5, "balance": 1}
    changed = told(client.patch(SETTINGS, json=wanted))
    assert (changed["batch"]["value"], changed["batch"]["source"]) == (7, "page")
    assert (changed["limit"]["value"], changed["limit"]["chosen"]) == (12, 5)
    assert (changed["limit"]["at_once"], changed["batch"]["at_once"]) == (False, True)
    assert context.thumbnails.limit == 3_000_000
    assert context.library.settings.read_text
    restarted = preferred(context.library.settings)
    assert (restarted.limit, restarted.balance, restarted.batch) == (5, 1.0, 7)
    assert restarted.source["limit"] == "page"
    assert told(client.patch(SETTINGS, json={"limit": None}))["limit"]["chosen"] is None
    assert preferred(context.library.settings).limit == 12
    assert client.get("/api/v1/audit").json()[0]["what"] == "limit"


def test_a_flag_and_the_environment_win_over_what_was_chosen(
    client: TestClient, app: FastAPI, gallery: Path
) -> None:
    context: Context = app.state.context
    assert client.patch(SETTINGS, json={"limit": 5}).status_code == 200
    for layer in ("flag", "environment"):
        given = replace(settings_of(gallery), library=context.settings.library, limit=9)
        held = preferred(replace(given, source={"limit": layer}))
        assert (held.limit, held.source["limit"]) == (9, layer)
        context.settings = replace(context.settings, source={"limit": layer})
        refused = client.patch(SETTINGS, json={"limit": 6})
        assert refused.status_code == 400
        assert layer in refused.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"folders": "/"}, 403),
        ({"nonsense": 1}, 403),
        ({"batch": 0}, 400),
        ({"batch": "many"}, 400),
        ({"watch": "perhaps"}, 400),
        ({"batch": 8, "balance": 2}, 400),
        ({"batch": [1]}, 422),
        ([], 422),
    ],
)
def test_what_cannot_be_chosen_changes_nothing(
    client: TestClient, changes: Any, status: int
) -> None:
    before = client.get(SETTINGS).json()
    assert client.patch(SETTINGS, json=changes).status_code == status
    assert client.get(SETTINGS).json() == before


def test_the_watch_goes_by_what_is_chosen(client: TestClient) -> None:
    assert client.get("/api/v1/roots").json()[0]["watched"] is False
    client.patch(SETTINGS, json={"watch": True})
    assert client.get("/api/v1/roots").json()[0]["watched"] is True
    client.patch(SETTINGS, json={"watch": False})
    assert client.get("/api/v1/roots").json()[0]["sight"] == "off"
