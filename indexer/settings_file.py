"""Tables of a `khobao.toml`, with one line for each fault that names the file and the key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.errors import SourceError
from indexer.parsing import MAP_FILE


@dataclass(frozen=True, slots=True)
class SettingsTable:
    """One table of a file.

    Attributes:
        name: as it stands between brackets.
    """

    file: Path
    name: str
    values: dict[str, Any]

    def text(self, key: str) -> str:
        """A text, without spaces around it; empty where it is not told. Raises SourceError for anything else."""
        found = self.values.get(key, "")
        if not isinstance(found, str):
            raise self.fault(f"{key} in [{self.name}] has to be text")
        return found.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none of them empty. Raises SourceError for anything else."""
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
            raise self.fault(f'{key} in [{self.name}] has to be a list of texts: ["…"]')
        return tuple(found)

    def inner(self, key: str, keys: Iterable[str]) -> SettingsTable | None:
        """A table inside it; None where it is not there. Raises SourceError as `read_settings` does."""
        found = self.values.get(key)
        return None if found is None else _checked(self.file, f"{self.name}.{key}", found, keys)

    def fault(self, text: str) -> SourceError:
        """An error that names the file."""
        return SourceError(f"{self.file}: {text}")


def read_settings(
    folders: Iterable[Path], name: str, keys: Iterable[str]
) -> Iterator[SettingsTable]:
    """The tables of a name in the files of some folders, in the order of these.

    Args:
        keys: those that the table may have.

    Raises:
        SourceError: a file cannot be read, or its table has other keys.
    """
    for folder in folders:
        file = folder / MAP_FILE
        if not file.is_file():
            continue
        try:
            found = tomllib.loads(file.read_text("utf-8")).get(name)
        except (OSError, ValueError) as error:
            raise SourceError(f"{file}: cannot be read as TOML: {error}") from error
        if found is not None:
            yield _checked(file, name, found, keys)


def _checked(file: Path, name: str, table: object, keys: Iterable[str]) -> SettingsTable:
    keys = tuple(keys)
    if not isinstance(table, dict) or set(table) - {*keys}:
        raise SourceError(f"{file}: [{name}] may have {', '.join(keys)} and nothing else")
    return SettingsTable(file, name, table)
