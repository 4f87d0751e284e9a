"""Where places, and the words that say what a name is of, stand in a run of words with capitals."""

from __future__ import annotations

from typing import NamedTuple

from indexer.language.capitals import TextWord, TextWords, side_by_side
from indexer.language.cues import (
    COUNTRIES,
    FAMILY_NAMES,
    KEPT_BEFORE_PLACES,
    OF_TOWNS,
    ORGANISATION_HEADS,
    PERSON_CUES,
    PLACE_CUES,
    PLACE_PREFIXES,
    STREETS_AS_WELL,
    WATERS,
)
from indexer.language.naming import known_places, longest_place, provinces
from indexer.language.normalise import normalise
from indexer.language.tones import place_tones

_MOST_OF_PERSON = 4


class PlaceWithKind(NamedTuple):
    """A river, a street and the like, with the word that says so: sông Hồng.

    Attributes:
        start: its first character in the text.
        end: one past its last.
        past: past its last word in the run.
    """

    name: str
    start: int
    end: int
    past: int


def cue(words: TextWords, first: int) -> str:
    """What stands before a run: a word, or two that are a cue together, as "ngã tư", "tổng công ty"."""
    if not first or not side_by_side(words, first):
        return ""
    word = words[first - 1].normal
    if first > 1 and side_by_side(words, first - 1):
        both = f"{words[first - 2].normal} {word}"
        if both in PLACE_CUES or both in PERSON_CUES or both in ORGANISATION_HEADS:
            return both
    return word


def start_of_cue(words: TextWords, first: int, cue: str) -> int:
    """The first word of the cue before a word."""
    return first - 1 if words[first - 1].normal == cue else first - 2


def place_with_kind(
    text: str, words: TextWords, first: int, end: int, before: str
) -> PlaceWithKind | None:
    """The river, street and the like that a run begins with; None for something else.

    Args:
        before: the cue before the run.
    """
    if before in ORGANISATION_HEADS:
        return None
    if before in KEPT_BEFORE_PLACES:
        kind, start = before, start_of_cue(words, first, before)
    else:
        kind, start, first = words[first].normal, first, first + 1
        # "Sông Hồng" anywhere; "Cầu Giấy", "Chợ Lớn" are what they are called only behind a full stop.
        is_kind = kind in WATERS or (kind in KEPT_BEFORE_PLACES and words.starts_sentence(start))
        if not is_kind or first >= end or place_from(words, start, end) > first:
            return None
    end = person_at_end(words, first + 1, end)
    for at in range(first + 1, end):
        last = place_from(words, at, end)
        if (
            words[at].normal in PLACE_PREFIXES
            or last - at > 1
            or (last > at and " " in words[at].normal)
        ):
            end = at
            break
    name = " ".join(text[words[first].start : words[end - 1].end].split())
    key = normalise(name)
    is_of_it = key in COUNTRIES and kind not in WATERS
    is_in_it = key in provinces() and kind in OF_TOWNS
    if (is_of_it or is_in_it) and key not in STREETS_AS_WELL:
        return None
    if name.isupper() or text[words[start].start].isdecimal():
        return None
    whole = f"{kind} {place_tones(name)}"
    return PlaceWithKind(whole, words[start].start, words[end - 1].end, end)


def place_from(words: TextWords, first: int, end: int) -> int:
    """Past the longest place of the list that the run has there; `first` when there is none."""
    places = known_places()
    for last in range(min(end, first + longest_place()), first, -1):
        name = " ".join(word.normal for word in words.between(first, last))
        if name in places and all(map(_has_capitals, words.between(first, last))):
            alone = last == first + 1 and " " not in name
            # A single syllable at the beginning of a sentence is any word.
            if alone and words.starts_sentence(first):
                continue
            # Nor is it a place when it goes on as another name: Tân Sơn Nhất.
            if last < end and (alone or words[last].syllables == 1):
                continue
            return last
    return first


def _has_capitals(word: TextWord) -> bool:
    """Whether all syllables begin with one: "Hoà bình" is peace."""
    return all(not one[0].islower() for one in word.text.split())


def person_behind_country(words: TextWords, first: int, end: int) -> int:
    """Where a person's name begins behind the country of an office: "Bộ Ngoại giao Mỹ John Kirby"; else `end`."""
    for start in range(first, end - 1):
        for at in range(min(start + 3, end - 1), start, -1):
            country = " ".join(word.normal for word in words.between(start, at))
            syllables = sum(word.syllables for word in words.between(at, end))
            if country in COUNTRIES and 2 <= syllables <= _MOST_OF_PERSON:
                return at
    return end


def person_at_end(words: TextWords, first: int, end: int) -> int:
    """Where a person's name begins after an organisation's name; `end` where there is none."""
    for at in range(first + 1, end):
        rest = words.between(at, end)
        family = rest[0].normal.split(" ")[0]
        syllables = sum(word.syllables for word in rest)
        name = " ".join(word.normal for word in rest)
        is_name = family in FAMILY_NAMES and 2 <= syllables <= 4 and name not in known_places()
        # "Cao su" begins as the family Cao does, and is rubber.
        if is_name and all(_has_capitals(word) and not word.text.isupper() for word in rest):
            return at
    return end
