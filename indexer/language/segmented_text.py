"""A text with its syllables and words, found once for all that look at it."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.article import Article
from indexer.language.normalise import normalise, syllable_matches
from indexer.language.segmenter import segment


@dataclass(frozen=True, slots=True)
class SegmentedText:
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


def segmented_text(text: str, *, segmented: bool = True) -> SegmentedText:
    """Find the syllables, and unless told otherwise the words, of an NFC text."""
    normal = normalise(text)
    spans = [match.span() for match in syllable_matches(normal)]
    return SegmentedText(text, normal, spans, segment(text) if segmented else [])


def segmented_texts(article: Article) -> tuple[SegmentedText, SegmentedText, SegmentedText]:
    """Title, lead and body of an article whose texts are NFC."""
    return segmented_text(article.title), segmented_text(article.lead), segmented_text(article.body)
