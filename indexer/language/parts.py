"""A text with its syllables and words, found once for all that look at it."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.article import Article
from indexer.language.normalise import normalise, syllable_matches
from indexer.language.segmenter import segment


@dataclass(frozen=True, slots=True)
class Part:
    """An NFC text with its syllables and words.

    Attributes:
        normal: `text` in lower case with one tone placement, character for character.
        syllables: ``(start, end)`` of each maximal run of letters and digits, in order.
        words: ``(start, end)`` of the words that pyvi joins out of two or more syllables, in order.
    """

    text: str
    normal: str
    syllables: list[tuple[int, int]]
    words: list[tuple[int, int]]


def part_of(text: str, *, segmented: bool = True) -> Part:
    """Find the syllables, and unless told otherwise the words, of an NFC text."""
    normal = normalise(text)
    spans = [match.span() for match in syllable_matches(normal)]
    return Part(text, normal, spans, segment(text) if segmented else [])


def parts_of(article: Article) -> tuple[Part, Part, Part]:
    """Title, lead and body of an article whose texts are NFC."""
    return part_of(article.title), part_of(article.lead), part_of(article.body)
