"""Other ways to write words of a query: abbreviations and full forms, loan words, spellings, numbers.

`synonyms.txt` holds one group a line, its forms separated by ``=``; every form finds all the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from indexer.errors import KhobaoError
from indexer.language.analysis import syllables
from indexer.language.normalise import fold, nfc

FILE_NAME = "synonyms.txt"
"""Name of the file here, and of one in an archive's folder that adds to it."""
_DEFAULT = Path(__file__).with_name(FILE_NAME)

# Open syllables in which i and y are written for each other: kỹ sư, kĩ sư.
_I_OR_Y = re.compile("(h|k|l|m|s|t|qu)([iìíỉĩịyỳýỷỹỵ])")
_PAIRS = dict(zip("iìíỉĩịyỳýỷỹỵ", "yỳýỷỹỵiìíỉĩị", strict=True))
_THOUSANDS = re.compile(r"[1-9]\d{3,8}")
_FIRST_GROUP = re.compile(r"[1-9]\d?\d?")
_VOWELS = re.compile("[aeiouy]+")
_GROUP = re.compile(r"\d{3}")
_DAY_OF_MONTH, _MONTH = "(?P<day>0?[1-9]|[12][0-9]|3[01])", "(?P<month>0?[1-9]|1[0-2])"
_YEARS = "(?P<year>(?:19|20)[0-9]{2})"
YEAR = re.compile(_YEARS)
_DATES = tuple(
    re.compile(form)
    for form in (
        f"(?:ngày |ngay )?{_DAY_OF_MONTH} (?:tháng|thang) {_MONTH}(?: (?:năm|nam) {_YEARS})?",
        f"(?:ngày |ngay )?{_DAY_OF_MONTH} {_MONTH} {_YEARS}",
        # Without a word that says so, two numbers may be anything.
        f"(?:ngày|ngay) {_DAY_OF_MONTH} {_MONTH}(?P<year>)",
    )
)
_BEFORE_DATES = ("ngày", "hôm", "sáng", "chiều", "tối")
"""What news writes before a day and a month in figures: two numbers alone may be a fraction."""
_DAY = ("ngày", "ngay")
_LONGEST_DATE = 6
"""Words of ``ngày 18 tháng 9 năm 2024``; more than there are groups of digits in a number."""

Form = tuple[str, ...]
"""Normalised syllables."""


@dataclass(frozen=True, slots=True)
class Found:
    """Words of a query, from `start` to `end`, that are one form of a group, and the other forms.

    Attributes:
        spelt: that form with its diacritics; None where it is not known, or several fold alike.
    """

    start: int
    end: int
    others: tuple[Form, ...]
    spelt: Form | None


class Synonyms:
    """Groups of forms that mean the same."""

    def __init__(self, groups: Iterable[Sequence[Form]]) -> None:
        self._groups: dict[Form, list[Form]] = {}
        self._folded: dict[Form, list[Form]] = {}
        self._spelt: dict[Form, set[Form]] = {}
        self._firsts: set[str] = set()
        self._longest = _LONGEST_DATE
        for group in groups:
            for form in group:
                others = [other for other in group if other != form]
                self._groups.setdefault(form, []).extend(others)
                folded = tuple(map(fold, form))
                alone = len(form) == 1 and not _may_be_syllable(folded[0])
                if len(form) > 1 or folded == form or alone:
                    self._folded.setdefault(folded, []).extend(others)
                    self._spelt.setdefault(folded, set()).add(form)
                if alone and folded != form:
                    self._groups.setdefault(folded, []).extend((form, *others))
                self._firsts |= {form[0], folded[0]}
                self._longest = max(self._longest, len(form))

    def __len__(self) -> int:
        return len(self._groups)

    def find(self, words: Sequence[str], *, folded: bool = False) -> list[Found]:
        """Forms among neighbouring words of a query, the longest first, none inside another.

        Args:
            folded: the words are written without diacritics.
        """
        table = self._folded if folded else self._groups
        found = []
        start = 0
        while start < len(words):
            first = words[start]
            if first not in self._firsts and not first.isdecimal() and first not in _DAY:
                start += 1
                continue
            counted = first.isdecimal() or first in _DAY
            for end in range(min(len(words), start + self._longest), start, -1):
                form = tuple(words[start:end])
                others = [*table.get(form, ())]
                if counted:
                    others += _other_numbers(words[start:end])
                    others += _other_dates(words[start:end])
                if others:
                    spelt = self._spelt.get(form, set()) if folded else {form}
                    whole = next(iter(spelt)) if len(spelt) == 1 else None
                    found.append(Found(start, end, tuple(dict.fromkeys(others)), whole))
                    start = end
                    break
            else:
                start += 1
        return found


def _may_be_syllable(folded: str) -> bool:
    """Whether a word without its marks may be a Vietnamese syllable, and so stand for many others.

    ``hdnd`` has no vowel and ``oasinhton`` several apart: neither is one.
    """
    return len(_VOWELS.findall(folded)) == 1


def _other_numbers(words: Sequence[str]) -> list[Form]:
    """``16000`` for ``16.000``, the other way round, and ``9`` for ``09``."""
    first = words[0]
    if len(words) == 1 and _THOUSANDS.fullmatch(first) and not YEAR.fullmatch(first):
        return [tuple(f"{int(first):,}".split(","))]
    if len(words) == 1 and len(first) == 2 and first[0] == "0" and first[1] in "123456789":
        return [(first[1],)]
    rest = [word for word in words[1:] if _GROUP.fullmatch(word)]
    if rest and len(rest) == len(words) - 1 and _FIRST_GROUP.fullmatch(first):
        return [("".join(words),)]
    return []


def _other_dates(words: Sequence[str]) -> list[Form]:
    """``18 tháng 9``, ``ngày 18/9`` and so on for ``18/9/2024``, and the other way round.

    A form that another one begins with is found with it.
    """
    text = " ".join(words)
    match = next((found for form in _DATES if (found := form.fullmatch(text))), None)
    if match is None:
        return []
    day, month = (str(int(match[name])) for name in ("day", "month"))
    forms = set()
    for d in {day, day.zfill(2)}:
        for m in {month, month.zfill(2)}:
            forms |= {(d, "tháng", m), *((before, d, m) for before in _BEFORE_DATES)}
            if match["year"]:
                forms.add((d, m, match["year"]))
    return sorted(forms - {tuple(words)})


def spelling_variants(syllable: str) -> tuple[str, ...]:
    """The same syllable with i for y or y for i, where both are in use: ``kĩ`` for ``kỹ``."""
    match = _I_OR_Y.fullmatch(syllable)
    return (match[1] + _PAIRS[match[2]],) if match else ()


def read_synonyms(path: Path) -> list[list[Form]]:
    """The groups of a file.

    Raises:
        KhobaoError: it cannot be read, or a line is no group; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KhobaoError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    groups = []
    for number, line in enumerate(lines, 1):
        content = line.split("#", 1)[0].strip()
        if not content:
            continue
        group = [tuple(syllables(nfc(part))) for part in content.split("=")]
        if len(group) < 2 or not all(group):
            raise KhobaoError(
                f"{path}:{number}: a group needs two forms or more with = between them,"
                " such as UBND = uỷ ban nhân dân"
            )
        groups.append(group)
    return groups


@cache
def default_groups() -> list[list[Form]]:
    """The groups that the project comes with."""
    return read_synonyms(_DEFAULT)


def load_synonyms(archive: Path | None = None) -> Synonyms:
    """The groups of the project, and those of an archive's own file where there is one.

    Raises:
        KhobaoError: as `read_synonyms`.
    """
    own = archive / FILE_NAME if archive else None
    return Synonyms([*default_groups(), *(read_synonyms(own) if own and own.exists() else [])])
