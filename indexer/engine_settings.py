"""Which engine a new archive gets: told by the command, or by a `khobao.toml`.

[engine]
kind = "opensearch"
hosts = ["https://search1:9200", "https://search2:9200"]
user = "khobao"
ca_file = "/etc/khobao/root-ca.pem"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from indexer.archive_folder import read_marker
from indexer.engine_factory import ENGINES, OPENSEARCH, EngineChoice
from indexer.engines.opensearch import ClusterAddress
from indexer.errors import SourceError
from indexer.parsing import MAP_FILE

_KEYS = ("kind", "hosts", "user", "ca_file")


def chosen_engine(kind: str, hosts: str, user: str, ca_file: str) -> EngineChoice | None:
    """The engine that options name; None where there are none.

    Raises:
        ArchiveError: an address is not understood.
    """
    if not kind and not hosts:
        return None
    address = ClusterAddress.of(hosts, user, ca_file) if hosts else None
    return EngineChoice(kind or OPENSEARCH, address)


def engine_of_sources(sources: Iterable[Path]) -> EngineChoice | None:
    """The engine that the nearest `khobao.toml` names, beside the sources or in a folder above.

    The current folder is looked at last.

    Raises:
        SourceError: such a file cannot be read, or its [engine] says what is not understood.
        ArchiveError: an address in it is not understood.
    """
    for source in (*sources, Path()):
        for folder in (source, *source.absolute().parents):
            file = folder / MAP_FILE
            if file.is_file() and (found := _read(file)):
                return found
    return None


def choice_of_move(archive: Path, kind: str, hosts: str, user: str, ca_file: str) -> EngineChoice:
    """The engine that an archive moves to; the address is that of options, else of a `khobao.toml`.

    Raises:
        ArchiveError: an address is not understood.
        SourceError: a `khobao.toml` is not understood.
    """
    told = chosen_engine(kind, hosts, user, ca_file) or EngineChoice(kind)
    found = None if told.address else engine_of_sources([archive])
    return found if found and found.kind == kind else told


def choice_for(
    archive: Path, told: EngineChoice | None, sources: Iterable[Path]
) -> EngineChoice | None:
    """What is told, else what a `khobao.toml` says; an archive of another kind is not asked to be one."""
    if told is not None:
        return told
    found, marker = engine_of_sources(sources), read_marker(archive)
    return None if found and marker and marker.engine != found.kind else found


def _read(file: Path) -> EngineChoice | None:
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("engine")
    except (OSError, ValueError) as error:
        raise SourceError(f"{file}: cannot be read as TOML: {error}") from error
    if table is None:
        return None
    if not isinstance(table, dict) or set(table) - {*_KEYS}:
        raise SourceError(f"{file}: [engine] may have {', '.join(_KEYS)} and nothing else")
    kind = _text(file, table, "kind") or OPENSEARCH
    if kind not in ENGINES:
        raise SourceError(f"{file}: kind in [engine] has to be one of {', '.join(ENGINES)}")
    hosts = table.get("hosts", [])
    if isinstance(hosts, str):
        hosts = hosts.split(",")
    if not isinstance(hosts, Sequence) or not all(isinstance(one, str) for one in hosts):
        raise SourceError(f'{file}: hosts in [engine] has to be a list: ["https://search1:9200"]')
    if not hosts:
        return EngineChoice(kind)
    user, ca_file = _text(file, table, "user"), _text(file, table, "ca_file")
    return EngineChoice(kind, ClusterAddress.of(list(hosts), user, ca_file))


def _text(file: Path, table: dict[str, Any], key: str) -> str:
    found = table.get(key, "")
    if not isinstance(found, str):
        raise SourceError(f"{file}: {key} in [engine] has to be text")
    return found
