"""Arrays that lie in mapped files: shared with a runtime, and given back when it has its copy."""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def drop_pages(arrays: Iterable[NDArray[Any]]) -> None:
    """Take the pages of mapped files out of this process; reading them again brings them back.

    A runtime keeps weights in a form of its own, so what it was loaded from would only fill memory.
    Nobody may have written to the arrays. Those that lie elsewhere, and systems without `madvise`,
    are left alone.
    """
    advice = getattr(mmap, "MADV_DONTNEED", None)
    if advice is None:
        return
    for mapped in {id(found): found for found in map(_mapping, arrays) if found}.values():
        mapped.madvise(advice)


def _mapping(array: NDArray[Any]) -> mmap.mmap | None:
    """The mapping of a file below an array; memory that no file stands behind would be lost."""
    base: Any = array
    of_file = False
    while base is not None and not isinstance(base, mmap.mmap):
        of_file = of_file or isinstance(base, np.memmap)
        base = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
    return base if of_file else None


def shareable(array: NDArray[Any]) -> NDArray[Any]:
    """The array for an interface that takes only contiguous writeable ones; a copy if it is not.

    Files mapped copy-on-write give writeable arrays, and what is written never reaches the file.
    """
    array = np.ascontiguousarray(array)
    return array if array.flags.writeable else array.copy()
