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
người:"Văn A"           that names a person; địa_danh:, tổ_chức:, tỉnh:, tỉnh_mới:
nói:"Văn A" cầu         in which a person is quoted with these words; nói:* anybody
(a b) OR c              grouping
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from indexer.engines.conditions import Scope
from indexer.language.cleaning import clean_text
from search.query.field_reader import JOINING, MAX_DEPTH, FieldReader
from search.query.joining import as_one, excluded, is_spot, wanted, with_speakers
from search.query.lexer import Lexeme, TokenKind
from search.query.tree import (
    Either,
    Issue,
    Must,
    Node,
    ParsedQuery,
    Published,
    QueryTogether,
    Sequence,
    Spoken,
    place_of,
)

MAX_APART = 100
"""Words that may stand between two parts at most."""


def parse_query(text: str) -> ParsedQuery:
    """Parse a typed query; never fails."""
    text = clean_text(text)
    return _Parser(text).parse()


class _Parser(FieldReader):
    """Recursive descent over the tokens of one query."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._needs_all = False

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
            self.text, root, problems, self.all_versions, self._needs_all, self.has_operators
        )

    def _sequence(self, depth: int) -> Sequence:
        """Parts up to a closing parenthesis or the end."""
        parts: list[Node] = []
        last: list[Node] = []
        first_or: Lexeme | None = None
        is_joined = False
        while (token := self.peek()) is not None and token.kind is not TokenKind.CLOSE:
            if token.kind in JOINING:
                operator = self.take()
                first_or = first_or or (operator if operator.kind is TokenKind.OR else None)
                is_joined |= operator.kind is TokenKind.AND
                last = self._join(last, operator, depth)
            else:
                parts += last
                last = self.unit(depth)
        parts += last
        if is_joined and first_or:
            self.report(Issue.MIXED_OPERATORS, first_or.start, first_or.end)
        parts, beside = with_speakers(parts)
        for part in beside:
            self.report(Issue.NOT_SAID, *place_of(part))
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
        if following is not None and following.kind not in (TokenKind.CLOSE, *JOINING):
            right = self.unit(depth)
        if not left or not right:
            self.report(Issue.DANGLING_OPERATOR, operator.start, operator.end)
            return left + right
        self.has_operators |= operator.kind is not TokenKind.OR
        if operator.kind is TokenKind.AND:
            return left + right
        # "lũ OR Covid-19": a chunk of several syllables is one alternative.
        *before, one = left if isinstance(left[-1], QueryTogether) else [as_one(left)]
        other = as_one(right)
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

    def unit(self, depth: int) -> list[Node]:
        """One part with its sign; plain text may give several words or none."""
        token = self.take()
        if token.kind in (TokenKind.MINUS, TokenKind.PLUS, TokenKind.NOT):
            following = self.peek()
            if following is None or following.kind in (TokenKind.CLOSE, *JOINING):
                if token.kind is TokenKind.NOT:
                    self.report(Issue.DANGLING_NOT, token.start, token.end)
                return []
            inner = self.unit(depth)
            if not inner:
                return []
            whole = as_one(inner)
            self.has_operators |= token.kind is TokenKind.NOT
            return [wanted(whole) if token.kind is TokenKind.PLUS else excluded(whole)]
        if token.kind is TokenKind.OPEN:
            return self._parenthesis(token, depth)
        if token.kind is TokenKind.FIELD:
            return self.field(token, depth)
        if token.kind is TokenKind.QUOTED:
            return self.quoted(token)
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
        if any(isinstance(part, Spoken) for part in inner.parts[:1]):
            # Its words are all inside: those behind the parenthesis are not said.
            return [Must(inner)] if len(inner.parts) > 1 else [Must(inner.parts[0])]
        return [inner] if len(inner.parts) > 1 else list(inner.parts)

    def _check_range(self, root: Sequence) -> None:
        """Report a range of days that ends before it begins; alternatives of an OR are no range."""
        joined = list(_joined_bounds(root))
        since = max((bound.since for bound in joined if bound.since), default=date.min)
        until = min((bound.until for bound in joined if bound.until), default=date.max)
        if since > until:
            token = next(
                token
                for bound, token in reversed(self.bounds)
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
