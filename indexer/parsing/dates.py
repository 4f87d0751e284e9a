"""Publication moments as Vietnamese papers and machines write them; strict, never guessed.

A date is read only from text that is a date (a meta value, a date line, an address, the start of a
file's name), not from prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timezone

from indexer.addresses import split_address
from indexer.language.normalise import normalise
from indexer.moments import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    VIETNAM_TIME,
    Moment,
    PartialDate,
    in_vietnam,
)
from indexer.parsing.date_pieces import PIECE, hour_of, mail_moment, year_month_day, zone_of

_BETWEEN_PIECES = re.compile(r"[\s,;.:()\[\]|•·–—-]*")
_BETWEEN_PARTS = re.compile(r"\s*[|•·/]+\s*|\s{2,}|\s+[-–—]\s+")
# Words before a date: "Hà Nội,", "LĐO |", "Theo Ngoisao |".
_PLACE = re.compile(r"(?:[^\W\d_][\w.]*\s?){1,5}")
_LONGEST_LINE = 200
_FILE_NAME = re.compile(r"(?:^|(?<=[^\d]))((?:19|20)\d{2})([-_.]?)(\d{2})\2(\d{2})(?=[^\d]|$)")
# Content systems that put the moment of writing into the address: year to milliseconds, or a site's
# three digits and a year of two digits.
_ADDRESS_STAMP = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\d{0,6}(?!\d)"
)
_ADDRESS_SHORT = re.compile(r"(?<!\d)1\d{2}(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\d{3,6}(?!\d)")
_ADDRESS_DAY = re.compile(
    r"(?<![\d-])((?:19|20)\d{2})([-/_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?![\d])"
)
_ADDRESS_DAY_FIRST = re.compile(
    r"(?<![\d-])(0?[1-9]|[12]\d|3[01])([-/_])(0?[1-9]|1[0-2])\2((?:19|20)\d{2})(?![\d])"
)
_ISO = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)
_NET = re.compile(r"/?Date\((-?\d+)(?:[+-]\d{4})?\)/?")


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date within a line.

    Attributes:
        kind: ``published`` or ``updated`` where a label says so, else empty.
        has_zone: whether the line names its offset from UTC.
    """

    moment: Moment
    kind: str = ""
    has_zone: bool = False


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that holds a date.

    Attributes:
        dates: in the order of the line.
        rest: the parts of the line that are no date, such as a place, a name or a source.
    """

    dates: tuple[PrintedDate, ...]
    rest: tuple[str, ...]


@dataclass(slots=True)
class _Group:
    """The pieces of one date, gathered until the next one begins."""

    kind: str = ""
    day: tuple[int, int | None, int | None] | None = None
    clock: tuple[int, int, int] | None = None
    zone: timezone | None = None

    def moment(self) -> Moment | None:
        return None if self.day is None else _moment(self.day, self.clock, self.zone)


@dataclass(slots=True)
class _Reading:
    """The dates that have been read of a line so far."""

    dates: list[PrintedDate] = field(default_factory=list)
    group: _Group = field(default_factory=_Group)
    faulty: bool = False

    def finish(self) -> None:
        """Take the group as a date, if it is one; a clock alone is none."""
        group, self.group = self.group, _Group()
        if group.day is None:
            return
        moment = group.moment()
        if moment is None:
            self.faulty = True
        else:
            self.dates.append(PrintedDate(moment, group.kind, group.zone is not None))


def _moment(
    day: tuple[int, int | None, int | None],
    clock: tuple[int, int, int] | None,
    zone: timezone | None,
) -> Moment | None:
    year, month, number = day
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        if month is None or number is None:
            return PartialDate(year, month)
        if clock is None:
            return date(year, month, number)
        moment = datetime(year, month, number, *clock, tzinfo=zone or VIETNAM_TIME)
    except ValueError:
        return None
    return moment if is_plausible(moment) else None


def is_plausible(moment: Moment) -> bool:
    """Whether a moment lies between 1800 and 2100, in Việt Nam and in London."""
    return EARLIEST_YEAR <= moment.year <= LATEST_YEAR and (
        not isinstance(moment, datetime) or EARLIEST_YEAR <= in_vietnam(moment).year <= LATEST_YEAR
    )


def read_date_line(line: str, *, coarse: bool = True) -> DateLine | None:
    """Every date of a line, and the rest of the line.

    Days come before months. Pieces of a date (weekday, clock, zone, day) may stand in any order.

    Args:
        coarse: whether a month of a year, or a year behind the word "năm", is a date as well.

    Returns:
        None when the line holds no date, or one that no calendar has.
    """
    line = " ".join(line.split(" ")).strip()
    if not 4 <= len(line) <= _LONGEST_LINE:
        return None
    reading = _Reading()
    rest: list[str] = []
    normal = normalise(line)
    if len(normal) != len(line):
        return None
    end = 0
    for piece in PIECE.finditer(normal):
        between = line[end : piece.start()]
        if not _BETWEEN_PIECES.fullmatch(between):
            if not _BETWEEN_PARTS.fullmatch(between):
                rest.append(between)
            reading.finish()
        if piece["coarse"] and not coarse:
            return None
        _take(piece, reading)
        end = piece.end()
    reading.finish()
    rest.append(line[end:])
    if not reading.dates or reading.faulty:
        return None
    parts = [part.strip(" ,;:|•·()[]–—-") for text in rest for part in _BETWEEN_PARTS.split(text)]
    return DateLine(tuple(reading.dates), tuple(part for part in parts if part))


def _take(piece: re.Match[str], reading: _Reading) -> None:
    """Add one piece to the date that it belongs to."""
    groups = piece.groupdict()
    if piece["label_updated"] or piece["label_published"]:
        reading.finish()
        reading.group.kind = "updated" if piece["label_updated"] else "published"
    elif piece["day"] or piece["coarse"]:
        if reading.group.day is not None:
            reading.finish()
        reading.group.day = year_month_day(groups)
    elif piece["clock"]:
        if reading.group.clock is not None:
            reading.finish()
        reading.group.clock = (
            hour_of(int(piece["hour"]), piece["half"]),
            int(piece["minute"] or 0),
            int(piece["second"] or 0),
        )
    elif piece["tclock"]:
        numbers = (int(piece[f"t{name}"] or 0) for name in ("hour", "minute", "second"))
        reading.group.clock = (next(numbers), next(numbers), next(numbers))
    elif zone := piece["zone"] or piece["zzone"]:
        reading.group.zone = zone_of(zone, VIETNAM_TIME)


def parse_date_line(line: str) -> Moment | None:
    """A line that is wholly a date, such as ``Thứ tư, 18/9/2024, 15:30 (GMT+7)``.

    A place or an outlet may stand before it: ``Hà Nội, 18/9/2024``, ``LĐO | 18/09/2024``. Of several
    dates that of publication is meant. Returns None for any other text and for impossible dates.
    """
    found = read_date_line(line)
    if found is None or not _is_date_alone(line, found.rest):
        return None
    moment = publication(found.dates)
    # "Năm 2024" heads a paragraph as well as it dates an issue.
    return None if isinstance(moment, PartialDate) and moment.month is None else moment


def publication(dates: tuple[PrintedDate, ...]) -> Moment:
    """The date of publication of a line: the one labelled so, else the one not labelled as an update."""
    for kind in ("published", "", "updated"):
        for one in dates:
            if one.kind == kind:
                return one.moment
    raise ValueError("a line without a date")


def _is_date_alone(line: str, rest: tuple[str, ...]) -> bool:
    """Whether the text beside a date is only a place, an outlet, or a name behind a bar."""
    if not rest:
        return True
    if len(rest) > 1 or not _PLACE.fullmatch(rest[0]):
        return False
    line = line.lstrip("( ")
    after = line[len(rest[0]) :].lstrip()
    return (
        line.startswith(rest[0])
        and rest[0][0].isupper()
        and after[:1] in (",", "|", "•", "·", "-", "–")
    )


def _parse_iso(text: str) -> Moment | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    day = (int(match[1]), int(match[2]), int(match[3]))
    if match[4] is None:
        return _moment(day, None, None)
    try:
        moment = datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM_TIME)
    return moment if is_plausible(moment) else None


def parse_moment(text: str) -> Moment | None:
    """A machine's date value: ISO 8601 (also of a month or year), RFC 2822 (``pubDate``), seconds or
    milliseconds since 1970, or a Vietnamese date line.

    A time without an offset is taken to be in Việt Nam (+07:00).
    """
    text = text.strip()
    if not text or len(text) > _LONGEST_LINE:
        return None
    if match := re.fullmatch(r"(?:năm\s+)?(\d{4})", text, re.IGNORECASE):
        return _moment((int(match[1]), None, None), None, None)
    if (moment := _parse_iso(text)) is not None:
        return moment
    if match := _NET.fullmatch(text):
        return moment_of_number(int(match[1]))
    if re.fullmatch(r"-?\d{9,19}(?:\.\d+)?", text):
        return moment_of_number(float(text))
    if (moment := parse_date_line(text)) is not None:
        return moment
    parsed = mail_moment(text)
    if parsed is None:
        return None
    moment = parsed if parsed.tzinfo else parsed.replace(tzinfo=VIETNAM_TIME)
    return moment if EARLIEST_YEAR < parsed.year < LATEST_YEAR else None


def moment_of_number(value: float) -> Moment | None:
    """A year, a day as ``20240918``, or seconds since 1970; JavaScript counts milliseconds, others
    micro- and nanoseconds.
    """
    if value != value or value in (float("inf"), float("-inf")):
        return None
    if value == int(value):
        if EARLIEST_YEAR <= value <= LATEST_YEAR:
            return PartialDate(int(value))
        if 18000101 <= value <= 21001231 and (found := _parse_iso(str(int(value)))) is not None:
            return found
    for limit in (1e11, 1e14, 1e17, 1e20):
        if abs(value) < limit:
            break
        value /= 1000
    try:
        moment = in_vietnam(datetime.fromtimestamp(value, UTC))
    except (ValueError, OverflowError, OSError):
        return None
    return moment if is_plausible(moment) else None


def parse_address(url: str) -> Moment | None:
    """The day, and maybe the time, that a content system wrote into an address."""
    path = split_address(url).path
    for match in _ADDRESS_STAMP.finditer(path):
        year, month, day, *clock = map(int, match.groups())
        if (
            moment := _moment((year, month, day), (clock[0], clock[1], clock[2]), None)
        ) is not None:
            return moment
    for match in _ADDRESS_SHORT.finditer(path):
        year, month, day, *clock = map(int, match.groups())
        moment = _moment((2000 + year, month, day), (clock[0], clock[1], clock[2]), None)
        if moment is not None and 15 <= year <= 50:
            return moment
    for match in _ADDRESS_DAY.finditer(path):
        if (
            moment := _moment((int(match[1]), int(match[3]), int(match[4])), None, None)
        ) is not None:
            return moment
    for match in _ADDRESS_DAY_FIRST.finditer(path):
        if (
            moment := _moment((int(match[4]), int(match[3]), int(match[1])), None, None)
        ) is not None:
            return moment
    return None


def parse_file_name(stem: str) -> date | None:
    """The first ``2024-09-18``, ``2024_09_18`` or ``20240918`` that stands alone in a file's name."""
    for match in _FILE_NAME.finditer(stem):
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
    return None
