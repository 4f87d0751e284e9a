"""The pieces of a printed date and their meaning.

A date line is read piece by piece: ``Thứ năm``, ``18:30``, ``GMT+7``, ``ngày``, ``12/9/2024``. So every
order and every punctuation of the papers is read by the same few patterns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_MONTH_WORDS = {
    "giêng": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8,
    "chín": 9, "mười một": 11, "mười hai": 12, "mười": 10, "chạp": 12,
}  # fmt: skip
_ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_WORD_MONTH = "|".join(sorted(_MONTH_WORDS, key=len, reverse=True))
_ENGLISH = "|".join(
    f"{name[:3]}(?:{name[3:]}|t)?\\.?" if name[3:] else name for name in _ENGLISH_MONTHS
)
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:1[89]|20|21)\d\d"
_ANY_YEAR = r"\d{4}"
_TH = r"(?:tháng|thg\.?|th\.?|t\.?)"

# Each names its parts y, m, d (numbers), w (a month in words), e (a month in English).
_DAYS = (
    rf"(?P<y1>{_ANY_YEAR})(?P<s1>[-/.])(?P<m1>{_MONTH})(?P=s1)(?P<d1>{_DAY})(?![\d/])",
    rf"(?P<d2>{_DAY})\s*(?P<s2>[-/.])\s*(?P<m2>{_MONTH})\s*(?P=s2)\s*(?P<y2>{_ANY_YEAR})(?!\d)",
    rf"(?P<d3>{_DAY})(?P<s3>[-/.])(?P<m3>{_MONTH})(?P=s3)(?P<y3>\d\d)(?![\d/:])",
    rf"(?P<d4>{_DAY})\s*(?:[-/,]\s*)?{_TH}\s*(?P<m4>{_MONTH})\s*(?:[-/,.]\s*|năm\s*)*(?P<y4>{_ANY_YEAR})(?!\d)",
    rf"(?P<d5>{_DAY})\s*(?:[-/,]\s*)?{_TH}\s*(?P<w5>{_WORD_MONTH})\s*(?:[-/,.]\s*|năm\s*)*(?P<y5>{_ANY_YEAR})(?!\d)",
    rf"{_TH}\s*(?P<m6>{_MONTH})\s+(?P<d6>{_DAY})\s*,?\s*(?P<y6>{_YEAR})(?!\d)",
    rf"{_TH}\s*(?P<w7>{_WORD_MONTH})\s+(?P<d7>{_DAY})\s*,?\s*(?P<y7>{_YEAR})(?!\d)",
    rf"(?P<e8>{_ENGLISH})\s+(?P<d8>{_DAY})(?:st|nd|rd|th)?\s*,?\s*(?P<y8>{_YEAR})(?!\d)",
    rf"(?P<d9>{_DAY})(?:st|nd|rd|th)?[\s-]+(?P<e9>{_ENGLISH})[\s,-]+(?P<y9>{_YEAR})(?!\d)",
)
_COARSE = (
    rf"(?:tháng\s*)?(?P<ma>{_MONTH})\s*(?:[-/]\s*|\s+năm\s+)(?P<ya>{_YEAR})(?![\d/-])",
    rf"(?P<yb>{_YEAR})-(?P<mb>0[1-9]|1[0-2])(?![\d-])",
    rf"tháng\s+(?P<wc>{_WORD_MONTH})(?:\s*[,/]\s*|\s+năm\s+|\s+)(?P<yc>{_YEAR})(?!\d)",
    rf"năm\s+(?P<yd>{_YEAR})(?!\d)",
)
_LABELS = (
    ("updated", r"(?:(?:lần\s+)?cập\s+nhật(?:\s+(?:lúc|ngày|lần\s+cuối|cuối))?|sửa(?:\s+lúc)?"
     r"|(?:last\s+)?updated(?:\s+(?:on|at))?|chỉnh\s+sửa(?:\s+lần\s+cuối)?|modified)"),
    ("published", r"(?:(?:ngày|giờ|thời\s+gian)\s+(?:đăng|xuất\s+bản|phát\s+hành|đưa)(?:\s+tin)?"
     r"|(?:đăng|xuất\s+bản|đưa\s+tin|phát\s+hành)(?:\s+(?:bài|tin))?(?:\s+(?:lúc|ngày|vào))?"
     r"|thời\s+gian|post(?:ed)?(?:\s+(?:on|at))?|published(?:\s+(?:on|at))?|date)"),
)  # fmt: skip
_WEEKDAY = (
    r"(?:thứ\s*(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s*nhật|t\.?\s?(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])(?!\d)|cn"
    r"|(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?)"
)
_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])\s?(?:(?::|h|g|giờ|:h)\s?(?P<minute>[0-5]\d)(?:\s?:\s?(?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?:'|’|p|ph|phút)(?!\w))?|(?:h|g|giờ)(?!\w))(?!\d)"
    r"(?:\s?(?P<half>am|pm|sa|ch|sáng|trưa|chiều|tối|đêm|khuya)\b)?"
)
_ZONE = (
    r"(?P<zone>(?:(?:theo\s+)?giờ\s+)?(?:gmt|utc)\s?(?P<offset>[+-]\s?\d{1,2}(?::?\d{2})?)?|z\b|ict\b|[+-]\d{2}:\d{2}|\+\d{4}(?!\d)"
    r"|(?:theo\s+)?giờ\s+(?:việt\s+nam|vn|hà\s+nội|quốc\s+tế))"
)
_SMALL = r"(?:ngày|lúc|vào|hồi|at|on|,)"

PIECE = re.compile(
    r"(?<![\w/])(?:"
    + "|".join(
        [
            *(f"(?P<label_{kind}>{pattern})(?!\\w)" for kind, pattern in _LABELS),
            f"(?P<weekday>{_WEEKDAY})(?!\\w)",
            f"(?P<day>{'|'.join(_DAYS)})",
            f"(?P<clock>{_CLOCK})(?!\\w)",
            f"(?P<coarse>{'|'.join(_COARSE)})",
            _ZONE,
            rf"(?P<small>{_SMALL})(?!\w)",
        ]
    )
    + r")|(?<=\d)t(?P<tclock>(?P<thour>[01]\d|2[0-3]):(?P<tminute>[0-5]\d)(?::(?P<tsecond>[0-5]\d)(?:\.\d+)?)?)"
    r"|(?<=[\d:])(?P<zzone>z|[+-]\d{2}:?\d{2})(?!\w)",
)
"""Finds one piece after the other in a text in lower case with one tone placement."""


def year_month_day(groups: Mapping[str, str | None]) -> tuple[int, int | None, int | None]:
    """Year, month and day of a matched date; a year of two digits lies in 1970 to 2069."""
    found = {
        name[0]: value
        for name, value in groups.items()
        if value and len(name) == 2 and name[0] in "ymdwe"
    }
    year = int(found["y"])
    if len(found["y"]) == 2:
        year += 1900 if year >= 70 else 2000
    month: int | None = None
    if "m" in found:
        month = int(found["m"])
    elif "w" in found:
        month = _MONTH_WORDS[found["w"]]
    elif "e" in found:
        month = next(at for at, name in enumerate(_ENGLISH_MONTHS, 1) if name[:3] == found["e"][:3])
    return year, month, int(found["d"]) if "d" in found else None


_FIRST_ZONE, _LAST_ZONE = -12 * 60, 14 * 60
"""The offsets in minutes that there are, from Baker Island to the Line Islands."""


def mail_moment(text: str) -> datetime | None:
    """A date as mails have it (RFC 5322), without an offset where it names none; None for others."""
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def hour_of(hour: int, half: str | None) -> int:
    """The hour of the day that a clock names with the part of the day beside it."""
    if half is None or hour > 12:
        return hour
    if half in ("sa", "am", "sáng"):
        return hour % 12 if hour == 12 else hour
    if half in ("ch", "pm", "chiều"):
        return hour % 12 + 12
    if half == "trưa":
        return hour + 12 if hour < 4 else hour
    if half == "tối":
        return hour % 12 + 12 if hour != 12 else 0
    # Night: ten and eleven are before midnight, twelve is midnight.
    return hour + 12 if 6 <= hour < 12 else hour % 12


def zone_of(zone: str, default: timezone) -> timezone:
    """The offset that a zone names: ``GMT+7``, ``UTC``, ``z``, ``+07:00``, ``ICT``.

    An offset that no clock on Earth has is a slip of the pen: the default is meant.
    """
    zone = zone.strip()
    match = re.search(r"([+-])\s?(\d{1,2})(?::?(\d{2}))?$", zone)
    if match:
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        minutes = -minutes if match[1] == "-" else minutes
        is_real = _FIRST_ZONE <= minutes <= _LAST_ZONE
        return timezone(timedelta(minutes=minutes)) if is_real else default
    return UTC if zone.endswith(("gmt", "utc", "z", "quốc tế")) else default
