"""People, places and organisations that a text names.

By rule, for precision rather than completeness: words with capitals, as pyvi segments them, are a name
when a word before them says of what ("ông", "tỉnh", "công ty"), when they are in the list of places,
or when they begin with a family name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from indexer.language.capitals import TextWord, TextWords, end_of_run, side_by_side
from indexer.language.cues import (
    BRANDS,
    COUNTRIES,
    FAMILY_NAMES,
    FORMER,
    KEPT_BEFORE_PLACES,
    KEPT_BEFORE_SYLLABLES,
    LEGAL_FORMS,
    NAMED_AFTER_PEOPLE,
    NAMED_AT_LENGTH,
    NO_MINISTRIES,
    NO_NAME_GOES_ON,
    NOT_FIRST,
    OF_STATES,
    OF_TOWNS,
    OFFICES,
    ORGANISATION_HEADS,
    PERSON_CUES,
    PLACE_CUES,
    PRONOUNS,
    WITH_AND,
)
from indexer.language.naming import (
    end_of_ministry,
    known_places,
    organisation_name,
    person_name,
    place_name,
)
from indexer.language.normalise import normalise
from indexer.language.runs import (
    cue,
    person_at_end,
    person_behind_country,
    place_from,
    place_with_kind,
    start_of_cue,
)
from indexer.language.segmented_text import SegmentedText
from indexer.language.syllables import is_syllable
from indexer.language.tones import place_tones

_GAP = re.compile("[ -]")
_SHORT = 4
"""Letters of a first name, which many people share; longer single names are foreign ones."""


class EntityKind(StrEnum):
    """The kinds of names."""

    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in a text.

    Attributes:
        name: in one placement of tone marks; a place by the first of its names in the list.
        start: its first character in the text.
        end: one past its last.
    """

    kind: EntityKind
    name: str
    start: int
    end: int


_MOST_OF_NAME = 80
"""Characters of a ministry's name that may follow in small letters."""
_NO_NAMES = NOT_FIRST | PERSON_CUES
"""Their capital at the beginning of a sentence is no part of a name."""


def find_entities(part: SegmentedText) -> list[Entity]:
    """The names in a text, in order."""
    found: list[Entity] = []
    words = TextWords(part)
    end = 0
    for at in words.capitals:
        if at < end:
            continue
        beginning = words.lone_beginning(at)
        if beginning in _NAMELESS:
            continue
        end = end_of_run(words, at)
        named = list(_names_in(part.text, words, at, end))
        for one in named:
            if found and one.start < found[-1].end:
                continue  # an organisation's name goes on over small words
            street = _goes_on_as_street(part.text, found[-1], one) if found else ""
            name = f"{street} {one.name}"
            found.append(Entity(EntityKind.PLACE, name, one.start, one.end) if street else one)
        if beginning and not named and words[at].normal not in _GOES_ON:
            if len(_NAMELESS) >= _MOST_NAMELESS:
                _NAMELESS.clear()
            _NAMELESS.add(beginning)
    return found


_NAMELESS: set[tuple[str, str]] = set()
"""Words that stand alone at the beginning of a sentence and are no names, remembered: most capitals are."""
_MOST_NAMELESS = 1 << 15
_GOES_ON = ORGANISATION_HEADS | PLACE_CUES
"""Words of which the words behind them say whether they begin a name."""
_CUES = _GOES_ON | PERSON_CUES


def _goes_on_as_street(text: str, before: Entity, name: Entity) -> str:
    """What a person's name is the name of: "đường" in "đường Lê Lợi, Trần Phú"; empty for a person."""
    if name.kind is not EntityKind.PERSON or before.kind is not EntityKind.PLACE:
        return ""
    if text[before.end : name.start].strip() not in (",", "-", "–", "và"):
        return ""
    kind = next((one for one in KEPT_BEFORE_PLACES if before.name.startswith(f"{one} ")), "")
    return kind if kind in OF_TOWNS else ""


def _names_in(text: str, words: TextWords, first: int, end: int) -> Iterator[Entity]:
    """The names in a run of capitalised words."""
    first, before = _past_words(words, first, end)
    while first < end:
        head = words[first].normal
        if place := place_with_kind(text, words, first, end, before):
            yield Entity(EntityKind.PLACE, *place[:3])
            before, first = "", place.past
            continue
        if head in PERSON_CUES and first + 1 < end:
            before, first = head, first + 1
            continue
        if before in ORGANISATION_HEADS or head in ORGANISATION_HEADS:
            kept = {before, head} & NAMED_AFTER_PEOPLE
            # "Bộ trưởng Công an Trần Văn A": the person is at once behind what the office is of.
            behind = first if before in OFFICES else first + 1
            person = end if kept else person_at_end(words, behind, end)
            if {before, head} & OF_STATES and person == end:
                person = person_behind_country(words, first + 1, end)
            yield from _organisation(text, words, first, person, before)
            before, first = ("ông", person) if person < end else ("", end)
            continue
        if before in PERSON_CUES and head in COUNTRIES and first + 1 < end:
            # "Tổng thống Mỹ Donald Trump"
            yield from _entity(EntityKind.PLACE, text, words[first].start, words[first].end)
            first += 1
            continue
        alone = first + 1 == end and words[first].syllables == 1
        last = place_from(words, first, end)
        # "tiếng Anh" is a language, "bà Nga" a woman.
        if last > first and before == "tiếng":
            before, first = "", last
            continue
        if last > first and not (alone and before in PRONOUNS):
            yield from _entity(EntityKind.PLACE, text, words[first].start, words[last - 1].end)
            # "Bí thư Thành uỷ Hà Nội Trần Văn A": the office is still that of the person.
            before, first = before if before in OFFICES else "", last
            continue
        span = text[words[first].start : words[end - 1].end]
        kind = _kind_of(span, words.between(first, end), before)
        if kind and before in KEPT_BEFORE_SYLLABLES and is_syllable(normalise(span)):
            # "bản Lác", "xã Đông": one syllable alone says too little.
            name = f"{before} {place_tones(span)}"
            start = start_of_cue(words, first, before)
            yield Entity(kind, name, words[start].start, words[end - 1].end)
        elif kind:
            yield from _entity(kind, text, words[first].start, words[end - 1].end, before)
        return


def _past_words(words: TextWords, first: int, end: int) -> tuple[int, str]:
    """Where the names of a run begin, behind words that are no names; and the word before them."""
    before, begins = cue(words, first), words.starts_sentence(first)
    while first < end:
        is_cue = begins and words[first].normal in _NO_NAMES
        may_be_word = begins or before not in _CUES
        if not is_cue and not (may_be_word and _is_word_before_names(words, first, end)):
            break
        before, begins = words[first].normal, False
        first += 1
    # "Bộ trưởng Ngoại giao Trần Văn A": the office is of it.
    while before in OFFICES and _is_word_before_names(words, first, end):
        first += 1
    return first, before


def _is_word_before_names(words: TextWords, first: int, end: int) -> bool:
    """Whether the first word of a run is no part of the name behind it: "Lãnh đạo Bộ Y tế"."""
    if first + 1 >= end or words.gap(first + 1) != " ":
        return False
    if words[first].normal in FORMER:
        return words[first + 1].normal in PERSON_CUES
    return words[first].normal not in _GOES_ON and _is_of_words(words[first])


def _organisation(
    text: str, words: TextWords, first: int, end: int, before: str
) -> Iterator[Entity]:
    """An organisation with its kind, such as "Bộ"; "và" may stand inside: Bộ Giáo dục và Đào tạo."""
    start = start_of_cue(words, first, before) if before in ORGANISATION_HEADS else first
    if all(word.normal in LEGAL_FORMS for word in words.between(start + 1, end)):
        return
    if words[start].normal in WITH_AND:
        if words[start + 1].normal in NO_MINISTRIES:
            return
        if words[start + 1].normal.split(" ")[0] in FAMILY_NAMES and words[start + 1].syllables > 1:
            return  # "phố đi bộ Nguyễn Huệ"
        while _goes_on_with_dash(words, end):
            end = end_of_run(words, end)
        if _goes_on_with_and(words, end):
            end = end_of_run(words, end + 1)
    elif _goes_on_with_and(words, end) and _is_of_words(words[end - 1], words[end + 1]):
        end = end_of_run(words, end + 1)
    elif _is_cut(words, start, end):
        end += 1
        if end < words.count and words.is_capital[end] and side_by_side(words, end):
            end = end_of_run(words, end)
    past = words[end - 1].end
    if words[start].normal in WITH_AND:
        whole = end_of_ministry(text[words[start].start : past + _MOST_OF_NAME])
        past = max(past, words[start].start + whole)
    yield from _entity(EntityKind.ORGANISATION, text, words[start].start, past)


def _is_of_words(*those: TextWord) -> bool:
    """Whether words are written as words, not as names: Tiêu chuẩn, Thương mại."""
    return all(" " in one.text and one.text.split(" ")[-1].islower() for one in those)


def _is_cut(words: TextWords, start: int, end: int) -> bool:
    """Whether a name of one syllable behind its head goes on in small letters: Công ty Thoát nước."""
    named = [one for one in words.between(start, end) if one.normal not in LEGAL_FORMS]
    if len(named) < 2 or named[-2].normal not in NAMED_AT_LENGTH or end >= words.count:
        return False
    last = named[-1]
    following = words[end].normal
    return (
        last.end == words[end - 1].end
        and is_syllable(last.normal)
        and not last.text.isupper()
        and not words.is_capital[end]
        and side_by_side(words, end)
        and not following[0].isdecimal()
        and following.split(" ")[0] not in NO_NAME_GOES_ON
        and following not in NO_NAME_GOES_ON
    )


def _goes_on_with_dash(words: TextWords, end: int) -> bool:
    """Whether a dash or & and another capital follow: Bộ GD-ĐT, Bộ Giao thông - Vận tải."""
    if end >= words.count or not words.is_capital[end]:
        return False
    return words.gap(end).strip() in ("-", "–", "&") and words[end].normal not in ORGANISATION_HEADS


def _goes_on_with_and(words: TextWords, end: int) -> bool:
    """Whether "và" and another capital follow; "Bộ Y tế và Bộ Tài chính" are two."""
    if end + 1 >= words.count or words[end].normal != "và":
        return False
    return (
        words.is_capital[end + 1]
        and words[end + 1].normal not in ORGANISATION_HEADS
        and side_by_side(words, end)
        and side_by_side(words, end + 1)
    )


def _kind_of(span: str, words: list[TextWord], before: str) -> EntityKind | None:
    syllables = span.count(" ") + 1
    if before in PLACE_CUES or (words[0].normal in PLACE_CUES and len(words) > 1):
        return EntityKind.PLACE
    if span.isupper() and syllables == 1:
        return None
    family = words[0].normal.split(" ")[0]
    is_name = (
        family in FAMILY_NAMES
        and 2 <= syllables <= 4
        and all(word[0].isupper() and not word.isupper() for word in span.split())
    )
    if before in PERSON_CUES:
        name = person_name(span, before)
        is_place = not is_name and before not in PRONOUNS and words[-1].normal in known_places()
        return EntityKind.PERSON if name and not is_place and not _is_shortened(name) else None
    is_brand = words[-1].normal.split(" ")[-1] in BRANDS
    return EntityKind.PERSON if is_name and not is_brand and not _is_shortened(span) else None


def _is_shortened(name: str) -> bool:
    """Initials stand for somebody who is not to be named: "Nguyễn Trọng H", "chị Tr"."""
    return len(name) < 3 or len(name.rsplit(maxsplit=1)[-1].rstrip(".")) == 1


def _entity(
    kind: EntityKind, text: str, start: int, end: int, before: str = ""
) -> Iterator[Entity]:
    """The name that a span stands for; empty where the span says too little."""
    span = text[start:end]
    name: str | None
    match kind:
        case EntityKind.PLACE:
            name = place_name(span)
        case EntityKind.ORGANISATION:
            name = organisation_name(span)
        case EntityKind.PERSON:
            by_office = person_name(span, before) if before in PERSON_CUES else None
            name = by_office or place_tones(" ".join(span.split()))
    if name:
        yield Entity(kind, name, start, end)
