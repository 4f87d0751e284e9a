"""Stored text + what a query looks for -> fragments with the places of hits; no HTML."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.article import Article
from indexer.language.normalise import fold, normalise
from search.ranking import Marker
from search.results import Snippet

FRAGMENTS = 3
FRAGMENT_LENGTH = 180
"""Characters of a fragment, about two lines of a result page."""
_REACH = FRAGMENT_LENGTH * 3 // 4
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+(?=[^\W_]|[\"“‘(])")
_SENTENCE_STOP = re.compile(r"[.!?…][\"'”’)\]]*\s?$|\n")
_SEARCHED = 200_000
"""Characters of an article that snippets are looked for in; no news story is longer."""


@dataclass(frozen=True, slots=True)
class Match:
    """A word of the text that the query looks for.

    Attributes:
        key: what it matched; two words with the same key match the same part of the query.
    """

    start: int
    end: int
    key: str


class Highlighter:
    """Finds and marks what one query looks for.

    One regular expression of all the words is faster than a look at each word of the text.
    """

    def __init__(self, marker: Marker) -> None:
        exact = _alternatives(
            marker.accented, [text for text, accents in marker.prefixes if accents]
        )
        loose = _alternatives(
            marker.folded, [text for text, accents in marker.prefixes if not accents]
        )
        self._exact = re.compile(exact) if exact else None
        self._loose = re.compile(loose) if loose else None

    def find(self, text: str) -> list[Match]:
        """Every whole word of an NFC text that the query looks for, in order."""
        normal = normalise(text)
        found = _matches(self._exact, normal) if self._exact else []
        if self._loose:
            taken = {match.start for match in found}
            found += [
                match for match in _matches(self._loose, fold(normal)) if match.start not in taken
            ]
            found.sort(key=lambda match: match.start)
        return found

    def highlight(self, text: str) -> Snippet:
        """A whole text with its hits, for titles and article pages."""
        return Snippet(text, tuple(_joined(text, self.find(text))))


def _alternatives(words: Iterable[str], prefixes: list[str]) -> str:
    """A pattern of whole words; a prefix is a group of its own, so that all its words have one key."""
    parts = [re.escape(word) for word in sorted(words, key=len, reverse=True)]
    parts += [f"(?P<p{number}>{re.escape(text)})[^\\W_]*" for number, text in enumerate(prefixes)]
    return f"(?<![^\\W_])(?:{'|'.join(parts)})(?![^\\W_])" if parts else ""


def _matches(pattern: re.Pattern[str], subject: str) -> list[Match]:
    return [
        Match(*match.span(), match[match.lastgroup] + "*" if match.lastgroup else match[0])
        for match in pattern.finditer(subject)
    ]


def make_snippets(article: Article, highlighter: Highlighter) -> tuple[Snippet, ...]:
    """Up to three fragments of lead and body that show the most different words of the query.

    Without any hit there the beginning of the article is shown.
    """
    text = "\n".join(part for part in (article.lead, article.body[:_SEARCHED]) if part)
    matches = highlighter.find(text)
    if not matches:
        end = _cut_end(text, 0, len(text), 2 * FRAGMENT_LENGTH)
        return (_fragment(text, 0, end, []),) if text else ()
    chosen: list[tuple[int, int]] = []
    wanted = {match.key for match in matches}
    starts = [match.start for match in matches]
    while len(chosen) < FRAGMENTS and wanted:
        best = _best_window(text, matches, wanted, chosen)
        if best is None:
            break
        chosen.append(best)
        inside = matches[bisect_left(starts, best[0]) : bisect_right(starts, best[1])]
        wanted -= {match.key for match in inside if match.end <= best[1]}
    spans = _joined(text, matches)
    return tuple(_fragment(text, start, end, spans) for start, end in sorted(chosen))


def _best_window(
    text: str, matches: list[Match], wanted: set[str], taken: list[tuple[int, int]]
) -> tuple[int, int] | None:
    """The fragment with the most wanted words; ties: the most hits, then the earliest.

    A window slides over the hits: it begins at one and holds those within reach in its paragraph.
    """
    best: tuple[int, int] | None = None
    best_score = (0, 0)
    inside: dict[str, int] = {}
    end = 0
    paragraph_end = -1
    for first, match in enumerate(matches):
        if match.start > paragraph_end:
            newline = text.find("\n", match.start)
            paragraph_end = newline if newline >= 0 else len(text)
        limit = min(match.start + _REACH, paragraph_end)
        while end < len(matches) and matches[end].start <= limit:
            key = matches[end].key
            if key in wanted:
                inside[key] = inside.get(key, 0) + 1
            end += 1
        if match.key not in wanted:
            continue
        score = (len(inside), end - first)
        if score > best_score and not any(a <= match.start < b for a, b in taken):
            best, best_score = (first, end - 1), score
        inside[match.key] -= 1
        if not inside[match.key]:
            del inside[match.key]
    if best is None:
        return None
    return _span(text, matches[best[0]].start, matches[best[1]].end, taken)


def _span(text: str, first: int, last: int, taken: list[tuple[int, int]]) -> tuple[int, int]:
    """A fragment around the hits from `first` to `last`, cut at sentence or word boundaries."""
    low = max([text.rfind("\n", 0, first) + 1, *(b for _, b in taken if b <= first)])
    high = min([len(text), *(a for a, _ in taken if a > first)])
    newline = text.find("\n", first, high)
    if newline >= 0:
        high = newline
    start = _cut_start(text, low, first, max(low, last - FRAGMENT_LENGTH))
    return start, _cut_end(text, last, high, max(last, start + FRAGMENT_LENGTH))


def _cut_start(text: str, low: int, first: int, earliest: int) -> int:
    """The start of the hits' sentence where it is near enough, else of a word close before them."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, earliest, first + 1)]
    if ends:
        return min(ends[-1], first)
    if earliest == low:
        return low
    space = text.find(" ", max(earliest, first - FRAGMENT_LENGTH // 3), first)
    return space + 1 if space >= 0 else first


def _cut_end(text: str, last: int, high: int, latest: int) -> int:
    """The end of a sentence after the hits, or of the paragraph, else of the last word that fits."""
    if latest >= high:
        return max(last, high)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, last, latest)]
    if ends:
        return ends[-1]
    space = text.rfind(" ", last, latest + 1)
    return space if space > last else last


def _fragment(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> Snippet:
    """The characters from `start` to `end`, with an ellipsis where a sentence is cut."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    # The spaces beside an ellipsis do not break, lest it stand alone on a line.
    starts_sentence = start == 0 or _SENTENCE_STOP.search(text[max(0, start - 4) : start])
    ends_sentence = end == len(text) or _SENTENCE_STOP.search(text[max(0, end - 3) : end + 1])
    before = "" if starts_sentence else "…\u00a0"
    after = "" if ends_sentence else "\u00a0…"
    shift = len(before) - start
    inside = tuple((a + shift, b + shift) for a, b in spans if a >= start and b <= end)
    # A line end becomes a space, so that offsets stay what they are.
    return Snippet(before + text[start:end].replace("\n", " ") + after, inside)


def _joined(text: str, matches: list[Match]) -> list[tuple[int, int]]:
    """Spans of hits; neighbours with only a space between them become one."""
    spans: list[tuple[int, int]] = []
    for match in matches:
        if spans and text[spans[-1][1] : match.start] == " ":
            spans[-1] = (spans[-1][0], match.end)
        else:
            spans.append((match.start, match.end))
    return spans
