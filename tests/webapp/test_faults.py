"""What goes wrong under a running application: hosts, control characters, damage, an archive that is gone."""

import csv
import io
import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import waitress
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.documents import make_document
from indexer.engine_factory import open_or_create_engine
from indexer.pipeline import index_sources
from search.archive import Archive
from search.presentation.exports import cell
from webapp import create_app
from webapp.hosts import hosts_in, is_host, is_own, name_of, served_as
from webapp.operations import Settings

PATHS = (
    "/",
    "/search?q=lu",
    "/api/v1/search",
    "/export.csv",
    "/static/style.css",
    "/healthz",
    "/no",
)


@pytest.fixture(scope="module")
def client(sample_archive: Path) -> Iterator[FlaskClient]:
    with Archive.open(sample_archive) as archive:
        app = create_app(archive, Settings(rate_limit=""))
        yield app.test_client(use_cookies=False)


HOSTS = st.one_of(
    st.text(st.sampled_from("aZ09.-_:[]@/ \\\u00ea\u4e2d%"), max_size=80),
    st.from_regex(r"[a-z0-9-]{60,70}(\.[a-z]{2,3})?(:[0-9]{1,7})?", fullmatch=True),
)


@given(HOSTS)
def test_no_host_is_a_failure(client: FlaskClient, host: str) -> None:
    for path in PATHS:
        answer = client.get(path, environ_overrides={"HTTP_HOST": host})
        assert answer.status_code in (200, 400, 404)
        known = is_host(host) and is_own(name_of(host) or "", ())
        assert (answer.status_code == 400) == (host != "" and not known)


@pytest.mark.parametrize(
    ("host", "right"),
    [
        ("localhost", True),
        ("a.b-c.vn:8000", True),
        ("xn--o-6ia.vn.", True),
        ("127.0.0.1:80", True),
        ("[::1]:8000", True),
        ("a" * 63 + ".vn", True),
        ("a" * 64, False),
        ("a" * 64 + ".vn", False),
        (".".join(["a" * 60] * 5), False),
        ("a..vn", False),
        ("-a.vn", False),
        ("a.vn:99999", False),
        ("a.vn:", False),
        ("a b", False),
        ("báo.vn", False),
    ],
)
def test_hosts(host: str, right: bool) -> None:
    assert is_host(host) == right


@pytest.mark.parametrize(
    ("hosts", "host", "own"),
    [
        ("", "localhost:8000", True),
        ("", "127.0.0.1", True),
        ("", "[::1]:8000", True),
        ("", "192.168.1.5:8000", True),
        ("", "100.64.3.2", True),
        ("", "kho", True),
        ("", "kho.lan", True),
        ("", "kho.toasoan.internal", True),
        ("", "8.8.8.8", False),
        ("", "[2001:4860::8888]", False),
        ("", "evil.example", False),
        ("", "localhost.evil.example", False),
        ("kho.bao.example, luu.bao.example", "kho.bao.example", True),
        ("kho.bao.example, luu.bao.example", "LUU.bao.EXAMPLE.:443", True),
        ("kho.bao.example", "evil.example", False),
        ("kho.bao.example", "akho.bao.example", False),
        ("kho.bao.example", "kho.bao.example.evil.example", False),
        ("kho.bao.example", "192.168.1.5", False),
        ("kho.bao.example", "127.0.0.1:8000", True),
        (".bao.example", "kho.bao.example", True),
        (".bao.example", "bao.example", True),
        (".bao.example", "xbao.example", False),
        ("*", "anything.example", True),
    ],
)
def test_pages_and_feeds_name_no_host_but_the_servers_own(
    sample_archive: Path, hosts: str, host: str, own: bool
) -> None:
    settings = Settings(rate_limit="", hosts=served_as(hosts_in(hosts), "127.0.0.1"))
    with Archive.open(sample_archive) as archive:
        client = create_app(archive, settings).test_client(use_cookies=False)
        for path in (
            "/search.atom?q=l%C5%A9",
            "/opensearch.xml",
            "/api/v1/openapi.json",
            "/healthz",
        ):
            answer = client.get(path, environ_overrides={"HTTP_HOST": host})
            assert answer.status_code == (200 if own else 400)
            if not own:
                assert answer.headers["Cache-Control"] == "no-store"
                assert answer.text.startswith("400: this server does not go by the name ")
                assert answer.text.count("\n") == 1


@pytest.mark.parametrize("text", ["a b!c", "https://a.example", "a.example/x", "..a", "bao,, báo"])
def test_a_setting_that_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        hosts_in(text)


def test_a_server_that_listens_under_a_name_goes_by_it() -> None:
    names = served_as((), "kho.bao.example")
    assert is_own("kho.bao.example", names)
    assert is_own("localhost", names)
    assert not is_own("evil.example", names)
    assert served_as((), "0.0.0.0") == ()
    assert is_own("[2001:4860::8888]", served_as((), "2001:4860::8888"))


CONTROLS = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), *range(127, 160)]))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """An archive whose article holds every control character in every part."""
    engine = open_or_create_engine(tmp_path_factory.mktemp("kho"))
    part = f"lũ{CONTROLS}về"
    article = Article(
        "a", part, part, part, f"https://bao.vn/{CONTROLS}", None, None, part, part, (part,), part,
        (part,), (part,), path="/nha/rieng/bai.txt",
    )  # fmt: skip
    with engine.writer() as writer:
        writer.put(make_document(article, "/nha/rieng/bai.txt"))
    with Archive(engine) as archive:
        app = create_app(archive, Settings(rate_limit=""))
        yield app.test_client(use_cookies=False)


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=%07l%C5%A9%1b[31m&from=%08&to=%00&section=%1b&sort=%07",
        "/search?q=%22l%C5%A9%07%22&source=%C2%85%C2%9b",
        "/article/a?q=l%C5%A9",
        "/article/a/related",
        "/article/%1b[2J",
        "/compare?q=l%C5%A9%07&with=%1bx",
        "/export.csv",
        "/export.ris",
        "/export.bib",
        "/export.jsonl",
        "/export.csv?id=a",
        "/article/a/cite.txt",
        "/article/a/cite.ris",
        "/article/a/cite.bib",
        "/article/a/cite.csl.json",
        "/article/a/cite.csl.json?lang=en",
        "/suggest?q=l%C5%A9%07",
        "/api/v1/suggest?q=%1bl",
        "/api/v1/articles/a/related",
        "/api/v1/articles/%1b[2J",
        "/api/v1/openapi.json",
        "/opensearch.xml",
        "/healthz",
        "/search.atom?q=%07l%C5%A9",
        "/search.rss?q=%07l%C5%A9",
        "/api/v1/articles/a",
        "/api/v1/search?q=%07",
        "/",
        "/%07",
    ],
)
def test_no_control_character_comes_out_raw(hostile: FlaskClient, path: str) -> None:
    text = hostile.get(path).data.decode("utf-8-sig")
    assert [char for char in text if char in CONTROLS] == []


SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\u207c\u2212\t\r"
UNSEEN = "\u200b\u200e\u202e\ufeff\u00ad\u2060\u00a0\u3000\u2003\u180e\u3164\u115f\u2800\ufe0f\u034f \x00\x1b"


@given(st.text(st.sampled_from(UNSEEN), max_size=4), st.sampled_from(SIGNS), st.text())
def test_no_cell_begins_with_a_formula_that_is_hidden(unseen: str, sign: str, rest: str) -> None:
    assert cell(f"{unseen}{sign}{rest}") == f"'{unseen}{sign}{rest}"


@pytest.mark.parametrize(
    "text", ["", "Lũ", "\u200bLũ = 1", "– Ông nói", "“=A1”", "1+1", "é=", "đ-"]
)
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


def test_no_path_of_a_file_goes_out(hostile: FlaskClient) -> None:
    for path in (
        "/export.jsonl",
        "/export.jsonl?id=a",
        "/export.csv",
        "/api/v1/articles/a",
        "/article/a",
    ):
        assert "rieng" not in hostile.get(path).text
    assert "path" not in json.loads(hostile.get("/export.jsonl").text)


def test_feeds_and_pages_are_kept_apart_by_language(client: FlaskClient) -> None:
    for path in ("/search.atom?q=l%C5%A9", "/search.rss?q=l%C5%A9"):
        plain = client.get(path)
        assert plain.headers["Cache-Control"] == "public, max-age=300"
        assert "Cookie" in plain.headers["Vary"]
        for answer in (
            client.get(f"{path}&lang=en"),
            client.get(path, headers={"Cookie": "lang=en"}),
        ):
            assert "public" not in answer.headers["Cache-Control"]
            assert "Cookie" in answer.headers["Vary"]
    for path in ("/static/style.css?lang=en", "/api/v1/stats?lang=en", "/healthz?lang=en"):
        assert "Set-Cookie" not in client.get(path).headers
    assert "Set-Cookie" in client.get("/search?q=x&lang=en").headers


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    lines = [
        {"id": f"bai-{n}", "title": f"Lũ {n}", "body": f"{n} " + "".join(chr(0x4E00 + (n * 7919 + k * k) % 20000) for k in range(3000))}
        for n in range(300)
    ]  # fmt: skip
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    index_sources(tmp_path / "kho", [tmp_path / "x.jsonl"], workers=0)
    return tmp_path / "kho"


def damage(archive: Path, ending: str, at: float) -> str:
    (path,) = (archive / "index").glob(f"*{ending}")
    content = bytearray(path.read_bytes())
    content[int(at * len(content))] ^= 1
    path.write_bytes(content)
    return path.name


@pytest.mark.embedded
def test_a_damaged_file_is_a_503_that_names_it_and_no_path(archive: Path) -> None:
    name = damage(archive, ".f_source.col", 0.5)
    with Archive.open(archive) as opened:
        client = create_app(opened, Settings(rate_limit="")).test_client()
        page = client.get("/search?q=l%C5%A9")
        assert page.status_code == 503
        assert "Kho báo tạm thời không đọc được" in page.text
        answer = client.get("/api/v1/search?q=l%C5%A9")
        assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
        feed = client.get("/search.atom?q=l%C5%A9")
        for found in (page.text, answer.text):
            assert name in found
            assert str(archive) not in found
        # What does not need the file is answered.
        assert feed.status_code == 200
        assert client.get("/article/bai-1").status_code == 200


def test_health_and_metrics_when_the_archive_is_gone(archive: Path) -> None:
    with Archive.open(archive) as opened:
        client = create_app(opened, Settings(rate_limit="")).test_client()
        assert "khobao_archive_readable 1.0" in client.get("/metrics").text
        for gone in (True, False):
            if gone:
                shutil.move(archive, archive.with_name("weg"))
            else:
                archive.mkdir()
                (archive / "index").mkdir()
            health = client.get("/healthz")
            assert health.status_code == 503
            assert health.json is not None
            assert health.json["status"] == "failing"
            assert str(archive) not in health.text
            metrics = client.get("/metrics")
            assert metrics.status_code == 200
            assert "khobao_archive_readable 0.0" in metrics.text
            assert "khobao_articles 300.0" in metrics.text


def test_a_swapped_folder_is_another_archive(archive: Path, tmp_path: Path) -> None:
    other = {"id": "khac", "title": "Hạn hán", "body": "Ruộng nứt nẻ."}
    (tmp_path / "y.jsonl").write_text(json.dumps(other), "utf-8")
    index_sources(tmp_path / "moi", [tmp_path / "y.jsonl"], workers=0)
    shutil.copytree(archive, tmp_path / "cu")
    with Archive.open(tmp_path / "cu") as opened, opened.kept_warm(seconds=0.05):
        client = create_app(opened, Settings(rate_limit="")).test_client()
        assert client.get("/healthz").json == {"status": "ok", "articles": 300}
        (tmp_path / "cu").rename(tmp_path / "alt")
        (tmp_path / "moi").rename(tmp_path / "cu")
        ends = time.monotonic() + 10
        while b"khac" not in client.get("/export.jsonl").data and time.monotonic() < ends:
            time.sleep(0.05)
        assert client.get("/healthz").json == {"status": "ok", "articles": 1}
        assert client.get("/article/bai-1").status_code == 404


@contextmanager
def served(archive: Path) -> Iterator[int]:
    """The port of a real server."""
    with Archive.open(archive) as opened:
        server = waitress.create_server(
            create_app(opened, Settings(rate_limit="")), host="127.0.0.1", port=0, threads=2
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield server.effective_port
        finally:
            server.close()


def whole_answer(port: int, path: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.embedded
@pytest.mark.parametrize(("at", "status"), [(0.98, b" 503 "), (0.2, b" 200 ")])
def test_an_export_that_fails_is_never_taken_for_a_whole_one(
    archive: Path, at: float, status: bytes
) -> None:
    with served(archive) as port:
        assert whole_answer(port, "/export.csv?sort=oldest").endswith(b"0\r\n\r\n")
    name = damage(archive, ".record.col", at)
    with served(archive) as port:
        answer = whole_answer(port, "/export.csv?sort=oldest")
        head, _, body = answer.partition(b"\r\n\r\n")
        assert status in head.splitlines()[0]
        if status == b" 503 ":
            assert name.encode() in body
        else:
            # The last chunk, which tells that nothing is missing, never comes.
            assert not answer.endswith(b"0\r\n\r\n")
            text = body.decode("utf-8", "ignore")
            assert 50 < len(list(csv.reader(io.StringIO(text)))) < 3000
