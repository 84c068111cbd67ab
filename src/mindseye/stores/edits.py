"""What a user says of a photo, laid over what its files say; the same for every database.

A store keeps two things of an edited photo: the edit, and what the files say of the fields that it
covers. The photo itself shows the edit. So a filter compares what is shown, an ingest brings new
words of the files in below the edit, and an edit that is taken back uncovers them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from mindseye.errors import UsageError
from mindseye.media import said
from mindseye.types import Edit, Gps, Metadata, Place, Precision, Source

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("taken_at", "offset", "precision"),
    "gps": ("gps",),
    "place": ("place",),
    "rating": ("rating",),
    "favourite": ("favourite",),
    "title": ("title",),
    "caption": ("caption",),
    "keywords": ("keywords",),
}
"""What can be edited, by the name under which it is reverted -> fields of `Metadata`."""

_KEYWORDS: Final = ("add_keywords", "remove_keywords")


def checked_edit(edit: Edit, revert: Collection[str] = ()) -> Edit:
    """An edit with its texts made clean; raises `UsageError` for what no photo can have.

    `revert` are the names that are taken back at the same time.
    """
    unknown = [name for name in revert if name not in FIELDS]
    if unknown:
        raise UsageError(
            f"nobody can edit {unknown[0]!r}, so it cannot be taken back",
            hint=f"what can be is {', '.join(FIELDS)}",
        )
    edit = said.checked(edit)
    if edit == Edit() and not revert:
        raise UsageError("nothing is to be changed", hint="mindseye edit --help")
    return edit


def covered(edit: Edit) -> list[str]:
    """The names in `FIELDS` of which an edit says something."""
    return [name for name in FIELDS if any(_says(edit, part) for part in _parts(name))]


def without(edit: Edit, names: Collection[str]) -> Edit:
    """The edit, saying nothing of these names in `FIELDS`."""
    nothing = Edit()
    parts = [part for name in names for part in _parts(name)]
    return replace(edit, **{part: getattr(nothing, part) for part in parts})


def joined(earlier: Edit, later: Edit) -> Edit:
    """Both edits as one; the later one wins where both speak of the same."""
    # A time is said as a whole: the offset of an earlier one is not that of a later one.
    earlier = without(earlier, [name for name in covered(later) if name == "date"])
    values = {
        entry.name: getattr(later if _says(later, entry.name) else earlier, entry.name)
        for entry in fields(Edit)
    }
    values["add_keywords"] = _united(
        _lacking(earlier.add_keywords, later.remove_keywords), later.add_keywords
    )
    values["remove_keywords"] = _united(
        _lacking(earlier.remove_keywords, later.add_keywords), later.remove_keywords
    )
    values["place"] = _joined_places(earlier.place, later.place)
    return Edit(**values)


def overlaid(metadata: Metadata, edit: Edit) -> Metadata:
    """What is shown of a photo of which the files say this, and the user says that."""
    shown: dict[str, Any] = {}
    for name in covered(edit):
        shown |= _SHOWN[name](metadata, edit)
    # That there is no caption is said by the user too; an offset that is not known by nobody.
    parts = [part for part in shown if part != "offset" or shown[part] is not None]
    by_user = dict.fromkeys(parts, Source.USER)
    kept = {part: source for part, source in metadata.sources.items() if part not in shown}
    return replace(metadata, **shown, sources={**kept, **by_user})


def beneath(metadata: Metadata, edit: Edit) -> Metadata:
    """What the files say of the fields that an edit covers, and nothing else."""
    parts = [part for name in covered(edit) for part in FIELDS[name]]
    sources = {part: metadata.sources[part] for part in parts if part in metadata.sources}
    return Metadata(**{part: getattr(metadata, part) for part in parts}, sources=sources)


def uncovered(shown: Metadata, edit: Edit, files: Metadata) -> Metadata:
    """What the files say of a photo, given what is shown of it and what lies `beneath` the edit."""
    parts = [part for name in covered(edit) for part in FIELDS[name]]
    sources = {part: source for part, source in shown.sources.items() if part not in parts}
    own = {part: getattr(files, part) for part in parts}
    return replace(shown, **own, sources={**sources, **files.sources})


def to_plain(spoken: Edit | Metadata) -> dict[str, Any]:
    """What is said as JSON knows it; fields of which nothing is said are left out."""
    known = {entry.name: getattr(spoken, entry.name) for entry in fields(spoken)}
    return {name: _plain(value) for name, value in known.items() if value not in (None, (), {})}


def edit_from(plain: Mapping[str, Any]) -> Edit:
    """The edit that `to_plain` made this of."""
    return Edit(**_read(plain))


def metadata_from(plain: Mapping[str, Any]) -> Metadata:
    """The metadata that `to_plain` made this of."""
    return Metadata(**_read(plain))


def _parts(name: str) -> tuple[str, ...]:
    """Fields of `Edit` for a name in `FIELDS`."""
    return _KEYWORDS if name == "keywords" else FIELDS[name]


def _says(edit: Edit, part: str) -> bool:
    return getattr(edit, part) not in (None, ())


def _shown_time(_: Metadata, edit: Edit) -> dict[str, Any]:
    return {part: getattr(edit, part) for part in FIELDS["date"]}


def _shown_place(metadata: Metadata, edit: Edit) -> dict[str, Any]:
    place = _joined_places(metadata.place, edit.place) or Place()
    known = Place(**{part: text or None for part, text in asdict(place).items()})
    return {"place": None if known == Place() else known}


def _shown_keywords(metadata: Metadata, edit: Edit) -> dict[str, Any]:
    kept = _lacking(metadata.keywords, edit.remove_keywords)
    return {"keywords": _united(kept, edit.add_keywords)}


_SHOWN: Final = {
    "date": _shown_time,
    "gps": lambda _, edit: {"gps": edit.gps},
    "place": _shown_place,
    "rating": lambda _, edit: {"rating": edit.rating},
    "favourite": lambda _, edit: {"favourite": edit.favourite},
    "title": lambda _, edit: {"title": edit.title or None},
    "caption": lambda _, edit: {"caption": edit.caption or None},
    "keywords": _shown_keywords,
}
"""Name in `FIELDS` -> what is shown of it, by field of `Metadata`."""


def _joined_places(below: Place | None, above: Place | None) -> Place | None:
    """The parts of the place above, and of that below where the one above says nothing."""
    if below is None or above is None:
        return above or below
    parts = {part: text for part, text in asdict(above).items() if text is not None}
    return replace(below, **parts)


def _lacking(words: tuple[str, ...], gone: tuple[str, ...]) -> tuple[str, ...]:
    folded = {word.casefold() for word in gone}
    return tuple(word for word in words if word.casefold() not in folded)


def _united(words: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return (*words, *_lacking(more, words))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Gps | Place):
        return asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


_READERS: Final[Mapping[str, Any]] = {
    "taken_at": datetime.fromisoformat,
    "offset": lambda seconds: timedelta(seconds=seconds),
    "precision": Precision,
    "gps": lambda parts: Gps(**parts),
    "place": lambda parts: Place(**parts),
    "keywords": tuple,
    "add_keywords": tuple,
    "remove_keywords": tuple,
    "sources": lambda sources: {part: Source(source) for part, source in sources.items()},
}


def _read(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _READERS[name](value) if name in _READERS else value for name, value in plain.items()
    }
