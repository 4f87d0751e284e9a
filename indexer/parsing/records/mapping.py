"""The field of each key of a record: the table of aliases, and the user's own map."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from indexer.errors import SourceError
from indexer.language.normalise import fold, lower, nfc

FIELDS = (
    "id", "title", "lead", "body", "url", "published", "updated", "author", "source", "credit", "section", "tags",
    "captions", "related_links", "captured", "scan",
)  # fmt: skip
IGNORED = "ignored"
MAP_FILE = "khobao.toml"
"""A small file beside the records, or in a folder above: ``[map]`` with a key, or a list of keys, a field."""
_TABLE = Path(__file__).with_name("aliases.txt")
_NOT_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=1 << 14)
def key_name(key: str) -> str:
    """A key for comparison: ``pub_date``, ``pubDate`` and ``Pub Date`` are all ``pubdate``."""
    return _NOT_WORD.sub("", fold(lower(nfc(key))))


@cache
def aliases() -> Mapping[str, tuple[str, ...]]:
    """Field -> the names of keys that hold it, the most telling first."""
    found: dict[str, list[str]] = {}
    field = ""
    for line in _TABLE.read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            field = line.partition(":")[0]
        names = line.removeprefix(f"{field}:").split()
        found.setdefault(field, []).extend(key_name(name) for name in names)
    return {name: tuple(dict.fromkeys(names)) for name, names in found.items()}


@dataclass(frozen=True, slots=True)
class FieldMap:
    """The user's own map of keys, which comes before the table of aliases.

    Attributes:
        pairs: field and key name (`key_name`); the field ``ignored`` for keys that are no part of an article.
    """

    pairs: tuple[tuple[str, str], ...] = ()

    def keys(self, field: str) -> tuple[str, ...]:
        """The key names of a field: those that the user named, then those of the table."""
        named = tuple(key for name, key in self.pairs if name == field)
        return named + tuple(key for key in aliases()[field] if key not in self._taken(field))

    def _taken(self, field: str) -> set[str]:
        return {key for name, key in self.pairs if name != field}

    def ignores(self, key: str) -> bool:
        """Whether a key is known to hold nothing of an article."""
        return (IGNORED, key) in self.pairs or key in aliases()[IGNORED]

    def extended(self, other: FieldMap) -> FieldMap:
        """One map, and where it is silent another."""
        return FieldMap(tuple(dict.fromkeys((*self.pairs, *other.pairs))))

    @property
    def digest(self) -> str:
        """A few characters that change with the map; empty for an empty one."""
        return hashlib.sha256(repr(self.pairs).encode()).hexdigest()[:8] if self.pairs else ""


def parse_map(options: Iterable[str]) -> FieldMap:
    """The map that ``body=maintext`` and the like describe.

    Raises:
        SourceError: an option names no field, or no key.
    """
    pairs = []
    for option in options:
        field, equals, key = option.partition("=")
        pairs.append(_pair(field.strip(), key.strip() if equals else "", f"--map {option}"))
    return FieldMap(tuple(pairs))


def _pair(field: str, key: str, place: str) -> tuple[str, str]:
    field = IGNORED if field == "ignore" else field
    if field not in (*FIELDS, IGNORED) or not key_name(key):
        names = ", ".join((*FIELDS, "ignore"))
        raise SourceError(f"{place}: write FIELD=KEY, where FIELD is one of {names}")
    return field, key_name(key)


def map_of_folder(folder: Path) -> FieldMap:
    """The map of the nearest `MAP_FILE`, in a folder or in one above it.

    Raises:
        SourceError: that file is no TOML, or says something else.
    """
    for one in (folder, *folder.absolute().parents):
        file = one / MAP_FILE
        if file.is_file():
            return _read_map(file, file.stat().st_mtime_ns)
    return FieldMap()


@lru_cache(maxsize=256)
def _read_map(file: Path, _changed: int) -> FieldMap:
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("map", {})
    except (OSError, ValueError) as error:
        raise SourceError(f"{file}: cannot be read as TOML: {error}") from error
    if not isinstance(table, dict):
        raise SourceError(f'{file}: [map] has to be a table such as: body = "maintext"')
    return FieldMap(
        tuple(
            _pair(field, str(key), f"{file}: {field}")
            for field, keys in table.items()
            for key in (keys if isinstance(keys, list) else [keys])
        )
    )
