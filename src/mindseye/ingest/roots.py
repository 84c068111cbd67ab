"""Whether a root can be looked at: an unplugged drive is no proof that its files are gone."""

from __future__ import annotations

import os

from mindseye.media import paths


def is_there(root: str) -> bool:
    """Whether anything lies in this folder (absolute text).

    A drive that is not mounted leaves no folder, or an empty one.
    """
    try:
        with os.scandir(paths.from_text(root)) as entries:
            return next(entries, None) is not None
    except OSError:
        return False
