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
from indexer.language.normalise import fold, nfc, normalise, syllable_matches, syllables_of
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
    for match in syllable_matches(normal):
        term = match[0][:MAX_TERM]
        tokens.append(Token(term, fold_term(term), match.start(), match.end()))
    return tokens


def syllables(text: str) -> list[str]:
    """The texts of the tokens of an NFC text, in order."""
    return [
        term if len(term) <= MAX_TERM else term[:MAX_TERM] for term in syllables_of(normalise(text))
    ]


def pairs(terms: Iterable[str]) -> list[str]:
    """Bigrams of a list of syllables: ``thai binh`` and so on, one fewer than there are terms."""
    return list(map(" ".join, pairwise(terms)))


def words(text: str) -> list[str]:
    """Words of two or more syllables in an NFC text, as ``thái_bình``."""
    normal = normalise(text)
    return ["_".join(normal[start:end].split()) for start, end in segment(text)]


@lru_cache(maxsize=1 << 17)
def token_hash(term: str) -> int:
    """32 bits that stand for a syllable in a token array; never 0, which separates fields."""
    digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(digest, "little") or 1


def token_hashes(terms: Iterable[str]) -> NDArray[np.uint32]:
    """`token_hash` of each of some terms."""
    return np.array([token_hash(term) for term in terms], dtype=np.uint32)


def field_terms(text: str) -> dict[str, int]:
    """Counts of the accented syllables of a short field such as an author's name, and of their pairs.

    Pairs of neighbours let a phrase be looked up in the field without its text.
    """
    return _with_pairs(syllables(nfc(text)))


def folded_field_terms(text: str) -> dict[str, int]:
    """`field_terms` without diacritics."""
    return _with_pairs([fold_term(term) for term in syllables(nfc(text))])


def _with_pairs(terms: list[str]) -> dict[str, int]:
    return Counter([*terms, *pairs(terms)])


@dataclass(frozen=True, slots=True)
class Analysis:
    """An article as an engine is given it.

    Attributes:
        terms: weighted counts of all terms: title 3, lead 2, body 1, its opening 1 more.
        tokens: hashes of the syllables of title, lead and body in order, with a 0 after each.
        starts: where each token begins in `searched_text`; of a 0 the place of the line end.
    """

    terms: TermCounts
    tokens: NDArray[np.uint32]
    starts: NDArray[np.uint32]


def searched_text(article: Article) -> str:
    """Title, lead and body, each ended by a line end: the text that tokens are places of."""
    return f"{article.title}\n{article.lead}\n{article.body}\n"


def analyse(article: Article) -> Analysis:
    """Analyse an article whose texts are NFC."""
    parts = _placed_parts(article)
    (title, _), (lead, _), (body, _) = parts
    weighted = (
        (title, TITLE_WEIGHT),
        (lead, LEAD_WEIGHT),
        (body, BODY_WEIGHT),
        (body[:OPENING_SYLLABLES], 1),
    )
    texts = (
        (article.title, TITLE_WEIGHT),
        (article.lead, LEAD_WEIGHT),
        (article.body, BODY_WEIGHT),
    )
    # A list that is repeated is counted faster than counts are multiplied.
    counts: list[Counter[str]] = [Counter(), Counter(), Counter()]
    for terms, weight in weighted:
        counts[0].update(terms * weight)
        counts[1].update(pairs(map(fold_term, terms)) * weight)
    for text, weight in texts:
        counts[2].update(words(text) * weight)
    return Analysis(dict(zip(KINDS, counts, strict=True)), *_arrays(article, parts))


_Placed = tuple[list[str], list[int]]
"""The syllables of a text and where each begins."""


def token_arrays(article: Article) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """`Analysis.tokens` and `Analysis.starts` alone."""
    return _arrays(article, _placed_parts(article))


def _placed_parts(article: Article) -> list[_Placed]:
    return [_placed_syllables(text) for text in (article.title, article.lead, article.body)]


def _arrays(
    article: Article, parts: list[_Placed]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    hashes: list[int] = []
    starts: list[int] = []
    begin = 0
    for (terms, places), text in zip(
        parts, (article.title, article.lead, article.body), strict=True
    ):
        hashes += map(token_hash, terms)
        hashes.append(0)
        starts += (begin + place for place in places) if begin else places
        begin += len(text) + 1
        starts.append(begin - 1)
    return np.array(hashes, dtype=np.uint32), np.array(starts, dtype=np.uint32)


def _placed_syllables(text: str) -> _Placed:
    terms, places = [], []
    for match in syllable_matches(normalise(text)):
        term = match[0]
        terms.append(term if len(term) <= MAX_TERM else term[:MAX_TERM])
        places.append(match.start())
    return terms, places
