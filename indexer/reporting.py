"""The result of an indexing run, as a line, as JSON, and as a list of everything that was not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.errors import ParseError, SourceError, os_error_line
from indexer.language.cleaning import json_text, printable


@dataclass(slots=True)
class IndexReport:
    """The result of a run.

    Attributes:
        added: articles that were not in the archive.
        changed: articles whose content was replaced.
        removed: articles whose file or record is gone.
        unchanged: articles that were there already and stay.
        duplicates: articles equal to another one, stored once.
        older_versions: contents that were stored as older versions of other articles.
        failures: files, or records in them, that could not be read.
        known_failures: those of files that have not changed since; they were not tried again.
        passed_over: files of kinds that are not read, with the kind.
        notes: one line each on what the user should know, though nothing failed.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    older_versions: int = 0
    failures: list[ParseError] = field(default_factory=list)
    known_failures: int = 0
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


_COUNTS = ("added", "changed", "removed", "unchanged", "duplicates")


def report_line(report: IndexReport) -> str:
    """The counts of a run, and the kinds of files that it passed over: ``not read: 8 pdf, 4 docx``."""
    line = ", ".join(f"{getattr(report, name)} {name}" for name in _COUNTS)
    if report.older_versions:
        line += f", {report.older_versions} older versions"
    line += f", {len(report.failures)} unreadable"
    if report.known_failures:
        line += f" ({report.known_failures} more known: khobao failures)"
    kinds = Counter(kind for _, kind in report.passed_over)
    if kinds:
        line += "; not read: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    return line


def report_to_json(report: IndexReport) -> dict[str, Any]:
    """The same as one JSON value."""
    kinds = Counter(kind for _, kind in report.passed_over)
    return {
        **{name: getattr(report, name) for name in _COUNTS},
        "older_versions": report.older_versions,
        "failures": [str(one) for one in report.failures],
        "known_failures": report.known_failures,
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
        raise SourceError(os_error_line(error, path)) from error


def _lines(report: IndexReport) -> Iterator[dict[str, Any]]:
    for one in report.failures:
        yield {"file": printable(one.path), "record": one.line, "reason": one.reason}
    for file, kind in report.passed_over:
        reason = f"files of the kind {kind} are not read"
        yield {"file": printable(file), "record": None, "reason": reason}
