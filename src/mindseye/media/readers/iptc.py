"""IPTC-IIM 4.2, the older caption block of press photos, which many programs still write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mindseye.media.base import FileContent
from mindseye.media.readers import text
from mindseye.media.readers.moments import Moment, parse
from mindseye.types import Metadata, Place

_Datasets = Mapping[tuple[int, int], Sequence[bytes]]

_CHARSET: Final = (1, 90)
_UTF_8: Final = b"\x1b%G"
_OBJECT_NAME: Final = (2, 5)
_KEYWORDS: Final = (2, 25)
_DATE_CREATED: Final = (2, 55)
_TIME_CREATED: Final = (2, 60)
_CITY: Final = (2, 90)
_REGION: Final = (2, 95)
_COUNTRY_CODE: Final = (2, 100)
_COUNTRY: Final = (2, 101)
_HEADLINE: Final = (2, 105)
_CAPTION: Final = (2, 120)


class IptcReader:
    """Reads the IPTC datasets of a JPEG, TIFF or PSD."""

    def accepts(self, head: bytes, suffix: str) -> bool:  # noqa: ARG002
        """Any file: what has no datasets gives nothing."""
        return True

    def read(self, content: FileContent) -> Metadata:
        """The fields that the datasets give."""
        sets = content.blocks.iptc if content.blocks else {}
        if not sets:
            return Metadata()
        moment = _moment(sets)
        return Metadata(
            taken_at=moment.wall if moment else None,
            offset=moment.offset if moment else None,
            precision=moment.precision if moment else None,
            place=_place(sets),
            title=text.caption(_first(sets, _OBJECT_NAME) or _first(sets, _HEADLINE)),
            caption=text.caption(_first(sets, _CAPTION)),
            keywords=text.keywords(_all(sets, _KEYWORDS)),
        )


def _all(sets: _Datasets, key: tuple[int, int]) -> list[str]:
    utf_8 = _first_bytes(sets, _CHARSET) == _UTF_8
    return [
        value.decode("utf-8", "replace") if utf_8 else text.decoded(value)
        for value in sets.get(key, ())
    ]


def _first(sets: _Datasets, key: tuple[int, int]) -> str | None:
    values = _all(sets, key)
    return values[0] if values else None


def _first_bytes(sets: _Datasets, key: tuple[int, int]) -> bytes:
    values = sets.get(key, ())
    return values[0] if values else b""


def _moment(sets: _Datasets) -> Moment | None:
    """The date CCYYMMDD with the time HHMMSS±HHMM, as far as they are there."""
    day = _first(sets, _DATE_CREATED) or ""
    clock = _first(sets, _TIME_CREATED) or ""
    written = f"{day[:4]}-{day[4:6]}-{day[6:8]}"
    if len(clock) >= 6 and clock[:6].isdecimal():
        timed = parse(f"{written}T{clock[:2]}:{clock[2:4]}:{clock[4:6]}", offset=clock[6:])
        if timed is not None:
            return timed
    return parse(written)


def _place(sets: _Datasets) -> Place | None:
    code = text.name(_first(sets, _COUNTRY_CODE))
    place = Place(
        city=text.name(_first(sets, _CITY)),
        region=text.name(_first(sets, _REGION)),
        country=text.name(_first(sets, _COUNTRY)),
        country_code=code.upper() if code else None,
    )
    return place if place != Place() else None
