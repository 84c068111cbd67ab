"""Which of a place's many names is the English one, which the local one, and which are none.

GeoNames' alternate names come without their languages here, so the local name is found by script,
by the character set of the language, and by what the areas around are called.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

ENGLISH_REGIONS: Final = frozenset(
    " ".join(
        """
    Abruzzo; Abu Dhabi; Alexandria; Andalusia; Aosta Valley; Apulia; Aragon; Attica; Azores;
    Baden-Württemberg; Baghdad; Balearic Islands; Bali; Bangkok; Basque Country; Bavaria;
    Belgrade; Brazzaville; Brittany; Brussels Capital; Brussels Capital Region; Bucharest;
    Budapest; Burgundy; Busan; Cairo; Canary Islands; Capital Region; Capital Region of
    Denmark; Carinthia; Castile and León; Catalonia; Central Bohemia; Central Java; Central
    Jutland; Corsica; Crete; Damascus; Dubai; East Java; Flanders; Friesland; Friuli Venezia
    Giulia; Geneva; Greater Poland; Grisons; Guangxi; Hanoi; Hesse; Hokkaido; Inner
    Mongolia; Isfahan; Jakarta; Jerusalem; Kyiv; Kyiv City; Kyoto; Lapland; Lazio; Lesser
    Poland; Limassol; Lisbon; Lombardy; Lower Austria; Lower Saxony; Lower Silesia; Lucerne;
    Madeira; Mazovia; Mecca; Medina; Mexico City; Moscow; Moscow Oblast; Navarre; Nicosia;
    Ningxia; Normandy; North Brabant; North Denmark; North Holland; North Rhine-Westphalia;
    Osaka; Piedmont; Pomerania; Prague; Quebec; Rhineland-Palatinate; Rhode Island; Riyadh; Saint
    Petersburg; San Marino; Santiago Metropolitan; Sardinia; Saxony; Saxony-Anhalt; Seoul;
    Sicily; Silesia; South Holland; South Moravian; Southwest Finland; St.-Petersburg;
    Stockholm; Styria; Tehran; Tel Aviv; Thuringia; Tibet; Tokyo; Trentino-Alto Adige;
    Tuscany; Tyrol; Upper Austria; Uusimaa; Valencia; Vienna; Wallonia; West Java; Xinjiang;
    Zealand; Zurich
        """.split()
    ).split("; ")
)
"""English names of regions that GeoNames lists beside the name in another language."""

_STYLED: Final = re.compile(
    r"^(?:(?:Free )?State|Province|Canton|Region|Principality|Department|Governorate|Municipality"
    r"|Autonomous Community|Federal District) of (?:the )?(.+)$"
    r"|^(.+?) (?:Prefecture|Province|Metropolis|Municipality|Oblast|Krai|Voivodeship|Governorate"
    r"|County|Canton|Department|Sheng|Shi|Region)$"
)
"""How English writes a region with its kind."""

LOCAL_CITIES: Final = {
    2867714: "München", 2886242: "Köln", 2861650: "Nürnberg", 2910831: "Hannover",
    2945024: "Braunschweig", 2761369: "Wien", 3176959: "Firenze", 3169070: "Roma",
    3164603: "Venezia", 3172394: "Napoli", 3173435: "Milano", 3165524: "Torino", 3176219: "Genova",
    3067696: "Praha", 756135: "Warszawa", 2618425: "København", 2711537: "Göteborg",
    2267057: "Lisboa", 2735943: "Porto", 2510911: "Sevilla", 2660646: "Genève", 2661552: "Bern",
    2659811: "Luzern", 2800866: "Bruxelles", 2803138: "Antwerpen", 2797656: "Gent",
    2800931: "Brugge", 683506: "București", 658225: "Helsinki", 3530597: "Ciudad de México",
    3094802: "Kraków", 2747373: "Den Haag", 792680: "Beograd", 1581130: "Hà Nội",
}  # fmt: skip
"""GeoNames id -> local name, where it is Latin and GeoNames' main name is the English one."""

COUNTRY_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "US": ("USA", "U.S.", "U.S.A.", "US", "United States of America", "the States", "America",
           "Amerika", "Amérique", "EE. UU.", "EEUU", "États Unis", "Etats-Unis", "アメリカ", "米国",
           "美利坚合众国", "美國"),
    "GB": ("UK", "U.K.", "Great Britain", "Britain", "Großbritannien", "Grande-Bretagne",
           "Gran Bretaña", "英国", "英國", "Vereinigtes Königreich"),
    "AE": ("UAE", "U.A.E.", "Emirates", "VAE", "阿联酋"),
    "CZ": ("Czech Republic", "Czechia", "Tschechien", "Tschechische Republik"),
    "KR": ("South Korea", "Korea", "Südkorea", "Corée du Sud", "韩国", "韓国", "南韩", "대한민국",
           "한국"),
    "KP": ("North Korea", "Nordkorea", "Corée du Nord", "朝鲜", "北朝鮮"),
    "NL": ("Holland", "The Netherlands", "Niederlande", "荷兰"),
    "MM": ("Burma", "Birma"), "CI": ("Ivory Coast", "Elfenbeinküste"), "SZ": ("Swaziland",),
    "TR": ("Turkey", "Türkei", "Turquie"), "CV": ("Cape Verde",), "TL": ("East Timor",),
    "RU": ("Russia", "Russian Federation", "俄国"), "CN": ("PRC", "Mainland China", "中國"),
    "HK": ("Hong Kong", "Hongkong", "香港"), "MO": ("Macau", "Macao", "澳门", "澳門", "マカオ"),
    "TW": ("Taiwan", "台湾", "臺灣", "台灣"), "VA": ("Vatican", "Vatikan", "Holy See", "梵蒂冈"),
    "PS": ("Palestine", "Palästina"), "CD": ("DR Congo", "DRC", "Congo-Kinshasa"),
    "CG": ("Congo-Brazzaville",), "MK": ("Macedonia", "Mazedonien"), "BA": ("Bosnia", "Bosnien"),
    "NZ": ("Aotearoa",), "IR": ("Persia",), "SY": ("Syria",), "LA": ("Laos",), "VN": ("Vietnam",),
    "JP": ("Nippon", "Nihon"),
}  # fmt: skip
"""Country code -> names in use that CLDR does not list."""

CITY_NAMES: Final[dict[int, tuple[str, ...]]] = {5128581: ("NYC", "New York")}
"""GeoNames id -> names in use that are written like airport codes, or lacking."""

NAME_LANGUAGES: Final = (
    "en zh zh_Hant de fr es ja it pt nl ru ko pl sv da nb fi cs sk hu ro bg el tr uk hr sl sr ar "
    "he fa hi bn th vi id ms ca et lv lt is"
).split()
"""Languages, as CLDR calls them, in which names of countries are known."""

_CODE: Final = re.compile(r"^[A-Z]{2,4}$")
_HTTP: Final = re.compile(r"^(https?:|www\.)")

_SCRIPTS: Final = {
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA"), "Hans": ("CJK",), "Hant": ("CJK",),
    "Kore": ("HANGUL",), "Cyrl": ("CYRILLIC",), "Grek": ("GREEK",), "Arab": ("ARABIC",),
    "Hebr": ("HEBREW",), "Thai": ("THAI",), "Deva": ("DEVANAGARI",), "Geor": ("GEORGIAN",),
    "Armn": ("ARMENIAN",), "Ethi": ("ETHIOPIC",), "Mymr": ("MYANMAR",), "Khmr": ("KHMER",),
    "Laoo": ("LAO",), "Sinh": ("SINHALA",), "Beng": ("BENGALI",), "Tibt": ("TIBETAN",),
    "Thaa": ("THAANA",),
}  # fmt: skip
"""ISO 15924 -> how Unicode names of its letters begin."""

_CHARSETS: Final = {
    "zh": "gb2312", "zh_Hant": "big5", "ja": "shift_jis", "ru": "koi8-r", "uk": "koi8-u",
    "el": "iso8859-7", "he": "iso8859-8", "ar": "iso8859-6", "fa": "cp1256", "th": "tis-620",
    "ko": "euc-kr", "sr": "iso8859-5", "mk": "iso8859-5", "bg": "koi8-r",
}  # fmt: skip
"""Language -> a character set that holds its letters and few others."""


def usable(names: Iterable[str], main: str) -> tuple[str, ...]:
    """The names people use, `main` first, each once: no airport codes, no web addresses."""
    kept = (name.strip() for name in names if not _CODE.match(name) and not _HTTP.match(name))
    return tuple(dict.fromkeys((main, *(name for name in kept if name))))


def english_region(name: str, others: Sequence[str]) -> str:
    """The English name of a region that is called `name` in its standard and has other names."""
    for other in (name, *others):
        if (plain := other.replace("’", "'")) in ENGLISH_REGIONS:
            return plain
    for other in (*others, name):
        if match := _STYLED.match(other):
            return match[1] or match[2]
    return name


def local_city(number: int, name: str, names: Sequence[str], around: Sequence[str]) -> str:
    """The local name of a city in a country that writes Latin letters.

    `around` are names of the areas it lies in: one that is a name of the city as well, beside an
    area that bears the English name, is the local one.
    """
    if number in LOCAL_CITIES:
        return LOCAL_CITIES[number]
    if name in around:
        return next((other for other in around if other != name and other in names), name)
    return name


def in_script(names: Sequence[str], language: str, script: str, around: Sequence[str]) -> str:
    """The name in the script of the language that is likeliest the local one; "" without any.

    What areas around are called comes first, then what the language can write, then the shortest
    of at least two letters.
    """
    written = [name for name in names if _is_written_in(name, script)]
    if not written:
        return ""
    known = set(around)
    return min(
        written,
        key=lambda name: (
            len(name) < 2,
            script == "Jpan" and not name.startswith(_han(name)),
            not _fits(name, language),
            name not in known,
            len(name),
        ),
    )


def _han(name: str) -> str:
    """The first letter, where it is Han."""
    return name[0] if unicodedata.name(name[0], "").startswith("CJK") else "\0"


def _is_written_in(name: str, script: str) -> bool:
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and all(
        _letter_of(letter).startswith(_SCRIPTS[script]) for letter in letters
    )


@cache
def _letter_of(letter: str) -> str:
    return unicodedata.name(letter, "")


def _fits(name: str, language: str) -> bool:
    charset = _CHARSETS.get(language)
    if charset is None:
        return True
    try:
        name.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def has_script(script: str) -> bool:
    """Whether names in this script can be told from others; Latin ones cannot."""
    return script in _SCRIPTS
