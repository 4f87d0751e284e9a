"""The command line: wires indexer, search and web app together; nothing else."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from indexer.article import Article, article_to_json
from indexer.errors import KhobaoError, ParseError
from indexer.parsing import parse_file


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="khobao", prog_name="khobao")
def cli() -> None:
    """Kho Báo: a search engine for archives of Vietnamese news."""


def _print_article(article: Article) -> None:
    """Show an article as text, for people."""
    click.secho(article.title, bold=True)
    facts = [article.source, article.section, article.author]
    facts.insert(0, article.published.isoformat() if article.published else None)
    click.echo(" · ".join(fact for fact in facts if fact) or "(không có ngày, không có nguồn)")
    for paragraph in (article.lead, *article.paragraphs):
        if paragraph:
            click.echo(f"\n{paragraph}")
    if article.related_links:
        click.echo("\nTin liên quan:")
    for link in article.related_links:
        click.echo(f"- {link.title}" + (f" <{link.url}>" if link.url else ""))


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an article.")
def parse(file: Path, as_json: bool) -> None:
    """Read FILE and show the articles in it; nothing is stored."""
    failed = False
    for number, parsed in enumerate(parse_file(file)):
        if isinstance(parsed, ParseError):
            click.echo(f"khobao: {parsed}", err=True)
            failed = True
        elif as_json:
            click.echo(article_to_json(parsed))
        else:
            click.echo("\n" if number else "", nl=False)
            _print_article(parsed)
    if failed:
        sys.exit(1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every expected failure is one line on stderr and exit status 1."""
    try:
        cli.main(args=arguments, prog_name="khobao", standalone_mode=True)
    except KhobaoError as error:
        click.echo(f"khobao: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
