"""The tree of a query: small frozen nodes, each with its place in the query as typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from indexer.engines.conditions import Scope


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
class QueryPattern:
    """Syllables like `text`, in which * stands for any letters and ? for one."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class QueryPhrase:
    """Syllables side by side, in order; never empty."""

    words: tuple[QueryWord | QueryPattern, ...]


@dataclass(frozen=True, slots=True)
class QueryTogether:
    """Words or phrases that stand close to each other.

    Attributes:
        parts: two or more words, patterns, phrases, or alternatives of these.
        within: the most words between two, in either order; or the scope in which all stand.
    """

    parts: tuple[Node, ...]
    within: int | Scope


@dataclass(frozen=True, slots=True)
class QueryRepeated:
    """A word or phrase that an article has to hold so many times at least."""

    part: Node
    least: int


@dataclass(frozen=True, slots=True)
class Length:
    """Numbers of syllables of an article, both inclusive."""

    least: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class Having:
    """A part that an article has to have; a value of the facet `holds`."""

    part: str


@dataclass(frozen=True, slots=True)
class InDossier:
    """A dossier that an article has to be in, by its name."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Named:
    """A person, place, organisation or province that an article has to name; a value of a facet."""

    facet: str
    name: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words that somebody has to be quoted with, all in one quotation.

    Attributes:
        speaker: a name or its end; `ANYBODY` for whoever it is.
        start: where the name begins in the query.
        end: one past its last character.
        parts: words, patterns, phrases, or alternatives of these; none for any quotation.
    """

    speaker: str
    start: int
    end: int
    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class InField:
    """A part that has to match in one field."""

    field: QueryField
    part: QueryWord | QueryPattern | QueryPhrase


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
    QueryWord
    | QueryPattern
    | QueryPhrase
    | QueryTogether
    | QueryRepeated
    | InField
    | Published
    | Length
    | Having
    | InDossier
    | Spoken
    | Named
    | Exclude
    | Must
    | Either
    | Sequence
)


class Issue(StrEnum):
    """Kinds of faults of a query; the web app and the command line word them."""

    UNCLOSED_QUOTE = "unclosed_quote"
    EMPTY_PHRASE = "empty_phrase"
    EMPTY_FIELD = "empty_field"
    UNKNOWN_FIELD = "unknown_field"
    NOT_IN_FIELD = "not_in_field"
    BAD_DATE = "bad_date"
    BAD_VERSIONS = "bad_versions"
    INVERTED_RANGE = "inverted_range"
    DANGLING_OPERATOR = "dangling_operator"
    DANGLING_NOT = "dangling_not"
    MIXED_OPERATORS = "mixed_operators"
    NOT_A_PLACE = "not_a_place"
    BAD_COUNT = "bad_count"
    BAD_LENGTH = "bad_length"
    BAD_PART = "bad_part"
    NOT_SAID = "not_said"
    NO_DOSSIER = "no_dossier"
    TOO_FAR = "too_far"
    SHORT_PATTERN = "short_pattern"
    LONE_STAR = "lone_star"
    MANY_EXPANSIONS = "many_expansions"
    NO_EXPANSION = "no_expansion"
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
        needs_all: whether an article has to match every part, since an AND joins them.
        has_operators: whether there is an operator in words, as AND, NOT, NEAR or "lần:".
    """

    text: str
    root: Sequence
    problems: tuple[QueryProblem, ...]
    all_versions: bool = False
    needs_all: bool = False
    has_operators: bool = False


def children(node: Node) -> tuple[Node, ...]:
    """The parts that a node is made of."""
    match node:
        case QueryPhrase(words):
            return words
        case Sequence(parts) | Either(parts) | QueryTogether(parts):
            return parts
        case Spoken():
            return node.parts
        case Exclude(part) | Must(part) | InField(_, part) | QueryRepeated(part):
            return (part,)
        case _:
            return ()


def leaves(node: Node, *, in_fields: bool = False) -> list[QueryWord | QueryPattern]:
    """All words and patterns of a part of a query.

    Args:
        in_fields: also those in fields other than the title, which are names more than words.
    """
    match node:
        case QueryWord() | QueryPattern():
            return [node]
        case InField(name) if name is not QueryField.TITLE and not in_fields:
            return []
        case _:
            return [leaf for part in children(node) for leaf in leaves(part, in_fields=in_fields)]


def word_runs(node: Node) -> Iterator[list[QueryWord]]:
    """Words that stand side by side in a part of a query; fields, patterns and excluded words are left out."""
    match node:
        case QueryWord():
            yield [node]
        case Must(part) | QueryRepeated(part):
            yield from word_runs(part)
        case Either(nodes) | QueryTogether(nodes):
            for one in nodes:
                yield from word_runs(one)
        case Sequence(nodes) | QueryPhrase(nodes) | Spoken(_, _, _, nodes):
            for plain, group in groupby(nodes, key=lambda part: isinstance(part, QueryWord)):
                if plain:
                    yield [part for part in group if isinstance(part, QueryWord)]
                else:
                    for part in group:
                        yield from word_runs(part)


def names_of(node: Node) -> Iterator[Named]:
    """The people, places and organisations that a part of a query asks for."""
    if isinstance(node, Named):
        yield node
    for part in children(node):
        yield from names_of(part)


def dossiers_of(node: Node) -> Iterator[InDossier]:
    """The dossiers that a part of a query names."""
    if isinstance(node, InDossier):
        yield node
    for part in children(node):
        yield from dossiers_of(part)


def place_of(node: Node) -> tuple[int, int]:
    """Where the characters of the query are that a part stands for."""
    if isinstance(node, QueryWord):
        return node.start, node.end
    found = leaves(node, in_fields=True)
    start = min((leaf.start for leaf in found), default=0)
    return start, max((leaf.end for leaf in found), default=0)
