"""What users say of photos, written and read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection

from mindseye.errors import NotFound
from mindseye.stores.edits import beneath, joined, overlaid, to_plain, uncovered, without
from mindseye.stores.rows import metadata_row, now
from mindseye.stores.schema import edits, photos
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.kept import edits_of
from mindseye.stores.sql.lists import replace_keywords
from mindseye.stores.sql.load import load_photos
from mindseye.stores.sql.places import let_wait
from mindseye.stores.sql.session import Session, repeatable
from mindseye.stores.sql.write import update_photos
from mindseye.types import Edit, Metadata, Photo


class SqlEdits:
    """What users said of photos."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @repeatable
    def find(self, photo_id: int) -> Edit | None:
        """All that the user says of a photo, or None."""
        with self._session.read() as connection:
            kept = edits_of(connection, [photo_id]).get(photo_id)
        return None if kept is None else kept.edit

    def put(self, photo_ids: Sequence[int], edit: Edit, revert: Collection[str] = ()) -> None:
        """Take back what was said under the names `revert`, then say this of all these photos."""
        with self._session.write() as connection:
            found = load_photos(connection, one_of(photos.c.id, photo_ids))
            lost = [photo_id for photo_id in photo_ids if photo_id not in found]
            if lost:
                raise NotFound(f"there is no photo {lost[0]}", hint="`mindseye search` shows ids")
            _say(connection, found, edit, revert)
            self._session.words.write(connection, found)


def _say(
    connection: Connection, known: Mapping[int, Photo], edit: Edit, revert: Collection[str]
) -> None:
    before = edits_of(connection, known)
    shown: dict[int, Metadata] = {}
    rows = []
    for photo_id, photo in known.items():
        said, files = Edit(), photo.metadata
        if photo_id in before:
            said = before[photo_id].edit
            files = uncovered(photo.metadata, said, before[photo_id].beneath)
        said = joined(without(said, revert), edit)
        shown[photo_id] = overlaid(files, said)
        if said != Edit():
            rows.append({"photo_id": photo_id, **_row(said, files, photo.digest)})
    connection.execute(edits.delete().where(one_of(edits.c.photo_id, known)))
    if rows:
        connection.execute(edits.insert(), rows)
    changed = [{"at_id": photo_id, **metadata_row(said)} for photo_id, said in shown.items()]
    update_photos(connection, changed)
    replace_keywords(connection, {photo_id: said.keywords for photo_id, said in shown.items()})
    let_wait(connection, shown)


def _row(said: Edit, files: Metadata, digest: str) -> dict[str, object]:
    return {
        "digest": digest,
        "said": to_plain(said),
        "beneath": to_plain(beneath(files, said)),
        "edited_at": now(),
    }
