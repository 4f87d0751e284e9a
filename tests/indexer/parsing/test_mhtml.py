"""Pages that a browser saved as one message."""

from __future__ import annotations

from datetime import UTC, datetime
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing import Parsed, parse_file
from tests.indexer.parsing.test_web_archives import page

URL = "https://bao.vn/lu-ve-huyen-vung-cao-123456.html"


def saved(*pages: tuple[str, str], **headers: str) -> bytes:
    message = MIMEMultipart("related", type="text/html")
    message["From"] = "<Saved by Blink>"
    message["Subject"] = "Lũ về"
    message["Date"] = "Tue, 5 Sep 2017 22:30:04 -0000"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    for location, content in pages:
        part = MIMEText(content, "html", "utf-8")
        part["Content-Location"] = location
        message.attach(part)
    return message.as_bytes()


def read(folder: Path, data: bytes) -> Parsed:
    (folder / "a.mhtml").write_bytes(data)
    (found,) = parse_file(folder / "a.mhtml")
    return found


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_the_page_is_read_with_its_address_and_date(tmp_path: Path, line_end: bytes) -> None:
    title = "Lũ về huyện vùng cao"
    article = read(tmp_path, saved((URL, page(title))).replace(b"\n", line_end))
    assert isinstance(article, Article)
    assert article.title == title
    assert article.url == URL
    assert article.captured == datetime(2017, 9, 5, 22, 30, 4, tzinfo=UTC)


def test_the_page_itself_and_no_frame_of_it(tmp_path: Path) -> None:
    frame = ("https://quang.cao/khung.html", page("Mua một tặng một trong tuần này"))
    data = saved(frame, (URL, page("Lũ về huyện vùng cao")), Snapshot_Content_Location=URL)
    article = read(tmp_path, data)
    assert isinstance(article, Article)
    assert article.title == "Lũ về huyện vùng cao"


def test_a_title_with_a_line_end_in_the_header(tmp_path: Path) -> None:
    data = saved((URL, page("Lũ về huyện vùng cao"))).replace(
        b"\nDate:", b"\nX-Snapshot-Title: =?utf-8?Q?hai\nd=C3=B2ng?=\nDate:", 1
    )
    article = read(tmp_path, data)
    assert isinstance(article, Article)
    assert article.url == URL


def test_a_message_without_a_page(tmp_path: Path) -> None:
    fault = read(tmp_path, saved())
    assert isinstance(fault, ParseError)
    assert "holds no page" in fault.reason
