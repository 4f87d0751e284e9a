"""Commands that say who may see what: private sources and accounts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.errors import KhobaoError
from indexer.language.cleaning import clean_text, printable
from khobao.group import archive_option, cli
from khobao.progress import say_waiting

if TYPE_CHECKING:
    from search.desk.desk import Desk

_NAMES = click.argument("names", nargs=-1, required=True)


@cli.group()
def private() -> None:
    """Sources that only signed-in readers see who may: search, counts, feeds, everything."""


@private.command("list")
@archive_option
def list_private(archive: Path) -> None:
    """Show the private sources, and how many articles each has."""
    from search.archive import Archive

    with Archive.open(archive) as opened:
        held = opened.reader().sources()
        for key in sorted(opened.private_sources()):
            count = sum(number for name, number in held.items() if _key(name) == key)
            click.echo(f"{printable(key)}\t{count}")


@private.command()
@_NAMES
@archive_option
def add(names: tuple[str, ...], archive: Path) -> None:
    """Make sources private, for articles too that come later. Their names are those of the articles."""
    _change(archive, frozenset(map(_key, names)), frozenset())


@private.command("remove")
@_NAMES
@archive_option
def remove_private(names: tuple[str, ...], archive: Path) -> None:
    """Let everybody see sources again."""
    _change(archive, frozenset(), frozenset(map(_key, names)))


def _key(name: str) -> str:
    from indexer.engines.fields import source_key

    return source_key(clean_text(name))


def _change(archive: Path, more: frozenset[str], fewer: frozenset[str]) -> None:
    from indexer.engine_factory import open_or_create_engine
    from indexer.engines.capabilities import (
        HidesSources,
        capability,
        exclusive_run,
        hide_sources,
    )

    if "" in more | fewer:
        raise KhobaoError("a source without a name cannot be private")
    engine = open_or_create_engine(archive)
    try:
        with exclusive_run(engine, say_waiting):
            hiding = capability(engine, HidesSources)
            private = hiding.private_sources() if hiding else frozenset()
            if unknown := fewer - private:
                raise KhobaoError(f"{sorted(unknown)[0]}: this source is not private")
            hide_sources(engine, (private | more) - fewer)
    finally:
        engine.close()
    _warn_of_nothing(archive, more)


def _warn_of_nothing(archive: Path, more: frozenset[str]) -> None:
    """A name that no article has may be misspelt, and its articles seen by everybody."""
    from search.archive import Archive

    with Archive.open(archive) as opened:
        held = opened.reader().sources()
    for key in sorted(more - set(map(_key, held))):
        names = ", ".join(sorted(held)[:20]) or "none yet"
        click.echo(
            f"khobao: {printable(key)}: no article has this source; the archive's sources are:"
            f" {printable(names)}",
            err=True,
        )


@cli.group()
def account() -> None:
    """Accounts with which readers sign in; without any, nobody needs to."""


_ROLE = click.option(
    "--role",
    type=click.Choice(["reader", "editor", "administrator"]),
    help="A reader sees the private sources named here; an editor uses dossiers and watches as well; an"
    " administrator sees all, and gives accounts.",
)
_SOURCES = click.option("--source", "sources", multiple=True, help="A private source it sees.")
_ALL = click.option("--all-sources", is_flag=True, help="It sees all private sources.")
_NAME = click.argument("name")


@account.command("add")
@_NAME
@_ROLE
@_SOURCES
@_ALL
@archive_option
def add_account(
    name: str, role: str | None, sources: tuple[str, ...], all_sources: bool, archive: Path
) -> None:
    """Give NAME an account; the password is asked for, or is the first line of the standard input."""
    from search.desk.accounts import Role

    store = _desk(archive).accounts
    made = store.add(name, _password(), Role(role or Role.READER), sources, sees_all=all_sources)
    click.echo(f"{made.name}: {made.role}")


@account.command("change")
@_NAME
@_ROLE
@_SOURCES
@_ALL
@click.option("--no-sources", is_flag=True, help="It sees no private source.")
@archive_option
def change_account(
    name: str,
    role: str | None,
    sources: tuple[str, ...],
    all_sources: bool,
    no_sources: bool,
    archive: Path,
) -> None:
    """Change the role of NAME, or the private sources it sees; what is not told stays."""
    from search.desk.accounts import Role

    store = _desk(archive).accounts
    found = store.named(name)
    stays = not (sources or all_sources or no_sources)
    store.change(
        found.number,
        Role(role or found.role),
        found.sources if stays else sources,
        sees_all=found.sees_all if stays else all_sources,
    )


@account.command()
@_NAME
@archive_option
def password(name: str, archive: Path) -> None:
    """Give NAME another password; its sessions end."""
    store = _desk(archive).accounts
    store.set_password(store.named(name).number, _password())


@account.command("remove")
@_NAME
@archive_option
def remove_account(name: str, archive: Path) -> None:
    """Remove the account of NAME, its sessions and its tokens."""
    store = _desk(archive).accounts
    store.remove(store.named(name).number)


@account.command()
@_NAME
@click.option("--label", default="", help="What the token is for.")
@archive_option
def token(name: str, label: str, archive: Path) -> None:
    """Print a new token with which a program asks in the name of NAME: Authorization: Bearer TOKEN."""
    desk = _desk(archive)
    click.echo(desk.sessions.make_token(desk.accounts.named(name).number, label))


@account.command("list")
@archive_option
def list_accounts(archive: Path) -> None:
    """Show the accounts, their roles and the private sources that each sees."""
    for one in _desk(archive).accounts.accounts():
        sources = "*" if one.shown is None else ", ".join(sorted(one.shown))
        click.echo(f"{one.name}\t{one.role}\t{sources}")


def _desk(archive: Path) -> Desk:
    """The desk of an archive that exists."""
    from indexer.engine_factory import engine_kind
    from search.desk.desk import Desk

    engine_kind(archive)
    return Desk(archive)


def _password() -> str:
    if sys.stdin.isatty():
        found: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return found
    return sys.stdin.readline().rstrip("\r\n")
