"""The command that joins what many commits have left."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from indexer.language.cleaning import json_text
from khobao.group import archive_option, cli, json_option
from khobao.progress import say_waiting
from khobao.terminal import counted_articles


@cli.command()
@archive_option
@json_option
def compact(archive: Path, as_json: bool) -> None:
    """Join the segments that many commits have left, so that searches are faster.

    The archive is searched meanwhile. It takes a few minutes for a million articles, and as much room on the
    disk as the archive has, until servers have taken up the new commit.
    """
    from indexer.compaction import compact_archive

    found = compact_archive(archive, say_waiting)
    if as_json:
        click.echo(json_text(asdict(found)))
    elif found.before is None:
        click.echo(counted_articles(found.articles))
    else:
        click.echo(
            f"{counted_articles(found.articles)}; segments: {found.before} before, {found.after} now"
        )
