"""Keys by which a printed link finds the article that it means."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from indexer.language.analysis import syllables
from indexer.language.normalise import nfc


def link_keys(title: str, url: str | None) -> tuple[str, ...]:
    """The keys that two mentions of one article share: of its address if there is one, of its title."""
    words = " ".join(syllables(nfc(title)))
    keys = [f"title {hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"]
    if url:
        keys.insert(0, f"url {_address(url)}")
    return tuple(keys)


def _address(url: str) -> str:
    """A URL without the parts that do not tell pages apart: scheme, ``www.``, last slash, fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"
