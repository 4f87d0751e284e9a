"""Spans of text -> one name for each person, place and organisation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from indexer.language.cues import (
    COUNTRIES,
    FOUND_EVERYWHERE,
    GENERIC,
    LAKES,
    MINISTRIES,
    NOT_PEOPLE,
    OTHER_NAMES,
    PARTICLES,
    PARTIES,
    PLACE_PREFIXES,
    PRONOUNS,
)
from indexer.language.normalise import nfc, normalise
from indexer.language.tones import place_tones

_PLACES = Path(__file__).with_name("places.txt")
_DASHES = re.compile(r" ?([-–&]) ?")
_CITY = re.compile(r"\b([Tt][Pp])\.\s*")
_APART = re.compile(r"(?<=\b[ae]l) - | - (?=[a-z])")
"""Hyphens that stand inside of a foreign name."""
_MOST_SYLLABLES = 5


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


# Where one begins with another, the longer one is meant.
_SAYING_LITTLE = _longest_first(GENERIC | COUNTRIES)
_PARTIES = _longest_first(PARTIES)
_MINISTRIES = _longest_first(MINISTRIES)
_FULL_NAMES = _longest_first(set(MINISTRIES.values()))
_FULL_MINISTRY = re.compile(
    r"(?:bộ|sở) (?:{})\b".format(
        "|".join(
            "({})".format(
                r"(?:[\s,–&-]|và\b)+".join(
                    one for one in re.split("[ ,]+", normalise(full)) if one != "và"
                )
            )
            for full in _FULL_NAMES
        )
    )
)
"""A head and a full name, its parts joined by any of "và", commas and dashes."""


@cache
def provinces() -> frozenset[str]:
    """Normalised names of provinces and of countries."""
    lines = nfc(_PLACES.read_text("utf-8")).splitlines()
    names = [line.removeprefix("+ ").partition(":")[0] for line in lines if line[:1] != "#"]
    return (
        frozenset(normalise(one.strip()) for name in names for one in name.split(",")) | COUNTRIES
    )


@cache
def longest_place() -> int:
    """How many syllables the longest name of `known_places` has."""
    return max(name.count(" ") + 1 for name in known_places())


@cache
def known_places() -> dict[str, str]:
    """Normalised names of provinces, districts and countries -> the name that stands for each."""
    found: dict[str, str] = {}
    for line in _PLACES.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        provinces, _, districts = nfc(line).removeprefix("+ ").partition(":")
        names = [one.strip() for one in provinces.split(",")]
        found.update((normalise(one), place_tones(names[0])) for one in names)
        for one in districts.split(","):
            # Where two provinces have one of this name, it stays what it was called first.
            found.setdefault(normalise(one.strip()), place_tones(one.strip()))
    for name in COUNTRIES:
        found[name] = " ".join(word.capitalize() for word in name.split())
    found.update((one, f"hồ {one.split()[1].capitalize()}") for one in LAKES)
    found.update((short, found[full]) for short, full in OTHER_NAMES.items())
    return found


@cache
def _province_by_place() -> dict[str, str]:
    """Normalised names of provinces and districts -> the province; a district's where only one has it."""
    found: dict[str, str] = {}
    shared = set()
    whole: dict[str, str] = {}
    for line in nfc(_PLACES.read_text("utf-8")).splitlines():
        if line.startswith("#"):
            continue
        names, _, districts = line.removeprefix("+ ").partition(":")
        province = place_tones(names.split(",")[0].strip())
        whole.update((normalise(one.strip()), province) for one in names.split(","))
        for one in filter(None, (normalise(one.strip()) for one in districts.split(","))):
            shared |= {one} & found.keys()
            found[one] = province
    return {key: one for key, one in found.items() if key not in shared} | whole


def provinces_of(places: Iterable[str]) -> list[str]:
    """The provinces, as they were until 30 June 2025, that some places are or lie in, each once."""
    known = _province_by_place()
    found = (known.get(normalise(one)) for one in places)
    return list(dict.fromkeys(one for one in found if one))


def place_name(text: str) -> str:
    """A place by the first of its names in the list, without "TP" before it."""
    name = _tidy(text)
    key = normalise(name)
    places = known_places()
    if key in places:
        return places[key]
    for prefix in PLACE_PREFIXES:
        if key.startswith(f"{prefix} ") and (rest := key[len(prefix) + 1 :]) in places:
            return places[rest]
    return name


def end_of_ministry(text: str) -> int:
    """How much of a text is the full name of a ministry or department, whatever its capitals; 0 for none.

    Args:
        text: beginning with "bộ" or "sở": "Bộ Văn hoá - thể thao và du lịch cho biết".
    """
    found = _FULL_MINISTRY.match(normalise(text))
    return found.end() if found else 0


def organisation_name(text: str) -> str | None:
    """An organisation with a capital; a ministry by its full name; None for "trường THPT" alone."""
    name = _tidy(text)
    whole = _FULL_MINISTRY.match(normalise(name))
    if whole:
        full = _FULL_NAMES[next(at for at, one in enumerate(whole.groups()) if one is not None)]
        return f"{name.split()[0].capitalize()} {full}{name[whole.end() :]}"
    head, *words = name.split()
    if head.lower() in ("bộ", "sở"):
        words = _DASHES.sub(r"\1", " ".join(words)).split()
        rest = normalise(" ".join(words))
        for short in _MINISTRIES:
            if rest == short or rest.startswith(f"{short} "):
                tail = " ".join(words[short.count(" ") + 1 :])
                return f"{head.capitalize()} {MINISTRIES[short]} {tail}".rstrip()
    if normalise(head) == "đảng":
        kept = _party(words)
        return f"Đảng {' '.join(kept)}" if kept else None
    if head.lower() in ("bộ", "liên"):
        name = " ".join(_until_country([head, *words]))
    key = normalise(name)
    for generic in FOUND_EVERYWHERE:
        if key.startswith(f"{generic} ") and _is_generic(key[len(generic) + 1 :]):
            return None
    return name[0].upper() + name[1:]


def person_name(text: str, before: str) -> str | None:
    """The person in a name that begins with an office: "Quốc phòng Mỹ James Mattis" -> "James Mattis".

    Args:
        before: the office or pronoun that stands before it.
    """
    syllables = _tidy(text).split()
    # All syllables of a name have capitals; what goes before one that has none is the office.
    small = [
        at
        for at, one in enumerate(syllables)
        if not one[0].isupper() and one.split("-")[0] not in PARTICLES
    ]
    if small:
        syllables = syllables[small[-1] + 1 :]
    if before not in PRONOUNS:
        syllables = _without_place(syllables)
    if not 0 < len(syllables) <= _MOST_SYLLABLES or normalise(syllables[-1]) in NOT_PEOPLE:
        return None
    return " ".join(syllables)


def _without_place(syllables: list[str]) -> list[str]:
    for end in (3, 2, 1):
        if end < len(syllables):
            key = normalise(" ".join(syllables[:end]))
            if key in COUNTRIES or (end > 1 and key in known_places()):
                return syllables[end:]
    return syllables


def _past_country(words: list[str], start: int) -> int:
    """Past the longest country that stands at a place among words; `start` where there is none."""
    for count in (3, 2, 1):
        if normalise(" ".join(words[start : start + count])) in COUNTRIES:
            return start + count
    return start


def _until_country(words: list[str]) -> list[str]:
    """Cut behind a country: "Bộ Ngoại giao Nga Maria Smith" gives "Bộ Ngoại giao Nga"."""
    for start in range(2, len(words)):
        end = _past_country(words, start)
        if end > start:
            return words[:end]
    return words


def _party(words: list[str]) -> list[str]:
    """The words of a party's name, and the country it is of."""
    key = normalise(" ".join(words))
    for party in _PARTIES:
        if key == party or key.startswith(f"{party} "):
            return words[: _past_country(words, party.count(" ") + 1)]
    return words


def _is_generic(rest: str) -> bool:
    """Whether nothing in a normalised name says which one of its kind is meant."""
    while rest:
        for word in _SAYING_LITTLE:
            if rest == word or rest.startswith(f"{word} "):
                rest = rest[len(word) + 1 :]
                break
        else:
            return False
    return True


def _tidy(text: str) -> str:
    """One space between words, one placement of tone marks; "TP. HCM" as "TP HCM", "Jae - in" as "Jae-in"."""
    text = " ".join(text.split())
    if "." in text:
        text = _CITY.sub(r"\1 ", text)
    if " - " in text:
        text = _APART.sub("-", text)
    return place_tones(text)
