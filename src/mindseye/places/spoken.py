"""What people call a place and GeoNames does not tell here.

Of Chinese names GeoNames often has the traditional form or the Japanese one, or only one with the
kind of place behind it: 溫哥華, 広島, 麗江市. CLDR names one city of each time zone in every
language. For regions and islands a table of ours has the names in use (`spoken.tsv`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any, Final

from mindseye.fold import fold
from mindseye.places.names import NAME_LANGUAGES
from mindseye.places.sources import City

_HAN: Final = re.compile(r"[\u3005-\u3007\u3400-\u9fff]{2,}")

_WITH_KIND: Final = re.compile(
    r"([\u3005-\u3007\u3041-\u30ff\u3400-\u9fff]{2,}?)(?:[广広廣]域市|特[别別]市|[市县縣県省府])"
)
"""A name with the kind of place behind it, which is left out when people speak: 丽江市, 福岡県."""

_KNOWN_BY_ANOTHER: Final = 1_000_000
"""Of so many people, a city may be meant by CLDR under another than its main name."""

Names = tuple[str, ...]


def _converter(way: str) -> Any:
    from opencc import OpenCC

    return OpenCC(way)


def _table() -> dict[int, Names]:
    """GeoNames id -> names in use, those in Chinese in both scripts."""
    lines = (files("mindseye.places") / "spoken.tsv").read_text(encoding="utf-8").splitlines()
    traditional = _converter("s2t")
    found = {}
    for line in lines[1:]:
        number, _, chinese, *others = line.split("\t")
        listed = [*chinese.split(","), *traditional.convert(chinese).split(",")]
        listed += [name for names in others for name in names.split(",")]
        found[int(number)] = tuple(dict.fromkeys(filter(None, listed)))
    return found


def _zones() -> dict[tuple[str, str], Names]:
    """A time zone and the folded English name of its city -> its names in other languages."""
    from babel import Locale

    known = [Locale.parse(language).time_zones for language in NAME_LANGUAGES]
    english = known[NAME_LANGUAGES.index("en")]
    found = {}
    for zone in sorted(set().union(*known)):
        main = _city_of(english, zone) or zone.rpartition("/")[2].replace("_", " ")
        listed = dict.fromkeys(filter(None, (_city_of(zones, zone) for zones in known)))
        if listed:
            found[_newest(zone), fold(main) or ""] = tuple(listed)
    return found


def _newest(zone: str) -> str:
    """The newest name of a time zone: CLDR keeps some under an older one, such as Asia/Calcutta."""
    from babel.core import get_global

    return str(get_global("zone_aliases").get(zone, zone))


def _city_of(zones: Mapping[str, Mapping[str, str]], zone: str) -> str:
    return str(zones[zone].get("city", "")) if zone in zones else ""


@dataclass(frozen=True)
class Spoken:
    """Adds to the names of places those that people say."""

    table: Mapping[int, Names] = field(default_factory=_table)
    zones: Mapping[tuple[str, str], Names] = field(default_factory=_zones)

    def of_city(self, city: City, listed: Names) -> Names:
        """All names of a city of which `listed` are known."""
        return self.of_place(city.id, city.country_code, (*listed, *self._by_zone(city, listed)))

    def of_place(self, number: int, country_code: str, listed: Names) -> Names:
        """All names of the place with this GeoNames id of which `listed` are known."""
        known = dict.fromkeys((*listed, *self.table.get(number, ())))
        known |= dict.fromkeys(self._simplified(known, japanese=country_code == "JP"))
        bare = (match[1] for name in known if (match := _WITH_KIND.fullmatch(name)))
        return tuple(dict.fromkeys((*known, *bare)))

    def _by_zone(self, city: City, listed: Names) -> Names:
        """What CLDR calls a city that a time zone is named after."""
        zone = _newest(city.timezone)
        called = (city.name, *(listed if city.population >= _KNOWN_BY_ANOTHER else ()))
        found = (self.zones.get((zone, fold(name) or "")) for name in called)
        return next((names for names in found if names), ())

    def _simplified(self, names: Iterable[str], *, japanese: bool) -> Names:
        """The simplified forms of Han names; Japanese has its own ones: 広島 is 廣島, so 广岛."""
        han = [name for name in names if _HAN.fullmatch(name)]
        if not han:
            return ()
        lines = "\n".join(han)
        simple = self._converters["t2s"].convert(lines)
        if japanese:
            old = self._converters["jp2t"].convert(lines)
            simple = f"{simple}\n{self._converters['t2s'].convert(old)}"
        return tuple(simple.split("\n"))

    @cached_property
    def _converters(self) -> Mapping[str, Any]:
        return {way: _converter(way) for way in ("t2s", "jp2t")}
