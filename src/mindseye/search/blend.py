"""Several terms become one unit vector, so that one index look-up answers any query.

Terms cannot simply be added: the scores of a picture spread several times wider over a library
than those of a sentence, and would drown it (the modality gap). Each term is therefore measured
in its own standard deviations before it is weighted:

    score(x) = sum_i  w_i * (q_i . x - mean_i) / sigma_i

where mean_i and sigma_i are those of term i over the calibration's background pictures. The means
move every photo alike, so the ranking is that of one vector,

    q = sum_i  (w_i / sigma_i) * q_i,      scaled to length 1,

and a negative weight really pushes away. Without background pictures every sigma is 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mindseye.encoders.base import Calibration, QueryKind
from mindseye.errors import QueryError
from mindseye.query.model import Term
from mindseye.types import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """The terms of a query with their unit rows `(n, dim)`, and the one `vector` `(dim,)`."""

    terms: Sequence[Term]
    rows: Vectors
    vector: Vectors
    kind: QueryKind


def blend(terms: Sequence[Term], rows: Vectors, kind: QueryKind, calibration: Calibration) -> Blend:
    """Blend terms by the formula of this module; `rows` holds one unit vector per term.

    Raises `QueryError` when the terms cancel each other out.
    """
    weights = np.array([term.weight for term in terms], dtype=np.float32)
    if calibration.background is not None and len(terms) > 1:
        weights /= np.maximum((calibration.background @ rows.T).std(axis=0), 1e-6)
    total = weights @ rows
    length = float(np.linalg.norm(total))
    if length <= 1e-6 * float(np.abs(weights).max(initial=0.0)) or length == 0.0:
        raise QueryError("the terms cancel each other out", hint="change a weight or drop a term")
    return Blend(terms, rows, np.asarray(total / length, dtype=np.float32), kind)
