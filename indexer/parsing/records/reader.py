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


FromRecords = Article | ParseError | UnreadKeys | Untitled | PassedOver


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
    """The articles of a file of JSON."""
    values = ninjs_records(json_values(resource), resource.address)
    yield from read_values(values, resource.address, fields)


def read_table(resource: Resource, fields: FieldMap) -> Iterator[FromRecords]:
    """The articles of a file of CSV or TSV."""
    yield from read_values(table_rows(resource, fields), resource.address, fields)


def read_values(
    values: Iterable[Found | ParseError | PassedOver],
    path: str,
    fields: FieldMap,
    *,
    shortest: int = LONG_ENOUGH,
) -> Iterator[FromRecords]:
    """The articles of values, and at the end the keys that are in none, and how many lack a headline.

    Args:
        shortest: characters of a text without a headline that is an article all the same.
    """
    unread: Counter[Unread] = Counter()
    untitled = 0
    for found in values:
        if not isinstance(found, Found):
            yield found
            continue
        line = found.line
        for record in records_in(found.value, fields):
            try:
                read = read_record(record, path, fields, shortest)
            except ValueError as error:
                yield ParseError(path, str(error), line=line)
                continue
            unread.update(read.unread)
            untitled += read.is_untitled
            yield read.article
            if read.complaint:
                yield ParseError(path, read.complaint, line=line)
    if untitled:
        yield Untitled(path, untitled)
    if unread:
        yield UnreadKeys(path, tuple(unread.items()))
