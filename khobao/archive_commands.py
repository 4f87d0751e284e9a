"""Commands that make an archive and look after it: parse, index, check, repair, stats."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path

import click

from indexer.article import Article, article_to_json
from indexer.errors import SourceError
from indexer.language.cleaning import json_text, printable
from indexer.manifest import kept_failures
from indexer.moments import moment_to_json
from indexer.parsing import explain_file, parse_file, parse_map
from indexer.stages import measured
from khobao.group import archive_option, cli, cluster_options, json_option, map_option
from khobao.progress import say_waiting
from khobao.run_output import print_report, watch_and_index
from khobao.terminal import (
    complain,
    print_article,
    print_coverage,
    print_evidence,
    print_run_profile,
    print_stats,
    printed_moment,
)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--explain", is_flag=True, help="What was seen of each field, where, and why it won.")
@map_option
@json_option
def parse(file: Path, explain: bool, mapped: tuple[str, ...], as_json: bool) -> None:
    """Read FILE and show the articles in it; nothing is stored."""
    failed = False
    fields = parse_map(mapped)
    if explain:
        for parsed, seen in explain_file(file, fields):
            failed = complain(parsed) or failed
            print_evidence(seen, as_json)
        sys.exit(int(failed))
    for number, parsed in enumerate(parse_file(file, fields)):
        if not isinstance(parsed, Article):
            failed = complain(parsed) or failed
        elif as_json:
            click.echo(article_to_json(parsed))
        else:
            click.echo("\n" if number else "", nl=False)
            print_article(parsed)
    if failed:
        sys.exit(1)


@cli.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@archive_option
@click.option("--workers", type=click.IntRange(min=0), help="Processes; default: one a core.")
@click.option(
    "--memory",
    type=click.IntRange(min=1),
    default=256,
    show_default=True,
    help="Megabytes that gathered postings may take.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Leave out files and folders named so, such as 'print-*'; may be given again.",
)
@click.option(
    "--report",
    "report_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a line of JSON for each file and record that was not read: file, record, reason.",
)
@click.option(
    "--remove-missing",
    is_flag=True,
    help="Let a source lose more than a tenth of its articles, or all of them.",
)
@click.option(
    "--engine",
    type=click.Choice(["whoosh", "opensearch"]),
    help="Where a new archive is kept; default: whoosh, in its own folder.",
)
@click.option(
    "--retry", is_flag=True, help="Try files again that could not be read and have not changed."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done; nothing is stored.")
@click.option("--watch", is_flag=True, help="Stay, and index what appears in SOURCES.")
@click.option(
    "--profile",
    "is_profiled",
    is_flag=True,
    help="Say which work took how long, in all processes together.",
)
@cluster_options
@map_option
@json_option
def index(
    sources: tuple[Path, ...],
    archive: Path,
    workers: int | None,
    memory: int,
    exclude: tuple[str, ...],
    report_file: Path | None,
    remove_missing: bool,
    engine: str | None,
    retry: bool,
    dry_run: bool,
    watch: bool,
    is_profiled: bool,
    hosts: str,
    user: str,
    ca_file: str,
    mapped: tuple[str, ...],
    as_json: bool,
) -> None:
    """Bring the archive up to date with SOURCES, which are article files and folders of them."""
    from indexer.dry_run import archive_for_dry_run
    from indexer.engine_settings import choice_for, chosen_engine
    from indexer.pipeline import KnownCatalog, index_sources
    from indexer.reporting import IndexReport, write_report
    from khobao.progress import run_progress

    if watch and (dry_run or report_file or is_profiled):
        raise click.UsageError("--watch goes with none of --dry-run, --report and --profile")
    told = chosen_engine(engine or "", hosts, user, ca_file)
    known = KnownCatalog()

    def run(place: Path, only: list[Path] | None = None) -> IndexReport:
        with run_progress() as progress:
            return index_sources(
                place,
                sources,
                workers=workers,
                memory=memory << 20,
                exclude=exclude,
                fields=parse_map(mapped),
                remove_missing=remove_missing,
                retry=retry,
                dry=dry_run,
                choice=choice_for(place, told, sources) if place == archive else None,
                only=only,
                memory_of_runs=known,
                waiting=say_waiting,
                progress=progress,
            )

    if watch:
        watch_and_index(sources, archive, run, as_json=as_json)
        return
    started = time.perf_counter()
    with (
        archive_for_dry_run(archive) if dry_run else nullcontext(archive) as place,
        measured() if is_profiled else nullcontext() as stages,
    ):
        report = run(place)
    print_report(report, as_json=as_json, dry=dry_run)
    if stages is not None:
        print_run_profile(stages.seconds, time.perf_counter() - started)
    if report_file is not None:
        write_report(report, report_file)
    if report.failures:
        sys.exit(1)


@cli.command()
@archive_option
@json_option
def failures(archive: Path, as_json: bool) -> None:
    """What could not be read of the sources, and since when; runs try it again when the file changes."""
    from indexer.engine_factory import engine_kind

    engine_kind(archive)
    found = kept_failures(archive)
    if as_json:
        click.echo(
            json_text(
                {
                    "failures": [
                        {
                            "file": printable(one.path),
                            "record": one.line,
                            "reason": one.reason,
                            "since": moment_to_json(one.since),
                        }
                        for one in found
                    ]
                }
            )
        )
        return
    for one in found:
        click.echo(f"{one} ({printed_moment(one.since)})")
    click.echo(f"{len(found)} failures", err=True)


@cli.command()
@archive_option
@json_option
def check(archive: Path, as_json: bool) -> None:
    """Read the whole archive and say whether it is whole."""
    from indexer.integrity import check_archive
    from search.desk.database import DeskDatabase

    report = check_archive(archive)
    if damage := DeskDatabase(archive).damage():
        report = replace(report, problems=(*report.problems, damage))
    for line in (*report.problems, *report.notes):
        click.echo(f"khobao: {line}", err=True)
    if as_json:
        click.echo(
            json_text(
                {"articles": report.articles, "problems": report.problems, "notes": report.notes}
            )
        )
    else:
        click.echo(f"{report.articles} articles, {len(report.problems)} problems")
    if report.problems:
        sys.exit(1)


@cli.command()
@archive_option
@json_option
def repair(archive: Path, as_json: bool) -> None:
    """Mend a damaged archive: keep what is whole, read the rest again from its sources."""
    from indexer.repair import repair_archive

    report = repair_archive(archive, say_waiting)
    for line in (*report.mended, *report.lost):
        click.echo(f"khobao: {line}", err=True)
    if as_json:
        click.echo(json_text(asdict(report)))
    else:
        click.echo(
            f"{report.kept} kept, {report.rewritten} rewritten, {report.read_again} read again,"
            f" {len(report.lost)} lost"
        )
    if report.lost:
        sys.exit(1)


@cli.command()
@click.option("--to", type=click.Choice(["whoosh", "opensearch"]), required=True)
@archive_option
@cluster_options
@click.option("--workers", type=click.IntRange(min=0), help="Processes; default: one a core.")
@click.option("--keep-old", is_flag=True, help="Leave the old index where it is.")
@json_option
def migrate(
    to: str,
    archive: Path,
    hosts: str,
    user: str,
    ca_file: str,
    workers: int | None,
    keep_old: bool,
    as_json: bool,
) -> None:
    """Move the archive to another kind of engine; what was stopped goes on when it is run again."""
    from indexer.engine_settings import choice_of_move
    from indexer.migration import migrate as move

    report = move(
        archive,
        choice_of_move(archive, to, hosts, user, ca_file),
        workers=workers,
        keep_old=keep_old,
        waiting=say_waiting,
        progress=_say_moved if sys.stderr.isatty() else None,
    )
    if as_json:
        click.echo(json_text(asdict(report)))
    else:
        click.echo(f"{report.moved} moved, {report.articles} compared; the archive is in {to} now")


def _say_moved(done: int, articles: int) -> None:
    click.echo(f"{done} of {articles} articles moved", err=True)


@cli.command()
@archive_option
@click.option("--coverage", is_flag=True, help="Of each source: its years, gaps and sudden drops.")
@click.option("--source", "sources", multiple=True, help="A source; may be given again.")
@json_option
def stats(archive: Path, coverage: bool, sources: tuple[str, ...], as_json: bool) -> None:
    """Numbers about the archive: articles, by source, section and year."""
    from search.archive import Archive
    from search.presentation.serialise import coverage_to_json, stats_to_json

    if sources and not coverage:
        raise click.UsageError("--source goes with --coverage")
    if coverage:
        with Archive.open(archive) as opened:
            reader = opened.reader()
            known = reader.sources()
            for source in sources:
                if source not in known:
                    raise SourceError(f"{source}: the archive holds no such source")
            covered = [reader.coverage(source) for source in sources or known]
        failures = kept_failures(archive)
        if as_json:
            told = [coverage_to_json(one) for one in covered]
            click.echo(json_text({"sources": told, "failures": len(failures)}))
        else:
            print_coverage(covered, len(failures))
        return
    with Archive.open(archive) as opened:
        found = opened.stats(by_source=True)
    if as_json:
        click.echo(json_text(stats_to_json(found)))
    else:
        print_stats(found)
