"""Keys by which a printed link finds the article that it means."""

from __future__ import annotations

import hashlib

from indexer.addresses import address_key
from indexer.language.analysis import syllables
from indexer.language.normalise import nfc

ADDRESS = "url "
"""Before the keys of addresses."""


def link_keys(title: str, url: str | None) -> tuple[str, ...]:
    """The keys that two mentions of one article share: of its address if there is one, of its title."""
    words = " ".join(syllables(nfc(title)))
    keys = [f"title {hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"]
    if url:
        keys.insert(0, address_link_key(url))
    return tuple(keys)


def address_link_key(url: str) -> str:
    """The key of an address."""
    return f"{ADDRESS}{address_key(url)}"


def id_link_key(id: str) -> str:
    """The key of an id that an article had."""
    return f"id {id}"
