"""The command line: wires indexer, search and web app together; nothing else."""

from __future__ import annotations

import gc
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from indexer.article import Article, article_to_json
from indexer.errors import KhobaoError
from indexer.parsing import (
    Parsed,
    UnreadKeys,
    explain_file,
    parse_file,
    parse_map,
    unread_fault,
)
from search.terminal import (
    marked,
    print_article,
    print_evidence,
    print_related,
    print_result,
    print_stats,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="khobao", prog_name="khobao")
def cli() -> None:
    """Kho Báo: a search engine for archives of Vietnamese news."""


archive_option = click.option(
    "--archive",
    type=click.Path(path_type=Path),
    envvar="KHOBAO_ARCHIVE",
    default=Path("archive"),
    show_default=True,
    help="The archive's folder; $KHOBAO_ARCHIVE sets it as well.",
)
map_option = click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="FIELD=KEY",
    help="Which key of a record is a field: body=maintext; ignore=KEY for none; may be given again.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


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
            failed = _complain(parsed) or failed
            print_evidence(seen, as_json)
        sys.exit(int(failed))
    for number, parsed in enumerate(parse_file(file, fields)):
        if not isinstance(parsed, Article):
            failed = _complain(parsed) or failed
        elif as_json:
            click.echo(article_to_json(parsed))
        else:
            click.echo("\n" if number else "", nl=False)
            print_article(parsed)
    if failed:
        sys.exit(1)


def _complain(parsed: Parsed) -> bool:
    """Print the line of what is no article; whether it was none."""
    if isinstance(parsed, Article):
        return False
    fault = (
        unread_fault(parsed.path, dict(parsed.keys)) if isinstance(parsed, UnreadKeys) else parsed
    )
    click.echo(f"khobao: {fault}", err=True)
    return True


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
@map_option
@json_option
def index(
    sources: tuple[Path, ...],
    archive: Path,
    workers: int | None,
    memory: int,
    exclude: tuple[str, ...],
    report_file: Path | None,
    mapped: tuple[str, ...],
    as_json: bool,
) -> None:
    """Bring the archive up to date with SOURCES, which are article files and folders of them."""
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeRemainingColumn

    from indexer.pipeline import index_sources
    from indexer.reporting import report_line, report_to_json, write_report

    columns = (*Progress.get_default_columns()[:-1], TextColumn("{task.fields[articles]} articles"))
    console = Console(stderr=True)
    bar = Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task("Indexing", total=None, articles=0)
        report = index_sources(
            archive,
            sources,
            workers=workers,
            memory=memory << 20,
            exclude=exclude,
            fields=parse_map(mapped),
            progress=lambda done, found, articles: bar.update(
                task, completed=done, total=found, articles=articles
            ),
        )
    for failure in report.failures:
        click.echo(f"khobao: {failure}", err=True)
    click.echo(json.dumps(report_to_json(report)) if as_json else report_line(report))
    if report_file is not None:
        write_report(report, report_file)
    if report.failures:
        sys.exit(1)


def _text(arguments: tuple[str, ...]) -> str:
    """A query as typed, also in a locale in which Python does not expect UTF-8."""
    return " ".join(arguments).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@cli.command()
@click.argument("query", nargs=-1, required=True)
@archive_option
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True)
@click.option(
    "--sort", type=click.Choice(["relevance", "recent", "newest", "oldest"]), default="relevance"
)
@click.option("--explain", is_flag=True, help="What each score is the sum of.")
@json_option
def search(
    query: tuple[str, ...], archive: Path, page: int, sort: str, explain: bool, as_json: bool
) -> None:
    """Search the archive for QUERY; see docs/query-language.md for what it may say."""
    from search.archive import Archive
    from search.results import SearchRequest, Sort
    from search.serialise import result_to_json

    with Archive.open(archive) as opened:
        result = opened.search(
            SearchRequest(_text(query), page=page, sort=Sort(sort), explain=explain)
        )
    if as_json:
        click.echo(json.dumps(result_to_json(result), ensure_ascii=False))
        return
    print_result(result)


@cli.command()
@click.argument("id")
@archive_option
@json_option
def show(id: str, archive: Path, as_json: bool) -> None:
    """Show the article with this ID."""
    from search.archive import Archive

    with Archive.open(archive) as opened:
        article = opened.article(id)
    if as_json:
        click.echo(article_to_json(article))
    else:
        print_article(article)


@cli.command()
@click.argument("id")
@archive_option
@json_option
def related(id: str, archive: Path, as_json: bool) -> None:
    """List the stories related to the article with this ID, and why they are."""
    from search.archive import Archive
    from search.serialise import related_to_json

    with Archive.open(archive) as opened:
        found = opened.related(id)
    if as_json:
        click.echo(json.dumps(related_to_json(found), ensure_ascii=False))
        return
    print_related(found)


@cli.command()
@click.argument("beginning", nargs=-1, required=True)
@archive_option
@json_option
def suggest(beginning: tuple[str, ...], archive: Path, as_json: bool) -> None:
    """Complete a query that begins so: frequent phrases, then titles with their ids."""
    from search.archive import Archive
    from search.serialise import suggestion_to_json

    with Archive.open(archive) as opened:
        found = opened.suggest(_text(beginning))
    if as_json:
        click.echo(json.dumps([suggestion_to_json(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        click.echo(marked(one.text) + (f"  {one.id}" if one.id else ""))


@cli.command()
@archive_option
@json_option
def check(archive: Path, as_json: bool) -> None:
    """Read the whole archive and say whether it is whole."""
    from indexer.checking import check_archive

    report = check_archive(archive)
    for problem in report.problems:
        click.echo(f"khobao: {problem}", err=True)
    if as_json:
        click.echo(json.dumps({"articles": report.articles, "problems": report.problems}))
    else:
        click.echo(f"{report.articles} articles, {len(report.problems)} problems")
    if report.problems:
        sys.exit(1)


@cli.command()
@archive_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stats(archive: Path, as_json: bool) -> None:
    """Numbers about the archive: articles, by source, section and year."""
    from search.archive import Archive
    from search.serialise import stats_to_json

    with Archive.open(archive) as opened:
        found = opened.stats(by_source=True)
    if as_json:
        click.echo(json.dumps(stats_to_json(found), ensure_ascii=False))
    else:
        print_stats(found)


@cli.command()
@click.argument("query", nargs=-1)
@archive_option
@click.option(
    "--format", "kind", type=click.Choice(["jsonl", "csv", "ris", "bib"]), default="jsonl"
)
@click.option("--sort", type=click.Choice(["relevance", "newest", "oldest"]), default="relevance")
def export(query: tuple[str, ...], archive: Path, kind: str, sort: str) -> None:
    """Write all articles of a search, or of the archive, to standard output."""
    from search.archive import Archive
    from search.results import SearchRequest, Sort
    from webapp.formats import FORMATS, written

    with Archive.open(archive) as opened:
        articles = opened.results(SearchRequest(_text(query), sort=Sort(sort)))
        for block in written(FORMATS[kind], articles):
            sys.stdout.buffer.write(block)


@cli.command()
@archive_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=8, show_default=True)
@click.option(
    "--rate-limit",
    default="600 per minute",
    envvar="KHOBAO_RATE_LIMIT",
    show_default=True,
    help='Requests that an address may make; "" for no limit.',
)
@click.option(
    "--cors-origin",
    default="",
    envvar="KHOBAO_CORS_ORIGIN",
    help='The site whose pages may read the API; "*" for all.',
)
@click.option(
    "--proxy",
    envvar="KHOBAO_PROXY",
    help="Address of a reverse proxy whose X-Forwarded headers say who asks.",
)
def serve(
    archive: Path,
    host: str,
    port: int,
    threads: int,
    rate_limit: str,
    cors_origin: str,
    proxy: str | None,
) -> None:
    """Serve the archive's web pages."""
    import waitress

    from search.archive import Archive
    from search.warming import kept_warm
    from webapp import create_app
    from webapp.operations import MAX_BODY, Settings
    from webapp.state import FACETS

    # A line for each request that waits would fill the log in a busy hour; /metrics tells as much.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    behind: dict[str, Any] = {}
    if proxy:
        behind = {
            "trusted_proxy": proxy,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
        }
    with Archive.open(archive) as opened:
        opened.warm(FACETS)
        # What is loaded stays: the garbage collector need not walk over it again and again.
        gc.collect()
        gc.freeze()
        try:
            server = waitress.create_server(
                create_app(opened, Settings(rate_limit, cors_origin)),
                host=host,
                port=port,
                threads=threads,
                ident="khobao",
                # Nobody sends much here: what is larger, or slower, is no browser.
                max_request_body_size=MAX_BODY,
                max_request_header_size=64 << 10,
                channel_timeout=30,
                clear_untrusted_proxy_headers=True,
                **behind,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise KhobaoError(
                f"cannot listen on {host}:{port}: {reason}; choose others with --host and --port"
            ) from error
        click.echo(f"Kho Báo: http://{host}:{server.effective_port}  (Ctrl+C: dừng)")
        with kept_warm(opened, FACETS):
            server.run()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every expected failure is one line on stderr and exit status 1."""
    try:
        cli.main(args=arguments, prog_name="khobao", standalone_mode=True)
    except KhobaoError as error:
        click.echo(f"khobao: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
