"""Publication moments as Vietnamese papers and machines write them; strict, never guessed.

A date is read only from text that is a date as a whole (a meta value, a date line, the start of a
file's name), not from prose.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from indexer.article import VIETNAM_TIME, Moment

_WEEKDAY = r"(?:thứ\s*(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s*nhật|t[2-7]|cn)"
_LABEL = (
    r"(?:ngày\s+đăng|đăng\s+ngày|đăng\s+lúc|xuất\s+bản|ngày\s+xuất\s+bản|cập\s+nhật(?:\s+lúc|\s+ngày)?"
    r"|thời\s+gian|ngày)"
)
_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])\s*(?::|h|giờ)\s*(?P<minute>[0-5]\d)?(?:\s*phút|:(?P<second>[0-5]\d))?"
    r"(?:\s*(?P<half>am|pm|sa|ch)\b)?"
)
_DAY = (
    r"(?:(?P<day>\d{1,2})\s*(?P<sep>[/.-])\s*(?P<month>\d{1,2})\s*(?P=sep)\s*(?P<year>\d{4})"
    r"|(?P<day2>\d{1,2})\s+tháng\s+(?P<month2>\d{1,2})(?:\s+năm\s+|\s*,?\s+)(?P<year2>\d{4})"
    r"|(?P<year3>\d{4})-(?P<month3>\d{2})-(?P<day3>\d{2}))"
)
_ZONE = r"\(?\s*(?:gmt|utc)\s*(?P<zone>[+-]\s*\d{1,2}(?::?\d{2})?)?\s*\)?"
_GAP = r"[\s,|;–-]*"
_LINE = re.compile(
    rf"(?:{_LABEL}\s*:?\s*)?(?:{_WEEKDAY}{_GAP})?(?:ngày\s+)?"
    rf"(?:{_DAY}(?:{_GAP}(?:lúc\s+)?{_CLOCK})?|{_CLOCK.replace('?P<', '?P<c_')}{_GAP}"
    rf"(?:{_WEEKDAY}{_GAP})?(?:ngày\s+)?{_DAY.replace('?P<', '?P<d_').replace('(?P=', '(?P=d_')})"
    rf"(?:{_GAP}{_ZONE})?",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"(?:^|(?<=[^\d]))((?:19|20)\d{2})([-_.]?)(\d{2})\2(\d{2})(?=[^\d]|$)")
_ISO_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")
EARLIEST_YEAR, LATEST_YEAR = 1800, 2100
"""No newspaper is older; what claims to be younger is a mistake or a mark for "never"."""


def _offset(zone: str | None) -> timezone:
    if not zone:
        return VIETNAM_TIME
    sign = -1 if zone.lstrip().startswith("-") else 1
    digits = re.sub(r"\D", "", zone)
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def parse_date_line(line: str) -> Moment | None:
    """A line that is wholly a date, such as ``Thứ tư, 18/9/2024, 15:30 (GMT+7)``.

    Days come before months. Returns None for any other text and for impossible dates.
    """
    match = _LINE.fullmatch(line.strip())
    if not match:
        return None
    groups = {
        key.removeprefix("c_").removeprefix("d_"): v for key, v in match.groupdict().items() if v
    }
    year, month, day = (
        int(next(groups[name + n] for n in ("", "2", "3") if name + n in groups))
        for name in ("year", "month", "day")
    )
    try:
        calendar = date(year, month, day)
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            return None
        if "hour" not in groups:
            return calendar
        hour = int(groups["hour"])
        half = groups.get("half", "").lower()
        if half in ("pm", "ch") and hour < 12:
            hour += 12
        elif half in ("am", "sa") and hour == 12:
            hour = 0
        return datetime(
            year, month, day, hour, int(groups.get("minute", 0)), int(groups.get("second", 0)),
            tzinfo=_offset(groups.get("zone")),
        )  # fmt: skip
    except ValueError:
        return None


def _parse_iso(text: str) -> Moment | None:
    try:
        if re.fullmatch(r"\d{4}(-?)\d{2}\1\d{2}", text):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(_ISO_OFFSET.sub(r"\1:\2", text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM_TIME)


def parse_moment(text: str) -> Moment | None:
    """A machine's date value: ISO 8601, RFC 2822 (``pubDate``) or a Vietnamese date line.

    A time without an offset is taken to be in Việt Nam (+07:00).
    """
    text = text.strip()
    if text[:4].isdigit() and (moment := _parse_iso(text)) is not None:
        return moment if EARLIEST_YEAR <= moment.year <= LATEST_YEAR else None
    if (moment := parse_date_line(text)) is not None:
        return moment
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if not EARLIEST_YEAR <= parsed.year <= LATEST_YEAR:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=VIETNAM_TIME)


def parse_file_name(stem: str) -> date | None:
    """The first ``2024-09-18``, ``2024_09_18`` or ``20240918`` that stands alone in a file's name."""
    for match in _FILE_NAME.finditer(stem):
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
    return None
