"""Days, months and years as a query writes them: 2024, 2024-09, 9/2024, 18/9/2024, 2024-09-18."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

_FORMS = (
    re.compile(r"(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})"),
    re.compile(r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})"),
)


def parse_period(text: str) -> tuple[date, date] | None:
    """First and last day of the day, month or year that `text` names; None when it names none."""
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is None:
            continue
        parts = {name: int(value) for name, value in match.groupdict().items()}
        year, month, day = parts["year"], parts.get("month"), parts.get("day")
        try:
            first = date(year, month or 1, day or 1)
            last = date(year, month or 12, day or monthrange(year, month or 12)[1])
        except ValueError:
            return None
        return first, last
    return None
