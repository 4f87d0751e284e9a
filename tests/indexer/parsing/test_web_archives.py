"""Pages out of WARC files, as crawlers make them."""

from __future__ import annotations

import gzip
import io
import json
import logging
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing import Parsed, PassedOver, parse_file
from indexer.pipeline import index_sources
from khobao.entry import _Printable
from search.archive import Archive
from search.requests import SearchRequest
from tests.conftest import ROOT
from tests.indexer.parsing.test_containers import faults, titles
from webapp import create_app

SENTENCE = "Nước sông Hồng dâng cao trong đêm, nhiều xã ven đê phải sơ tán người già và trẻ em. "
WHEN = "2019-07-03T04:05:06Z"


def page(title: str, head: str = "") -> str:
    return (
        f"<html><head>{head}<title>{title}</title></head><body><h1>{title}</h1>"
        f"<p>{SENTENCE * 5}</p></body></html>"
    )


class Crawl:
    """A web archive that is being written."""

    def __init__(self, *, compressed: bool = True) -> None:
        self._out = io.BytesIO()
        self._writer = WARCWriter(self._out, gzip=compressed)
        self.places: list[int] = []

    def add(
        self,
        url: str,
        content: bytes,
        content_type: str = "text/html; charset=utf-8",
        status: str = "200 OK",
        kind: str = "response",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Crawl:
        self.places.append(self._out.tell())
        http = StatusAndHeaders(
            status, [("Content-Type", content_type), *headers], protocol="HTTP/1.1"
        )
        record = self._writer.create_warc_record(
            url, kind, payload=io.BytesIO(content), http_headers=http,
            warc_headers_dict={"WARC-Date": WHEN},
        )  # fmt: skip
        self._writer.write_record(record)
        return self

    def bytes(self) -> bytes:
        return self._out.getvalue()


def read(folder: Path, data: bytes, name: str = "a.warc.gz") -> list[Parsed]:
    (folder / name).write_bytes(data)
    return list(parse_file(folder / name))


def story(number: int) -> tuple[str, bytes]:
    title = f"Lũ về huyện số {number} trong đêm mưa"
    return f"https://bao.vn/lu-ve-huyen-{number}-10234{number}.html", page(title).encode()


@pytest.mark.parametrize("compressed", [True, False])
def test_pages_are_told_from_everything_else(tmp_path: Path, *, compressed: bool) -> None:
    crawl = Crawl(compressed=compressed).add(*story(1))
    crawl.add("https://bao.vn/a.jpg", b"\xff\xd8\xff\xe0" + bytes(99), "image/jpeg")
    crawl.add("https://bao.vn/a.js", b"function lu() { return {'a': 1}; }", "text/javascript")
    crawl.add("https://bao.vn/api", b'[{"title": "L\xc5\xa9", "body": "x"}]', "application/json")
    crawl.add("https://bao.vn/robots.txt", b"User-agent: *\nDisallow: /", "text/plain")
    crawl.add("https://bao.vn/mat.html", page("Không tìm thấy").encode(), status="404 Not Found")
    crawl.add("https://bao.vn/cu.html", b"", status="301 Moved")
    crawl.add(*story(2))
    parsed = read(tmp_path, crawl.bytes())
    assert titles(parsed) == [f"Lũ về huyện số {n} trong đêm mưa" for n in (1, 2)]
    first = next(one for one in parsed if isinstance(one, Article))
    assert first.url == story(1)[0]
    assert first.captured == datetime(2019, 7, 3, 4, 5, 6, tzinfo=UTC)
    assert first.published is None
    assert first.path == f"{tmp_path}/a.warc.gz!/{story(1)[0]}"
    assert faults(parsed) == []
    assert [one.kind for one in parsed if isinstance(one, PassedOver)] == [
        "jpeg", "js", "json", "text", "http 404", "http 301",
    ]  # fmt: skip


def test_a_revisit_is_the_page_of_before(tmp_path: Path) -> None:
    crawl = Crawl().add(*story(1)).add(story(1)[0], b"", kind="revisit")
    parsed = read(tmp_path, crawl.bytes())
    assert len(titles(parsed)) == 1
    assert [one.kind for one in parsed if isinstance(one, PassedOver)] == ["revisit"]


@pytest.mark.parametrize(
    ("encoding", "stated", "head"),
    [
        ("utf-16", "text/html", ""),
        ("windows-1258", "text/html; charset=windows-1258", ""),
        ("cp1252", 'text/html; charset="iso-8859-1"', ""),
        ("utf-8", "text/html; charset=iso-8859-1", '<meta charset="utf-8">'),
    ],
)
def test_the_charset_of_the_server(tmp_path: Path, encoding: str, stated: str, head: str) -> None:
    title = "Café Hà Nội: mùa thu đến sớm" if encoding == "cp1252" else "Café Pháp giữa phố cũ"
    content = page(title.replace("à", "a") if encoding == "windows-1258" else title, head)
    data = content.encode(encoding, "replace")
    (article,) = read(
        tmp_path, Crawl().add("https://bao.vn/ca-phe-123456.html", data, stated).bytes()
    )
    assert isinstance(article, Article)
    assert "Café" in article.title


def test_contents_that_were_compressed_or_sent_in_chunks(tmp_path: Path) -> None:
    url, content = story(1)
    packed = gzip.compress(content)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
    crawl = Crawl().add(url, packed, headers=(("Content-Encoding", "gzip"),))
    crawl.add(story(2)[0], chunked, headers=(("Transfer-Encoding", "chunked"),))
    assert len(titles(read(tmp_path, crawl.bytes()))) == 2


@pytest.mark.parametrize("compressed", [True, False])
def test_a_damaged_record_costs_no_other(tmp_path: Path, *, compressed: bool) -> None:
    crawl = Crawl(compressed=compressed)
    for number in range(1, 5):
        crawl.add(*story(number))
    data = bytearray(crawl.bytes())
    # In the second record: its header where it is plain, its data where it is compressed.
    at = crawl.places[1] + (40 if compressed else 0)
    data[at : at + 60] = bytes(60)
    parsed = read(tmp_path, bytes(data))
    assert [title.split()[4] for title in titles(parsed)] == ["1", "3", "4"]
    (fault,) = faults(parsed)
    assert "a record of the web archive is damaged" in fault
    cut = crawl.bytes()[: crawl.places[3] + (len(data) - crawl.places[3]) // 2]
    parsed = read(tmp_path, cut)
    assert [title.split()[4] for title in titles(parsed)][:3] == ["1", "2", "3"]
    assert any("cut off" in one for one in faults(parsed))


CRAWLS = [
    Crawl(compressed=compressed).add(*story(1)).add(*story(2)).add(*story(3)).bytes()
    for compressed in (True, False)
]


@given(st.data(), st.sampled_from(CRAWLS))
def test_any_damage_is_told_in_lines(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, whole: bytes
) -> None:
    damaged = bytearray(whole)
    at = data.draw(st.integers(0, len(damaged) - 1), "at")
    damaged[at : at + 8] = data.draw(st.binary(max_size=16), "instead")
    for one in read(tmp_path_factory.mktemp("kho"), bytes(damaged)):
        assert isinstance(one, Article | ParseError | PassedOver)
        assert not isinstance(one, ParseError) or "\n" not in str(one)


def test_a_collection_is_read_by_its_web_archives_alone(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("archive/data.warc.gz", Crawl().add(*story(1)).add(*story(2)).bytes())
        row = {"url": story(1)[0], "title": "Lũ về huyện số 1", "text": SENTENCE, "ts": WHEN}
        file.writestr("pages/pages.jsonl", f'{{"format": "json-pages-1.0"}}\n{json.dumps(row)}\n')
        file.writestr("datapackage.json", '{"profile": "data-package", "title": "x"}')
    parsed = read(tmp_path, out.getvalue(), "a.wacz")
    assert len(titles(parsed)) == len(parsed) == 2
    assert isinstance(parsed[0], Article)
    assert parsed[0].path.endswith(f"a.wacz!/archive/data.warc.gz!/{story(1)[0]}")


def test_a_crawl_from_file_to_page(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(Crawl().add(*story(1)).add(*story(2)).bytes())
    report = index_sources(tmp_path / "kho", [tmp_path / "a.warc.gz"])
    assert (report.added, report.failures) == (2, [])
    with Archive.open(tmp_path / "kho") as archive:
        hits = archive.search(SearchRequest("lũ về huyện số 2")).hits
        shown = create_app(archive).test_client().get(f"/article/{hits[0].id}").text
    assert story(2)[0] in shown
    assert "Lưu trang lúc" in shown
    assert "2019-07-03T04:05:06+00:00" in shown


def test_an_address_that_is_none_moves_no_cursor(tmp_path: Path) -> None:
    crawl = Crawl(compressed=False).add("http://a.example/\x1b[2J b c", page("Đê vỡ").encode())
    (tmp_path / "a.warc").write_bytes(crawl.bytes())
    command = [sys.executable, "-m", "khobao", "index", str(tmp_path / "a.warc")]
    done = subprocess.run(
        [*command, "--archive", str(tmp_path / "kho")], cwd=ROOT, capture_output=True, check=True
    )
    assert b"1 added" in done.stdout
    assert b"\x1b" not in done.stdout + done.stderr
    assert b"Replacing" not in done.stderr


def test_messages_of_libraries_are_one_printable_line() -> None:
    record = logging.LogRecord("any", logging.WARNING, "", 0, "đê\x1b[2J\nvỡ %s", ("\u202e",), None)
    assert _Printable("khobao: %(message)s").format(record) == r"khobao: đê\x1b[2J\nvỡ \u202e"
