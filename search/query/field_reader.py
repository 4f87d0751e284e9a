"""The parts of a query that begin with a field's name, and those in quotation marks."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from indexer.language.normalise import fold, lower, normalise, syllables_of
from indexer.language.quotations import ANYBODY
from indexer.language.tones import place_tones
from search.query.joining import as_one, is_spot
from search.query.lexer import Lexeme, TokenKind
from search.query.periods import parse_period
from search.query.token_reader import TokenReader
from search.query.tree import (
    Either,
    Exclude,
    Having,
    InDossier,
    InField,
    Issue,
    Must,
    Named,
    Node,
    Published,
    QueryField,
    QueryPattern,
    QueryPhrase,
    QueryRepeated,
    QueryWord,
    Sequence,
    Spoken,
)
from search.query.values import (
    DOSSIERS,
    FIELDS,
    HAVING,
    KNOWN,
    LENGTHS,
    NAMES,
    PARTS,
    SINCE,
    SPEAKERS,
    TIMES,
    VERSIONS,
    WHICH_VERSIONS,
    read_length,
)

MAX_DEPTH = 10
"""Parentheses nested deeper are left out."""
MAX_TIMES = 100
JOINING = (
    TokenKind.OR, TokenKind.AND, TokenKind.NEAR, TokenKind.SENTENCE, TokenKind.PARAGRAPH,
)  # fmt: skip


class FieldReader(TokenReader, ABC):
    """Reads the fields of one query, and what they say of all of it.

    Attributes:
        bounds: first and last days, with the tokens that ask for them.
        all_versions: whether what only older versions of an article say counts as well.
        has_operators: whether there is an operator in words.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.bounds: list[tuple[Published, Lexeme]] = []
        self.all_versions = False
        self.has_operators = False

    @abstractmethod
    def unit(self, depth: int) -> list[Node]:
        """The next part of the query with its sign; plain text may give several words or none."""

    def quoted(self, token: Lexeme) -> list[Node]:
        """A phrase; words where its quotation mark is not closed."""
        words = self.words_of(token.text, token.inner, is_quoted=True)
        if not token.closed:
            self.report(Issue.UNCLOSED_QUOTE, token.start, token.inner)
            return list(words)
        if not words:
            self.report(Issue.EMPTY_PHRASE, token.start, token.end)
            return []
        return [QueryPhrase(tuple(words))]

    def field(self, token: Lexeme, depth: int) -> list[Node]:
        """The part that a field's name begins."""
        name = fold(lower(token.text))
        value = self.peek()
        adjacent = value is not None and value.start == token.end
        # "Hà Nội:" is no field.
        known = name in KNOWN and not (
            name == "noi" and normalise(token.text) not in ("noi", "nói")
        )
        if value is not None and adjacent and value.kind is TokenKind.OPEN and name in FIELDS:
            return self._group(FIELDS[name], token, depth)
        if (
            value is None
            or not adjacent
            or value.kind not in (TokenKind.TEXT, TokenKind.QUOTED, TokenKind.FIELD)
        ):
            if known:
                self.report(Issue.EMPTY_FIELD, token.start, token.end)
            return list(self.words_of(token.text, token.inner))
        if not known:
            self.report(Issue.UNKNOWN_FIELD, token.start, token.end)
            return list(self.words_of(token.text, token.inner))
        self.take()
        if name in FIELDS:
            return self._in_field(FIELDS[name], token, value)
        if value.kind is TokenKind.QUOTED and not value.closed:
            self.report(Issue.UNCLOSED_QUOTE, value.start, value.inner)
            if not value.text.strip():
                return []
        return self._with_value(name, token, value)

    def _with_value(self, name: str, token: Lexeme, value: Lexeme) -> list[Node]:
        """The part of a field whose value is no words of an article's own."""
        if name in VERSIONS:
            return self._versions(value)
        if name in TIMES:
            return self._repeated(token, value)
        if name in LENGTHS:
            return self._length(value)
        if name in HAVING:
            return self._having(value)
        if name in DOSSIERS:
            return self._in_dossier(token, value)
        if name in NAMES:
            return self._named(NAMES[name], token, value)
        if name in SPEAKERS:
            return self._speaker(token, value)
        return self._bound(token, value, since=name in SINCE)

    def _in_field(self, field: QueryField, token: Lexeme, value: Lexeme) -> list[Node]:
        parts = (
            self.quoted(value)
            if value.kind is TokenKind.QUOTED
            else self.words_of(value.text, value.inner)
        )
        if not parts:
            # An empty phrase has been told.
            return [] if value.kind is TokenKind.QUOTED else self._without_value(token, value)
        part = as_one(list(parts))
        return (
            [InField(field, part)]
            if isinstance(part, QueryWord | QueryPattern | QueryPhrase)
            else [part]
        )

    def _group(self, field: QueryField, token: Lexeme, depth: int) -> list[Node]:
        """The parts in parentheses behind a field's name, each in the field: ``tag:(lũ OR bão)``."""
        others: list[Node] = []

        def in_field(node: Node) -> Node:
            match node:
                case QueryWord() | QueryPattern() | QueryPhrase():
                    return InField(field, node)
                case Sequence(parts):
                    return Sequence(tuple(map(in_field, parts)))
                case Either(parts):
                    return Either(tuple(map(in_field, parts)))
                case Exclude(part):
                    return Exclude(in_field(part))
                case Must(part):
                    return Must(in_field(part))
            others.append(node)
            return node

        parts = self.unit(depth)
        if not parts:
            self.report(Issue.EMPTY_FIELD, token.start, token.end)
            return list(self.words_of(token.text, token.inner))
        found = list(map(in_field, parts))
        if others:
            self.report(Issue.NOT_IN_FIELD, token.start, token.end)
        return found

    def _without_value(self, token: Lexeme, value: Lexeme) -> list[Node]:
        """A field whose value has no words; its name is taken as it is typed."""
        if value.kind is TokenKind.QUOTED:
            if value.closed:
                self.report(Issue.EMPTY_PHRASE, value.start, value.end)
            return []
        self.report(Issue.EMPTY_FIELD, token.start, value.end)
        return list(self.words_of(token.text, token.inner))

    def _versions(self, value: Lexeme) -> list[Node]:
        which = WHICH_VERSIONS.get(fold(lower(value.text.strip())))
        if which is None:
            self.report(Issue.BAD_VERSIONS, value.start, value.end)
            return list(self.words_of(value.text, value.inner))
        self.all_versions = which
        return []

    def _repeated(self, token: Lexeme, value: Lexeme) -> list[Node]:
        """What has to be said several times: the part behind the number."""
        following = self.peek()
        right: list[Node] = []
        if following is not None and following.kind not in (TokenKind.CLOSE, *JOINING):
            right = self.unit(MAX_DEPTH - 1)
        one = as_one(right) if right else None
        times = int(value.text) if re.fullmatch("[0-9]{1,3}", value.text) else 0
        if one is None or not is_spot(one) or not 1 <= times <= MAX_TIMES:
            self.report(Issue.BAD_COUNT, token.start, value.end)
            return right
        self.has_operators = True
        return [QueryRepeated(one, times)]

    def _length(self, value: Lexeme) -> list[Node]:
        length = read_length(value.text.strip())
        if length is None:
            self.report(Issue.BAD_LENGTH, value.start, value.end)
            return list(self.words_of(value.text, value.inner))
        return [length]

    def _having(self, value: Lexeme) -> list[Node]:
        part = PARTS.get(fold(lower(value.text.strip())).replace(" ", "_"))
        if part is None:
            self.report(Issue.BAD_PART, value.start, value.end)
            return list(self.words_of(value.text, value.inner))
        return [Having(part)]

    def _in_dossier(self, token: Lexeme, value: Lexeme) -> list[Node]:
        name = value.text.replace("_", " ").strip()
        if not name:
            return self._without_value(token, value)
        return [InDossier(name, value.start, value.end)]

    def _named(self, facet: str, token: Lexeme, value: Lexeme) -> list[Node]:
        name = " ".join(place_tones(value.text.replace("_", " ")).split())
        if not syllables_of(normalise(name)):
            return self._without_value(token, value)
        return [Named(facet, name)]

    def _speaker(self, token: Lexeme, value: Lexeme) -> list[Node]:
        name = value.text.replace("_", " ").strip()
        if name != ANYBODY:
            name = " ".join(syllables_of(normalise(name)))
        if not name:
            return self._without_value(token, value)
        self.has_operators = True
        return [Spoken(name, value.start, value.end)]

    def _bound(self, token: Lexeme, value: Lexeme, *, since: bool) -> list[Node]:
        period = parse_period(value.text.strip())
        if period is None:
            self.report(Issue.BAD_DATE, value.start, value.end)
            return list(self.words_of(value.text, value.inner))
        bound = Published(period[0], None) if since else Published(None, period[1])
        self.bounds.append((bound, token))
        return [bound]
