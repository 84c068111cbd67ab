"""Hits that a person liked or disliked become terms, after Rocchio.

    q' = alpha * q + beta * mean(liked) - gamma * mean(disliked)

with the weights that the textbook found reasonable: alpha 1, beta 0.75, gamma 0.15 (Manning,
Raghavan and Schuetze, "Introduction to Information Retrieval", 2008, section 9.1.1). Each photo is
a term of its own, so that `mindseye.search.blend` brings pictures and words onto one scale and
every hit says what each of them gave.
"""

from __future__ import annotations

from mindseye.errors import QueryError
from mindseye.query.model import Feedback, Like, Term

LIKED, DISLIKED = 0.75, 0.15


def with_feedback(terms: tuple[Term, ...], feedback: Feedback) -> tuple[Term, ...]:
    """The terms, and one for each photo liked or disliked.

    Raises `QueryError` where there is only something to push away from.
    """
    if feedback.disliked and not terms and not feedback.liked:
        raise QueryError(
            "there are only photos to push away from, nothing to look for",
            hint="like a photo too, or say what to look for",
        )
    liked = [Term(Like(photo), LIKED / len(feedback.liked)) for photo in feedback.liked]
    disliked = [
        Term(Like(photo), -DISLIKED / len(feedback.disliked)) for photo in feedback.disliked
    ]
    return (*terms, *liked, *disliked)
