"""The one table of fields a filter may name: what each compares, how its value is typed, its help.

Parser, evaluation in Python and SQL, documentation and completion all read this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from mindseye.query.colours import LEAST_SHARES
from mindseye.query.model import Operator


class Kind(StrEnum):
    """How the values of a field are typed and compared."""

    TEXT = "text"
    """Any fact holds the text, without regard to case and accents."""
    WORDS = "whole words"
    """Any of several texts holds these whole words."""
    ENDING = "ending"
    """The fact ends in a dot and this."""
    CHOICE = "choice"
    """The fact is this one of few."""
    MEMBER = "one of several"
    """The fact is several of few, and this is among them."""
    PRESENCE = "presence"
    """Any of the facts that the choice names is known."""
    NUMBER = "number"
    """Any fact is this number, lies in a span, or compares so."""
    DATE = "date"
    """The fact lies in this year, month or day, or in a span."""
    CIRCLE = "circle"
    """The position lies so near to a point."""
    ALBUM = "album"
    """The photo belongs to the album of this name; `mindseye.search.members` says who does."""
    CUT = "cut-off"
    """No property of a photo: where the list ends."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One row of the table. `facts` are names of `mindseye.query.facts`.

    `codes` are facts that a text must equal rather than be part of; a text of one or two Latin
    letters must equal any fact of such a field. `names` are facts of several texts, one of which
    a longer text must equal. A choice of kind `PRESENCE` names the facts of
    which one must be known; `synonyms` are other words for choices, and `not_yet` says of a word
    why it is no choice so far. `units` scale the number before them; a single number means what is
    at most `slack`, or the share `share` of it, away. `utc` says in what the fact is stored.
    `after` and its like stand for another field with an operator.
    """

    name: str
    kind: Kind
    facts: tuple[str, ...]
    help: str
    example: str
    aliases: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: Mapping[str, str] = field(default_factory=dict)
    not_yet: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, float] = field(default_factory=dict)
    whole: bool = False
    least: float = 0.0
    most: float = 1e15
    slack: float = 0.0
    share: float = 0.0
    utc: bool = False
    stands_for: tuple[str, Operator] | None = None


def _text(name: str, facts: tuple[str, ...], text: str, example: str, *also: str) -> FieldSpec:
    return FieldSpec(name, Kind.TEXT, facts, text, example, aliases=also)


_BYTES: Final = {"k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "b": 1.0}

FIELDS: Final[tuple[FieldSpec, ...]] = (
    FieldSpec(
        "date", Kind.DATE, ("taken_at",),
        "when it was taken, by the clock of the place; a date known only to the year lies in that "
        "year and in none of its months",
        "date:2023-03..2023-05", aliases=("taken",),
    ),
    FieldSpec(
        "after", Kind.DATE, ("taken_at",), "taken then or later: `after:2023` is `date:>=2023`",
        "after:2023-06-01", aliases=("since",), stands_for=("date", Operator.AT_LEAST),
    ),
    FieldSpec(
        "before", Kind.DATE, ("taken_at",), "taken earlier: `before:2023` is `date:<2023`",
        "before:2020", stands_for=("date", Operator.BELOW),
    ),
    FieldSpec(
        "month", Kind.NUMBER, ("month",), "taken in this month of any year, from 1 to 12",
        "month:4", whole=True, least=1, most=12,
    ),
    FieldSpec(
        "day", Kind.NUMBER, ("day",), "taken on this day of any month, from 1 to 31",
        "day:24..26", whole=True, least=1, most=31,
    ),
    FieldSpec(
        "added", Kind.DATE, ("added_at",), "when the library took it in, by this machine's clock",
        "added:-2w..", utc=True,
    ),
    FieldSpec(
        "place", Kind.TEXT, ("city", "region", "country"),
        "city, region or country holds this, is called so in any language, or has this code",
        "place:kyoto", aliases=("location",), codes=("country_code",),
        names=("city_names", "region_names", "country_names"),
    ),
    FieldSpec(
        "city", Kind.TEXT, ("city",), "the city holds this, or is called so in any language",
        "city:paris", names=("city_names",),
    ),
    FieldSpec(
        "region", Kind.TEXT, ("region",),
        "the state, province or region holds this, or is called so in any language",
        "region:bavaria", aliases=("state",), names=("region_names",),
    ),
    FieldSpec(
        "country", Kind.TEXT, ("country",),
        "the country holds this, is called so in any language, or has this code",
        "country:jp", codes=("country_code",), names=("country_names",),
    ),
    FieldSpec(
        "near", Kind.CIRCLE, ("latitude", "longitude"),
        "taken so near to a point: latitude, longitude, and a radius in m, km or mi (10 km)",
        "near:35.01,135.77,20km",
    ),
    FieldSpec(
        "has", Kind.PRESENCE, (), "this much is known; a date of the file system alone is no date",
        "has:gps",
        choices={
            "gps": ("latitude",),
            "date": ("own_date",),
            "place": ("city", "region", "country", "country_code"),
            "camera": ("camera",),
            "lens": ("lens",),
            "caption": ("caption", "title"),
            "keywords": ("keywords",),
            "people": ("people",),
            "rating": ("stars",),
            "prompt": ("prompt",),
            "text": ("text",),
        },
        synonyms={"keyword": "keywords", "person": "people"},
    ),
    FieldSpec(
        "is", Kind.PRESENCE, (),
        "you said that it is a favourite, it was rejected (a rating of -1), you edited what is "
        "known of it, or it is a duplicate: the library holds the same bytes more than once. "
        "Photos that only look alike are not compared",
        "is:favourite",
        choices={name: (name,) for name in ("favourite", "rejected", "edited", "duplicate")},
        synonyms={"favorite": "favourite"},
    ),
    _text("camera", ("camera",), "the camera's maker and model hold this", "camera:canon"),
    _text("lens", ("lens",), "the lens's name holds this", 'lens:"50mm f/1.8"'),
    FieldSpec("iso", Kind.NUMBER, ("iso",), "ISO speed", "iso:200..800", whole=True),
    FieldSpec(
        "f", Kind.NUMBER, ("f_number",), "f-number; a single one to 0.05", "f:<2.8",
        aliases=("aperture",), slack=0.05,
    ),
    FieldSpec(
        "shutter", Kind.NUMBER, ("exposure_seconds",),
        "exposure in seconds, so `>` is longer; a single one to 5 %", "shutter:>1/60",
        aliases=("exposure",), units={"s": 1.0, "ms": 1e-3}, share=0.05,
    ),
    FieldSpec(
        "mm", Kind.NUMBER, ("focal_length", "focal_length_35mm"),
        "focal length, the real one or that on 35 mm film; a single one to 0.5", "mm:24..35",
        aliases=("focal",), units={"mm": 1.0}, slack=0.5,
    ),
    FieldSpec(
        "rating", Kind.NUMBER, ("rating",), "stars from 0 to 5, or -1 for rejected", "rating:>=3",
        aliases=("stars",), whole=True, least=-1, most=5,
    ),
    FieldSpec(
        "keyword", Kind.WORDS, ("keywords",), "a keyword holds these whole words",
        "keyword:holiday", aliases=("keywords", "tag"),
    ),
    FieldSpec(
        "person", Kind.WORDS, ("people",),
        "a name of somebody in the picture, as it was tagged, holds these whole words",
        'person:"ann lee"', aliases=("people", "who"),
    ),
    FieldSpec(
        "color", Kind.MEMBER, ("colours",),
        "the picture shows enough of this colour, or none at all (monochrome)", "color:red",
        aliases=("colour", "colors", "colours"), choices=dict.fromkeys(LEAST_SHARES, ()),
        synonyms={
            "gray": "grey", "violet": "purple", "turquoise": "teal", "cyan": "teal",
            "magenta": "pink", "bw": "monochrome",
        },
    ),
    _text("caption", ("caption", "title"), "caption or title holds this", 'caption:"grandma"',
          "title", "description"),
    _text("text", ("text",),
          "text in the picture holds this, where `mindseye read-text` has looked for some",
          "text:invoice", "ocr"),
    _text("folder", ("folder_path",), "the folder's whole path holds this", "folder:2023/italy",
          "path"),
    _text("name", ("name",), "the file's name holds this", "name:IMG_20", "file", "filename"),
    FieldSpec(
        "ext", Kind.ENDING, ("name",), "the file's name ends in this", "ext:heic",
        aliases=("extension", "suffix"),
    ),
    FieldSpec(
        "type", Kind.CHOICE, ("kind",),
        "what it is: a camera's raw file, a moving picture, or any other photo", "type:raw",
        aliases=("kind",), choices={"photo": (), "raw": (), "animated": ()},
        not_yet={"video": "videos are not taken in yet"},
    ),
    FieldSpec(
        "format", Kind.CHOICE, ("format",), "the format of the file, by its content",
        "format:webp",
        choices=dict.fromkeys((
            "jpeg", "png", "heic", "avif", "heif", "webp", "gif", "tiff", "bmp", "jp2", "psd",
            "ppm", "jxl", "raw",
        ), ()),
    ),
    FieldSpec(
        "orientation", Kind.CHOICE, ("orientation",), "the shape of the upright picture",
        "orientation:portrait", choices={"portrait": (), "landscape": (), "square": ()},
    ),
    FieldSpec("width", Kind.NUMBER, ("width",), "pixels across, upright", "width:>=3840",
              units={"px": 1.0}, whole=True),
    FieldSpec("height", Kind.NUMBER, ("height",), "pixels down, upright", "height:<1000",
              units={"px": 1.0}, whole=True),
    FieldSpec(
        "mp", Kind.NUMBER, ("megapixels",), "megapixels; a single number to 0.5", "mp:>=12",
        aliases=("megapixels",), units={"mp": 1.0}, slack=0.5,
    ),
    FieldSpec("size", Kind.NUMBER, ("size",), "bytes of the file, or kB, MB, GB", "size:>5mb",
              units=_BYTES),
    FieldSpec(
        "album", Kind.ALBUM, (), "it belongs to the album of this name", 'album:"best dogs"',
    ),
    _text("prompt", ("prompt",), "the prompt of a generated picture holds this", "prompt:castle"),
    _text("model", ("model",), "the model that generated it holds this", "model:sdxl"),
    FieldSpec(
        "score", Kind.CUT, (), "the list ends at this score; it stands by itself", "score:>0.2",
        least=-1, most=1,
    ),
)  # fmt: skip

BY_NAME: Final[Mapping[str, FieldSpec]] = {
    name: spec for spec in FIELDS for name in (spec.name, *spec.aliases)
}
"""Name or alias -> row."""


def near_names(name: str) -> list[str]:
    """Names of fields that `name` may have been meant for, the likeliest first."""
    return get_close_matches(name.lower(), BY_NAME, n=3)


def completions(typed: str) -> list[str]:
    """What may stand in place of the beginning of a filter: `ca` -> `camera:`, `caption:`."""
    sign = "-" if typed.startswith("-") else ""
    name, colon, value = typed.removeprefix("-").lower().partition(":")
    if not colon:
        return [f"{sign}{spec.name}:" for spec in FIELDS if spec.name.startswith(name)]
    spec = BY_NAME.get(name)
    choices = () if spec is None else spec.choices
    return [f"{sign}{name}:{choice}" for choice in choices if choice.startswith(value)]
