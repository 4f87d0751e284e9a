"""What a run of the indexer did, as a line, as JSON, and as a list of all that was not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.errors import SourceError
from indexer.language.cleaning import json_text, printable
from indexer.pipeline import IndexReport

_COUNTS = ("added", "changed", "removed", "unchanged", "duplicates")


def report_line(report: IndexReport) -> str:
    """The counts of a run, and the kinds of files that it passed over: ``not read: 8 pdf, 4 docx``."""
    line = ", ".join(f"{getattr(report, name)} {name}" for name in _COUNTS)
    line += f", {len(report.failures)} unreadable"
    kinds = Counter(kind for _, kind in report.passed_over)
    if kinds:
        line += "; not read: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    return line


def report_to_json(report: IndexReport) -> dict[str, Any]:
    """The same as one JSON value."""
    kinds = Counter(kind for _, kind in report.passed_over)
    return {
        **{name: getattr(report, name) for name in _COUNTS},
        "failures": [str(one) for one in report.failures],
        "not_read": dict(kinds.most_common()),
    }


def write_report(report: IndexReport, path: Path) -> None:
    """Write a line of JSON for each file and record that was not read.

    Raises:
        SourceError: the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8") as stream:
            for line in _lines(report):
                stream.write(json_text(line) + "\n")
    except OSError as error:
        raise SourceError(f"{path}: cannot be written: {error.strerror}") from error


def _lines(report: IndexReport) -> Iterator[dict[str, Any]]:
    for one in report.failures:
        yield {"file": printable(one.path), "record": one.line, "reason": one.reason}
    for file, kind in report.passed_over:
        reason = f"files of the kind {kind} are not read"
        yield {"file": printable(file), "record": None, "reason": reason}
