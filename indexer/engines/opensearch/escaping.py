r"""Text of documents as OpenSearch takes it: terms without separators, and no text that it would refuse.

A field of terms is one text, split at white space, with a count behind each term: ``lào|2048 cai|1024``.
White space, the mark of counts and the escape itself are written as a backslash and a letter. Lone
surrogates, which file names may hold, are no UTF-8: they are written as characters of a private plane.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from indexer.engines.conditions import Scope
from indexer.engines.token_hashes import token_hash

COUNT_MARK = "|"
"""Between a term and its count, and between the alternatives of a group."""
PART_END = "\\e"
"""The empty token, which ends a part of a text."""
SCOPE_MARKS = {Scope.SENTENCE: ("\\a", "\\z", "\\y"), Scope.PARAGRAPH: ("\\A", "\\Z", "\\Y")}
"""Beside the first and the last token of each sentence and paragraph, or beside the only one, at their places."""


def passage_marks(key: str) -> tuple[str, str, str]:
    """Beside the first and the last token of each passage with a key, or beside the only one."""
    number = f"{token_hash(key):x}"
    return f"\\b{number}", f"\\d{number}", f"\\l{number}"


NOWHERE = "\\x"
"""A token that no text has."""
_LONGEST = 512
"""Bytes of a term or a facet's value that are kept; longer ones are told apart by their hash.

Lucene takes no term of more than 32,766 bytes."""
_PLANE = 0xF0000
_SURROGATE = re.compile("[\ud800-\udfff]")
_STANDING_FOR = re.compile("[\U000fd800-\U000fdfff]")
_SPECIAL = re.compile(r"[\s\\|\x00-\x1f\x7f-\x9f\u180e\u2028\u2029\ufeff]")
_LETTERS = {" ": "\\s", "\\": "\\\\", "|": "\\p"}


def text_out(text: str) -> str:
    """A text as JSON in UTF-8 can carry it."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda one: chr(_PLANE + ord(one[0])), text)
    return text


def text_in(text: str) -> str:
    """Inverse of `text_out`."""
    if text.isascii():
        return text
    return _STANDING_FOR.sub(lambda one: chr(ord(one[0]) - _PLANE), text)


def value_out(value: str) -> str:
    """A value of a facet or an id, as it is indexed; a long one is cut, and ends with its hash."""
    value = text_out(value)
    encoded = value.encode()
    if len(encoded) <= _LONGEST:
        return value
    digest = hashlib.blake2b(encoded, digest_size=16).hexdigest()
    return encoded[: _LONGEST - 40].decode(errors="ignore") + "…" + digest


@lru_cache(1 << 16)
def term_out(term: str) -> str:
    """A term as one token: without white space or the mark of counts, and not empty."""
    if term.isalnum() and len(term) < _LONGEST // 4:
        return term if term.isascii() else text_out(term)
    return _SPECIAL.sub(_escape, value_out(term)) or PART_END


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return _LETTERS.get(character) or f"\\u{ord(character):04x}"
