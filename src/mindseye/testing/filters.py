"""Strategies for tests with hypothesis: photos with many gaps, and filters that often fit them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from mindseye.query.colours import LEAST_SHARES
from mindseye.query.fields import FIELDS, FieldSpec, Kind
from mindseye.query.model import Among, And, Below, Field, Filter, Not, Operator, Or
from mindseye.query.values import Ago, Circle, Day, Moment, Span, Value
from mindseye.stores.base import PhotoRecord
from mindseye.testing.samples import digest_of, record
from mindseye.types import (
    Exposure,
    FileStamp,
    Generation,
    Gps,
    Located,
    Metadata,
    PictureFacts,
    Place,
    Precision,
    Source,
)

NOW = datetime(2024, 3, 31, 14, 30)
"""The last day of a long month: months before it may lack that day."""

TEXTS = st.sampled_from(
    ["Canon EOS R5", "canon", "Zürich", "ZURICH", "京都市", "京都", "ガス", "カス", "JP", "a_b%c",
     "%", "Sea side", "sea", "Straße", "strasse", 're: "it"', "two\nlines", "(a), b..c"]
)  # fmt: skip
"""Texts that hold each other, or nearly do; also what photos are said to hold."""

_NAMES = [
    "IMG_1.jpg",
    "two  parts.JPG ",
    ".hidden",
    "Zürich.webp",
    "x.tar.gz",
    "noext",
    "50%_a.HEIC",
]
_FOLDERS = ["", "2023/Zürich trip", "a"]
_OF_PATHS = st.sampled_from(
    ["img", "IMG_", ".", "zurich", "%_", "two parts.jpg", "2023/z", "/photos", "trip/", "früher/a"]
)
_DAYS = st.sampled_from(
    [Day(2023), Day(2023, 3), Day(2023, 3, 31), Day(2024, 2, 29), Day(2024), Day(1999, 12)]
)
_MOMENTS = st.one_of(
    _DAYS, st.builds(Ago, st.integers(0, 40), st.sampled_from(["d", "w", "m", "y"]))
)
_TIMES = st.one_of(
    st.sampled_from(
        [datetime(2023, 1, 1), datetime(2024, 1, 1), datetime(2023, 3, 1), datetime(2023, 4, 1)]
    ),
    st.datetimes(datetime(2022, 12, 30), datetime(2024, 4, 2)),
)
_NUMBERS = st.one_of(
    st.sampled_from([0.0, 1 / 60, 0.05, 1.8, 2.8, 3.0, 5.0, 12.0, 24.0, 50.0, 200.0, 640.0]),
    st.floats(0, 3000, allow_subnormal=False),
)
_COLOURS = st.dictionaries(
    st.sampled_from(sorted(LEAST_SHARES)), st.sampled_from([0.05, 0.2, 0.6, 0.98]), min_size=1
)
_DEGREES = st.sampled_from([0.0, 35.01, 35.1, 89.9, -90.0, 90.0])
_LONGITUDES = st.sampled_from([0.0, 135.77, 135.9, 179.95, -179.95, -180.0])


def _maybe(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(st.none(), values)


@st.composite
def dated(draw: st.DrawFn) -> dict[str, object]:
    """A time as readers give it: its earliest moment where only the year or month is known."""
    taken = draw(_maybe(_TIMES))
    if not isinstance(taken, datetime):
        return {}
    precision = draw(st.sampled_from(Precision))
    if precision is Precision.YEAR:
        taken = datetime(taken.year, 1, 1)
    if precision is Precision.MONTH:
        taken = datetime(taken.year, taken.month, 1)
    source = draw(st.sampled_from([Source.EXIF, Source.MTIME]))
    offset = draw(_maybe(st.just(timedelta(hours=9))))
    return {
        "taken_at": taken,
        "precision": precision,
        "offset": offset,
        "sources": {"taken_at": source},
    }


_EXPOSURES = st.builds(
    Exposure,
    seconds=_maybe(_NUMBERS),
    f_number=_maybe(_NUMBERS),
    iso=_maybe(st.sampled_from([0, 100, 200, 3200])),
    focal_length=_maybe(_NUMBERS),
    focal_length_35mm=_maybe(_NUMBERS),
)
_PLACES = st.builds(
    Place, **dict.fromkeys(("city", "region", "country", "country_code"), _maybe(TEXTS))
)
_NAMED = st.lists(TEXTS, max_size=3).map(tuple)
LOCATED = st.one_of(
    st.none(),
    st.builds(Located, city_names=_NAMED, region_names=_NAMED, country_names=_NAMED),
)
"""What the gazetteer might have said of a photo."""

_GENERATIONS = st.builds(
    Generation, tool=st.just("tool"), prompt=_maybe(TEXTS), model=_maybe(TEXTS)
)


@st.composite
def photo_metadata(draw: st.DrawFn) -> Metadata:
    """Metadata of which every part may be missing."""
    given = {
        "gps": draw(_maybe(st.builds(Gps, _DEGREES, _LONGITUDES))),
        "place": draw(_PLACES),
        "exposure": draw(_EXPOSURES),
        "generation": draw(_GENERATIONS),
        "favourite": draw(_maybe(st.booleans())),
        "rating": draw(_maybe(st.integers(-1, 5))),
        "keywords": draw(st.lists(TEXTS, max_size=3).map(tuple)),
        "people": draw(st.lists(TEXTS, max_size=3).map(tuple)),
        **{name: draw(_maybe(TEXTS)) for name in ("camera", "lens", "title", "caption")},
        **draw(dated()),
    }
    return Metadata(**given)  # type: ignore[arg-type]


@st.composite
def photo_records(draw: st.DrawFn, root_id: int, most: int) -> list[PhotoRecord]:
    """Some photos of one root, at places that follow from their order."""
    found = []
    for number, name in enumerate(_NAMES[: draw(st.integers(1, most))]):
        picture = draw(
            st.builds(
                PictureFacts,
                width=st.sampled_from([640, 480, 4000]),
                height=st.sampled_from([640, 480, 3000]),
                format=st.sampled_from(["jpeg", "JPEG", "gif", "raw", "heic", "webp"]),
                frames=st.sampled_from([1, 2]),
                colours=_maybe(_COLOURS),
            )
        )
        size = draw(st.sampled_from([10, 5_000_000, 2**40]))
        found.append(
            replace(
                record(root_id, name, number, folder=_FOLDERS[number % 3]),
                # Neighbours may be copies of each other.
                digest=digest_of(2000 + draw(st.sampled_from([number, number // 2]))),
                vector=None,
                picture=picture,
                stamp=FileStamp(size, 1),
                metadata=draw(photo_metadata()),
            )
        )
    return found


def _values(spec: FieldSpec) -> st.SearchStrategy[Value]:
    if spec.name in ("name", "folder"):
        return _OF_PATHS
    if spec.kind in (Kind.TEXT, Kind.WORDS):
        return TEXTS
    if spec.kind is Kind.ENDING:
        return st.sampled_from(["jpg", "JPG", "heic", "gz", "tar.gz", "hidden"])
    if spec.kind in (Kind.CHOICE, Kind.PRESENCE, Kind.MEMBER):
        return st.sampled_from(sorted(spec.choices))
    if spec.kind is Kind.DATE:
        return _MOMENTS
    if spec.kind is Kind.CIRCLE:
        radii = st.sampled_from([500.0, 20_000.0, 3e6, 1.5e7, 1609.344])
        return st.builds(Circle, _DEGREES, _LONGITUDES, radii)
    numbers = _NUMBERS.map(lambda value: max(min(value, spec.most), spec.least))
    return numbers.map(lambda value: float(round(value))) if spec.whole else numbers


def _spans(low: Value, high: Value) -> Value | None:
    """A span of these two, or None where it would run backwards."""
    if isinstance(low, float) and isinstance(high, float):
        return Span(min(low, high), max(low, high))
    if isinstance(low, Day) and isinstance(high, Day):
        return Span(low, high) if low.start() < high.end() else None
    ends: tuple[Moment, Moment] = (low, high)  # type: ignore[assignment]
    if isinstance(low, Ago) and isinstance(high, Ago):
        return Span(*ends) if low.unit != high.unit or low.count >= high.count else None
    return Span(*ends)


@st.composite
def _comparisons(draw: st.DrawFn) -> Filter:
    kinds = [s for s in FIELDS if s.kind not in (Kind.CUT, Kind.ALBUM) and not s.stands_for]
    spec = draw(st.sampled_from(kinds))
    value = draw(_values(spec))
    operator = Operator.IS
    if spec.kind in (Kind.DATE, Kind.NUMBER):
        operator = draw(st.sampled_from(Operator))
        if operator is Operator.IS and draw(st.booleans()):
            value = _spans(value, draw(_values(spec))) or value
    return Field(spec.name, operator, value)


MEMBERS: st.SearchStrategy[Filter] = st.one_of(
    st.lists(
        st.sampled_from(["/", "/Photos", "/Photos/a/", "/Photos/2023", "/Photos/2023/Zürich trip"]),
        max_size=2,
    ).map(lambda folders: Below(tuple(folders))),
    st.frozensets(st.integers(1, 20)).map(Among),
)
"""What albums become; nobody can type it."""


def filters(more: st.SearchStrategy[Filter] | None = None) -> st.SearchStrategy[Filter]:
    """Filters of every field, and `more`, joined in every way."""
    return st.recursive(
        _comparisons() if more is None else st.one_of(_comparisons(), more),
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        ),
        max_leaves=6,
    )
