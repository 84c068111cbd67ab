"""Points to places: the table of points, and what holds for every point."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.places.points import FRESH, POINTS, Known

from mindseye.places.gazetteer import Gazetteer
from mindseye.places.points import countries_of
from mindseye.types import Located

ALL = (*POINTS, *FRESH)

BEYOND = {
    # In the gazetteer San Ysidro is no place of its own, and San Diego's centre is 21 km away.
    "San Diego, San Ysidro",
    # As far from its own centre as from New York's, across the river.
    "Jersey City",
    # GeoNames calls the town so.
    "Derry",
    # It lies in one district with Barcelona, has an eighth of its people, and is 7 km away.
    "L'Hospitalet de Llobregat",
    # A part of the city that lies beyond the reach of its half a million people.
    "Lisbon, Belém tower",
}
"""What the method cannot know: the table keeps it, so that a better one shows."""


def fits(found: Located, known: Known) -> bool:
    return (
        (found.country_code or "") == known.code
        and known.region in ("*", found.region or "")
        and bool({"*", found.city or ""} & set(known.cities))
    )


@pytest.mark.parametrize(
    "known", [known for known in ALL if known.what not in BEYOND], ids=lambda known: known.what
)
def test_a_point_is_given_its_country_region_and_city(gazetteer: Gazetteer, known: Known) -> None:
    found = gazetteer.at(known.latitude, known.longitude)
    assert fits(found, known), (found.country_code, found.region, found.city)


def test_the_country_is_right_at_every_point(gazetteer: Gazetteer) -> None:
    points = [(known.latitude, known.longitude) for known in ALL]
    codes = [found.country_code or "" for found in gazetteer.at_many(points)]
    assert codes == [known.code for known in ALL]


def test_what_the_method_cannot_know_is_still_beyond_it(gazetteer: Gazetteer) -> None:
    wrong = {
        known.what
        for known in ALL
        if not fits(gazetteer.at(known.latitude, known.longitude), known)
    }
    assert wrong == BEYOND


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=5))
def test_any_point_has_a_time_zone_and_many_points_are_answered_as_each(
    gazetteer: Gazetteer, points: list[tuple[float, float]]
) -> None:
    found = gazetteer.at_many(points)
    assert all(each.timezone for each in found)
    assert found == [gazetteer.at(*point) for point in points]


def test_local_names_and_all_names_come_along(gazetteer: Gazetteer) -> None:
    florence = gazetteer.at(43.7678, 11.2553)
    assert (florence.local.city, florence.local.region, florence.local.country) == (
        "Firenze",
        "Toscana",
        "Italia",
    )
    assert {"Firenze", "Florenz", "Флоренция", "佛罗伦萨"} <= set(florence.city_names)
    kyoto = gazetteer.at(35.0394, 135.7292)
    assert (kyoto.local.city, kyoto.local.country) == ("京都", "日本")


def test_the_part_of_a_city_is_among_the_names_of_the_city(gazetteer: Gazetteer) -> None:
    found = gazetteer.at(52.4990, 13.4030)
    assert found.city == "Berlin"
    assert "Kreuzberg" in found.city_names


def test_a_point_at_sea_has_a_time_zone_and_nothing_else(gazetteer: Gazetteer) -> None:
    assert gazetteer.at(0.0, -30.0) == Located(timezone="Etc/GMT+2")


def test_every_zone_on_land_lies_in_a_country(gazetteer: Gazetteer) -> None:
    zones = gazetteer.zones()
    stateless = [zone for zone in zones if not zone.startswith("Etc/") and not countries_of(zone)]
    assert stateless == []
    assert len(zones) > 400


def test_nearly_every_town_lies_in_the_country_its_own_record_names(gazetteer: Gazetteer) -> None:
    # GeoNames and the borders of OpenStreetMap are independent sources: they must agree but for
    # towns on a border and territories that two countries claim.
    towns = gazetteer.largest_cities(5_000)
    points = [(town.latitude, town.longitude) for town in towns]
    wrong = Counter(
        f"{town.country_code} in {found.country_code}"
        for town, found in zip(towns, gazetteer.at_many(points), strict=True)
        if town.country_code != found.country_code
    )
    assert wrong.total() < 5_000 * 0.01, wrong
