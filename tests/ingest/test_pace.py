"""The time left follows from how fast it went lately, not from how it began."""

from __future__ import annotations

import pytest

from mindseye.cli.progress import time_text
from mindseye.ingest.pace import Pace


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def run(steps: list[tuple[float, int]]) -> tuple[Pace, Clock]:
    """A pace after so many seconds and things done, step by step."""
    clock = Clock()
    pace, done = Pace(clock), 0
    pace.note(0)
    for seconds, more in steps:
        clock.now += seconds
        done += more
        pace.note(done)
    return pace, clock


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        pytest.param([], None, id="nothing was done yet"),
        pytest.param([(1.0, 10)], None, id="too little was seen"),
        pytest.param([(10.0, 0)], None, id="time passed and nothing got done"),
        pytest.param([(10.0, 20)], 50.0, id="two a second"),
        pytest.param([(0.01, 1)] * 1000, 1.0, id="many small steps"),
        pytest.param([(600.0, 1)] + [(10.0, 100)] * 20, 10.0, id="a slow start is forgotten"),
        pytest.param([(10.0, 1000)] * 20 + [(10.0, 10)] * 20, 100.0, id="so is a fast one"),
    ],
)
def test_the_pace_is_that_of_the_last_minute(
    steps: list[tuple[float, int]], left: float | None
) -> None:
    pace, _ = run(steps)
    told = pace.seconds_left(100)
    assert told == (left if left is None else pytest.approx(left, rel=0.02))


def test_while_nothing_gets_done_the_time_left_grows() -> None:
    pace, clock = run([(10.0, 10)])
    before = pace.seconds_left(100)
    clock.now += 30
    after = pace.seconds_left(100)
    assert before is not None
    assert after == pytest.approx(4 * before)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0.4, "0 s left"),
        (89.0, "89 s left"),
        (600.0, "10 min left"),
        (3 * 3600 + 120, "3 h 2 min left"),
        (3 * 86_400, "3.0 days left"),
    ],
)
def test_the_time_left_is_told_as_exactly_as_it_is_known(seconds: float | None, text: str) -> None:
    assert time_text(seconds) == text
