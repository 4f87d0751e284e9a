"""Spreadsheets, and Markdown as static sites keep it."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing import Parsed, PassedOver, UnreadKeys, Untitled, parse_file
from indexer.pipeline import index_sources

TEXT = "Nước sông Hồng dâng cao trong đêm, nhiều xã ven đê phải sơ tán người già và trẻ em."


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(folder: Path, data: bytes | str, name: str) -> list[Parsed]:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return list(parse_file(folder / name))


def articles(parsed: list[Parsed]) -> list[Article]:
    return [one for one in parsed if isinstance(one, Article)]


def test_rows_of_all_sheets(tmp_path: Path) -> None:
    header = ["Tiêu đề", "Nội dung", "Ngày đăng", "Tác giả"]
    data = workbook(
        Bài=[header, ["Lũ về", TEXT, datetime(2018, 1, 2), "Lan Anh"], [None] * 4,
             ["Hạn hán", TEXT, "03/02/2018 10:20", None]],
        Trống=[],
        Khác=[["title", "content", "date"], ["Bão", TEXT, datetime(2019, 5, 6, 7, 8)]],
    )  # fmt: skip
    parsed = read(tmp_path, data, "a.xlsx")
    found = articles(parsed)
    assert [one.title for one in found] == ["Lũ về", "Hạn hán", "Bão"]
    assert found[0].published == date(2018, 1, 2)
    assert found[0].author == "Lan Anh"
    assert found[0].path == f"{tmp_path}/a.xlsx!/Bài"
    assert len(parsed) == 3


def test_a_sheet_that_is_no_table_of_articles(tmp_path: Path) -> None:
    parsed = read(
        tmp_path, workbook(Số=[[1, 2], [3, 4]], Bài=[["title", "body"], ["Lũ", TEXT]]), "a.xlsx"
    )
    assert [one.title for one in articles(parsed)] == ["Lũ"]
    (fault,) = [one for one in parsed if isinstance(one, ParseError)]
    assert str(fault).startswith(f"{tmp_path}/a.xlsx!/Số: its columns are not known")


WORKBOOK = workbook(Bài=[["title", "body"], *([f"Lũ {n}", TEXT] for n in range(20))])


@given(st.data())
def test_a_damaged_workbook_is_told_in_lines(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    damaged = bytearray(WORKBOOK)
    at = data.draw(st.integers(0, len(damaged) - 1), "at")
    damaged[at : at + 20] = data.draw(st.binary(max_size=30), "instead")
    for one in read(tmp_path_factory.mktemp("kho"), bytes(damaged), "a.xlsx"):
        assert isinstance(one, Article | ParseError | UnreadKeys | PassedOver)
        assert not isinstance(one, ParseError) or "\n" not in str(one)


def test_a_workbook_that_is_a_bomb(tmp_path: Path) -> None:
    out = io.BytesIO(WORKBOOK)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet9.xml", bytes(300 << 20))
    (fault,) = read(tmp_path, out.getvalue(), "a.xlsx")
    assert "it unpacks to 300 MB" in str(fault)


POST = f"""---
layout: post
title: "Lũ về: nước lên nhanh"
date: 2018-01-02 10:20:00 +0700
categories:
  - Thời tiết
tags: [lũ, sông Hồng]
author: Lan Anh
description: >
  Nước lên nhanh
  trong đêm.
---

# Lũ về: nước lên nhanh

{TEXT} Xem [bản tin](https://bao.vn/1).

- Đê **vẫn** an toàn.
- Cầu bị cấm.
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_front_matter_and_text(tmp_path: Path, line_end: str) -> None:
    (article,) = articles(read(tmp_path, POST.replace("\n", line_end), "2018-01-02-lu.md"))
    assert article.title == "Lũ về: nước lên nhanh"
    assert article.lead == "Nước lên nhanh trong đêm."
    assert article.body == f"{TEXT} Xem bản tin.\nĐê vẫn an toàn.\nCầu bị cấm."
    assert article.published == datetime(2018, 1, 2, 10, 20, tzinfo=timezone(timedelta(hours=7)))
    assert (article.section, article.tags) == ("Thời tiết", ("lũ", "sông Hồng"))
    assert article.author == "Lan Anh"


@pytest.mark.parametrize("heading", ["# Lũ về #\n", "Lũ về\n=====\n"])
def test_a_heading_is_the_title_where_nothing_else_is(tmp_path: Path, heading: str) -> None:
    (article,) = articles(read(tmp_path, f"{heading}\n{TEXT}\n", "a.md"))
    assert (article.title, article.body) == ("Lũ về", TEXT)


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: [lũ", "a.md:2: its front matter is not valid YAML"),
        ("a: &x [1]\ntitle: *x", "aliases are not read"),
        ("date: 2018-01-02", "no title"),
    ],
)
def test_front_matter_that_cannot_be_read(tmp_path: Path, front: str, reason: str) -> None:
    (fault,) = read(tmp_path, f"---\n{front}\n---\n\n{TEXT}\n", "a.md")
    assert isinstance(fault, ParseError)
    assert reason in str(fault)


def test_what_is_wanting_in_markdown_is_told(tmp_path: Path) -> None:
    parsed = read(tmp_path, f"---\ndate: hôm kia\n---\n\n{TEXT} {TEXT}\n", "a.md")
    assert [type(one) for one in parsed] == [Article, ParseError, Untitled]
    assert "hôm kia" in str(parsed[1])


def test_notes_about_a_folder_are_no_articles(tmp_path: Path) -> None:
    (tmp_path / "bai").mkdir()
    (tmp_path / "bai" / "README.md").write_text("# Các bài báo\n\nLấy ngày 2.\n", "utf-8")
    (tmp_path / "bai" / "lu.md").write_text(POST, "utf-8")
    report = index_sources(tmp_path / "kho", [tmp_path / "bai"])
    assert (report.added, report.failures) == (1, [])
    assert [kind for _, kind in report.passed_over] == ["md"]
