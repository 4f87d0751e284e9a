"""Commands that ask an archive: search, show, related, suggest, export."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from indexer.article import article_to_json
from indexer.errors import ArticleNotFoundError
from indexer.language.cleaning import json_text
from khobao.group import archive_option, cli, json_option
from khobao.terminal import (
    marked,
    print_article,
    print_profile,
    print_related,
    print_result,
    print_versions,
)

_NOT_ALL = "khobao: no article holds every word; these hold most of them"
_words_option = click.option(
    "--words",
    type=click.Choice(["auto", "all", "any"]),
    default="auto",
    help="all: articles with every word alone; any: with enough of them; auto: lists these, counts and"
    " exports those, where there are any.",
)


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
@click.option(
    "--copies",
    type=click.Choice(["folded", "all"]),
    default="folded",
    help="Whether the copies of a report are one hit (the default) or a hit each.",
)
@click.option(
    "--counted",
    type=click.Choice(["once", "each"]),
    help="Whether facets and timeline count a report once, or each copy; as the hits are.",
)
@click.option(
    "--meaning",
    type=click.Choice(["auto", "on", "off"]),
    default="auto",
    help="Whether to look for what QUERY means as well; by itself where few hold every word.",
)
@_words_option
@click.option("--explain", is_flag=True, help="What each score is the sum of.")
@click.option(
    "--profile",
    "is_profiled",
    is_flag=True,
    help="Where the time of the search goes, not its hits.",
)
@json_option
def search(
    query: tuple[str, ...],
    archive: Path,
    page: int,
    sort: str,
    copies: str,
    counted: str | None,
    meaning: str,
    words: str,
    explain: bool,
    is_profiled: bool,
    as_json: bool,
) -> None:
    """Search the archive for QUERY; docs/query-language.md describes the query language."""
    from search.archive import Archive
    from search.presentation.serialise import result_to_json
    from search.profiling import profile
    from search.requests import Copies, Meaning, SearchRequest, Sort, Words

    request = SearchRequest(
        _text(query),
        page=page,
        sort=Sort(sort),
        explain=explain,
        copies=Copies(copies),
        counts_copies=None if counted is None else counted == "each",
        meaning=Meaning(meaning),
        words=Words(words),
    )
    with Archive.open(archive) as opened:
        if is_profiled:
            opened.warm()
            print_profile(profile(lambda: opened.search(request)), as_json=as_json)
            return
        result = opened.search(request)
    if as_json:
        click.echo(json_text(result_to_json(result)))
        return
    print_result(result)


@cli.command()
@click.argument("id")
@archive_option
@json_option
@click.option(
    "--versions", is_flag=True, help="What it was before, and what was changed each time."
)
def show(id: str, archive: Path, as_json: bool, versions: bool) -> None:
    """Show the article with this ID."""
    from search.archive import Archive
    from search.presentation.serialise import versions_to_json

    with Archive.open(archive) as opened:
        reader = opened.reader()
        try:
            article = reader.article(id)
        except ArticleNotFoundError:
            # An id that an older version of another article had.
            id = reader.moved_to(id) or id
            article = reader.article(id)
        found = reader.versions(id) if versions else ()
    if versions and as_json:
        click.echo(json_text(versions_to_json(found, with_files=True)))
    elif versions:
        print_versions(found)
    elif as_json:
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
    from search.presentation.serialise import related_to_json

    with Archive.open(archive) as opened:
        found = opened.related(id)
    if as_json:
        click.echo(json_text(related_to_json(found)))
        return
    print_related(found)


@cli.command()
@click.argument("beginning", nargs=-1, required=True)
@archive_option
@json_option
def suggest(beginning: tuple[str, ...], archive: Path, as_json: bool) -> None:
    """Complete a query that begins so: frequent phrases, then titles with their ids."""
    from search.archive import Archive
    from search.presentation.serialise import suggestion_to_json

    with Archive.open(archive) as opened:
        found = opened.suggest(_text(beginning))
    if as_json:
        click.echo(json_text([suggestion_to_json(one) for one in found]))
        return
    for one in found:
        click.echo(marked(one.text) + (f"  {one.id}" if one.id else ""))


@cli.command()
@click.argument("query", nargs=-1)
@archive_option
@click.option(
    "--format",
    "kind",
    type=click.Choice(["jsonl", "csv", "ninjs", "nitf", "ris", "bib"]),
    default="jsonl",
)
@click.option("--sort", type=click.Choice(["relevance", "newest", "oldest"]), default="relevance")
@_words_option
def export(query: tuple[str, ...], archive: Path, kind: str, sort: str, words: str) -> None:
    """Write all articles of a search, or of the archive, to standard output."""
    from search.archive import Archive
    from search.presentation.exports import FORMATS
    from search.requests import SearchRequest, Sort, Words

    with Archive.open(archive) as opened:
        reader = opened.reader()
        asked = reader.decided(SearchRequest(_text(query), sort=Sort(sort), words=Words(words)))
        if query and words == "auto" and asked.words is Words.ANY:
            click.echo(_NOT_ALL, err=True)
        articles = reader.results(asked)
        for block in FORMATS[kind].write(articles):
            sys.stdout.buffer.write(block)
