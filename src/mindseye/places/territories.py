"""Countries as CLDR knows them, by the package Babel: names, languages and their scripts."""

from __future__ import annotations

from functools import cache
from typing import Final

from mindseye.places.names import COUNTRY_NAMES, NAME_LANGUAGES

_WITHOUT_LANGUAGE: Final = ("en", "Latn")


@cache
def languages_of(code: str) -> tuple[str, ...]:
    """The official languages of a country, that of the most people first, as CLDR calls them."""
    from babel.languages import get_official_languages

    return tuple(get_official_languages(code, de_facto=True))


@cache
def writing(code: str) -> tuple[str, str]:
    """The first official language of a country and the script it is written in (ISO 15924)."""
    from babel.core import get_global

    languages = languages_of(code)
    if not languages:
        return _WITHOUT_LANGUAGE
    likely = get_global("likely_subtags").get(languages[0], languages[0])
    script = next((part for part in likely.split("_") if len(part) == 4), "Latn")
    return languages[0], script


def local_country_name(code: str) -> str:
    """What a country calls itself in its first official language; "" where CLDR has no name."""
    for language in languages_of(code)[:1]:
        return _territory(language, code)
    return ""


def territory_names(code: str) -> tuple[str, ...]:
    """All names of a country, the English one first; none where CLDR does not know it."""
    languages = (*NAME_LANGUAGES, *languages_of(code))
    known = (_territory(language, code) for language in languages)
    return tuple(dict.fromkeys(name for name in (*known, *COUNTRY_NAMES.get(code, ())) if name))


def country_of_zone(zone: str) -> str | None:
    """The code of the country a time zone lies in; None at sea and for a zone CLDR lacks."""
    from babel.core import get_global

    code = get_global("zone_territories").get(zone)
    return None if code in {None, "ZZ", "001"} else str(code)


@cache
def _territory(language: str, code: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(language).territories.get(code, ""))
    except UnknownLocaleError:
        return ""
