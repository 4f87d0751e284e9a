"""When an article appeared: a moment, a day, a month or a year; and the day in Việt Nam that it means."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

VIETNAM_OFFSET = timedelta(hours=7)
VIETNAM_TIME = timezone(VIETNAM_OFFSET)
"""Offset of a time for which an article names none (Việt Nam has no summer time)."""

EARLIEST_YEAR, LATEST_YEAR = 1800, 2100
"""No newspaper is older; a later year is a mistake or stands for "never"."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A year, or a month of a year: all that a magazine's issue or a bound volume says of its date.

    Attributes:
        month: 1 to 12; None where only the year is known.
    """

    year: int
    month: int | None = None

    @property
    def first_day(self) -> date:
        """The first day that it may mean."""
        return date(self.year, self.month or 1, 1)

    @property
    def last_day(self) -> date:
        """The last day that it may mean."""
        month = self.month or 12
        return date(self.year, month, monthrange(self.year, month)[1])

    def isoformat(self) -> str:
        """``1999-09`` or ``1999``, as ISO 8601 writes reduced precision."""
        return f"{self.year:04}" if self.month is None else f"{self.year:04}-{self.month:02}"


Moment = datetime | date | PartialDate
"""An aware `datetime`, a bare `date` where no time of day is known, a `PartialDate` where no day is."""


def moment_to_json(moment: Moment | None) -> str | None:
    """ISO 8601: date and time with offset, a bare date, a month or year alone, or None."""
    return None if moment is None else moment.isoformat()


def moment_from_json(value: str | None) -> Moment | None:
    """Inverse of `moment_to_json`; raises ValueError on anything else."""
    if value is None:
        return None
    if len(value) in (4, 7):
        year, _, month = value.partition("-")
        return PartialDate(int(year), int(month) if month else None)
    return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)


def first_moment(moment: Moment) -> datetime:
    """The first second that a moment may mean; a day, month or year begins at midnight in Việt Nam."""
    if isinstance(moment, PartialDate):
        moment = moment.first_day
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), VIETNAM_TIME)
    return moment


def timestamp(moment: Moment | None) -> int | None:
    """`first_moment` in seconds since 1970 UTC."""
    # Not by way of `astimezone`: the first hours of year 1 in Việt Nam are in no year in London.
    return None if moment is None else (first_moment(moment) - _EPOCH) // _SECOND


def in_time(moment: Moment | None) -> tuple[bool, int]:
    """The key by which articles stand in the order of time; those without a date come last."""
    seconds = timestamp(moment)
    return seconds is None, seconds or 0


def last_second(moment: Moment | None) -> int | None:
    """The last second in Việt Nam that a month or year may mean, since 1970 UTC; None for others."""
    if not isinstance(moment, PartialDate):
        return None
    last = timestamp(moment.last_day)
    return None if last is None else last + DAY_SECONDS - 1


def vietnam_day(moment: Moment | None) -> date | None:
    """The day in Việt Nam; None where only the month or year is known."""
    return None if moment is None or isinstance(moment, PartialDate) else _day(moment)


def _day(moment: datetime | date) -> date:
    return in_vietnam(moment).date() if isinstance(moment, datetime) else moment


def first_vietnam_day(moment: Moment) -> date:
    """The first day in Việt Nam that a moment may mean."""
    return moment.first_day if isinstance(moment, PartialDate) else _day(moment)


def in_vietnam(moment: datetime) -> datetime:
    """The same moment by the clock of Việt Nam; as it is at the ends of the calendar."""
    try:
        return moment.astimezone(VIETNAM_TIME)
    except OverflowError:
        return moment


def utc_now() -> datetime:
    """The time by the clock of the machine, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def vietnam_today() -> date:
    """The day by the clock of Việt Nam."""
    return in_vietnam(datetime.now(UTC)).date()
