"""The tree of a query: small frozen nodes, each with its place in the query as typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby


class QueryField(StrEnum):
    """Parts of an article that a query can name; the values are the index's own names."""

    TITLE = "title"
    AUTHOR = "author"
    SOURCE = "source"
    CREDIT = "credit"
    SECTION = "section"
    TAGS = "tags"


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One syllable, lower case with one tone placement."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class QueryPrefix:
    """Syllables that begin with `text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class QueryPhrase:
    """Syllables side by side, in order; never empty."""

    words: tuple[QueryWord, ...]


@dataclass(frozen=True, slots=True)
class InField:
    """A part that has to match in one field."""

    field: QueryField
    part: QueryWord | QueryPrefix | QueryPhrase


@dataclass(frozen=True, slots=True)
class Published:
    """A first and a last day of publication, both inclusive."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Exclude:
    """A part that an article must not match."""

    part: Node


@dataclass(frozen=True, slots=True)
class Must:
    """A part that an article has to match."""

    part: Node


@dataclass(frozen=True, slots=True)
class Either:
    """Alternatives; at least two."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts that should all match; never empty inside another node."""

    parts: tuple[Node, ...]


Node = (
    QueryWord | QueryPrefix | QueryPhrase | InField | Published | Exclude | Must | Either | Sequence
)


class Issue(StrEnum):
    """Kinds of faults of a query; the web app and the command line word them."""

    UNCLOSED_QUOTE = "unclosed_quote"
    EMPTY_PHRASE = "empty_phrase"
    EMPTY_FIELD = "empty_field"
    UNKNOWN_FIELD = "unknown_field"
    BAD_DATE = "bad_date"
    BAD_VERSIONS = "bad_versions"
    INVERTED_RANGE = "inverted_range"
    DANGLING_OR = "dangling_or"
    SHORT_PREFIX = "short_prefix"
    MISPLACED_STAR = "misplaced_star"
    UNBALANCED_PARENTHESIS = "unbalanced_parenthesis"
    TOO_DEEP = "too_deep"
    NO_WORDS = "no_words"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """One fault of a query and its place.

    Attributes:
        issue: the kind of fault.
        start: offset into the NFC query, in characters.
        end: one past the last character at fault.
        text: the characters at fault.
    """

    issue: Issue
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query and its best literal reading.

    Attributes:
        text: the query as typed, NFC.
        root: what is searched.
        problems: faults, in the order of their places; the parts at fault are read as plain words.
        all_versions: whether what only older versions of an article say counts as well.
    """

    text: str
    root: Sequence
    problems: tuple[QueryProblem, ...]
    all_versions: bool = False


def children(node: Node) -> tuple[Node, ...]:
    """The parts that a node is made of."""
    match node:
        case QueryPhrase(words):
            return words
        case Sequence(parts) | Either(parts):
            return parts
        case Exclude(part) | Must(part) | InField(_, part):
            return (part,)
        case _:
            return ()


def leaves(node: Node, *, in_fields: bool = False) -> list[QueryWord | QueryPrefix]:
    """All words and prefixes of a part of a query.

    Args:
        in_fields: also those in fields other than the title, which are names more than words.
    """
    match node:
        case QueryWord() | QueryPrefix():
            return [node]
        case InField(name) if name is not QueryField.TITLE and not in_fields:
            return []
        case _:
            return [leaf for part in children(node) for leaf in leaves(part, in_fields=in_fields)]


def word_runs(node: Node) -> Iterator[list[QueryWord]]:
    """Words that stand side by side in a part of a query; fields and excluded words are left out."""
    match node:
        case QueryWord():
            yield [node]
        case QueryPhrase(parts):
            yield list(parts)
        case Must(part):
            yield from word_runs(part)
        case Either(nodes):
            for one in nodes:
                yield from word_runs(one)
        case Sequence(nodes):
            for plain, group in groupby(nodes, key=lambda part: isinstance(part, QueryWord)):
                if plain:
                    yield [part for part in group if isinstance(part, QueryWord)]
                else:
                    for part in group:
                        yield from word_runs(part)


def place_of(node: Node) -> tuple[int, int]:
    """Where the characters of the query are that a part stands for."""
    if isinstance(node, QueryWord):
        return node.start, node.end
    found = leaves(node, in_fields=True)
    start = min((leaf.start for leaf in found), default=0)
    return start, max((leaf.end for leaf in found), default=0)
