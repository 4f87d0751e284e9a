from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import VIETNAM_TIME, Moment
from indexer.parsing.dates import parse_date_line, parse_file_name, parse_moment

AFTERNOON = datetime(2024, 9, 18, 15, 30, tzinfo=VIETNAM_TIME)
DAY = date(2024, 9, 18)


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("Thứ tư, 18/9/2024, 15:30 (GMT+7)", AFTERNOON),
        ("18/09/2024 15:30", AFTERNOON),
        ("15h30 ngày 18/9/2024", AFTERNOON),
        ("18/9/2024 | 3:30 PM GMT+7", AFTERNOON),
        ("Cập nhật: 18.09.2024 - 15:30", AFTERNOON),
        ("Thứ Tư, ngày 18-9-2024", DAY),
        ("Ngày 18 tháng 9 năm 2024", DAY),
        (
            "18/9/2024, 15:30 (GMT+9)",
            datetime(2024, 9, 18, 15, 30, tzinfo=timezone(timedelta(hours=9))),
        ),
        ("Chủ nhật, 31/2/2024", None),
        ("Tháng 9 năm 2018", None),
        ("Ngày 18/9/2024 có mưa", None),
        ("", None),
    ],
)
def test_date_lines(line: str, moment: Moment | None) -> None:
    assert parse_date_line(line) == moment


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2024-09-18T15:30:00+0700", AFTERNOON),
        ("2024-09-18T08:30:00Z", AFTERNOON),
        ("2024-09-18 15:30", AFTERNOON),
        ("Wed, 18 Sep 2024 15:30:00 +0700", AFTERNOON),
        ("2024-09-18", DAY),
        ("hôm qua", None),
        ("0001-01-01T00:00:00", None),
    ],
)
def test_machine_values(value: str, moment: Moment | None) -> None:
    assert parse_moment(value) == moment


def test_file_names() -> None:
    assert parse_file_name("2024-09-18-bai") == DAY
    assert parse_file_name("bai_20240918") == DAY
    assert parse_file_name("so-1232024091899") is None
    assert parse_file_name("2024-19-39") is None


@given(st.text())
def test_any_text_is_a_moment_or_none(text: str) -> None:
    parse_moment(text)
    parse_file_name(text)


@given(st.datetimes(datetime(1800, 1, 1), datetime(2100, 12, 31), timezones=st.just(VIETNAM_TIME)))
def test_iso_round_trip(moment: datetime) -> None:
    assert parse_moment(moment.isoformat()) == moment
