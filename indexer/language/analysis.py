"""Text -> terms: the one analysis that articles and queries share.

Three kinds of terms: **syllables** with their accents, **bigrams** of two neighbouring syllables
without them, and **words** that pyvi joins out of two or more syllables.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import add

from indexer.article import Article, earlier_lines
from indexer.language.entities import EntityKind, find_entities
from indexer.language.names import Name, NamedText, Standing, full_name, names_of, standing_for
from indexer.language.normalise import fold, nfc, normalise, syllable_matches, syllables_of
from indexer.language.quotations import Quotation, find_quotations
from indexer.language.remembered import Remembered
from indexer.language.segmented_text import SegmentedText, segmented_text
from indexer.stages import stage

SYLLABLES = "syllables"
BIGRAMS = "bigrams"
WORDS = "words"
KINDS = (SYLLABLES, BIGRAMS, WORDS)

TITLE_WEIGHT = 3
LEAD_WEIGHT = 2
BODY_WEIGHT = 1
OPENING_SYLLABLES = 60
"""News says the important first: this many syllables of the body count once more."""
EARLIER = "earlier"
"""The engine field of the syllables that only older versions of an article have, each behind `EARLIER_MARK`."""
EARLIER_MARK = "~"
"""Before a syllable of an older version, so that no search for what an article says finds it."""
MAX_TERM = 64
"""Longer runs of letters and digits (checksums, base64) are no words; they are cut to this length."""

TermCounts = Mapping[str, Mapping[str, int]]
"""EntityKind of term -> term -> weighted count."""


def in_earlier(syllable: str) -> str:
    """A syllable as the term of an older version."""
    return EARLIER_MARK + syllable


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


fold_term = Remembered(fold).__getitem__
"""`fold`, remembered."""
_first_of_pair = Remembered(lambda term: f"{fold(term)} ").__getitem__
_joined = Remembered(lambda word: "_".join(word.split())).__getitem__


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
    return cut_terms(syllables_of(normalise(text)))


def pairs(terms: Iterable[str]) -> list[str]:
    """Bigrams of a list of syllables: ``thai binh`` and so on, one fewer than there are terms."""
    return list(map(" ".join, pairwise(terms)))


def words(text: str) -> list[str]:
    """Words of two or more syllables in an NFC text, as ``thái_bình``."""
    return _words_of(segmented_text(text))


def field_terms(values: Iterable[str]) -> dict[str, int]:
    """Counts of the accented syllables of a short field such as an author's name, and of their pairs.

    Pairs of neighbours let a phrase be looked up in the field without its text. No pair is of two values.
    """
    return _with_pairs(syllables(nfc(value)) for value in values)


def folded_field_terms(values: Iterable[str]) -> dict[str, int]:
    """`field_terms` without diacritics."""
    return _with_pairs([fold_term(term) for term in syllables(nfc(value))] for value in values)


def _with_pairs(values: Iterable[list[str]]) -> dict[str, int]:
    return Counter(term for terms in values for term in (*terms, *pairs(terms)))


@dataclass(frozen=True, slots=True)
class Analysis:
    """An article as an engine is given it.

    Attributes:
        terms: weighted counts of all terms: title 3, lead 2, body 1, its opening 1 more.
        tokens: the syllables of title, lead and body in order, with an empty token after each part; then
            those of each line that only older versions have, marked, with an empty token as well.
        token_offsets: where each token begins in `searched_text`; of an empty token the place of the
            line end.
        names: the people, places and organisations named, the most frequent first.
        quotations: what people are quoted as saying, with their full names; places are tokens.
    """

    terms: TermCounts
    tokens: list[str]
    token_offsets: list[int]
    names: Mapping[EntityKind, Sequence[Name]]
    quotations: Sequence[Quotation]


def current_text(article: Article) -> str:
    """Title, lead and body, each ended by a line end."""
    return f"{article.title}\n{article.lead}\n{article.body}\n"


def searched_text(article: Article) -> str:
    """The text that tokens are places of: `current_text`, and the lines that only older versions have."""
    older = "".join(f"{line}\n" for line, _ in earlier_lines(article)) if article.versions else ""
    return current_text(article) + older


def analyse(article: Article) -> Analysis:
    """Analyse an article whose texts are NFC."""
    with stage("find syllables"):
        text = segmented_text(current_text(article))
    with stage("count terms"):
        found, tokens, offsets = _counted(article, text)
    with stage("find names"):
        named = NamedText(text.text, text.normal, find_entities(text))
        standing = standing_for(named.entities)
        names = names_of(named, standing)
    with stage("find quotations"):
        said = _quotations(named, standing, offsets)
    return Analysis(found, tokens, offsets, names, said)


def analysed_terms(article: Article) -> TermCounts:
    """`Analysis.terms` alone."""
    return _counted(article, segmented_text(current_text(article)))[0]


def _counted(
    article: Article, text: SegmentedText
) -> tuple[dict[str, Mapping[str, int]], list[str], list[int]]:
    """`Analysis.terms`, `Analysis.tokens` and `Analysis.token_offsets`."""
    terms = cut_terms(text.syllables)
    words = _words_of(text)
    counts: list[Counter[str]] = [Counter(), Counter(), Counter()]
    weights = (TITLE_WEIGHT, LEAD_WEIGHT, BODY_WEIGHT)
    start = first = first_word = 0
    for part, weight in zip((article.title, article.lead, article.body), weights, strict=True):
        start += len(part) + 1
        end = bisect_left(text.starts, start, first)
        end_of_words = bisect_left(text.words, (start,), first_word)
        part_terms = terms[first:end]
        part_pairs = _folded_pairs(part_terms)
        # A list that is repeated is counted faster than counts are multiplied.
        counts[0].update(part_terms * weight)
        counts[1].update(part_pairs * weight)
        counts[2].update(words[first_word:end_of_words] * weight)
        first, first_word = end, end_of_words
    counts[0].update(part_terms[:OPENING_SYLLABLES])
    counts[1].update(part_pairs[: OPENING_SYLLABLES - 1])
    tokens, offsets = _with_ends(article, terms, text.starts)
    found: dict[str, Mapping[str, int]] = dict(zip(KINDS, counts, strict=True))
    if article.versions:
        older = _add_older(article, tokens, offsets)
        found[EARLIER] = Counter(older)
    return found, tokens, offsets


def _folded_pairs(terms: list[str]) -> list[str]:
    """`pairs` of the folded terms."""
    return list(map(add, map(_first_of_pair, terms), map(fold_term, terms[1:])))


def _quotations(text: NamedText, standing: Standing, offsets: Sequence[int]) -> list[Quotation]:
    """The quotations of an article, as stretches of its tokens."""
    found = []
    for one in find_quotations(text.text, text.normal, text.entities):
        first, past = bisect_left(offsets, one.start), bisect_left(offsets, one.end)
        if past > first:
            found.append(Quotation(full_name(one.speaker, standing), first, past))
    return found


def article_tokens(article: Article) -> tuple[list[str], list[int]]:
    """`Analysis.tokens` and `Analysis.token_offsets` alone."""
    text = segmented_text(current_text(article), segmented=False)
    tokens, offsets = _with_ends(article, cut_terms(text.syllables), text.starts)
    if article.versions:
        _add_older(article, tokens, offsets)
    return tokens, offsets


def _add_older(article: Article, tokens: list[str], offsets: list[int]) -> list[str]:
    """Add the tokens of the lines that only older versions have; returns them."""
    begin, before = len(current_text(article)), len(tokens)
    for line, _ in earlier_lines(article):
        for token in tokenise(line):
            tokens.append(in_earlier(token.text))
            offsets.append(begin + token.start)
        begin += len(line) + 1
        tokens.append("")
        offsets.append(begin - 1)
    return [one for one in tokens[before:] if one]


def cut_terms(syllables: list[str]) -> list[str]:
    """Syllables as terms: those that are longer than any are cut."""
    if max(map(len, syllables), default=0) <= MAX_TERM:
        return syllables
    return [one[:MAX_TERM] for one in syllables]


def _words_of(text: SegmentedText) -> list[str]:
    return [_joined(text.normal[start:end]) for start, end in text.words]


def _with_ends(
    article: Article, terms: list[str], starts: list[int]
) -> tuple[list[str], list[int]]:
    """The terms of an article's text and where they begin, with an empty token at the end of each part."""
    tokens: list[str] = []
    offsets: list[int] = []
    end = first = 0
    for part in (article.title, article.lead, article.body):
        end += len(part)
        past = bisect_left(starts, end, first)
        tokens += terms[first:past]
        tokens.append("")
        offsets += starts[first:past]
        offsets.append(end)
        first, end = past, end + 1
    return tokens, offsets
