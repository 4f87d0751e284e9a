"""Stored text + what a query looks for -> fragments with the places of hits; no HTML."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from indexer.article import Article
from indexer.language.normalise import fold, lower, normalise, spellings
from search.clauses import Marker
from search.results import Snippet

FRAGMENTS = 3
FRAGMENT_LENGTH = 180
"""Characters of a fragment, about two lines of a result page."""
_REACH = FRAGMENT_LENGTH * 3 // 4
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+(?=[^\W_]|[\"“‘(])")
_SENTENCE_STOP = re.compile(r"[.!?…][\"'”’)\]]*\s?$|\n")
_SEARCHED = 200_000
"""Characters of an article that snippets are looked for in; no news story is longer."""


Match = tuple[int, int, str]
"""Start and end of a word of the text that the query looks for, and a key: two words with the same
key match the same part of the query."""


class Highlighter:
    """Finds and marks what one query looks for.

    One regular expression of all the words is faster than a look at each word of the text, and one
    that knows both placements of tone marks faster than to normalise the text.
    """

    def __init__(self, marker: Marker) -> None:
        self._keys = {spelling: word for word in marker.accented for spelling in spellings(word)}
        exact = [text for text, accents in marker.prefixes if accents]
        loose = [text for text, accents in marker.prefixes if not accents]
        self._normal = normalise if exact else lower
        self._exact = _pattern(self._keys, exact, marker.phrases)
        self._loose = _pattern(marker.folded, loose, ())

    def find(self, text: str) -> list[Match]:
        """Every whole word of an NFC text that the query looks for, in order."""
        normal = self._normal(text)
        found = self._matches(self._exact, normal) if self._exact else []
        if self._loose:
            taken = {start for start, _, _ in found}
            more = self._matches(self._loose, fold(normal))
            found += [match for match in more if match[0] not in taken]
            found.sort()
        return found

    def _matches(self, pattern: re.Pattern[str], subject: str) -> list[Match]:
        keys = self._keys
        if pattern.groups:
            return [
                (*match.span(), match[match.lastgroup] + "*" if match.lastgroup else match[0])
                for match in pattern.finditer(subject)
            ]
        return [
            (match.start(), match.end(), keys.get(match[0], match[0]))
            for match in pattern.finditer(subject)
        ]

    def highlight(self, text: str) -> Snippet:
        """A whole text with its hits, for titles and article pages."""
        return Snippet(text, tuple(_joined(text, self.find(text))))


def _pattern(
    words: Collection[str], prefixes: list[str], phrases: Sequence[tuple[str, ...]]
) -> re.Pattern[str] | None:
    """Phrases and whole words; a prefix is a group of its own, so that all its words have one key."""
    parts = [
        r"[\W_]+".join(f"(?:{'|'.join(map(re.escape, spellings(word)))})" for word in phrase)
        for phrase in sorted(phrases, key=len, reverse=True)
    ]
    parts += [re.escape(word) for word in sorted(words, key=len, reverse=True)]
    parts += [f"(?P<p{number}>{re.escape(text)})[^\\W_]*" for number, text in enumerate(prefixes)]
    if not parts:
        return None
    # The class of first letters passes over most of a text faster than the look behind would.
    starts = (*words, *prefixes, *(form for one in phrases for form in spellings(one[0])))
    first = re.escape("".join(sorted({text[0] for text in starts})))
    return re.compile(f"(?=[{first}])(?<![^\\W_])(?:{'|'.join(parts)})(?![^\\W_])")


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
    wanted = matches
    while len(chosen) < FRAGMENTS and wanted:
        best = _best_window(text, wanted, chosen)
        if best is None:
            break
        chosen.append(best)
        shown = {key for start, end, key in wanted if best[0] <= start and end <= best[1]}
        wanted = [match for match in wanted if match[2] not in shown]
    spans = _joined(text, matches)
    return tuple(_fragment(text, start, end, spans) for start, end in sorted(chosen))


def _best_window(
    text: str, matches: list[Match], taken: list[tuple[int, int]]
) -> tuple[int, int] | None:
    """The fragment with the most different words; ties: the most hits, then the earliest.

    A window slides over the hits: it begins at one and holds those within reach in its paragraph.
    """
    best: tuple[int, int] | None = None
    best_score = (0, 0)
    inside: dict[str, int] = {}
    end = 0
    paragraph_end = -1
    for first, (start, _, key) in enumerate(matches):
        if start > paragraph_end:
            newline = text.find("\n", start)
            paragraph_end = newline if newline >= 0 else len(text)
        limit = start + _REACH
        limit = min(limit, paragraph_end)
        while end < len(matches) and matches[end][0] <= limit:
            added = matches[end][2]
            inside[added] = inside.get(added, 0) + 1
            end += 1
        score = (len(inside), end - first)
        if score > best_score and not any(a <= start < b for a, b in taken):
            best, best_score = (start, matches[end - 1][1]), score
        if inside[key] == 1:
            del inside[key]
        else:
            inside[key] -= 1
    return _span(text, *best, taken) if best else None


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
    for start, end, _ in matches:
        if spans and text[spans[-1][1] : start] == " ":
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans
