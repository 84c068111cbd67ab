"""Edits join, lie over what files say, and come off again without a trace."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.errors import UsageError
from mindseye.stores.edits import (
    FIELDS,
    beneath,
    checked_edit,
    covered,
    edit_from,
    joined,
    metadata_from,
    overlaid,
    to_plain,
    uncovered,
    without,
)
from mindseye.testing.filters import TEXTS, photo_metadata
from mindseye.types import Edit, Gps, Place, Precision, Source

WORDS = st.lists(TEXTS, max_size=3, unique_by=str.casefold).map(tuple)
PLACES = st.builds(
    Place,
    **dict.fromkeys(("city", "region", "country", "country_code"), st.none() | st.just("") | TEXTS),
)


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """Edits that speak of anything between nothing and everything."""
    time = draw(
        st.none()
        | st.tuples(
            st.datetimes(), st.none() | st.just(timedelta(hours=9)), st.sampled_from(Precision)
        )
    )
    taken_at, offset, precision = time or (None, None, None)
    added = draw(WORDS)
    return Edit(
        taken_at=taken_at,
        offset=offset,
        precision=precision,
        gps=draw(st.none() | st.just(Gps(1.0, 2.0, 3.0))),
        place=draw(st.none() | PLACES),
        rating=draw(st.none() | st.integers(-1, 5)),
        favourite=draw(st.none() | st.booleans()),
        title=draw(st.none() | st.just("") | TEXTS),
        caption=draw(st.none() | st.just("") | TEXTS),
        add_keywords=added,
        remove_keywords=tuple(word for word in draw(WORDS) if word not in added),
    )


@given(edits(), photo_metadata())
def test_an_edit_comes_off_again_without_a_trace(edit, files):
    shown = overlaid(files, edit)
    assert uncovered(shown, edit, beneath(files, edit)) == files


@given(edits(), edits(), photo_metadata())
def test_two_edits_show_the_same_as_both_joined(first, second, files):
    # Only what files say decides whether a keyword that was hidden once and added later comes last.
    one_by_one, at_once = (
        overlaid(overlaid(files, first), second),
        overlaid(files, joined(first, second)),
    )
    assert sorted(set(one_by_one.keywords)) == sorted(set(at_once.keywords))
    same = {name for name in Edit.__dataclass_fields__ if not name.endswith("keywords")}
    assert {name: getattr(one_by_one, name) for name in same} == {
        name: getattr(at_once, name) for name in same
    }


@given(edits(), edits())
def test_what_is_taken_back_is_not_covered(first, second):
    assert covered(without(joined(first, second), covered(second))) == [
        name for name in covered(first) if name not in covered(second)
    ]
    assert without(first, FIELDS) == Edit()


@given(edits(), photo_metadata())
def test_edits_and_what_lies_beneath_them_survive_json(edit, files):
    assert edit_from(json.loads(json.dumps(to_plain(edit)))) == edit
    below = beneath(files, edit)
    assert metadata_from(json.loads(json.dumps(to_plain(below)))) == below


@given(edits(), photo_metadata())
def test_everything_that_is_covered_is_said_by_the_user(edit, files):
    sources = overlaid(files, edit).sources
    said = {part for part, source in sources.items() if source is Source.USER}
    assert {part for name in covered(edit) for part in FIELDS[name]} - said <= {"offset"}
    assert bool(said) == bool(covered(edit))


def test_a_later_time_does_not_keep_the_offset_of_an_earlier_one():
    earlier = Edit(datetime(2023, 1, 1, 12), timedelta(hours=9), Precision.MINUTE)
    later = Edit(datetime(1987, 1, 1), None, Precision.YEAR)
    assert joined(earlier, later) == later


def test_parts_of_a_place_are_said_one_by_one():
    said = joined(Edit(place=Place("Kyoto", country="Japan")), Edit(place=Place(region="Kansai")))
    assert said.place == Place("Kyoto", "Kansai", "Japan")
    assert joined(said, Edit(place=Place(city=""))).place == Place("", "Kansai", "Japan")


@pytest.mark.parametrize(
    ("edit", "revert", "trouble"),
    [(Edit(), [], "nothing"), (Edit(rating=3), ["mood"], "'mood'"), (Edit(rating=7), [], "rating")],
)
def test_what_cannot_be_done_is_refused(edit, revert, trouble):
    with pytest.raises(UsageError, match=trouble):
        checked_edit(edit, revert)
