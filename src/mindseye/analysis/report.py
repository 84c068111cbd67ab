"""Evaluations as Markdown, which is what a terminal shows as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mindseye.analysis.index_check import IndexCheck
from mindseye.analysis.judged import DEPTH, CutOff, LibraryEvaluation
from mindseye.analysis.retrieval import Comparison, Evaluation
from mindseye.analysis.significance import Estimate

_SHOWN = 10
_CERTAIN = 0.05


def captions_report(found: Evaluation) -> str:
    """An evaluation on captioned pictures."""
    return "\n".join([*_captions_lines(found), ""])


def library_report(found: Sequence[LibraryEvaluation]) -> str:
    """Evaluations of a library, by one encoder each."""
    return "\n".join([*_library_lines(found), ""])


def _captions_lines(found: Evaluation) -> Iterator[str]:
    yield f"{found.pictures} pictures, {found.captions} captions"
    if found.uncaptioned:
        yield f"{found.uncaptioned} pictures have no caption and are only there to be confused with"
    if found.shared:
        yield f"{found.shared} captions belong to several pictures, each of which is asked for"
    if found.left:
        yield f"{len(found.left)} pictures were left out:"
        yield from _some(f"- {entry.path}: {entry.reason}" for entry in found.left)
    for direction in dict.fromkeys(result.direction for result in found.results):
        results = [result for result in found.results if result.direction == direction]
        yield from ("", f"## {direction}, {results[0].queries} queries, %, 95 % interval", "")
        yield from _measures([(result.encoder, result.measures) for result in results])
        compared = [each for each in found.comparisons if each.direction == direction]
        if compared:
            yield from ("", "The second encoder minus the first, points:", "")
            yield from table(
                ("measure", "first", "second", "difference", "p (Holm)", ""),
                [_compared(each) for each in compared],
            )
    yield from ("", "## The index beside exact search", "")
    yield from _index_lines(found.index)


def _library_lines(found: Sequence[LibraryEvaluation]) -> Iterator[str]:
    first = found[0]
    yield f"{first.queries} queries with an answer, {first.cut_off.hopeless} without"
    if first.unanswerable:
        yield f"{len(first.unanswerable)} queries were left out: their answers are not here"
        yield from _some(f"- {query}" for query in first.unanswerable)
    if first.absent:
        yield f"{len(first.absent)} answers are not in the library:"
        yield from _some(f"- {path}" for path in first.absent)
    if first.queries:
        yield from ("", f"## The first {DEPTH} hits, %, 95 % interval", "")
        yield from _measures([(one.encoder, one.measures) for one in found])
    yield from ("", "## The cut-off", "")
    columns = ("encoder", "above", "right of those", "of all right", "wrong", "missed",
               "nothing found", "false alarms")  # fmt: skip
    yield from table(columns, [(one.encoder, *_line(one.cut_off)) for one in found])


def _measures(rows: Sequence[tuple[str, Mapping[str, Estimate]]]) -> Iterator[str]:
    yield from table(
        ("encoder", *rows[0][1]),
        [(encoder, *map(_estimate, measures.values())) for encoder, measures in rows],
    )


def _estimate(estimate: Estimate) -> str:
    return f"{estimate.value:.1%} ({estimate.low:.1%}-{estimate.high:.1%})".replace("%", "")


def _compared(each: Comparison) -> tuple[str, ...]:
    gap = f"{100 * each.difference:+.1f} ({100 * each.low:+.1f} to {100 * each.high:+.1f})"
    verdict = "differs" if each.p_holm < _CERTAIN else "may be chance"
    return each.measure, each.first, each.second, gap, f"{each.p_holm:.4f}", verdict


def _index_lines(checks: Sequence[IndexCheck]) -> Iterator[str]:
    ks = list(checks[0].recall)
    columns = ("encoder", "vectors", *(f"recall@{k}" for k in ks), "index", "exact", "ratio")
    yield from table(columns, [_checked(check) for check in checks])


def _checked(check: IndexCheck) -> tuple[str, ...]:
    ratio = check.index_seconds / check.exact_seconds if check.exact_seconds else 0.0
    times = (f"{1e3 * check.index_seconds:.2f} ms", f"{1e3 * check.exact_seconds:.2f} ms")
    shares = (f"{share:.4f}" for share in check.recall.values())
    return check.encoder, str(check.vectors), *shares, *times, f"{ratio:.2f}"


def _line(cut: CutOff) -> tuple[str, ...]:
    precision = "-" if cut.precision is None else f"{cut.precision:.1%}"
    recall = "-" if cut.recall is None else f"{cut.recall:.1%}"
    alarms = f"{cut.false_alarms} of {cut.hopeless}"
    counts = (str(cut.wrong), str(cut.missed), str(cut.silent))
    return str(cut.above), precision, recall, *counts, alarms


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a Markdown table, padded so that it can be read as it stands."""
    widths = [max(len(row[place]) for row in (columns, *rows)) for place in range(len(columns))]
    for row in (columns, ["-" * width for width in widths], *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"| {' | '.join(cells)} |"


def _some(lines: Iterable[str]) -> Iterator[str]:
    """The first lines, and how many more there are."""
    listed = list(lines)
    yield from listed[:_SHOWN]
    if len(listed) > _SHOWN:
        yield f"- and {len(listed) - _SHOWN} more"
