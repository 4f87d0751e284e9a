"""Files of records -> articles: each record alone, so that one that cannot be read costs no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing.records.fields import LONG_ENOUGH, read_record
from indexer.parsing.records.json_stream import Found, json_values
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.records.ninjs import ninjs_records
from indexer.parsing.records.shapes import records_in
from indexer.parsing.records.tables import table_rows
from indexer.parsing.records.unread import Unread
from indexer.parsing.resource import PassedOver, Resource

_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class UnreadKeys:
    """Keys of a file's records whose values are in no field of any article.

    Attributes:
        keys: key and kind -> records.
    """

    path: str
    keys: tuple[tuple[Unread, int], ...]


@dataclass(frozen=True, slots=True)
class Untitled:
    """Articles of a file that have no headline."""

    path: str
    count: int

    def __str__(self) -> str:
        """One line for the user."""
        many = "articles have" if self.count > 1 else "article has"
        return (
            f"{self.path}: {self.count} {many} no title; the first words of the text stand for it"
        )


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record of a file that is not an article yet, so that another process can make it one.

    Attributes:
        line: that the value with the record begins in, counted from 1.
        path: the file's.
        shortest: characters of a text without a headline that is an article all the same.
    """

    value: object
    line: int
    path: str
    fields: FieldMap
    shortest: int


FromRecords = RawRecord | ParseError | PassedOver


def unread_fault(place: str, keys: Mapping[Unread, int]) -> ParseError:
    """One line that names the keys of a source that were not read, and says how to map them."""
    counts = Counter(keys)
    named = [
        f"{one.key} ({one.kind}, {count} record{'s' if count > 1 else ''})"
        for one, count in counts.most_common(_MOST_NAMED)
    ]
    more = len(counts) - _MOST_NAMED
    shown = ", ".join(named) + (f" and {more} more" if more > 0 else "")
    first = counts.most_common(1)[0][0]
    field = "body" if first.kind == "long text" else "published"
    return ParseError(
        place,
        f"keys that were not read: {shown}; map them with --map {field}={first.key}"
        f" or --map ignore={first.key}, or under [map] in a khobao.toml beside the files",
    )


def read_json(resource: Resource, fields: FieldMap) -> Iterator[FromRecords]:
    """The records of a file of JSON."""
    values = ninjs_records(json_values(resource), resource.address)
    yield from records_of(values, resource.address, fields)


def read_table(resource: Resource, fields: FieldMap) -> Iterator[FromRecords]:
    """The records of a file of CSV or TSV."""
    yield from records_of(table_rows(resource, fields), resource.address, fields)


def records_of(
    values: Iterable[Found | ParseError | PassedOver],
    path: str,
    fields: FieldMap,
    *,
    shortest: int = LONG_ENOUGH,
) -> Iterator[FromRecords]:
    """The records of a file's values: a value may hold thousands, and each is read alone.

    Args:
        shortest: see `RawRecord`.
    """
    for found in values:
        if not isinstance(found, Found):
            yield found
            continue
        for value in records_in(found.value, fields):
            yield RawRecord(value, found.line, path, fields, shortest)


def read_raw(record: RawRecord) -> Iterator[Article | ParseError | UnreadKeys | Untitled]:
    """The article of a record, what it lacks, and the keys that are not in it."""
    path, line = record.path, record.line
    try:
        read = read_record(record.value, path, record.fields, record.shortest)
    except ValueError as error:
        yield ParseError(path, str(error), line=line)
        return
    yield read.article
    if read.complaint:
        yield ParseError(path, read.complaint, line=line)
    if read.is_untitled:
        yield Untitled(path, 1)
    if read.unread:
        yield UnreadKeys(path, tuple(Counter(read.unread).items()))


class Remarks:
    """What is said of a file's records all together."""

    def __init__(self) -> None:
        self._untitled: Counter[str] = Counter()
        self._unread: dict[str, Counter[Unread]] = {}

    def note(self, one: object) -> bool:
        """Keep a remark for the end; returns whether it was a remark."""
        match one:
            case Untitled(path, count):
                self._untitled[path] += count
            case UnreadKeys(path, keys):
                its = self._unread.setdefault(path, Counter())
                for key, count in keys:
                    its[key] += count
            case _:
                return False
        return True

    def take(self) -> Iterator[UnreadKeys | Untitled]:
        """Those that were noted, once."""
        for path, count in self._untitled.items():
            yield Untitled(path, count)
        for path, keys in self._unread.items():
            yield UnreadKeys(path, tuple(keys.items()))
        self._untitled, self._unread = Counter(), {}
