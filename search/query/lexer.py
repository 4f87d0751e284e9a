"""A query cut into tokens, each with its place; the parser gives them their meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

OPENING_QUOTES = '"“”„«'
_CLOSING = {'"': '"“”', "“": '”“"', "”": '”"', "„": '“”"', "«": '»"'}
_OR = re.compile(r"(?:OR|HOẶC|\|{1,2})(?=[\s()]|$)")
_FIELD = re.compile(r"([^\W\d]\w*):(?!//)")
_SPACE = re.compile(r"\s+")
_CHUNK = re.compile(rf"[^\s(){OPENING_QUOTES}»]+")


class TokenKind(Enum):
    """Kinds of tokens."""

    TEXT = auto()
    QUOTED = auto()
    FIELD = auto()
    OR = auto()
    MINUS = auto()
    PLUS = auto()
    OPEN = auto()
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One token of a query.

    Attributes:
        text: the characters between the quotes, the field's name, else the token itself.
        start: offset of the token, including its quote.
        inner: offset of `text`.
        end: one past its last character, including the closing quote.
        closed: False for a quotation without its closing quote.
    """

    kind: TokenKind
    text: str
    start: int
    inner: int
    end: int
    closed: bool = True


def lex(query: str) -> list[Lexeme]:
    """The tokens of an NFC query; every character that is not space is in exactly one."""
    found: list[Lexeme] = []
    at = 0
    while at < len(query):
        if space := _SPACE.match(query, at):
            at = space.end()
            continue
        found.append(_next(query, at))
        at = found[-1].end
    return found


def _next(query: str, at: int) -> Lexeme:
    char = query[at]
    after_space = at == 0 or query[at - 1].isspace() or query[at - 1] in "(-+:"
    before_text = at + 1 < len(query) and not query[at + 1].isspace()
    if char in OPENING_QUOTES:
        return _quoted(query, at)
    if char in "()":
        return Lexeme(TokenKind.OPEN if char == "(" else TokenKind.CLOSE, char, at, at, at + 1)
    if char in "-−+" and after_space and before_text and query[at + 1] not in "-−+":
        return Lexeme(TokenKind.PLUS if char == "+" else TokenKind.MINUS, char, at, at, at + 1)
    if match := _OR.match(query, at):
        return Lexeme(TokenKind.OR, match[0], at, at, match.end())
    if match := _FIELD.match(query, at):
        return Lexeme(TokenKind.FIELD, match[1], at, at, match.end())
    match = _CHUNK.match(query, at)
    end = match.end() if match else at + 1
    return Lexeme(TokenKind.TEXT, query[at:end], at, at, end)


def _quoted(query: str, at: int) -> Lexeme:
    closing = _CLOSING[query[at]]
    end = next((i for i in range(at + 1, len(query)) if query[i] in closing), -1)
    if end < 0:
        return Lexeme(TokenKind.QUOTED, query[at + 1 :], at, at + 1, len(query), closed=False)
    return Lexeme(TokenKind.QUOTED, query[at + 1 : end], at, at + 1, end + 1)
