"""Newspapers and agencies by all the names that they go by: one table for sources and credits."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from indexer.addresses import split_address
from indexer.language.normalise import fold, normalise

_TABLE = Path(__file__).with_name("outlets.txt")
_LABEL = re.compile(
    r"^(?:báo\s+điện\s+tử|báo|tạp\s+chí|trang(?:\s+tin(?:\s+điện\s+tử)?)?|tờ|đài|hãng(?:\s+tin)?|kênh)\s+",
    re.I,
)
_LONGEST = 80
_BETWEEN_NAMES = re.compile(r"\s+[-–|:]\s+|\s*[()|]\s*")
_TAIL = re.compile(
    r"\s*(?:[-|–]\s*)?(?:online|điện tử|\.com\.vn|\.vn|\.net|\.com|newspaper)$", re.IGNORECASE
)


@cache
def _known() -> dict[str, str]:
    """Every name, address and code in lower case -> the name that stands for all of them."""
    found: dict[str, str] = {}
    for line in _TABLE.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            names = [name.strip() for name in line.split("|")]
            for name in names:
                found.setdefault(_key(name), names[0])
    return found


def _key(name: str) -> str:
    return " ".join(re.sub(r"[^\w.+&]+", " ", normalise(name)).split())


@lru_cache(maxsize=1 << 12)
def outlet(name: str) -> str | None:
    """The name of a newspaper or agency that is known, however it is written; None for any other text.

    ``tuoitre.vn``, ``www.tuoitre.vn``, ``Báo Tuổi Trẻ`` and ``TUỔI TRẺ ONLINE`` are all ``Tuổi Trẻ``.
    """
    known = _known()
    if len(name) > _LONGEST:
        return None
    text = name.strip(" .:;,()[]\"'“”-–|")
    if re.fullmatch(r"(?:https?://)?(?:www\.)?[\w-]+(?:\.[\w-]+)+/?", text, re.IGNORECASE):
        text = text.lower().removeprefix("https://").removeprefix("http://").rstrip("/")
        text = text.removeprefix("www.").removeprefix("m.")
    for form in (
        text,
        _LABEL.sub("", text),
        _TAIL.sub("", text),
        _LABEL.sub("", _TAIL.sub("", text)),
    ):
        if form and (found := known.get(_key(form))):
            return found
    # Names without diacritics, as in "Bao Tuoi Tre", but only whole ones of several words.
    plain = _key(_LABEL.sub("", text))
    if " " in plain and plain == fold(plain):
        return _folded().get(plain) or _folded().get(plain.removeprefix("bao "))
    return None


@cache
def _folded() -> dict[str, str]:
    return {fold(key): name for key, name in _known().items() if " " in key}


def outlet_of_address(url: str | None) -> str | None:
    """The newspaper of an address: the one of the table, else its host without ``www.``."""
    if not url:
        return None
    host = (split_address(url).hostname or "").removeprefix("www.")
    parts = host.split(".")
    for at in range(len(parts) - 1):
        if found := _known().get(_key(".".join(parts[at:]))):
            return found
    return host or None


def source_name(name: str) -> str:
    """A source by the name of the table, else as it is written.

    A site's name may hold more than the paper's: ``VnExpress - Tin nhanh Việt Nam``.
    """
    parts = [part.strip() for part in _BETWEEN_NAMES.split(name) if part.strip()]
    return next((found for part in (name, *parts) if (found := outlet(part))), name)
