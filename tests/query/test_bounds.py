"""Days, months and circles have the ends that a calendar and a globe give them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.query.bounds import box_around, metres_between, time_bounds
from mindseye.query.fields import BY_NAME
from mindseye.query.model import Field
from mindseye.query.parse import parse
from mindseye.query.values import Circle

NOW = datetime(2024, 3, 31, 14, 30)


def bounds_of(text: str, now: datetime = NOW) -> tuple[datetime | None, datetime | None]:
    filter_ = parse(text).filter
    assert isinstance(filter_, Field)
    bounds = time_bounds(BY_NAME[filter_.name], filter_, now)
    return bounds.start, bounds.end


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("date:2023", datetime(2023, 1, 1), datetime(2024, 1, 1)),
        ("date:2023-12", datetime(2023, 12, 1), datetime(2024, 1, 1)),
        ("date:2024-02-29", datetime(2024, 2, 29), datetime(2024, 3, 1)),
        ("date:2023..2024-02", datetime(2023, 1, 1), datetime(2024, 3, 1)),
        ("date:2023..", datetime(2023, 1, 1), None),
        ("date:..2023", None, datetime(2024, 1, 1)),
        ("date:<2023", None, datetime(2023, 1, 1)),
        ("date:>2023", datetime(2024, 1, 1), None),
        ("date:today", datetime(2024, 3, 31), datetime(2024, 4, 1)),
        ("date:-1m", datetime(2024, 2, 29), datetime(2024, 3, 1)),
        ("date:-1y..", datetime(2023, 3, 31), None),
        ("date:-4m..-2w", datetime(2023, 11, 30), datetime(2024, 3, 18)),
        ("date:-999999y", datetime(1000, 1, 31), datetime(1000, 2, 1)),
        ("date:-999999d", datetime(1000, 1, 1), datetime(1000, 1, 2)),
    ],
)
def test_a_date_has_these_ends(text: str, start: datetime | None, end: datetime | None) -> None:
    assert bounds_of(text) == (start, end)


def test_days_of_the_library_itself_are_turned_to_utc() -> None:
    now = NOW.replace(tzinfo=timezone(timedelta(hours=9)))
    assert bounds_of("added:2024-03-31", now) == (
        datetime(2024, 3, 30, 15),
        datetime(2024, 3, 31, 15),
    )


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ((48.8566, 2.3522), (51.5074, -0.1278), 343.6),
        ((0, 179.5), (0, -179.5), 111.2),
        ((90, 0), (-90, 77), 20015.1),
        ((35, 135), (35, 135), 0.0),
    ],
)
def test_two_points_lie_so_far_apart(
    one: tuple[float, float], other: tuple[float, float], kilometres: float
) -> None:
    assert metres_between(*one, *other) / 1000 == pytest.approx(kilometres, abs=0.1)


@given(
    st.floats(-90, 90), st.floats(-180, 180), st.floats(1, 2e7), st.floats(-90, 90),
    st.floats(-180, 180),
)  # fmt: skip
def test_a_box_leaves_nothing_of_its_circle_out(
    latitude: float, longitude: float, metres: float, north: float, east: float
) -> None:
    if metres_between(latitude, longitude, north, east) > metres:
        return
    box = box_around(Circle(latitude, longitude, metres))
    assert box.south <= north <= box.north
    if box.west <= box.east:
        assert box.west <= east <= box.east
    else:
        assert east >= box.west or east <= box.east
