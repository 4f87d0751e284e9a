"""Which engine a new archive gets: told by the command, or by a `khobao.toml`.

[engine]
kind = "opensearch"
hosts = ["https://search1:9200", "https://search2:9200"]
user = "khobao"
ca_file = "/etc/khobao/root-ca.pem"
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from indexer.archive_folder import read_marker
from indexer.engine_factory import ENGINES, OPENSEARCH, EngineChoice
from indexer.engines.opensearch import ClusterAddress
from indexer.settings_file import SettingsTable, read_settings

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
        for table in read_settings((source, *source.absolute().parents), "engine", _KEYS):
            return _choice(table)
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


def _choice(table: SettingsTable) -> EngineChoice:
    kind = table.text("kind") or OPENSEARCH
    if kind not in ENGINES:
        raise table.fault(f"kind in [engine] has to be one of {', '.join(ENGINES)}")
    hosts = table.values.get("hosts", [])
    if isinstance(hosts, str):
        hosts = hosts.split(",")
    if not isinstance(hosts, Sequence) or not all(isinstance(one, str) for one in hosts):
        raise table.fault('hosts in [engine] has to be a list: ["https://search1:9200"]')
    if not hosts:
        return EngineChoice(kind)
    user, ca_file = table.text("user"), table.text("ca_file")
    return EngineChoice(kind, ClusterAddress.of(list(hosts), user, ca_file))
