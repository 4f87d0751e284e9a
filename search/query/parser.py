"""The query language: a string -> a small tree; a fault names its place and is read literally.

hợp tác lào cai         articles that hold these words
"hợp tác toàn diện"     these words side by side
-bóng, -"bóng đá"       without them
lũ OR lụt, lũ HOẶC lụt  one or the other; binds closer than a space
+sạt +lở                words that have to be there
tiêu_đề:cầu             in one field: title, author, source, credit, section, tag
từ:2024 đến:18/9/2024   published in a range of days, both ends included
phiên_bản:tất_cả        also what only older versions of an article say
nông*                   words that begin so
(a b) OR c              grouping
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from indexer.language.analysis import tokenise
from indexer.language.cleaning import clean_text
from indexer.language.normalise import fold, lower
from search.query.lexer import Lexeme, TokenKind, lex
from search.query.periods import parse_period
from search.query.tree import (
    Either,
    Exclude,
    InField,
    Issue,
    Must,
    Node,
    ParsedQuery,
    Published,
    QueryField,
    QueryPhrase,
    QueryPrefix,
    QueryProblem,
    QueryWord,
    Sequence,
)

MAX_WORDS = 100
"""Later words of a longer query, such as a pasted article, are left out."""
MAX_DEPTH = 10
"""Parentheses nested deeper are left out."""
_SHORTEST_PREFIX = 2
_HEADLINE_WORDS = 4
_FIELDS = {
    "title": QueryField.TITLE, "tieu_de": QueryField.TITLE,
    "author": QueryField.AUTHOR, "tac_gia": QueryField.AUTHOR,
    "source": QueryField.SOURCE, "nguon": QueryField.SOURCE,
    "credit": QueryField.CREDIT, "theo": QueryField.CREDIT,
    "section": QueryField.SECTION, "muc": QueryField.SECTION, "chuyen_muc": QueryField.SECTION,
    "tag": QueryField.TAGS, "the": QueryField.TAGS, "tu_khoa": QueryField.TAGS,
}  # fmt: skip
_SINCE = frozenset({"after", "from", "since", "tu"})
_UNTIL = frozenset({"before", "to", "until", "den"})
_VERSIONS = frozenset({"phien_ban", "version", "versions"})
_WHICH_VERSIONS = {
    "tat_ca": True, "tat ca": True, "all": True,
    "hien_tai": False, "hien tai": False, "moi_nhat": False, "current": False, "latest": False,
}  # fmt: skip


def parse_query(text: str) -> ParsedQuery:
    """Parse a typed query; never fails."""
    text = clean_text(text)
    return _Parser(text).parse()


@dataclass(frozen=True, slots=True)
class LiteralReading:
    """A pasted headline with its quotation marks and signs given up.

    Attributes:
        query: all its words as plain words.
        has_negative_number: whether a minus before a number is among the signs, as in "xuống -30 độ".
    """

    query: ParsedQuery
    has_negative_number: bool


def literal_reading(query: ParsedQuery) -> LiteralReading | None:
    """A pasted headline as its words alone; None for anything else.

    A headline quotes as headlines do, not to ask for a phrase, and its minus is a minus or a dash. A
    query is taken for one when at least four plain words are in it and nothing but words, quotations,
    their exclusions and alternatives of words. Who quotes and excludes words asks for just that.
    """
    parts = query.root.parts
    plain = sum(isinstance(part, QueryWord) for part in parts)
    if plain < _HEADLINE_WORDS or plain == len(parts):
        return None
    words = [_literal_words(part) for part in parts]
    if not all(words):
        return None
    excluded = [its for part, its in zip(parts, words, strict=True) if isinstance(part, Exclude)]
    negative = any(its[0].text.isdecimal() for its in excluded)
    if any(isinstance(part, QueryPhrase) for part in parts) and excluded and not negative:
        return None
    root = Sequence(tuple(word for its in words for word in its))
    return LiteralReading(replace(query, root=root), negative)


def _literal_words(node: Node) -> list[QueryWord]:
    """The words of a part of a headline; none where it asks for more than words."""
    match node:
        case QueryWord():
            return [node]
        case QueryPhrase(words):
            return list(words)
        case Exclude(part) | Must(part):
            return _literal_words(part)
        case Either(parts):
            found = [_literal_words(part) for part in parts]
            return [word for its in found for word in its] if all(found) else []
        case _:
            return []


class _Parser:
    """Recursive descent over the tokens of one query."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = lex(text)
        self._at = 0
        self._words = 0
        self._problems: list[QueryProblem] = []
        self._bounds: list[tuple[Published, Lexeme]] = []
        self._all_versions = False

    def parse(self) -> ParsedQuery:
        parts: list[Node] = []
        while self._at < len(self._tokens):
            parts += self._sequence(0).parts
            if self._at < len(self._tokens):  # a closing parenthesis without its opening one
                token = self._take()
                self._report(Issue.UNBALANCED_PARENTHESIS, token.start, token.end)
        root = Sequence(tuple(parts))
        self._check_range(root)
        if not parts and self._text.strip() and not self._problems:
            self._report(Issue.NO_WORDS, 0, len(self._text))
        problems = tuple(sorted(self._problems, key=lambda problem: problem.start))
        return ParsedQuery(self._text, root, problems, self._all_versions)

    def _report(self, issue: Issue, start: int, end: int) -> None:
        if issue is not Issue.TOO_LONG or all(p.issue is not issue for p in self._problems):
            self._problems.append(QueryProblem(issue, start, end, self._text[start:end]))

    def _peek(self) -> Lexeme | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self) -> Lexeme:
        self._at += 1
        return self._tokens[self._at - 1]

    def _sequence(self, depth: int) -> Sequence:
        """Parts up to a closing parenthesis or the end."""
        parts: list[Node] = []
        while (token := self._peek()) is not None and token.kind is not TokenKind.CLOSE:
            if token.kind is TokenKind.OR:
                self._or(parts, self._take(), depth)
            else:
                parts += self._unit(depth)
        return Sequence(tuple(parts))

    def _or(self, parts: list[Node], operator: Lexeme, depth: int) -> None:
        """Join the part before an OR with the part after it."""
        following = self._peek()
        right: list[Node] = []
        if following is not None and following.kind not in (TokenKind.CLOSE, TokenKind.OR):
            right = self._unit(depth)
        if not parts or not right:
            self._report(Issue.DANGLING_OR, operator.start, operator.end)
            parts += right
            return
        left = parts.pop()
        alternatives = left.parts if isinstance(left, Either) else (left,)
        # "lũ OR Covid-19": a chunk of several syllables is one alternative.
        one = right[0] if len(right) == 1 else _as_phrase(right)
        parts.append(Either((*alternatives, one)))

    def _unit(self, depth: int) -> list[Node]:
        """One part with its sign; plain text may give several words or none."""
        token = self._take()
        if token.kind in (TokenKind.MINUS, TokenKind.PLUS):
            if (following := self._peek()) is None or following.kind in (
                TokenKind.CLOSE,
                TokenKind.OR,
            ):
                return []
            inner = self._unit(depth)
            if not inner:
                return []
            whole = inner[0] if len(inner) == 1 else _as_phrase(inner)
            return [Exclude(whole) if token.kind is TokenKind.MINUS else Must(whole)]
        if token.kind is TokenKind.OPEN:
            return self._parenthesis(token, depth)
        if token.kind is TokenKind.FIELD:
            return self._field(token)
        if token.kind is TokenKind.QUOTED:
            return self._quoted(token)
        return list(self._plain(token.text, token.inner))

    def _parenthesis(self, opening: Lexeme, depth: int) -> list[Node]:
        if depth >= MAX_DEPTH:
            self._report(Issue.TOO_DEEP, opening.start, opening.end)
            return []
        inner = self._sequence(depth + 1)
        if (closing := self._peek()) is not None and closing.kind is TokenKind.CLOSE:
            self._take()
        else:
            self._report(Issue.UNBALANCED_PARENTHESIS, opening.start, opening.end)
        return [inner] if len(inner.parts) > 1 else list(inner.parts)

    def _quoted(self, token: Lexeme) -> list[Node]:
        words = self._tokens_of(token.text, token.inner)
        if not token.closed:
            self._report(Issue.UNCLOSED_QUOTE, token.start, token.inner)
            return list(words)
        if not words:
            self._report(Issue.EMPTY_PHRASE, token.start, token.end)
            return []
        return [QueryPhrase(tuple(words))]

    def _tokens_of(self, text: str, offset: int) -> list[QueryWord]:
        found = [QueryWord(t.text, offset + t.start, offset + t.end) for t in tokenise(text)]
        room = max(0, MAX_WORDS - self._words)
        if len(found) > room:
            self._report(Issue.TOO_LONG, found[room].start, len(self._text))
        self._words += len(found)
        return found[:room]

    def _plain(self, text: str, offset: int) -> list[QueryWord | QueryPrefix]:
        """Words of unquoted text; a star after the last one makes it a prefix."""
        words = self._tokens_of(text.rstrip("*"), offset)
        stars = len(text) - len(text.rstrip("*"))
        if "*" in text.rstrip("*") or (
            stars and (not words or words[-1].end != offset + len(text) - stars)
        ):
            self._report(Issue.MISPLACED_STAR, offset, offset + len(text))
        elif stars:
            last = words.pop()
            if len(last.text) < _SHORTEST_PREFIX:
                self._report(Issue.SHORT_PREFIX, offset, offset + len(text))
                return [*words, last]
            return [*words, QueryPrefix(last.text, last.start, last.end + 1)]
        return list(words)

    def _field(self, token: Lexeme) -> list[Node]:
        name = fold(lower(token.text))
        value = self._peek()
        adjacent = value is not None and value.start == token.end
        known = name in _FIELDS or name in _SINCE or name in _UNTIL or name in _VERSIONS
        if (
            value is None
            or not adjacent
            or value.kind not in (TokenKind.TEXT, TokenKind.QUOTED, TokenKind.FIELD)
        ):
            if known:
                self._report(Issue.EMPTY_FIELD, token.start, token.end)
            return list(self._plain(token.text, token.inner))
        if not known:
            self._report(Issue.UNKNOWN_FIELD, token.start, token.end)
            return list(self._plain(token.text, token.inner))
        self._take()
        if name in _FIELDS:
            return self._in_field(_FIELDS[name], token, value)
        if name in _VERSIONS:
            return self._versions(value)
        return self._bound(token, value, since=name in _SINCE)

    def _in_field(self, field: QueryField, token: Lexeme, value: Lexeme) -> list[Node]:
        parts = (
            self._quoted(value)
            if value.kind is TokenKind.QUOTED
            else self._plain(value.text, value.inner)
        )
        if not parts:
            self._report(Issue.EMPTY_FIELD, token.start, value.end)
            return []
        part = parts[0] if len(parts) == 1 else _as_phrase(list(parts))
        return (
            [InField(field, part)]
            if isinstance(part, QueryWord | QueryPrefix | QueryPhrase)
            else [part]
        )

    def _versions(self, value: Lexeme) -> list[Node]:
        which = _WHICH_VERSIONS.get(fold(lower(value.text.strip())))
        if which is None:
            self._report(Issue.BAD_VERSIONS, value.start, value.end)
            return list(self._plain(value.text, value.inner))
        self._all_versions = which
        return []

    def _bound(self, token: Lexeme, value: Lexeme, *, since: bool) -> list[Node]:
        period = parse_period(value.text.strip())
        if period is None:
            self._report(Issue.BAD_DATE, value.start, value.end)
            return list(self._plain(value.text, value.inner))
        bound = Published(period[0], None) if since else Published(None, period[1])
        self._bounds.append((bound, token))
        return [bound]

    def _check_range(self, root: Sequence) -> None:
        """Report a range of days that ends before it begins; alternatives of an OR are no range."""
        joined = list(_joined_bounds(root))
        since = max((bound.since for bound in joined if bound.since), default=date.min)
        until = min((bound.until for bound in joined if bound.until), default=date.max)
        if since > until:
            token = next(
                token
                for bound, token in reversed(self._bounds)
                if any(bound is one for one in joined)
            )
            self._report(Issue.INVERTED_RANGE, token.start, token.end)


def _joined_bounds(node: Node) -> Iterator[Published]:
    """The bounds of days that an article has to keep together."""
    match node:
        case Published():
            yield node
        case Sequence(parts):
            for part in parts:
                yield from _joined_bounds(part)
        case Must(part):
            yield from _joined_bounds(part)


def _as_phrase(parts: list[Node]) -> Node:
    """Several syllables that were written without a space between them, as one part."""
    if all(isinstance(part, QueryWord) for part in parts):
        return QueryPhrase(tuple(part for part in parts if isinstance(part, QueryWord)))
    return Sequence(tuple(parts))
