"""What is wrong with a set-up, in plain words, and what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from indexer import databases
from indexer.engine_factory import ENGINES, engine_kind, open_engine
from indexer.engines.capabilities import commit_facts
from indexer.errors import ArchiveError, KhobaoError
from indexer.manifest import manifest_fault
from khobao.terminal import counted_articles

_LEAST_FREE = 0.1
"""The share of the archive's size that should be free: merges write before they delete."""
_LEAST_FILES = 1024
"""Files that a process should be able to open: two commits of ten segments have 660."""
_MANY_SEGMENTS, _MANY_ARTICLES = 5, 100_000
"""From so many on it is worth while to join segments."""
_YEARS_AHEAD = 2100
_SENTENCE = "Mưa lớn gây lũ ở Lào Cai"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: in a few words.
        fault: what is wrong with it, and what to do; empty where all is well.
        is_grave: whether the archive cannot be used so.
    """

    what: str
    fault: str = ""
    is_grave: bool = True


def examine(archive: Path) -> Iterator[Finding]:
    """Everything that is worth a look, quickest first; the archive is not changed."""
    for check in (_python, _language, _time, _open_files, _temporary):
        yield from _said(check.__name__.strip("_").replace("_", " "), check)
    yield from _said("archive", lambda: _archive(archive))


def _said(what: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings of a check; a check that fails is a finding as well."""
    try:
        yield from check()
    except (KhobaoError, OSError) as error:
        yield Finding(what, str(error))
    except Exception as error:
        yield Finding(what, f"cannot be looked at: {type(error).__name__}: {error}")


def _python() -> Iterator[Finding]:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    fault = (
        f"the terminal's encoding is {sys.stdout.encoding}, which has no Vietnamese letters; set"
        " PYTHONUTF8=1 or LANG=C.UTF-8"
    )
    yield Finding(f"Python {sys.version.split()[0]}")
    yield Finding("letters", "" if encoding in ("utf8", "utf16") else fault, is_grave=False)


def _language() -> Iterator[Finding]:
    try:
        from indexer.language.analysis import words

        found = words(_SENTENCE)
        fault = "" if "lào_cai" in found else f"pyvi finds other words than expected: {found}"
    except ImportError as error:
        fault = f"{error}; install the packages again: pip install khobao"
    yield Finding("Vietnamese words (pyvi)", fault)


def _time() -> Iterator[Finding]:
    year = time.gmtime().tm_year
    fault = f"the clock says {year}; dates of articles are read wrong until it is set"
    yield Finding("clock", fault if not 2024 <= year < _YEARS_AHEAD else "")


def _open_files() -> Iterator[Finding]:
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    is_enough = most in (resource.RLIM_INFINITY, -1) or most >= _LEAST_FILES
    fault = f"a process may open {most} files only; allow {_LEAST_FILES} or more (ulimit -n, LimitNOFILE=)"
    yield Finding("open files", "" if is_enough else fault, is_grave=False)


def _temporary() -> Iterator[Finding]:
    try:
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"x")
            folder = Path(file.name).parent
    except OSError as error:
        yield Finding(
            "temporary files", f"cannot be written ({error}); set TMPDIR to another folder"
        )
        return
    free = shutil.disk_usage(folder).free
    fault = f"{folder}: {free / 1e6:.0f} MB are free; make room, or set TMPDIR to another folder"
    yield Finding("temporary files", "" if free > 100e6 else fault, is_grave=False)


def _archive(archive: Path) -> Iterator[Finding]:
    if archive.exists() and not archive.is_dir():
        yield Finding(
            "archive", f"{archive}: this is a file; name the archive's folder: --archive DIR"
        )
        return
    try:
        kind = engine_kind(archive)
    except ArchiveError as error:
        yield Finding("archive", str(error))
        return
    yield Finding(f"archive {archive} ({kind})")
    folder = archive / ENGINES[kind].folder
    yield from _room(archive, folder)
    yield from _said("commit", lambda: _commit(archive))
    yield from _said("settings", lambda: _settings(archive))
    yield from _databases(archive)
    line = manifest_fault(archive)
    yield Finding("list of files", line, is_grave=False)
    for name, other in ENGINES.items():
        if name != kind and other.holds_index(archive / other.folder):
            fault = (
                f"{archive / other.folder}: left over from a move that was stopped; run khobao migrate"
                " again, or delete this folder"
            )
            yield Finding("moves", fault, is_grave=False)


def _room(archive: Path, folder: Path) -> Iterator[Finding]:
    files = [one for one in folder.iterdir() if one.is_file()] if folder.is_dir() else []
    unreadable = [one for one in files if not os.access(one, os.R_OK)]
    if unreadable:
        fault = f"{unreadable[0]}: this user may not read it; give it to the user who runs khobao (chown, chmod)"
        yield Finding("files", fault)
    if not os.access(folder, os.W_OK) or not os.access(archive, os.W_OK):
        fault = f"{archive}: this user may not write it: it can be searched, not indexed"
        yield Finding("writing", fault, is_grave=False)
        return
    ahead = [one for one in files if one.stat().st_mtime > time.time() + 3600]
    if ahead:
        fault = f"{ahead[0]}: the file is from the future; set the clock"
        yield Finding("clock of the disk", fault, is_grave=False)
    size = sum(one.stat().st_size for one in files)
    free = shutil.disk_usage(folder).free
    fault = (
        f"{archive}: {free / 1e6:,.0f} MB are free on its disk, the archive has {size / 1e6:,.0f} MB; make"
        " room before the next run"
    )
    yield Finding(
        "room on the disk", "" if free > max(50e6, _LEAST_FREE * size) else fault, is_grave=False
    )


def _commit(archive: Path) -> Iterator[Finding]:
    engine = open_engine(archive)
    with closing(engine):
        count = engine.searcher().count()
        warnings = getattr(engine, "warnings", ())
        facts = commit_facts(engine)
    for line in warnings:
        yield Finding("newest commit", f"{line}; the one before is used", is_grave=False)
    fault = "there is no article; index some: khobao index SOURCE"
    yield Finding(counted_articles(count), "" if count else fault, is_grave=False)
    if facts and facts.segments > _MANY_SEGMENTS and count > _MANY_ARTICLES:
        fault = f"there are {facts.segments}; searches are faster after: khobao compact"
        yield Finding("segments", fault, is_grave=False)


def _settings(archive: Path) -> Iterator[Finding]:
    from search.desk.settings import alert_settings
    from search.understanding.synonyms import load_synonyms

    load_synonyms(archive)
    alert_settings(archive)
    yield Finding("settings and synonyms")


def _databases(archive: Path) -> Iterator[Finding]:
    for path in sorted(archive.glob(f"*{databases.ENDING}")):
        fault = databases.fault_of(path)
        yield Finding(path.name, databases.damage(path, fault) if fault else "")
