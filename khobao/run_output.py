"""What the runs of `khobao index` say, one alone or one after the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from indexer.errors import KhobaoError
from indexer.language.cleaning import json_text
from indexer.reporting import IndexReport, report_line, report_to_json


def print_report(report: IndexReport, *, as_json: bool, dry: bool = False) -> None:
    """Print the result of a run; what could not be read goes to stderr."""
    for line in (*report.notes, *report.failures):
        click.echo(f"khobao: {line}", err=True)
    if as_json:
        click.echo(json_text(report_to_json(report)))
    else:
        click.echo(f"{'nothing was stored; would be: ' if dry else ''}{report_line(report)}")


def watch_and_index(
    sources: tuple[Path, ...],
    archive: Path,
    run: Callable[[Path, list[Path] | None], IndexReport],
    *,
    as_json: bool,
) -> None:
    """Index what appears in sources until Ctrl-C; what a run cannot do is told, and tried again.

    Raises:
        KhobaoError: the first run could not be done.
    """
    from indexer.memory import give_back
    from indexer.watching import watch_sources

    begun, told = False, ""

    def run_and_tell(only: list[Path] | None) -> bool:
        nonlocal begun, told
        try:
            report = run(archive, only)
        except (KhobaoError, OSError) as error:
            if not begun:
                raise
            if told != str(error):
                told = str(error)
                click.echo(f"khobao: {told}; it is tried again", err=True)
            return False
        if not begun or _has_news(report):
            print_report(report, as_json=as_json)
        if not begun:
            click.echo("khobao: watching the sources; stop with Ctrl-C", err=True)
        begun, told = True, ""
        give_back()
        return True

    try:
        watch_sources(list(sources), run_and_tell, ignored=archive)
    except KeyboardInterrupt:
        click.echo("khobao: stopped; what was committed stays", err=True)


def _has_news(report: IndexReport) -> bool:
    counts = (report.added, report.changed, report.removed, report.older_versions)
    return any(counts) or bool(report.failures)
