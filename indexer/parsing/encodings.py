"""Bytes of a file -> text, by evidence: a byte order mark, what the bytes are, how the letters read.

What a file declares counts least: pages of two decades say iso-8859-1 and are in an encoding for
Vietnamese of before Unicode. An encoding is only taken for one of those where the text then reads as
Vietnamese and otherwise does not.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from charset_normalizer import from_bytes

from indexer.errors import ParseError
from indexer.language.cleaning import clean_text
from indexer.language.normalise import nfc
from indexer.parsing.legacy import tables, vietnamese_share
from indexer.parsing.viqr import from_viqr

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
_CONTROLS = bytes([*range(9), *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_SAMPLE = 64 * 1024
_LATIN = re.compile("[\x80-\xff]")
# UTF-8 that was taken for Latin-1 and written as UTF-8 again shows these pairs.
_TWICE = re.compile("[\xc3-\xc6][\x80-\xbf‘’“”•–—™š›œžŸƒ„…†‡ˆ‰Š‹ŒŽ€]|\xe1[\xba\xbb»º]")
_VIQR_WORD = re.compile(
    r"[a-z](?:\^|\(|\+)['`?~.]?|\bd[d]|[aeiouy]['`?~](?=[a-z]|\s[a-z])|[aeiouy]\.(?=[a-z])",
    re.IGNORECASE,
)
_FONTS = {
    "tcvn3": ('face=".vn', "face='.vn", "face=.vn", "font-family:.vn", "font-family: .vn", "font-family:'.vn"),
    "vni": ('face="vni', "face='vni", "face=vni", "font-family:vni", "font-family: vni", "font-family:'vni"),
}  # fmt: skip
_FONT_TAG = re.compile("<font", re.IGNORECASE)
_FONT_SIGNS = (".Vn", ".VNT", ".VNA", "VNI", "vni-", '".vn', "'.vn", ":.vn", "=.vn")
_ENOUGH = 60
"""Letters that only Vietnamese has, and only where a text was read rightly, after which nothing is doubted."""
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#(\d{3});|#x([89a-f][0-9a-f]);|([a-z][a-z0-9]{2,7});)", re.IGNORECASE)
_KEPT = frozenset({"nbsp", "lt", "gt", "amp", "quot", "shy"})
_LEAST_SHARE = 0.55
_LEAST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file.

    Attributes:
        encoding: its name.
        reason: why it was taken to be in this one.
        is_as_read: whether the file's bytes are this text in UTF-8.
    """

    text: str
    encoding: str
    reason: str
    is_as_read: bool = False


def looks_binary(head: bytes) -> bool:
    """Whether the first bytes of a file are not text in any encoding that is read here."""
    if declared_by_mark(head) or wide_encoding(head):
        return False
    return b"\x00" in head or len(head) - len(head.translate(None, _CONTROLS)) > len(head) // 25


def declared_by_mark(head: bytes) -> str | None:
    """The encoding that a byte order mark names."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 without a byte order mark, told by the zeros of its spaces and plain letters."""
    sample = head[:4096]
    half = len(sample) // 2
    if half < 4:
        return None
    for encoding, zeros, others in (
        ("utf-16-le", sample[1::2], sample[0::2]),
        ("utf-16-be", sample[0::2], sample[1::2]),
    ):
        if zeros.count(0) > 0.3 * half and others.count(0) == 0:
            high = sum(byte in (0, 1, 3, 0x1E, 0x20) for byte in zeros)
            if high > 0.95 * len(zeros):
                return encoding
    return None


def decode(data: bytes, path: str, *, declared: str | None = None) -> str:
    """The text of a file, cleaned (`clean_text`).

    Args:
        data: the whole file.
        path: named in the error.
        declared: an encoding that the file or its sender states.

    Raises:
        ParseError: the file is binary, or no encoding fits.
    """
    return clean_text(decode_raw(data, path, declared=declared))


def decode_raw(data: bytes, path: str, *, declared: str | None = None) -> str:
    """`decode` without the cleaning, for markup: its texts are cleaned when they are read."""
    return decoded(data, path, declared=declared).text


_EXPORTED = re.compile(rb'"digest": ?"[0-9a-f]{64}"|khobao:digest')
"""What `khobao export` and `khobao parse` write: the letters are what they are."""


def decoded(
    data: bytes, path: str, *, declared: str | None = None, markup: bool = False
) -> Decoded:
    """The text of a file with its encoding and why it was taken.

    Args:
        markup: whether the file is a page: its letters may be written as entities, its fonts are evidence.

    Raises:
        ParseError: as `decode`.
    """
    if looks_binary(data[:_SAMPLE]):
        raise ParseError(path, "this is a binary file, not text; convert it to text or HTML first")
    found = _decoded(data, declared, markup)
    if found is None:
        tried = ", ".join(
            dict.fromkeys(
                filter(
                    None, ("UTF-8", declared, "UTF-16", *tables(), "windows-1258", "windows-1252")
                )
            )
        )
        raise ParseError(
            path, f"its encoding is not recognised (tried: {tried}); save the file as UTF-8"
        )
    return found


def _decoded(data: bytes, declared: str | None, markup: bool) -> Decoded | None:
    for name, reason in (
        (declared_by_mark(data), "byte order mark"),
        (wide_encoding(data), "every other byte is zero"),
    ):
        if name:
            wide = data.decode(name, "replace")
            return Decoded(wide.lstrip("\ufeff"), name.removesuffix("-sig"), reason)
    # UTF-8 is as good as self-evident: other encodings hardly ever form valid sequences.
    text = _try(data, "utf-8")
    if text is not None:
        mended = None if _EXPORTED.search(data) else _mended(text, markup)
        return mended or Decoded(text, "utf-8", "valid UTF-8", is_as_read=True)
    damaged = data.decode("utf-8", "replace")
    lost = damaged.count("\ufffd")
    # Where other letters came through as UTF-8, a few bytes are damage; where none did, it is no UTF-8.
    if lost <= max(3, len(damaged) // 1000) and _VIETNAMESE_LETTER.search(damaged):
        return Decoded(damaged, "utf-8", "UTF-8 with damaged bytes, which are marked")
    found = _by_letters(data, declared, markup)
    if found is None and lost <= max(3, len(damaged) // 1000):
        return Decoded(damaged, "utf-8", "UTF-8 with damaged bytes, which are marked")
    return found


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (ValueError, LookupError):
        return None


def _mended(text: str, markup: bool) -> Decoded | None:
    """A text in UTF-8 that shows letters of something else: written twice, in an old font, or VIQR."""
    letters = sum(1 for _ in islice(_VIETNAMESE_LETTER.finditer(text), _ENOUGH))
    is_read = letters == _ENOUGH or 200 * letters > len(text)
    if is_read and not (markup and _FONT_TAG.search(text)):
        return None
    if markup and (font := _old_font(text)):
        converted = tables()[font](_unescaped(text))
        share, words = vietnamese_share(_plain(converted))
        if words and share > max(0.3, vietnamese_share(_plain(text))[0]):
            return Decoded(converted, font, f"the fonts of the page are of {font}")
    if is_read:
        return None
    sample = text[:_SAMPLE]
    if len(_TWICE.findall(sample)) >= 2:
        once = _once(text)
        if once is not None and vietnamese_share(once[:_SAMPLE])[0] > max(
            0.5, vietnamese_share(sample)[0]
        ):
            reason = "the letters read as Vietnamese when decoded once more"
            return Decoded(once, "utf-8 (encoded twice)", reason)
    if markup or _LATIN.search(sample):
        surface = _unescaped(text) if markup else text
        best = _best_table(surface, markup)
        if (
            best is not None
            and best[1] > vietnamese_share(_plain(sample) if markup else sample)[0] + 0.5
        ):
            return Decoded(
                tables()[best[0]](surface),
                best[0],
                f"its letters, read as Latin-1, are Vietnamese in {best[0]}",
            )
    if not markup and text.isascii():
        return _from_viqr(text)
    return None


def _old_font(text: str) -> str | None:
    """The encoding whose fonts a page uses."""
    if not any(sign in text for sign in _FONT_SIGNS):
        return None
    low = text.lower()
    return next(
        (name for name, marks in _FONTS.items() if any(mark in low for mark in marks)), None
    )


def _from_viqr(text: str) -> Decoded | None:
    sample = text[:_SAMPLE]
    marks = len(_VIQR_WORD.findall(sample))
    words = len(sample.split())
    if marks < 3 or 5 * marks < words:
        return None
    share, found = vietnamese_share(from_viqr(sample))
    if share < 0.6 or 3 * found < words:
        return None
    return Decoded(from_viqr(text), "viqr", "its marks spell Vietnamese as VIQR has them")


def _once(text: str) -> str | None:
    """A text that was encoded twice, decoded once more; letters that were lost in between stay."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    data = bytearray()
    for char in text:
        try:
            data += char.encode("cp1252")
        except UnicodeError:
            data += char.encode("latin-1") if ord(char) < 256 else char.encode("utf-8")
    once = data.decode("utf-8", "replace")
    return once if once.count("\ufffd") <= len(once) // 200 else None


def _unescaped(text: str) -> str:
    """A page whose Latin-1 letters are themselves, not entities; what markup needs stays as it is."""

    def letter(match: re.Match[str]) -> str:
        if match[3]:
            char = html.unescape(match[0]) if match[3].lower() not in _KEPT else ""
            return char if len(char) == 1 and 0x80 <= ord(char) <= 0xFF else match[0]
        code = int(match[1]) if match[1] else int(match[2], 16)
        return chr(code) if 0x80 <= code <= 0xFF and code != 0xA0 else match[0]

    return _ENTITY.sub(letter, text) if "&" in text else text


def _plain(text: str) -> str:
    """The text of a page without its markup, as far as letters need it; its beginning."""
    return _TAG.sub(" ", text[: 4 * _SAMPLE])[:_SAMPLE]


def _best_table(surface: str, markup: bool) -> tuple[str, float] | None:
    """The old encoding in which a text that was read as Latin-1 is Vietnamese, and how far."""
    sample = _plain(surface) if markup else surface[:_SAMPLE]
    best: tuple[str, float] | None = None
    for name, convert in tables().items():
        share, words = vietnamese_share(convert(sample))
        if words >= _LEAST_WORDS and share >= _LEAST_SHARE and (best is None or share > best[1]):
            best = (name, share)
    return best


def _by_letters(data: bytes, declared: str | None, markup: bool) -> Decoded | None:
    """Of the encodings that fit, that in which the letters read most as Vietnamese."""
    surface = data.decode("latin-1")
    if markup:
        surface = _unescaped(surface)
    readings: list[tuple[float, str, Callable[[], str], str]] = []

    def weigh(name: str, sample: str, read: Callable[[], str], bonus: float, reason: str) -> None:
        share, words = vietnamese_share(_plain(sample) if markup else sample)
        if words:
            readings.append((share + bonus, name, read, reason))

    for name, convert in tables().items():
        weigh(
            name, convert(surface[: 4 * _SAMPLE if markup else _SAMPLE]),
            lambda convert=convert: convert(surface),  # type: ignore[misc]
            0.0, f"the letters read as Vietnamese in {name}",
        )  # fmt: skip
    best_guess = from_bytes(data[:_SAMPLE]).best()
    others = ("windows-1258", declared, best_guess.encoding if best_guess else None, "windows-1252")
    for encoding in dict.fromkeys(filter(None, others)):
        read = _try(data, encoding)
        if read is not None:
            reason = "declared" if encoding == declared else "the letters read best in it"
            weigh(encoding, nfc(read[: 4 * _SAMPLE]), lambda read=read: nfc(read), 0.02, reason)  # type: ignore[misc]
    best = max(readings, key=lambda one: one[0], default=None)
    if best is not None and best[0] >= _LEAST_SHARE - 0.15:
        return Decoded(best[2](), best[1], best[3])
    for encoding in filter(
        None, (declared, best_guess.encoding if best_guess else None, "windows-1252", "latin-1")
    ):
        text = _try(data, encoding)
        if text is not None and _CONTROL.search(text) is None:
            return Decoded(
                nfc(text),
                encoding,
                "declared" if encoding == declared else "it fits; no letters tell more",
            )
    return None
