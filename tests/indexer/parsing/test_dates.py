from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.moments import VIETNAM_TIME, Moment, PartialDate
from indexer.parsing.date_pieces import mail_moment
from indexer.parsing.dates import (
    parse_address,
    parse_date_line,
    parse_file_name,
    parse_moment,
    read_date_line,
)

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
        ("18/9/24 03:30 chiều", AFTERNOON),
        ("Cập nhật thứ tư, ngày 18/09/24 15:30", AFTERNOON),
        ("18/9/2024 11:05 tối", datetime(2024, 9, 18, 23, 5, tzinfo=VIETNAM_TIME)),
        ("12h05 trưa 18/9/2024", datetime(2024, 9, 18, 12, 5, tzinfo=VIETNAM_TIME)),
        ("18/09/2024 03:30:00 CH", datetime(2024, 9, 18, 15, 30, tzinfo=VIETNAM_TIME)),
        ("18/09/2024 07:05 SA", datetime(2024, 9, 18, 7, 5, tzinfo=VIETNAM_TIME)),
        ("18 Tháng Chín, 2024", DAY),
        ("18 Th9, 2024", DAY),
        ("Tháng Chín 18, 2024", DAY),
        ("18 tháng mười một năm 2024", date(2024, 11, 18)),
        ("7g05, 18/9/2024", datetime(2024, 9, 18, 7, 5, tzinfo=VIETNAM_TIME)),
        ("07h05' ngày 18/9/2024", datetime(2024, 9, 18, 7, 5, tzinfo=VIETNAM_TIME)),
        ("15 giờ 30 phút, ngày 18 tháng 9 năm 2024", AFTERNOON),
        ("LĐO | 18/09/2024 | 15:30", AFTERNOON),
        ("Hà Nội, 18/09/2024", DAY),
        ("Hà Nội, ngày 18 tháng 9 năm 2024", DAY),
        ("T.Tư, 18/9/2024", DAY),
        ("T4, 18/9/2024 - 15:30", AFTERNOON),
        ("2024/09/18", DAY),
        ("Thứ tư, 15:30 GMT+7 ngày 18/9/2024", AFTERNOON),
        ("22:30 18/9/2024 GMT+14", datetime(2024, 9, 18, 8, 30, tzinfo=UTC)),
        ("08:30 UTC, 18/9/2024", AFTERNOON),
        ("08:30 GMT 18/9/2024", AFTERNOON),
        ("Cập nhật: 19/9/2024 08:00 | Xuất bản: 18/9/2024 15:30", AFTERNOON),
        ("Ngày đăng: 18/9/2024 - Cập nhật lúc 19/9/2024 08:00", DAY),
        ("Tháng 9/2024", PartialDate(2024, 9)),
        ("tháng chín năm 2024", PartialDate(2024, 9)),
        ("Năm 2024", None),
        ("18/9/9999", None),
        ("Chủ nhật, 31/2/2024", None),
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
        ("1726648200", AFTERNOON),
        ("1726648200000", AFTERNOON),
        ("/Date(1726648200000)/", AFTERNOON),
        ("20240918", DAY),
        ("2024-09", PartialDate(2024, 9)),
        ("9/2024", PartialDate(2024, 9)),
        ("1999", PartialDate(1999)),
        ("năm 1999", PartialDate(1999)),
        ("9999-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("hôm qua", None),
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


_LINE = (
    "18/9/2024 2024-09-18T15:30 31/2/2024 0/0/0 15:30 25h70 GMT UTC + - 7 34 99:99 +07:00 -12:01 : ngày tháng năm"
    " thứ tư chiều SA tối trưa 0000 9999 Sep Wed, Tháng Chín Z ICT | ()"
)


@given(
    st.lists(st.sampled_from(_LINE.split()) | st.integers(0, 99_999).map(str), max_size=9),
    st.sampled_from(["", " "]),
)
def test_any_order_of_pieces_is_a_moment_or_none(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    parse_moment(text)
    parse_date_line(text)
    mail_moment(text)


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("GMT+7", 7), ("GMT-12", -12), ("GMT+14", 14), ("UTC", 0), ("GMT+5:30", 5.5), ("GMT-3:30", -3.5),
        ("GMT+15", 7), ("GMT-13", 7), ("GMT+70", 7), ("GMT-34:20", 7), ("GMT+99:99", 7), ("GMT+14:30", 7),
    ],
)  # fmt: skip
def test_an_offset_that_there_is_not_is_a_slip(zone: str, hours: float) -> None:
    zoned = timezone(timedelta(hours=hours))
    line = f"18/9/2024, 15:30 ({zone})"
    assert parse_date_line(line) == datetime(2024, 9, 18, 15, 30, tzinfo=zoned)


@given(st.datetimes(datetime(1800, 1, 1), datetime(2100, 12, 31), timezones=st.just(VIETNAM_TIME)))
def test_iso_round_trip(moment: datetime) -> None:
    assert parse_moment(moment.isoformat()) == moment


@pytest.mark.parametrize(
    ("url", "moment"),
    [
        ("https://bao.example/a-20240918153000340.htm", AFTERNOON),
        ("https://bao.example/a-188240918153000340.chn", AFTERNOON),
        ("https://bao.example/2024/09/18/a.html", DAY),
        ("https://bao.example/18-9-2024/a", DAY),
        ("https://bao.example/a-20241399.htm", None),
        ("https://bao.example/a-4420519.html", None),
        ("https://bao.example/a-0912345678.html", None),
        ("https://[", None),
    ],
)
def test_addresses(url: str, moment: Moment | None) -> None:
    assert parse_address(url) == moment


def test_what_stands_beside_a_date() -> None:
    line = read_date_line("Theo Báo Mẫu | 18/9/2024 15:30")
    assert line is not None
    assert line.dates[0].moment == AFTERNOON
    assert line.rest == ("Theo Báo Mẫu",)
    assert read_date_line("Không có ngày nào") is None
