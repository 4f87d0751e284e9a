"""Issues of digitised newspapers: METS with pages in ALTO."""

from __future__ import annotations

import json
import shutil
import tarfile
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article, Scan, article_digest, article_to_json
from indexer.errors import ParseError
from indexer.moments import PartialDate
from indexer.parsing import Parsed, PassedOver, parse_file
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest
from webapp import create_app


def line(*words: str) -> str:
    """Words, each with its confidence behind a stroke; the last may be parted."""
    found = []
    for word in words:
        text, _, confidence = word.partition("|")
        found.append(f'<String CONTENT="{text}" WC="{confidence or 0.9}"/><SP/>')
    return f"<TextLine>{''.join(found)}</TextLine>"


PARTED = (
    '<TextLine><String CONTENT="quoc" SUBS_TYPE="HypPart1" SUBS_CONTENT="quoc-ngu" WC="0.5"/><HYP CONTENT="-"/></TextLine>'
    '<TextLine><String CONTENT="ngu" SUBS_TYPE="HypPart2" SUBS_CONTENT="quoc-ngu" WC="0.5"/><String CONTENT="moi." WC="0.5"/></TextLine>'
)


def alto(number: int, **blocks: str) -> str:
    inside = "".join(f'<TextBlock ID="{id}">{lines}</TextBlock>' for id, lines in blocks.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v2#"><Layout>'
        f'<Page ID="P{number}" PHYSICAL_IMG_NR="{number}"><PrintSpace>{inside}</PrintSpace></Page></Layout></alto>'
    )


PAGES = {
    "text/p1.xml": alto(
        1,
        T1=line("Lũ", "về"),
        B1=line("Nước", "sông", "Hồng", "dâng", "cao") + line("trong", "đêm."),
        B2=line("Đê", "vẫn", "an", "toàn"),
        A1=line("Mua", "xà", "phòng"),
    ),
    "text/p2.xml": alto(
        2, B3=line("ở", "Sơn-") + line("tây|0.5", "và", "quanh."), T2=line("Chữ"), B4=PARTED
    ),
}


def pointer(*areas: tuple[str, str]) -> str:
    inside = "".join(
        f'<area FILEID="{file}" BEGIN="{block}" BETYPE="IDREF"/>' for file, block in areas
    )
    return f"<fptr><seq>{inside}</seq></fptr>"


METS = f"""<?xml version="1.0" encoding="UTF-8"?>
<mets xmlns="http://www.loc.gov/METS/" xmlns:mods="http://www.loc.gov/mods/v3" xmlns:xlink="http://www.w3.org/1999/xlink" LABEL="Trung Bắc 1931-05-04_01">
<dmdSec ID="MODSMD_ART2"><mdWrap><xmlData><mods:mods><mods:name><mods:namePart>Phan Khôi</mods:namePart></mods:name></mods:mods></xmlData></mdWrap></dmdSec>
<fileSec><fileGrp USE="Text"><file ID="F1"><FLocat xlink:href="file://./text/p1.xml"/></file>
<file ID="F2"><FLocat xlink:href="file://./text/p2.xml"/></file></fileGrp></fileSec>
<structMap TYPE="PHYSICAL"><div TYPE="Newspaper" LABEL="Trung Bắc Tân Văn">
<div TYPE="PAGE" ORDER="1" ORDERLABEL="5">{pointer(("F1", ""))}</div><div TYPE="PAGE" ORDER="2" ORDERLABEL="6">{pointer(("F2", ""))}</div></div></structMap>
<structMap TYPE="LOGICAL"><div TYPE="ISSUE"><div TYPE="SECTION" LABEL="Trong nước">
<div TYPE="ARTICLE" ID="D1" LABEL="Lu ve"><div TYPE="HEADING"><div TYPE="TITLE">{pointer(("F1", "T1"))}</div></div>
<div TYPE="BODY"><div TYPE="PARAGRAPH">{pointer(("F1", "B1"))}</div><div TYPE="PARAGRAPH">{pointer(("F1", "B2"), ("F2", "B3"))}</div></div></div>
</div><div TYPE="ADVERTISEMENT">{pointer(("F1", "A1"))}</div>
<div TYPE="ARTICLE" ID="D2" DMDID="MODSMD_ART2"><div TYPE="HEADING">{pointer(("F2", "T2"))}</div><div TYPE="BODY">{pointer(("F2", "B4"))}</div></div>
</div></structMap></mets>"""


@pytest.fixture
def issue(tmp_path: Path) -> Path:
    folder = tmp_path / "1931-05-04"
    (folder / "text").mkdir(parents=True)
    (folder / "so-mets.xml").write_text(METS, "utf-8")
    for path, text in PAGES.items():
        (folder / path).write_text(text, "utf-8")
    return folder


def articles(parsed: list[Parsed]) -> list[Article]:
    return [one for one in parsed if isinstance(one, Article)]


def check(parsed: list[Parsed]) -> None:
    flood, script = articles(parsed)
    assert (flood.title, script.title) == ("Lũ về", "Chữ")
    assert flood.body == "Nước sông Hồng dâng cao trong đêm.\nĐê vẫn an toàn\nở Sơntây và quanh."
    assert script.body == "quoc-ngu moi."
    assert flood.published == date(1931, 5, 4)
    assert flood.source == "Trung Bắc Tân Văn"
    assert (flood.section, script.author) == ("Trong nước", "Phan Khôi")
    assert flood.scan == Scan(("5", "6"), ("T1", "B1", "B2", "B3"), 0.878)
    assert script.scan is not None
    assert script.scan.confidence == pytest.approx(0.633)
    assert [one.kind for one in parsed if isinstance(one, PassedOver)] == ["advertisement"]


def test_the_articles_of_an_issue(issue: Path) -> None:
    check(list(parse_file(issue / "so-mets.xml")))
    # Its pages are no articles of their own.
    (page,) = parse_file(issue / "text" / "p1.xml")
    assert page == PassedOver(str(issue / "text" / "p1.xml"), "alto of an issue")


def test_an_issue_in_a_zip_file(issue: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "so.zip", "w") as file:
        for path in sorted(issue.rglob("*.xml")):
            file.write(path, path.relative_to(tmp_path).as_posix())
    parsed = list(parse_file(tmp_path / "so.zip"))
    check([one for one in parsed if not isinstance(one, PassedOver) or one.kind == "advertisement"])
    assert len(parsed) == 5


@pytest.mark.parametrize("suffix", ["tar", "tar.gz"])
@pytest.mark.parametrize("order", ["issue first", "pages first"])
def test_an_issue_in_a_tar_file(issue: Path, tmp_path: Path, suffix: str, order: str) -> None:
    files = sorted(
        (path for path in issue.parent.rglob("*") if path.is_file()),
        key=lambda path: (("mets" in path.name) == (order == "pages first"), path),
    )
    target = tmp_path / f"so.{suffix}"
    with tarfile.open(target, "w:gz" if suffix == "tar.gz" else "w") as file:
        for path in files:
            file.add(path, path.relative_to(issue.parent))
    parsed = list(parse_file(target))
    check([one for one in parsed if not isinstance(one, PassedOver) or one.kind == "advertisement"])
    assert len(parsed) == 5
    assert all(f"so.{suffix}!/" in one.path for one in articles(parsed))


def test_a_page_without_an_issue(tmp_path: Path) -> None:
    (tmp_path / "p1.xml").write_text(PAGES["text/p1.xml"], "utf-8")
    (article,) = articles(list(parse_file(tmp_path / "p1.xml")))
    assert article.body.split("\n")[:2] == ["Lũ về", "Nước sông Hồng dâng cao trong đêm."]
    assert article.scan == Scan(("1",), ("T1", "B1", "B2", "A1"), 0.9)
    (tmp_path / "q.xml").write_text(alto(1), "utf-8")
    assert not articles(list(parse_file(tmp_path / "q.xml")))


def loose_pages(count: int, first: int = 71) -> dict[str, str]:
    """Pages that no METS file names."""
    return {
        f"BAO_1_1884_{number:04}.xml": alto(1, B1=line("Trang", str(number), "có", "tin", "lũ."))
        for number in range(first, first + count)
    }


@pytest.mark.parametrize("suffix", ["", "zip"])
def test_pages_that_are_numbered_on_are_one_issue(tmp_path: Path, suffix: str) -> None:
    files = {
        **loose_pages(6),
        "BAO_1_1884_0072.xml": "",
        "BAO_1_1884_0090.xml": alto(1, B1=line("Xa.")),
    }
    (tmp_path / "so").mkdir()
    for name, text in files.items():
        (tmp_path / "so" / name).write_text(text, "utf-8")
    if suffix:
        shutil.make_archive(str(tmp_path / "so"), suffix, tmp_path, "so")
        parsed = list(parse_file(tmp_path / "so.zip"))
    else:
        parsed = [one for path in sorted((tmp_path / "so").iterdir()) for one in parse_file(path)]
    alone, issue = sorted(articles(parsed), key=lambda one: len(one.body))
    assert [line[:8] for line in issue.body.split("\n")] == [
        f"Trang {number}" for number in (71, 73, 74, 75, 76)
    ]
    assert issue.scan is not None
    assert issue.scan.pages == ("71", "73", "74", "75", "76")
    assert issue.published == PartialDate(1884)
    assert alone.body == "Xa."
    kinds = [one.kind for one in parsed if isinstance(one, PassedOver)]
    assert kinds.count("alto, read with BAO_1_1884_0071.xml") == 4
    # The empty page is told by itself.
    assert len(parsed) == 7


@pytest.mark.parametrize("suffix", ["", "zip", "tar"])
def test_the_picture_of_a_page_is_not_read_beside_its_text(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "so"
    folder.mkdir()
    for name in ("0001.pdf", "0002.pdf"):
        (folder / name).write_bytes(b"%PDF-1.4\nnothing")
    (folder / "0001.xml").write_text(alto(1, B1=line("Lũ", "về")), "utf-8")
    if suffix:
        packed = shutil.make_archive(str(tmp_path / "so"), suffix, tmp_path, "so")
        parsed = list(parse_file(Path(packed)))
    else:
        parsed = [one for path in sorted(folder.iterdir()) for one in parse_file(path)]
    assert [one.title for one in articles(parsed)] == ["Lũ về"]
    (passed,) = [one for one in parsed if isinstance(one, PassedOver)]
    assert (Path(passed.address).name, passed.kind) == ("0001.pdf", "pdf of a page in ALTO")
    (fault,) = [one for one in parsed if isinstance(one, ParseError)]
    assert Path(fault.path).name == "0002.pdf"


def test_very_many_pages_are_not_one_issue(tmp_path: Path) -> None:
    for name, text in loose_pages(70, first=1).items():
        (tmp_path / name).write_text(text, "utf-8")
    parsed = [one for path in sorted(tmp_path.iterdir()) for one in parse_file(path)]
    assert len(articles(parsed)) == len(parsed) == 70


def test_a_page_that_is_missing_is_told(issue: Path) -> None:
    (issue / "text" / "p2.xml").unlink()
    parsed = list(parse_file(issue / "so-mets.xml"))
    assert [one.title for one in articles(parsed)] == ["Lũ về"]
    faults = [one.reason for one in parsed if isinstance(one, ParseError)]
    assert faults == ["the page text/p2.xml is not there", "the article D2 has no text"]


@pytest.mark.parametrize("path", ["../../../etc/passwd", "/etc/passwd", "file:///etc/passwd"])
def test_pages_elsewhere_are_not_opened(issue: Path, path: str) -> None:
    text = METS.replace("file://./text/p2.xml", path)
    (issue / "so-mets.xml").write_text(text, "utf-8")
    faults = [
        one.reason for one in parse_file(issue / "so-mets.xml") if isinstance(one, ParseError)
    ]
    assert any("is not there" in one for one in faults)


@given(st.data())
def test_damage_is_told_in_lines(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("so")
    (folder / "text").mkdir()
    texts = {"so-mets.xml": METS, **PAGES}
    chosen = data.draw(st.sampled_from(sorted(texts)))
    for path, text in texts.items():
        content = bytearray(text.encode())
        if path == chosen:
            at = data.draw(st.integers(0, len(content) - 1), "at")
            content[at : at + data.draw(st.integers(0, 60))] = data.draw(st.binary(max_size=10))
        (folder / path).write_bytes(content)
    for one in parse_file(folder / "so-mets.xml"):
        assert not isinstance(one, ParseError) or "\n" not in str(one)


HOCR = """<!DOCTYPE html><html><head><title>OCR</title><meta name="ocr-system" content="tesseract 5"/>
<meta name="DC.creator" content="Phan Khôi"/><meta name="DC.date" content="1931-05-04"/></head><body>
<div class="ocr_page" title="image a.png; ppageno 4"><h3><span class="ocr_line">17 Lũ về</span></h3>
<p class="ocr_par" id="par_1"><span class="ocr_line"><span class="ocrx_word" title="bbox 0 0 1 1; x_wconf 90">Nước</span>
<span class="ocrx_word" title="x_wconf 50">Sơn-</span></span><span class="ocr_line"><span class="ocrx_word" title="x_wconf 70">tây.</span></span></p>
<p class="ocr_par" id="par_2"><span class="ocr_line">Đê vẫn</span><span class="ocr_line">an toàn.</span></p></div></body></html>"""


def test_hocr(tmp_path: Path) -> None:
    (tmp_path / "a.hocr").write_text(HOCR, "utf-8")
    (article,) = articles(list(parse_file(tmp_path / "a.hocr")))
    assert (article.title, article.author) == ("Lũ về", "Phan Khôi")
    assert article.body == "Nước Sơntây.\nĐê vẫn an toàn."
    assert article.published == date(1931, 5, 4)
    assert article.scan == Scan(("5",), ("par_1", "par_2"), 0.7)


def test_an_issue_from_files_to_page(issue: Path, tmp_path: Path) -> None:
    report = index_sources(tmp_path / "kho", [issue])
    assert (report.added, report.failures) == (2, [])
    assert sorted(kind for _, kind in report.passed_over) == [
        "advertisement", "alto of an issue", "alto of an issue",
    ]  # fmt: skip
    with Archive.open(tmp_path / "kho") as archive:
        hit = archive.search(SearchRequest("nước sông hồng")).hits[0]
        page = create_app(archive).test_client().get(f"/article/{hit.id}").text
    assert "trang 5, 6" in page
    assert "88 %" in page
    assert index_sources(tmp_path / "kho", [issue]).unchanged == 2


def test_a_scan_is_exported_and_read_again(issue: Path, tmp_path: Path) -> None:
    found = articles(list(parse_file(issue / "so-mets.xml")))
    (tmp_path / "a.jsonl").write_text("\n".join(map(article_to_json, found)), "utf-8")
    again = articles(list(parse_file(tmp_path / "a.jsonl")))
    assert [article_digest(one) for one in again] == [article_digest(one) for one in found]
    assert [one.scan for one in again] == [one.scan for one in found]
    assert json.loads(article_to_json(found[0]))["scan"]["pages"] == ["5", "6"]
