"""What users type of a photo is understood, or refused with a way to say it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mindseye.errors import UsageError
from mindseye.media import said
from mindseye.media.readers.moments import Moment
from mindseye.types import Edit, Gps, Place, Precision


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("1987", Moment(datetime(1987, 1, 1), Precision.YEAR)),
        ("2023-04", Moment(datetime(2023, 4, 1), Precision.MONTH)),
        ("2023-4-5", Moment(datetime(2023, 4, 5), Precision.DAY)),
        (" 2023-04-05 12:30 ", Moment(datetime(2023, 4, 5, 12, 30), Precision.MINUTE)),
        (
            "2023-04-05T12:30:15+09:00",
            Moment(datetime(2023, 4, 5, 12, 30, 15), Precision.SECOND, timedelta(hours=9)),
        ),
        (
            "2023-04-05T12:30Z",
            Moment(datetime(2023, 4, 5, 12, 30), Precision.MINUTE, timedelta(0)),
        ),
        (
            "2023-04-05T12:30:15.25-0330",
            Moment(
                datetime(2023, 4, 5, 12, 30, 15, 250000),
                Precision.SUBSECOND,
                timedelta(hours=-3, minutes=-30),
            ),
        ),
    ],
)
def test_a_date_says_as_much_as_was_typed(typed: str, moment: Moment) -> None:
    assert said.moment(typed) == moment


@pytest.mark.parametrize(
    "typed",
    [
        *("", "yesterday", "2023-02-30", "2023-13", "2023-00-05", "1700", "12:30"),
        *("2023-04-05T25:00", "2023-04-05T12:30+19:00", "2023-04-05 noon", "2023-04-05+09:00"),
    ],
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="no date"):
        said.moment(typed)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("Kyoto, Kyoto Prefecture, Japan", Place("Kyoto", "Kyoto Prefecture", "Japan", "")),
        ("Kyoto,JP", Place("Kyoto", "", "", "JP")),
        ("京都", Place("京都", "", "", "")),
    ],
)
def test_a_place_replaces_all_its_parts(typed: str, place: Place) -> None:
    assert said.place(typed) == place


@pytest.mark.parametrize("typed", ["", "a,,b", "a,b,c,d", " , "])
def test_what_is_no_place_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="no place"):
        said.place(typed)


@pytest.mark.parametrize(
    ("typed", "gps"),
    [("35.01,135.77", Gps(35.01, 135.77)), ("-33.8, +151", Gps(-33.8, 151.0))],
)
def test_a_position_is_latitude_and_longitude(typed: str, gps: Gps) -> None:
    assert said.gps(typed) == gps


@pytest.mark.parametrize(
    "typed", ["", "35", "35,", "a,b", "1,2,3", "91,0", "0,181", "0,0", "nan,1"]
)
def test_what_is_no_position_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="no position"):
        said.gps(typed)


def test_texts_are_made_clean_and_emptied_ones_say_so() -> None:
    edit = Edit(title=" a\x00 ", caption="\t", add_keywords=(" x ", "X", ""), place=Place(" "))
    clean = Edit(title="a", caption="", add_keywords=("x",), place=Place(""))
    assert said.checked(edit) == clean


def test_a_country_is_a_name_or_a_code() -> None:
    assert said.checked(Edit(place=Place(country="JP"))).place == Place(None, None, "", "JP")
    assert said.checked(Edit(place=Place(country="Japan"))).place == Place(None, None, "Japan", "")
    both = Place(country="Japan", country_code="JP")
    assert said.checked(Edit(place=both)).place == both


@pytest.mark.parametrize(
    "edit",
    [
        Edit(rating=6),
        Edit(rating=-2),
        Edit(gps=Gps(91.0, 0.0)),
        Edit(taken_at=datetime(2023, 1, 1)),
        Edit(precision=Precision.DAY),
        Edit(offset=timedelta(0)),
    ],
)
def test_what_no_photo_can_have_is_refused(edit: Edit) -> None:
    with pytest.raises(UsageError):
        said.checked(edit)
