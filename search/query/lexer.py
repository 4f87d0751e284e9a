"""A query cut into tokens, each with its place; the parser gives them their meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

OPENING_QUOTES = '"“”„«'
_CLOSING = {'"': '"“”', "“": '”“"', "”": '”"', "„": '“”"', "«": '»"'}
_OPERATOR = re.compile(
    r"(?:(?P<or>OR|\|{1,2}|HOẶC|HOAC)|(?P<and>AND|&&|VÀ|VA)|(?P<not>NOT|KHÔNG|KHONG)"
    r"|(?P<near>(?:NEAR|GẦN|GAN)(?:/(?P<apart>\d+))?|(?i:near|gần|gan)/(?P<few>\d+))"
    r"|(?P<sentence>SENTENCE|/s|(?:TRONG|CÙNG)(?:_|\s+)CÂU|(?:trong|cùng)_câu|trong_cau|cung_cau)"
    r"|(?P<paragraph>PARAGRAPH|/p|(?:TRONG|CÙNG)(?:_|\s+)ĐOẠN|(?:trong|cùng)_đoạn|trong_doan|cung_doan)"
    r"|(?P<spoken>(?:trong\s+)?(?:trong|cùng)\s+câu))"
    rf"(?=[\s(){OPENING_QUOTES}]|$)"
)
_VIETNAMESE = re.compile("HOẶC|HOAC|VÀ|VA|KHÔNG|KHONG|GẦN|GAN|TRONG|CÙNG")
_KINDS = ("or", "and", "not", "near", "sentence", "paragraph")
NEAR = 10
"""Words that may stand between two parts of a query which are joined by NEAR alone."""
_COMPOUNDS = frozenset({
    "chuyện", "hỏi", "nói", "trả", "lạc", "ca", "thơ", "đối", "văn", "hát", "kéo", "cá", "mực", "khách", "view",
    "like", "lệnh", "từ", "châm", "kết", "mở", "đố", "hò", "kinh", "vọng", "giờ", "thúc", "chữ", "cửa", "đùa", "nào",
    "này", "đó", "ấy", "kia", "trên", "sau", "đầu", "cuối", "thứ", "đang", "mà", "là", "tục", "vè", "đáp", "đơn",
    "ghép", "phức", "dài", "ngắn",
})  # fmt: skip
"""Words behind "câu" with which it is another word: "trong câu chuyện" asks for no sentence."""
_FIELD = re.compile(r"([^\W\d]\w*):(?!//)")
_SPACE = re.compile(r"\s+")
_AREA = re.compile(r"\(\d{2,4}\)(?=[ .-]?\d{3})")
"""The first digits of a telephone number."""
_CHUNK = re.compile(rf"[^\s(){OPENING_QUOTES}»]+")


class TokenKind(Enum):
    """Kinds of tokens."""

    TEXT = auto()
    QUOTED = auto()
    FIELD = auto()
    OR = auto()
    AND = auto()
    NOT = auto()
    NEAR = auto()
    SENTENCE = auto()
    PARAGRAPH = auto()
    MINUS = auto()
    PLUS = auto()
    OPEN = auto()
    CLOSE = auto()


_ENDS_PART = frozenset({TokenKind.TEXT, TokenKind.QUOTED, TokenKind.CLOSE})


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One token of a query.

    Attributes:
        text: the characters between the quotes, the field's name, the number of words of a NEAR, else the
            token itself.
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
    is_shouted = _is_shouted(query)
    at = 0
    while at < len(query):
        if space := _SPACE.match(query, at):
            at = space.end()
            continue
        is_value = len(found) > 1 and found[-2].kind is TokenKind.FIELD
        follows_part = bool(found) and found[-1].kind in _ENDS_PART and not is_value
        found.append(_next(query, at, is_shouted=is_shouted, follows_part=follows_part))
        at = found[-1].end
    return found


def _is_shouted(query: str) -> bool:
    """Whether a query is a headline in capitals, in which VÀ and KHÔNG are words like the others."""
    return not any(char.islower() or char in OPENING_QUOTES or char == "(" for char in query)


def _operator(query: str, at: int, *, is_shouted: bool, follows_part: bool) -> Lexeme | None:
    """The operator in words that begins at a place.

    Args:
        follows_part: whether a word, a phrase or a group ends before it.
    """
    if at and not (query[at - 1].isspace() or query[at - 1] in '()»”"'):
        return None
    match = _OPERATOR.match(query, at)
    if match is None or (is_shouted and _VIETNAMESE.match(match[0])):
        return None
    if match["spoken"]:
        following = _CHUNK.search(query, match.end())
        if following is None or following[0].lower() in _COMPOUNDS or following[0].isdecimal():
            return None
        # In small letters it joins two parts, else these are words like the others.
        rest = query[match.end() :].lstrip()
        if not follows_part or rest[0] in ")-−+" or _OPERATOR.match(rest):
            return None
    kind = next((one for one in _KINDS if match[one]), "sentence")
    apart = match["apart"] or match["few"] or str(NEAR)
    text = apart if kind == "near" else match[0]
    return Lexeme(TokenKind[kind.upper()], text, at, at, match.end())


def _next(query: str, at: int, *, is_shouted: bool, follows_part: bool) -> Lexeme:
    char = query[at]
    after_space = at == 0 or query[at - 1].isspace() or query[at - 1] in "(-+:"
    before_text = at + 1 < len(query) and not query[at + 1].isspace()
    if char in OPENING_QUOTES:
        return _quoted(query, at)
    if char in "()" and not (area := _AREA.match(query, at)):
        return Lexeme(TokenKind.OPEN if char == "(" else TokenKind.CLOSE, char, at, at, at + 1)
    is_sign = char in "-−+" and not query.startswith("+84", at)
    if is_sign and after_space and before_text and query[at + 1] not in "-−+":
        return Lexeme(TokenKind.PLUS if char == "+" else TokenKind.MINUS, char, at, at, at + 1)
    if operator := _operator(query, at, is_shouted=is_shouted, follows_part=follows_part):
        return operator
    if match := _FIELD.match(query, at):
        return Lexeme(TokenKind.FIELD, match[1], at, at, match.end())
    match = area if char == "(" else _CHUNK.match(query, at)
    end = match.end() if match else at + 1
    return Lexeme(TokenKind.TEXT, query[at:end], at, at, end)


def _quoted(query: str, at: int) -> Lexeme:
    closing = _CLOSING[query[at]]
    end = next((i for i in range(at + 1, len(query)) if query[i] in closing), -1)
    if end < 0:
        return Lexeme(TokenKind.QUOTED, query[at + 1 :], at, at + 1, len(query), closed=False)
    return Lexeme(TokenKind.QUOTED, query[at + 1 : end], at, at + 1, end + 1)
