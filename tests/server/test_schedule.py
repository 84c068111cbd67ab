"""Long work starts by itself at the moments that cron would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from mindseye.errors import NotFound, UsageError
from mindseye.server.jobs import Jobs
from mindseye.server.records import Records
from mindseye.server.schedule import Cron, Schedule

NOW = datetime(2026, 2, 27, 23, 58, 30)  # a Friday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("* * * * *", datetime(2026, 2, 27, 23, 59)),
        ("*/15 * * * *", datetime(2026, 2, 28, 0, 0)),
        ("5 3 * * *", datetime(2026, 2, 28, 3, 5)),
        ("0 3 * * 0", datetime(2026, 3, 1, 3, 0)),
        ("0 3 * * 7", datetime(2026, 3, 1, 3, 0)),
        ("0 9-17/4 * * 1-5", datetime(2026, 3, 2, 9, 0)),
        ("30 12 29 2 *", datetime(2028, 2, 29, 12, 30)),
        ("0 0 13 * 5", datetime(2026, 3, 6, 0, 0)),
        ("0 0 1,15 6 *", datetime(2026, 6, 1, 0, 0)),
        ("59/1 23 31 12 *", datetime(2026, 12, 31, 23, 59)),
    ],
)
def test_the_next_moment_is_that_of_cron(text: str, expected: datetime) -> None:
    assert Cron.parse(text).next_after(NOW) == expected


@pytest.mark.parametrize(
    "text",
    ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
     "a * * * *", "5-1 * * * *", "*/0 * * * *", "1,, * * * *", "-1 * * * *", "0 0 30 2 *"],
)  # fmt: skip
def test_what_means_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        Cron.parse(text)


def part(least: int, most: int) -> st.SearchStrategy[str]:
    number = st.integers(least, most)
    spans = st.tuples(number, number).map(lambda ends: f"{min(ends)}-{max(ends)}")
    return st.sampled_from(["*", "*/7"]) | number.map(str) | spans


@given(
    st.tuples(part(0, 59), part(0, 23), part(1, 28), part(1, 12), part(0, 7)).map(" ".join),
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
)
def test_every_moment_fits_and_lies_ahead(text: str, moment: datetime) -> None:
    cron = Cron.parse(text)
    found = cron.next_after(moment)
    assert found > moment
    assert found.minute in cron.allowed[0]
    assert found.hour in cron.allowed[1]
    assert found.month in cron.allowed[3]
    assert cron.next_after(found) > found


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records(tmp_path)
    yield records
    records.close()


def test_what_is_due_is_started_once_and_not_twice_at_a_time(records: Records) -> None:
    now = [NOW.timestamp()]
    jobs = Jobs({})
    jobs.close()
    schedule = Schedule(records, jobs, lambda: now[0])
    for _ in range(2):
        schedule.open()
    made = schedule.add("*/15 * * * *", "ingest", {"folders": []})
    assert schedule.start_due() == 0
    now[0] += 7200
    assert schedule.start_due() == 1
    assert [(job.kind, job.arguments) for job in jobs.all()] == [("ingest", {"folders": []})]
    assert schedule.start_due() == 0
    now[0] += 7200
    assert schedule.start_due() == 1
    assert len(jobs.all()) == 1
    jobs.cancel(jobs.all()[0].id)
    now[0] += 7200
    schedule.start_due()
    assert len(jobs.all()) == 2
    schedule.remove(made.id)
    assert schedule.all() == []
    with pytest.raises(NotFound):
        schedule.remove(made.id)
    schedule.close()


def test_a_schedule_is_made_told_and_removed_over_http(client: TestClient, photos: Path) -> None:
    wanted = {"cron": "0 3 * * *", "job": {"kind": "ingest", "folders": [str(photos)]}}
    made = client.post("/api/v1/schedules", json=wanted)
    assert made.status_code == 201
    entry = made.json()
    assert entry["next_at"] > entry["created_at"]
    assert entry["arguments"]["folders"] == [str(photos)]
    assert client.get("/api/v1/schedules").json() == [entry]
    for wrong, status in (
        ({"cron": "often", "job": {"kind": "check"}}, 400),
        ({"cron": "0 3 * * *", "job": {"kind": "ingest", "folders": ["/etc"]}}, 403),
        ({"cron": "0 3 * * *", "job": {"kind": "dance"}}, 422),
    ):
        assert client.post("/api/v1/schedules", json=wrong).status_code == status
    assert client.delete(f"/api/v1/schedules/{entry['id']}").status_code == 204
    assert client.delete(f"/api/v1/schedules/{entry['id']}").status_code == 404
