"""The query language: a string -> a small tree; a fault names its place and is read literally.

hợp tác lào cai         articles that hold these words
"hợp tác toàn diện"     these words side by side
-bóng, -"bóng đá"       without them
lũ OR lụt, lũ HOẶC lụt  one or the other; binds closer than a space
+sạt +lở                words that have to be there
tiêu_đề:cầu             in one field: title, author, source, credit, section, tag
từ:2024 đến:18/9/2024   published in a range of days, both ends included
phiên_bản:tất_cả        also what only older versions of an article say
nông*, th?y             words like it: * any letters, ? one
lũ AND bão, lũ NOT bão  both; the first without the second; VÀ, KHÔNG
lũ NEAR/5 cầu           at most five words between them, in either order; GẦN
lũ TRONG CÂU cầu        in one sentence; TRONG ĐOẠN in one paragraph
lần:3 lũ                at least three times
dài:>500                of more than 500 syllables
có:ảnh                  that has a picture with a caption
hồ_sơ:"lũ quét"         that is in a dossier
(a b) OR c              grouping
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from indexer.engines.conditions import Scope
from indexer.language.cleaning import clean_text
from indexer.language.normalise import fold, lower
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
    Node,
    ParsedQuery,
    Published,
    QueryField,
    QueryPattern,
    QueryPhrase,
    QueryRepeated,
    QueryTogether,
    QueryWord,
    Sequence,
)
from search.query.values import (
    DOSSIERS,
    FIELDS,
    HAVING,
    KNOWN,
    LENGTHS,
    PARTS,
    SINCE,
    TIMES,
    VERSIONS,
    WHICH_VERSIONS,
    read_length,
)

MAX_DEPTH = 10
"""Parentheses nested deeper are left out."""
MAX_APART = 100
"""Words that may stand between two parts at most."""
MAX_TIMES = 100
_JOINING = (
    TokenKind.OR, TokenKind.AND, TokenKind.NEAR, TokenKind.SENTENCE, TokenKind.PARAGRAPH,
)  # fmt: skip


def parse_query(text: str) -> ParsedQuery:
    """Parse a typed query; never fails."""
    text = clean_text(text)
    return _Parser(text).parse()


class _Parser(TokenReader):
    """Recursive descent over the tokens of one query."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._bounds: list[tuple[Published, Lexeme]] = []
        self._all_versions = False
        self._needs_all = False
        self._has_operators = False

    def parse(self) -> ParsedQuery:
        parts: list[Node] = []
        while self.at < len(self.tokens):
            parts += self._sequence(0).parts
            if self.at < len(self.tokens):  # a closing parenthesis without its opening one
                token = self.take()
                self.report(Issue.UNBALANCED_PARENTHESIS, token.start, token.end)
        root = Sequence(tuple(parts))
        self._check_range(root)
        if not parts and self.text.strip() and not self.problems:
            self.report(Issue.NO_WORDS, 0, len(self.text))
        problems = tuple(sorted(self.problems, key=lambda problem: problem.start))
        return ParsedQuery(
            self.text, root, problems, self._all_versions, self._needs_all, self._has_operators
        )

    def _sequence(self, depth: int) -> Sequence:
        """Parts up to a closing parenthesis or the end."""
        parts: list[Node] = []
        last: list[Node] = []
        first_or: Lexeme | None = None
        is_joined = False
        while (token := self.peek()) is not None and token.kind is not TokenKind.CLOSE:
            if token.kind in _JOINING:
                operator = self.take()
                first_or = first_or or (operator if operator.kind is TokenKind.OR else None)
                is_joined |= operator.kind is TokenKind.AND
                last = self._join(last, operator, depth)
            else:
                parts += last
                last = self._unit(depth)
        parts += last
        if is_joined and first_or:
            self.report(Issue.MIXED_OPERATORS, first_or.start, first_or.end)
        # AND asks for all that stands beside it, not for the two words next to it alone.
        whole = Sequence(tuple(parts))
        if depth and is_joined:
            return Sequence((Must(whole),))
        self._needs_all |= is_joined
        return whole

    def _join(self, left: list[Node], operator: Lexeme, depth: int) -> list[Node]:
        """The unit before an operator joined with the unit after it."""
        following = self.peek()
        right: list[Node] = []
        if following is not None and following.kind not in (TokenKind.CLOSE, *_JOINING):
            right = self._unit(depth)
        if not left or not right:
            self.report(Issue.DANGLING_OPERATOR, operator.start, operator.end)
            return left + right
        self._has_operators |= operator.kind is not TokenKind.OR
        if operator.kind is TokenKind.AND:
            return left + right
        # "lũ OR Covid-19": a chunk of several syllables is one alternative.
        *before, one = left if isinstance(left[-1], QueryTogether) else [_as_one(left)]
        other = _as_one(right)
        if operator.kind is not TokenKind.OR:
            return [*before, *self._together(one, operator, other)]
        alternatives = one.parts if isinstance(one, Either) else (one,)
        return [*before, Either((*alternatives, other))]

    def _together(self, left: Node, operator: Lexeme, right: Node) -> list[Node]:
        """Two parts that have to stand close to each other."""
        within: int | Scope
        if operator.kind is TokenKind.NEAR:
            within = int(operator.text)
            if within > MAX_APART:
                self.report(Issue.TOO_FAR, operator.start, operator.end)
                within = MAX_APART
        else:
            within = Scope[operator.kind.name]
        before: list[Node] = []
        left = left.part if isinstance(left, Must) else left
        others: tuple[Node, ...] = (left,)
        if isinstance(left, QueryTogether):
            if left.within == within and isinstance(within, Scope):
                others = left.parts
            else:
                # "A NEAR/5 B NEAR/5 C": each operator joins the parts beside it.
                before, others = [left], left.parts[-1:]
        right = right.part if isinstance(right, Must) else right
        if not all(map(is_spot, (*others, right))):
            self.report(Issue.NOT_A_PLACE, operator.start, operator.end)
            return [*before, *others, right] if not before else [*before, right]
        return [*before, QueryTogether((*others, right), within)]

    def _unit(self, depth: int) -> list[Node]:
        """One part with its sign; plain text may give several words or none."""
        token = self.take()
        if token.kind in (TokenKind.MINUS, TokenKind.PLUS, TokenKind.NOT):
            following = self.peek()
            if following is None or following.kind in (TokenKind.CLOSE, *_JOINING):
                if token.kind is TokenKind.NOT:
                    self.report(Issue.DANGLING_NOT, token.start, token.end)
                return []
            inner = self._unit(depth)
            if not inner:
                return []
            whole = _as_one(inner)
            self._has_operators |= token.kind is TokenKind.NOT
            return [Must(whole) if token.kind is TokenKind.PLUS else _excluded(whole)]
        if token.kind is TokenKind.OPEN:
            return self._parenthesis(token, depth)
        if token.kind is TokenKind.FIELD:
            return self._field(token)
        if token.kind is TokenKind.QUOTED:
            return self._quoted(token)
        return list(self.words_of(token.text, token.inner))

    def _parenthesis(self, opening: Lexeme, depth: int) -> list[Node]:
        if depth >= MAX_DEPTH:
            self.report(Issue.TOO_DEEP, opening.start, opening.end)
            return []
        inner = self._sequence(depth + 1)
        if (closing := self.peek()) is not None and closing.kind is TokenKind.CLOSE:
            self.take()
        else:
            self.report(Issue.UNBALANCED_PARENTHESIS, opening.start, opening.end)
        return [inner] if len(inner.parts) > 1 else list(inner.parts)

    def _quoted(self, token: Lexeme) -> list[Node]:
        words = self.words_of(token.text, token.inner, is_quoted=True)
        if not token.closed:
            self.report(Issue.UNCLOSED_QUOTE, token.start, token.inner)
            return list(words)
        if not words:
            self.report(Issue.EMPTY_PHRASE, token.start, token.end)
            return []
        return [QueryPhrase(tuple(words))]

    def _field(self, token: Lexeme) -> list[Node]:
        name = fold(lower(token.text))
        value = self.peek()
        adjacent = value is not None and value.start == token.end
        known = name in KNOWN
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
        return self._bound(token, value, since=name in SINCE)

    def _in_field(self, field: QueryField, token: Lexeme, value: Lexeme) -> list[Node]:
        parts = (
            self._quoted(value)
            if value.kind is TokenKind.QUOTED
            else self.words_of(value.text, value.inner)
        )
        if not parts:
            self.report(Issue.EMPTY_FIELD, token.start, value.end)
            return []
        part = _as_one(list(parts))
        return (
            [InField(field, part)]
            if isinstance(part, QueryWord | QueryPattern | QueryPhrase)
            else [part]
        )

    def _versions(self, value: Lexeme) -> list[Node]:
        which = WHICH_VERSIONS.get(fold(lower(value.text.strip())))
        if which is None:
            self.report(Issue.BAD_VERSIONS, value.start, value.end)
            return list(self.words_of(value.text, value.inner))
        self._all_versions = which
        return []

    def _repeated(self, token: Lexeme, value: Lexeme) -> list[Node]:
        """What has to be said several times: the part behind the number."""
        following = self.peek()
        right: list[Node] = []
        if following is not None and following.kind not in (TokenKind.CLOSE, *_JOINING):
            right = self._unit(MAX_DEPTH - 1)
        one = _as_one(right) if right else None
        times = int(value.text) if re.fullmatch("[0-9]{1,3}", value.text) else 0
        if one is None or not is_spot(one) or not 1 <= times <= MAX_TIMES:
            self.report(Issue.BAD_COUNT, token.start, value.end)
            return right
        self._has_operators = True
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
            self.report(Issue.EMPTY_FIELD, token.start, value.end)
            return []
        return [InDossier(name, value.start, value.end)]

    def _bound(self, token: Lexeme, value: Lexeme, *, since: bool) -> list[Node]:
        period = parse_period(value.text.strip())
        if period is None:
            self.report(Issue.BAD_DATE, value.start, value.end)
            return list(self.words_of(value.text, value.inner))
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
            self.report(Issue.INVERTED_RANGE, token.start, token.end)


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


def _as_one(parts: list[Node]) -> Node:
    """Several syllables that were written without a space between them, as one part."""
    if len(parts) == 1:
        return parts[0]
    words = [part for part in parts if isinstance(part, QueryWord | QueryPattern)]
    return QueryPhrase(tuple(words)) if len(words) == len(parts) else Sequence(tuple(parts))


def _excluded(part: Node) -> Node:
    """Without a part; what is excluded twice is wanted."""
    return Must(part.part) if isinstance(part, Exclude) else Exclude(part)


def is_spot(part: Node) -> bool:
    """Whether a part has places in a text: a word, a pattern, a phrase, or alternatives of these."""
    if isinstance(part, Either):
        return all(map(is_spot, part.parts))
    return isinstance(part, QueryWord | QueryPattern | QueryPhrase)
