"""Bytes of a file -> text, by evidence: a byte order mark, what the file declares, what it looks like."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from indexer.errors import ParseError
from indexer.language.cleaning import clean_text
from indexer.language.normalise import nfc

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Letters that Western European encodings do not have, so that only the right reading shows them.
_VIETNAMESE_LETTER = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLE = 64 * 1024
_FALLBACKS = ("cp1258", "cp1252")


def looks_binary(head: bytes) -> bool:
    """Whether the first bytes of a file are not text in any encoding that is read here."""
    if declared_by_mark(head):
        return False
    return b"\x00" in head or len(_CONTROL.findall(head.decode("latin-1"))) > len(head) // 50


def declared_by_mark(head: bytes) -> str | None:
    """The encoding that a byte order mark names."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)


def decode(data: bytes, path: str, *, declared: str | None = None) -> str:
    """The text of a file, cleaned (`clean_text`).

    Args:
        data: the whole file.
        path: named in the error.
        declared: an encoding that the file or its sender states, tried after a byte order mark.

    Raises:
        ParseError: the file is binary, or no encoding fits.
    """
    return clean_text(decode_raw(data, path, declared=declared))


def decode_raw(data: bytes, path: str, *, declared: str | None = None) -> str:
    """`decode` without the cleaning, for markup, of which each text is cleaned when it is read."""
    if looks_binary(data[:_SAMPLE]):
        raise ParseError(path, "this is a binary file, not text; convert it to text or HTML first")
    text = _decode(data, declared)
    if text is None:
        raise ParseError(path, "its encoding is not recognised; save the file as UTF-8")
    return text


def _decode(data: bytes, declared: str | None) -> str | None:
    if marked := declared_by_mark(data):
        return _try(data, marked)
    # UTF-8 is as good as self-evident: other encodings hardly ever form valid sequences. So it comes
    # before a declaration, which is often wrong on pages that were saved by a browser.
    for candidate in ("utf-8", declared):
        if candidate and (text := _try(data, candidate)) is not None:
            return text
    return _detect(data)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (ValueError, LookupError):
        return None


def _detect(data: bytes) -> str | None:
    """The candidate with the most Vietnamese letters; one damaged byte in UTF-8 is replaced."""
    damaged = data.decode("utf-8", "replace")
    if 0 < damaged.count("\ufffd") <= max(3, len(damaged) // 1000):
        return damaged
    best = from_bytes(data[:_SAMPLE]).best()
    names = [*([best.encoding] if best else []), *_FALLBACKS]
    texts = [found for name in names if (found := _try(data, name)) is not None]
    return max(
        texts, key=lambda text: len(_VIETNAMESE_LETTER.findall(nfc(text[:_SAMPLE]))), default=None
    )
