"""Names to places, and the names that a text mentions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.fold import fold
from mindseye.places import names
from mindseye.places.gazetteer import Gazetteer


@pytest.mark.parametrize(
    ("text", "kind", "name", "code"),
    [
        ("kyoto", "city", "Kyoto", "JP"),
        ("KYŌTO", "city", "Kyoto", "JP"),
        ("京都", "city", "Kyoto", "JP"),
        ("firenze", "city", "Florence", "IT"),
        ("Florenz", "city", "Florence", "IT"),
        ("münchen", "city", "Munich", "DE"),
        ("munchen", "city", "Munich", "DE"),
        ("北京", "city", "Beijing", "CN"),
        ("москва", "city", "Moscow", "RU"),
        ("nyc", "city", "New York City", "US"),
        ("new york", "region", "New York", "US"),
        ("toscana", "region", "Tuscany", "IT"),
        ("bayern", "region", "Bavaria", "DE"),
        ("USA", "country", "United States", "US"),
        ("uk", "country", "United Kingdom", "GB"),
        ("美国", "country", "United States", "US"),
        ("Deutschland", "country", "Germany", "DE"),
        ("Allemagne", "country", "Germany", "DE"),
        ("alemania", "country", "Germany", "DE"),
        ("ドイツ", "country", "Germany", "DE"),
    ],
)
def test_a_name_means_its_place(
    gazetteer: Gazetteer, text: str, kind: str, name: str, code: str
) -> None:
    found = [place for place in gazetteer.named(text) if place.kind == kind]
    assert (found[0].name, found[0].country_code) == (name, code)
    assert fold(text) in map(fold, found[0].names)


def test_of_places_of_one_name_the_most_populous_comes_first(gazetteer: Gazetteer) -> None:
    found = gazetteer.named("Paris")
    assert (found[0].name, found[0].country_code) == ("Paris", "FR")
    assert {"US", "CA"} <= {place.country_code for place in found}
    assert [place.population for place in found] == sorted(
        (place.population for place in found), reverse=True
    )


@pytest.mark.parametrize("text", ["", "no such place as this", "flr", "bsl"])
def test_what_is_no_name_and_an_airport_code_mean_nothing(gazetteer: Gazetteer, text: str) -> None:
    assert "Florence" not in [place.name for place in gazetteer.named(text)]
    assert "Basel" not in [place.name for place in gazetteer.named(text)]


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("photos of Kyoto", ["Kyoto"]),
        ("a dog in Aix-en-Provence", ["Aix-en-Provence"]),
        ("京都の写真", ["京都"]),
        ("狗在北京海边", ["北京"]),
        ("summer in the U.S.A.", ["U.S.A."]),
        ("New York City lights", ["New York City", "New York"]),
        ("kyotos", []),
    ],
)
def test_a_text_is_scanned_for_names(gazetteer: Gazetteer, text: str, mentioned: list[str]) -> None:
    found = [text[mention.start : mention.end] for mention in gazetteer.mentions(text)]
    assert [name for name in found if name in mentioned] == mentioned
    if not mentioned:
        assert found == []


@given(st.text(max_size=60))
def test_what_is_mentioned_is_named(gazetteer: Gazetteer, text: str) -> None:
    for mention in gazetteer.mentions(text):
        part = text[mention.start : mention.end]
        assert list(mention.places) == gazetteer.named(part)


@pytest.mark.parametrize(
    ("name", "others", "english"),
    [
        ("Bayern", ("Bavaria", "Free State of Bavaria"), "Bavaria"),
        ("Toscana", ("Toscane", "Tuscany"), "Tuscany"),
        ("Shanghai Shi", ("Shanghai", "Shanghai Municipality"), "Shanghai"),
        ("Ticino", ("Canton of Ticino", "Tessin"), "Ticino"),
        ("Grand-Est", (), "Grand-Est"),
    ],
)
def test_a_region_is_called_by_its_english_name(
    name: str, others: tuple[str, ...], english: str
) -> None:
    assert names.english_region(name, others) == english


@pytest.mark.parametrize(
    ("listed", "language", "script", "local"),
    [
        (("Kyoto", "きょうとし", "キョウト", "京都", "京都市"), "ja", "Jpan", "京都"),
        (("Guangzhou", "廣州", "广州", "广州市"), "zh", "Hans", "广州"),
        (("Athens", "Αθήνα"), "el", "Grek", "Αθήνα"),
        (("Nowhere",), "ja", "Jpan", ""),
    ],
)
def test_the_local_name_is_one_in_the_script_of_the_language(
    listed: tuple[str, ...], language: str, script: str, local: str
) -> None:
    assert names.in_script(listed, language, script, ()) == local
