"""All albums of a config.yaml are taken over, or brought to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from mindseye.errors import MediaError, UsageError
from mindseye.media import paths
from mindseye.photomap.document import Document
from mindseye.photomap.entry import album_of, sizes_of, write
from mindseye.search.albums import checked
from mindseye.stores.albums import name_key
from mindseye.stores.base import Store
from mindseye.types import Album, Skipped


@dataclass(slots=True)
class Transfer:
    """What a transfer of albums did, by their names; with `dry_run` what it would have done.

    `left_out` are albums that could not be, and why; `folders` are to be ingested yet; `notices`
    are for people to read. No value of the file stands in any of them but names and folders.
    """

    file: str
    dry_run: bool = False
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_out: list[Skipped] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def import_albums(store: Store, document: Document, *, dry_run: bool = False) -> Transfer:
    """Take over the albums of a file; one of the same name is brought to what the file says.

    A search of ours that is more than a least size is kept. Raises `ConfigError`, `StoreError`.
    """
    done = Transfer(str(document.path), dry_run)
    for name, entry in _named_entries(document):
        try:
            album, notices = album_of(entry, name)
            album = checked(store, _over(store.albums.find(name), album))
        except (MediaError, UsageError) as error:
            done.left_out.append(Skipped(name, error.message))
            continue
        done.notices += [f"{name}: {notice}" for notice in notices]
        before = store.albums.find(name)
        outcome = done.added if before is None else done.updated
        (done.unchanged if album == before else outcome).append(name)
        if not dry_run and album != before:
            store.albums.put(album)
        _note_folders(store, album, done)
    unused = [str(key) for key, value in document.content.items() if _is_unused(key, value)]
    if unused:
        done.notices.append(f"not used here, and kept in the file: {', '.join(sorted(unused))}")
    return done


def export_albums(store: Store, document: Document, *, dry_run: bool = False) -> Transfer:
    """Bring the albums of folders to a file; what else stands in it stays as it is.

    An album that is gone here stays there. Raises `ConfigError`, `StoreError`.
    """
    done = Transfer(str(document.path), dry_run)
    known = {
        name_key(name): entry
        for name, entry in _named_entries(document)
        if isinstance(entry, MutableMapping)
    }
    for album in store.albums:
        entry = known.get(name_key(album.name))
        try:
            written: dict[Any, Any] = {} if entry is None else dict(entry)
            notices = write(written, album, paths.from_text)
        except (MediaError, UsageError) as error:
            done.left_out.append(Skipped(album.name, error.message))
            continue
        done.notices += [f"{album.name}: {notice}" for notice in notices]
        if picked := len(store.albums.picked(album.id)):
            done.notices.append(f"{album.name}: {picked} photos picked by hand are left out")
        if entry is None:
            entry = document.add(_new_key(document, album.name))
            done.added.append(album.name)
        else:
            (done.unchanged if written == dict(entry) else done.updated).append(album.name)
        _bring(entry, written)
    if not dry_run and (done.added or done.updated):
        document.save()
    return done


def _named_entries(document: Document) -> Iterator[tuple[str, Any]]:
    """The albums of a file by the names they have here: where two share one, the key is added."""
    taken: set[str] = set()
    for key, entry in document.albums.items():
        given = entry.get("name") if isinstance(entry, MutableMapping) else None
        name = str(given).strip() if isinstance(given, str | int) else ""
        name = name or str(key).capitalize()
        if name_key(name) in taken:
            name = f"{name} ({key})"
        taken.add(name_key(name))
        yield name, entry


def _over(known: Album | None, album: Album) -> Album:
    """The album as the file has it, with what only we know of it."""
    if known is None:
        return album
    ours = sizes_of(known.search) is None
    return replace(
        album,
        name=known.name,
        id=known.id,
        created_at=known.created_at,
        searched_by=known.searched_by,
        search=known.search if ours else album.search,
    )


def _note_folders(store: Store, album: Album, done: Transfer) -> None:
    roots = [root.path for root in store.files.roots()]
    for folder in album.folders:
        shown = paths.from_text(folder)
        if not paths.is_folder(folder):
            done.notices.append(f"{album.name}: the folder {shown} is not there")
        elif shown not in done.folders and not any(paths.covers(root, folder) for root in roots):
            done.folders.append(shown)


def _is_unused(key: object, value: object) -> bool:
    return key not in {"albums", "config_version"} and value not in (None, "")


def _new_key(document: Document, name: str) -> str:
    """A short key that no album has yet: lower-case letters, digits and hyphens."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "album"
    taken, key, number = {str(each) for each in document.albums}, stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key


def _bring(entry: MutableMapping[Any, Any], written: Mapping[Any, Any]) -> None:
    """Touch only what differs: a value that is put anew loses the comments beside it."""
    for key in [key for key in entry if key not in written]:
        entry.pop(key, None)
    for key, value in written.items():
        if key not in entry or entry[key] != value:
            entry[key] = value
