"""Commands that copy an archive and bring a copy back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from indexer.backup import back_up
from indexer.backup import restore as bring_back
from indexer.backup_list import Backup, Progress, faults_of, read_backup
from khobao.group import archive_option, cli
from khobao.progress import counted_progress
from khobao.terminal import counted_articles

_FOLDER = click.Path(path_type=Path, file_okay=False)


@cli.command()
@click.argument("target", type=_FOLDER)
@archive_option
def backup(target: Path, archive: Path) -> None:
    """Copy the archive to TARGET, a new folder, while it is searched and indexed.

    What is there at one moment is copied, and compared with its checksums. TARGET gets its name when it
    is whole.
    """
    with _shown("copied") as progress:
        made = back_up(archive, target, progress)
    click.echo(f"{target}: {_described(made)}")


@cli.command()
@click.argument("backup", type=_FOLDER)
@archive_option
@click.option("--verify", is_flag=True, help="Only compare the backup's files with their digests.")
@click.option(
    "--replace",
    is_flag=True,
    help="Let the archive that is there make way; it stays beside, with the time in its name.",
)
def restore(backup: Path, archive: Path, verify: bool, replace: bool) -> None:
    """Make the archive out of a BACKUP, after comparing each file with its digest."""
    found = read_backup(backup)
    if verify:
        with _shown("read") as progress:
            faults = list(faults_of(backup, found, progress))
        for line in faults:
            click.echo(f"khobao: {line}", err=True)
        click.echo(f"{backup}: {_described(found)}; {len(faults)} damaged")
        sys.exit(int(bool(faults)))
    with _shown("brought back") as progress:
        aside = bring_back(backup, archive, replace=replace, progress=progress)
    if aside:
        click.echo(f"what was at {archive} is now at {aside}")
    click.echo(f"{archive}: {_described(found)}")


def _described(backup: Backup) -> str:
    return (
        f"{counted_articles(backup.articles)} as of {backup.made:%Y-%m-%d %H:%M:%S %z}, {len(backup.files)} files,"
        f" {backup.length / 1e6:,.1f} MB"
    )


@contextmanager
def _shown(done: str) -> Iterator[Progress]:
    """How many megabytes are done is shown, until the end of the context."""
    with counted_progress(f"Megabytes {done}") as show:
        yield lambda at, whole: show(at >> 20, whole >> 20)
