"""Text -> terms: the one analysis that articles and queries share.

Three kinds of terms: **syllables** with their accents, **bigrams** of two neighbouring syllables
without them, and **words** that pyvi joins out of two or more syllables.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.article import Article
from indexer.language.normalise import fold, nfc, normalise, syllable_spans
from indexer.language.segmenter import segment

SYLLABLES = "syllables"
BIGRAMS = "bigrams"
WORDS = "words"
KINDS = (SYLLABLES, BIGRAMS, WORDS)

TITLE_WEIGHT = 3
LEAD_WEIGHT = 2
BODY_WEIGHT = 1
OPENING_SYLLABLES = 60
"""News says the important first: so many syllables of the body count once more."""
MAX_TERM = 64
"""Longer runs of letters and digits (checksums, base64) are no words; they are cut to this length."""

TermCounts = Mapping[str, Mapping[str, int]]
"""Kind of term -> term -> weighted count."""


@dataclass(frozen=True, slots=True)
class Token:
    """One syllable of a text.

    Attributes:
        text: lower case, one tone placement: ``hoà`` for ``Hòa``.
        folded: `text` without diacritics: ``hoa``.
        start: offset of its first character in the NFC text.
        end: one past its last character.
    """

    text: str
    folded: str
    start: int
    end: int


@lru_cache(maxsize=1 << 17)
def fold_term(term: str) -> str:
    """`fold`, remembered: an archive has few different syllables and many occurrences."""
    return fold(term)


def tokenise(text: str) -> list[Token]:
    """The syllables of an NFC text, in order."""
    normal = normalise(text)
    tokens = []
    for start, end in syllable_spans(normal):
        term = normal[start : min(end, start + MAX_TERM)]
        tokens.append(Token(term, fold_term(term), start, end))
    return tokens


def pairs(terms: Iterable[str]) -> list[str]:
    """Bigrams of a list of syllables: ``thai binh`` and so on, one fewer than there are terms."""
    return [f"{a} {b}" for a, b in pairwise(terms)]


def words(text: str) -> list[str]:
    """Words of two or more syllables in an NFC text, as ``thái_bình``."""
    return [
        "_".join(normalise(part) for part in text[start:end].split())
        for start, end in segment(text)
    ]


@lru_cache(maxsize=1 << 17)
def token_hash(term: str) -> int:
    """32 bits that stand for a syllable in a token array; never 0, which separates fields."""
    digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "little") or 1


def token_array(texts: Iterable[str]) -> NDArray[np.uint32]:
    """Hashes of the syllables of several fields in order, with a 0 after each field."""
    hashes: list[int] = []
    for text in texts:
        hashes += (token_hash(token.text) for token in tokenise(text))
        hashes.append(0)
    return np.array(hashes, dtype=np.uint32)


def field_terms(text: str) -> dict[str, int]:
    """Counts of the accented syllables of a short field such as an author's name, and of their pairs.

    Pairs of neighbours let a phrase be looked up in the field without its text.
    """
    return _with_pairs([token.text for token in tokenise(nfc(text))])


def folded_field_terms(text: str) -> dict[str, int]:
    """`field_terms` without diacritics."""
    return _with_pairs([token.folded for token in tokenise(nfc(text))])


def _with_pairs(terms: list[str]) -> dict[str, int]:
    return Counter([*terms, *pairs(terms)])


def article_terms(article: Article) -> TermCounts:
    """Weighted counts of all terms of an article: title 3, lead 2, body 1, its opening 1 more."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}

    def add(tokens: list[Token], weight: int) -> None:
        for kind, terms in (
            (SYLLABLES, [token.text for token in tokens]),
            (BIGRAMS, pairs(token.folded for token in tokens)),
        ):
            for term, count in Counter(terms).items():
                counts[kind][term] += weight * count

    for text, weight in (
        (article.title, TITLE_WEIGHT),
        (article.lead, LEAD_WEIGHT),
        (article.body, BODY_WEIGHT),
    ):
        tokens = tokenise(text)
        add(tokens, weight)
        for word, count in Counter(words(text)).items():
            counts[WORDS][word] += weight * count
    add(tokens[:OPENING_SYLLABLES], 1)
    return counts
