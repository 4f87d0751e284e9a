"""Words that are written in one or in pieces: U23 and U-23, P.V.N and PVN, M'Nông, telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from indexer.language.normalise import fold
from indexer.language.syllables import is_syllable
from search.query.tree import QueryPattern, QueryWord
from search.understanding.synonyms import Form, Found

_PIECES = re.compile(r"\d+|[^\W\d_]+")
_MIXED = re.compile(r"(?=.*\d)(?=.*[^\W\d_])\w{2,12}")
_VOWEL = re.compile("[aeiouy]")
_APOSTROPHES = "'’‘ʼ`´"
_DOTS, _HYPHENS = (".", ". "), ("-", "")
_JOINTS = (*_DOTS, *_HYPHENS)
_LONGEST_ABBREVIATION = 6
_PHONE = re.compile(r"(?:84|0)[1-9]\d{7,9}|1[89]00\d{4,6}")
_GROUPINGS = (
    (4, 3, 3), (3, 3, 4), (4, 6), (3, 7), (4, 2, 2, 2), (3, 4, 3), (2, 4, 4), (3, 4, 4), (4, 4, 3), (2, 3, 5),
    (2, 8), (3, 8), (4, 4), (4, 2, 2), (4, 5), (3, 3, 3), (2, 3, 4), (3, 6), (2, 7), (3, 2, 2, 2), (2, 2, 2, 3),
    (1, 4, 4), (2, 2, 5),
)  # fmt: skip
"""How many digits stand together in telephone numbers; of the whole, or behind the country's code."""
_MOST_PIECES = 6
_MOST_IN_PHRASES = 24


def joined_forms(run: Sequence[QueryWord], text: str) -> list[Found]:
    """Other ways to write neighbouring words of a query that stand for one.

    Args:
        run: plain words.
        text: the query.
    """
    found = []
    at = 0
    while at < len(run):
        for end in range(_furthest(run, at, text), at, -1):
            words = run[at:end]
            forms = [one for one in _others(words, text) if one != tuple(w.text for w in words)]
            if forms:
                spelt = tuple(word.text for word in words)
                found.append(Found(at, end, tuple(dict.fromkeys(forms)), spelt))
                at = end
                break
        else:
            at += 1
    return found


def _furthest(run: Sequence[QueryWord], at: int, text: str) -> int:
    """Where the longest row of words from one on ends that may stand for one word."""
    most = min(len(run), at + _MOST_PIECES)
    joined = numbers = at + 1
    while joined < most and text[run[joined - 1].end : run[joined].start] in _JOINTS:
        joined += 1
    if run[at].text.isdecimal():
        while numbers < most and run[numbers].text.isdecimal():
            numbers += 1
    letter = at + 2 if len(run[at].text) == 1 else at + 1
    return max(joined, numbers, min(letter, most))


def other_phrases(
    words: Sequence[QueryWord | QueryPattern], text: str
) -> list[tuple[QueryWord | QueryPattern | str, ...]]:
    """A phrase with one of its words in pieces, or pieces in one; what is written so is a plain text."""
    if not all(isinstance(word, QueryWord) for word in words):
        return []
    run = [word for word in words if isinstance(word, QueryWord)]
    return [
        (*run[: found.start], *form, *run[found.end :])
        for found in joined_forms(run, text)
        for form in found.others[:_MOST_IN_PHRASES]
    ]


def longest_forms(found: Sequence[Found]) -> list[Found]:
    """Forms of one run, the longest first where two overlap, in their order; those of the same words as one."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        same = next(
            (at for at, k in enumerate(kept) if (k.start, k.end) == (one.start, one.end)), None
        )
        if same is not None:
            others = tuple(dict.fromkeys((*kept[same].others, *one.others)))
            kept[same] = replace(kept[same], others=others)
        elif all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _others(words: Sequence[QueryWord], text: str) -> Iterator[Form]:
    texts = [word.text for word in words]
    if all(map(str.isdecimal, texts)):
        yield from _other_numbers("".join(texts))
    elif len(words) == 1:
        yield from _in_pieces(words[0], text)
    elif _is_one(words, text):
        yield ("".join(texts),)


def _other_numbers(digits: str) -> Iterator[Form]:
    """The groupings of a telephone number, with the country's code and without."""
    if not _PHONE.fullmatch(digits):
        return
    if digits.startswith("1"):
        yield from _grouped(digits)
        return
    local = digits.removeprefix("84").removeprefix("0")
    yield from _grouped(f"0{local}")
    yield (f"84{local}",)
    yield from (("84", *form) for form in _grouped(local))


def _grouped(digits: str) -> Iterator[Form]:
    yield (digits,)
    for lengths in _GROUPINGS:
        if sum(lengths) == len(digits):
            ends = [sum(lengths[:count]) for count in range(len(lengths) + 1)]
            yield tuple(digits[start:end] for start, end in pairwise(ends))


def _in_pieces(word: QueryWord, text: str) -> Iterator[Form]:
    """The pieces of a word that is written in one."""
    typed, letters = text[word.start : word.end], word.text
    if _MIXED.fullmatch(letters):
        pieces = _PIECES.findall(letters)
        yield tuple(pieces)
        if len(pieces) > 2:
            yield pieces[0], letters[len(pieces[0]) :]
    elif not letters.isalpha():
        return
    elif 2 <= len(letters) <= _LONGEST_ABBREVIATION and (
        not is_syllable(letters) if typed.isupper() else not _VOWEL.search(fold(letters))
    ):
        yield tuple(letters)
    elif not is_syllable(letters) and is_syllable(letters[1:]) and letters[:1] in "mhkrybđ":
        # Mnông, Hmông, Kbang: names of peoples and places of the highlands.
        yield letters[0], letters[1:]


def _is_one(words: Sequence[QueryWord], text: str) -> bool:
    """Whether several words are written as pieces of one: by hyphens, dots or an apostrophe."""
    between = [text[one.end : other.start] for one, other in pairwise(words)]
    texts = [word.text for word in words]
    if all(gap in _DOTS for gap in between):
        # "A.I." in one is a syllable that means something else.
        return all(len(one) == 1 and one.isalpha() for one in texts) and not is_syllable(
            "".join(texts)
        )
    if len(words) == 2 and between[0] in tuple(_APOSTROPHES):
        return len(texts[0]) == 1
    if not _MIXED.fullmatch("".join(texts)):
        return False
    if all(gap in _HYPHENS for gap in between):
        return True
    # "U 23", "F 16": a letter alone is hardly a word of its own.
    return len(words) == 2 and between[0] == " " and len(texts[0]) == 1 and texts[0].isalpha()
