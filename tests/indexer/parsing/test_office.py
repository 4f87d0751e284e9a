"""PDF files and Word documents with text."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing import Parsed, parse_file
from indexer.parsing.legacy import tables
from indexer.parsing.office.laid_out import Line, paragraphs, without_furniture

mpl.use("pdf")
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

LINES = [
    "Nước sông Hồng dâng cao trong đêm, nhiều xã ven đê phải sơ tán",
    "người già và trẻ em. Đến sáng nay nước vẫn lên.",
    "Chủ tịch tỉnh cho biết đê vẫn an toàn, nhưng người dân không",
    "được chủ quan trong những ngày tới.",
]


def pdf(pages: list[list[tuple[str, float]]], **properties: Any) -> bytes:
    """Pages of lines with a size each."""
    out = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}), PdfPages(out, metadata=properties) as file:
        for page in pages:
            figure = Figure(figsize=(8, 11))
            for number, (line, size) in enumerate(page):
                figure.text(0.1, 0.95 - 0.04 * number, line, fontsize=size)
            file.savefig(figure)
    return out.getvalue()


def read(folder: Path, data: bytes, name: str) -> Parsed:
    (folder / name).write_bytes(data)
    (found,) = parse_file(folder / name)
    return found


STORY: list[tuple[str, float]] = [
    ("Báo Sông Hồng số 17", 9), ("Lũ về trong đêm,", 20), ("nhiều xã sơ tán", 20),
    *((line, 11) for line in LINES), ("1", 9),
]  # fmt: skip


def test_headline_and_paragraphs_of_a_pdf(tmp_path: Path) -> None:
    pages: list[list[tuple[str, float]]] = [
        STORY,
        *(
            [("Báo Sông Hồng số 17", 9.0), (f"{tin} thêm một tin của ngày.", 11.0), (f"{n}", 9.0)]
            for n, tin in ((2, "Bão"), (3, "Hạn"), (4, "Mưa"))
        ),
    ]
    article = read(tmp_path, pdf(pages, CreationDate=datetime(2018, 1, 2)), "a.pdf")
    assert isinstance(article, Article)
    assert article.title == "Lũ về trong đêm, nhiều xã sơ tán"
    text = f"{article.lead}\n{article.body}".split("\n")
    assert text[:2] == [" ".join(LINES[:2]), " ".join(LINES[2:])]
    assert "số 17" not in article.body
    assert text[-1] == "Mưa thêm một tin của ngày."
    assert article.published == date(2018, 1, 2)


def test_a_pdf_without_text(tmp_path: Path) -> None:
    fault = read(tmp_path, pdf([[]]), "a.pdf")
    assert isinstance(fault, ParseError)
    assert "recognise its text (OCR) first" in fault.reason


WHOLE = pdf([STORY])


@given(st.data())
def test_a_damaged_pdf_is_told_in_a_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    damaged = bytearray(WHOLE)
    at = data.draw(st.integers(5, len(damaged) - 1), "at")
    damaged[at:] = data.draw(st.sampled_from([b"", damaged[at + 50 :], bytes(len(damaged) - at)]))
    found = read(tmp_path_factory.mktemp("kho"), bytes(damaged), "a.pdf")
    assert isinstance(found, Article) or "\n" not in str(found)


def word(change: Any = None) -> bytes:
    document = docx.Document()
    document.add_paragraph("Báo Sông Hồng")
    document.add_heading("Lũ về trong đêm", 0)
    for start in (0, 2):
        document.add_paragraph(" ".join(LINES[start : start + 2]))
    document.core_properties.created = datetime(2018, 1, 2, 10, 20)
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


WORD = word()


@given(st.data())
def test_a_damaged_document_is_told_in_lines(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    damaged = bytearray(WORD)
    at = data.draw(st.integers(4, len(damaged) - 1), "at")
    instead = data.draw(st.binary(min_size=1, max_size=20) | st.integers(1, 20).map(bytes))
    damaged[at : at + len(instead)] = instead
    found = read(tmp_path_factory.mktemp("kho"), bytes(damaged), "a.docx")
    assert isinstance(found, Article) or "\n" not in str(found)


def test_title_and_paragraphs_of_a_word_document(tmp_path: Path) -> None:
    article = read(tmp_path, word(), "a.docx")
    assert isinstance(article, Article)
    assert article.title == "Lũ về trong đêm"
    assert " ".join(LINES[2:]) in article.body
    assert article.published == date(2018, 1, 2)


def test_letters_of_old_fonts(tmp_path: Path) -> None:
    bytes_of = {value: key for key, value in _pairs("tcvn3").items()}

    def change(document: Any) -> None:
        for font, text in (
            (".VnTimeH", "hạn hán kéo dài ở nhiều huyện miền núi, ruộng nứt nẻ."),
            (".VnTime", "Ruộng nứt nẻ ở nhiều huyện."),
        ):
            run = document.add_paragraph().add_run("".join(bytes_of.get(one, one) for one in text))
            run.font.name = font

    article = read(tmp_path, word(change), "a.docx")
    assert isinstance(article, Article)
    assert "HẠN HÁN KÉO DÀI Ở NHIỀU HUYỆN" in article.body
    assert "Ruộng nứt nẻ ở nhiều huyện." in article.body


def _pairs(name: str) -> dict[str, str]:
    table = tables()[name]
    return {
        chr(code): table(chr(code)) for code in range(0x80, 0x100) if table(chr(code)) != chr(code)
    }


def test_word_documents_that_cannot_be_read(tmp_path: Path) -> None:
    fault = read(tmp_path, word()[:2000], "a.docx")
    assert isinstance(fault, ParseError)
    out = io.BytesIO(word())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/media/0.bin", bytes(300 << 20))
    assert "it unpacks to 300 MB" in str(read(tmp_path, out.getvalue(), "b.docx"))
    empty = io.BytesIO()
    docx.Document().save(empty)
    assert "holds no text" in str(read(tmp_path, empty.getvalue(), "c.docx"))


@pytest.mark.parametrize(("module", "name"), [("pypdfium2", "a.pdf"), ("docx", "a.docx")])
def test_without_the_extra(
    tmp_path: Path, module: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    fault = read(tmp_path, WHOLE if name == "a.pdf" else word(), name)
    assert isinstance(fault, ParseError)
    assert "pip install 'khobao[office]'" in fault.reason


def test_a_day_below_the_title(tmp_path: Path) -> None:
    lines: list[tuple[str, float]] = [
        ("Quyết định", 20),
        ("ngày 25 tháng 6 năm 2004 về việc phòng chống lũ", 11),
        *STORY[3:7],
    ]
    article = read(tmp_path, pdf([lines], CreationDate=datetime(2018, 1, 2)), "a.pdf")
    assert isinstance(article, Article)
    assert article.published == date(2004, 6, 25)


LINE = st.builds(
    Line, st.text(st.characters(codec="utf-8"), max_size=30), st.sampled_from([0.0, 11.0, 20.0])
)


@given(st.lists(st.lists(LINE, max_size=8), max_size=5))
def test_no_letter_of_a_line_is_lost_or_made_up(pages: list[list[Line]]) -> None:
    lines = [line for page in pages for line in page]
    joined = "".join("".join(paragraphs(lines)).split()).replace("-", "")
    assert joined == "".join("".join(line.text for line in lines).split()).replace("-", "")
    for page, cleaned in zip(pages, without_furniture(pages), strict=True):
        assert all(line in page for line in cleaned)
