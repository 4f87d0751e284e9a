"""Days, months and years that a query names in its words: "lũ năm 2018", "giá xăng tháng 5/2022".

They pull towards the articles of that time, which need not say them. The number of a law is no year of
this kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from indexer.language.normalise import fold
from search.query.periods import parse_period
from search.query.tree import QueryWord

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_JOINT = r"\s?[/.-]\s?"
_OF_YEAR = rf"(?:\s+nam\s+|{_JOINT}|\s+)"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_FORMS = tuple(
    re.compile(rf"(?<![\w/.-])(?:{form})(?![\w/-]|\.\d)")
    for form in (
        rf"(?:ngay\s+)?{_DAY}\s+thang\s+{_MONTH}{_OF_YEAR}{_YEAR}",
        rf"(?:ngay\s+)?{_DAY}{_JOINT}{_MONTH}{_JOINT}{_YEAR}",
        rf"quy\s+(?P<quarter>[1-4]|i{{1,3}}|iv){_OF_YEAR}{_YEAR}",
        rf"(?:thang\s+{_MONTH}{_OF_YEAR}|(?P<month_alone>0?[1-9]|1[0-2]){_JOINT}){_YEAR}",
        r"(?:nhung\s+nam|thap\s+(?:nien|ky))\s+(?P<decade>(?:19|20)\d0)",
        rf"{_YEAR}{_JOINT}(?P<next>(?:19|20)\d\d)",
        # Without diacritics it may be the end of "Việt Nam".
        rf"(?<!viet )nam\s+{_YEAR}",
        rf"(?<=\s){_YEAR}$",
    )
)
"""What is tried in this order on the text without diacritics; the first that fits counts."""
_LAWS = re.compile(
    r"\b(?:luat|nghi dinh|thong tu|nghi quyet|quyet dinh|chi thi|hien phap|phap lenh|cong van"
    r"|quy chuan|tieu chuan|van ban)\b"
)
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True, slots=True)
class ToldPeriod:
    """A time that a query names.

    Attributes:
        first: its first day.
        last: its last day.
        start: where its text begins in the query.
        end: one past its last character.
        words: where its words begin.
    """

    first: date
    last: date
    start: int
    end: int
    words: frozenset[int]


def told_period(text: str, words: Sequence[QueryWord]) -> ToldPeriod | None:
    """The time that the plain words of a query name; None where they name none, or several.

    Args:
        text: the query, NFC.
        words: its plain words, in order.
    """
    folded = fold(text.lower())
    if len(folded) != len(text) or _LAWS.search(folded):
        return None
    for form in _FORMS:
        found = list(form.finditer(folded))
        if not found:
            continue
        days = _days(found[0])
        within = [one for one in words if found[0].start() <= one.start < found[0].end()]
        if len(found) > 1 or days is None or not within or len(within) == len(words):
            return None
        starts = frozenset(one.start for one in within)
        return ToldPeriod(*days, found[0].start(), found[0].end(), starts)
    return None


def _days(found: re.Match[str]) -> tuple[date, date] | None:
    """First and last day of what was read; None for a day that no calendar has."""
    parts = {name: value for name, value in found.groupdict().items() if value}
    if decade := parts.get("decade"):
        return date(int(decade), 1, 1), date(int(decade) + 9, 12, 31)
    year = parts["year"]
    if following := parts.get("next"):
        if int(following) != int(year) + 1:
            return None
        return date(int(year), 1, 1), date(int(following), 12, 31)
    if quarter := parts.get("quarter"):
        number = _QUARTERS.get(quarter) or int(quarter)
        first, last = (parse_period(f"{year}-{3 * number - back}") for back in (2, 0))
        return (first[0], last[1]) if first and last else None
    month = parts.get("month") or parts.get("month_alone")
    return parse_period("-".join(filter(None, (year, month, parts.get("day")))))
