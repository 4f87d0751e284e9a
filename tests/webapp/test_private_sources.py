"""Every page, feed, file and answer of the API, for who may not see a private source and for who may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.pipeline import index_sources
from search.archive import Archive
from search.desk.accounts import Role
from search.desk.alerts import look
from search.views import PUBLIC
from tests.search.test_private_sources import PRIVATE, hide, records, write_records
from tests.webapp.forms import page, send
from webapp import create_app
from webapp.operations import Settings

pytestmark = pytest.mark.embedded
PASSWORD = "mật khẩu khá dài"
_QUERIES = ("zirconium", "lũ lụt", "tran kin dao", '"bí ẩn"', "nguồn:nội", "", "lu lut lao cai")
_NAMES = ("Trần Kín Đáo", "Ngô Bí Ẩn", "Phạm Văn Xa", "Lào Cai")
_SECRETS = ("zirconium", "Kín Đáo", "Bí Ẩn", "Phong Châu")
_NOISE = re.compile(r'name="token" value="\w+"|"took_ms": [\d.]+|[\d.,]+ (?:ms|giây)|[0-9a-f]{32}')


@pytest.fixture
def archives(tmp_path: Path) -> tuple[Path, Path]:
    """An archive of everything with its private sources hidden, and one of what is public."""
    file = tmp_path / "a.jsonl"
    index_sources(tmp_path / "all", [write_records(file, records())], workers=0)
    hide(tmp_path / "all", *PRIVATE)
    seen = [one for one in records() if one["source"] not in PRIVATE]
    index_sources(tmp_path / "public", [write_records(file, seen)], workers=0)
    return tmp_path / "all", tmp_path / "public"


@pytest.fixture
def archive(archives: tuple[Path, Path]) -> Iterator[Archive]:
    with Archive.open(archives[0]) as opened:
        yield opened


def addresses(app: Flask) -> Iterator[str]:
    """Addresses of every page that is read, asked for what is private and for what is not."""
    ids = [one["id"] for one in records()[:8]] + ["a b"]
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("static", "operations.metrics"):
            continue
        values: dict[str, list[str]] = {
            "id": ids, "day": ["2024-09-04", "2024-09-01"], "kind": ["people", "csv", "ris", "jsonl", "newsml"],
            "name": list(_NAMES), "number": ["1"], "token": ["x"],
        }  # fmt: skip
        found = [rule.rule]
        for name in rule.arguments:
            part = re.compile(rf"<(?:[^<>]*:)?{name}>")
            found = [part.sub(value, one) for one in found for value in values[name]]
        for address in found:
            yield f"{address}?seed=7"  # without it a sample is another each time
            for query in _QUERIES:
                yield f"{address}?{urlencode({'q': query, 'with': _QUERIES[1], 'seed': 7})}"
        for source in (*PRIVATE, "Báo Sáng"):
            yield f"{found[0]}?{urlencode({'source': source, 'q': 'lũ', 'seed': 7})}"


def plain(text: str) -> str:
    return _NOISE.sub("", text)


def test_whoever_is_nobody_gets_what_an_archive_without_them_gives(
    archives: tuple[Path, Path],
) -> None:
    settings = Settings(rate_limit="")
    with Archive.open(archives[0]) as hiding, Archive.open(archives[1]) as public:
        one, other = create_app(hiding, settings), create_app(public, settings)
        seen = set()
        for address in addresses(one):
            got, expected = one.test_client().get(address), other.test_client().get(address)
            assert got.status_code == expected.status_code, address
            assert plain(got.text) == plain(expected.text), address
            seen.add(got.status_code)
        assert {200, 404} <= seen


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD) -> int:
    form = page(client, "/sign-in").find("form", action="/sign-in")
    assert form is not None
    return int(send(client, form, "Đăng nhập", name=name, password=password).status_code)


@pytest.fixture
def app(archive: Archive) -> Flask:
    assert archive.desk is not None
    accounts = archive.desk.accounts
    accounts.add("Quản trị", PASSWORD, Role.ADMINISTRATOR)
    accounts.add("Bạn đọc", PASSWORD)
    accounts.add("Lan", PASSWORD, Role.EDITOR, [PRIVATE[0]])
    accounts.add("Minh", PASSWORD, Role.EDITOR)
    return create_app(archive, Settings(rate_limit=""))


@pytest.mark.parametrize(
    ("name", "seen"), [("", 12), ("Bạn đọc", 12), ("lan", 18), ("QUẢN TRỊ", 24)]
)
def test_each_account_sees_its_sources(app: Flask, archive: Archive, name: str, seen: int) -> None:
    client = app.test_client()
    if name:
        assert sign_in(client, name) == 200
    found = client.get("/api/v1/search?q=lũ+lụt&copies=all&limit=50")
    assert found.json is not None
    assert found.json["total"] == seen
    assert {one["value"] for one in found.json["facets"]["source"]} == {
        "Báo Sáng", "Báo Chiều", *PRIVATE[: (seen - 12) // 6]
    }  # fmt: skip
    shows = [word in client.get("/search?q=zirconium").text for word in ("Kín Đáo", "zirconium")]
    assert shows == [seen > 12, True]
    private = next(one["id"] for one in records() if one["source"] == PRIVATE[0])
    assert client.get(f"/article/{private}").status_code == (200 if seen > 12 else 404)
    kept = client.get("/search?q=lũ").headers
    assert ("private" in kept.get("Cache-Control", "")) == bool(name)
    assert {"Cookie", "Authorization"} <= set(kept["Vary"].replace(",", "").split())
    if name:
        assert archive.desk is not None
        number = archive.desk.accounts.named(name).number
        token = archive.desk.sessions.make_token(number, "thử")
        headers = {"Authorization": f"Bearer {token}"}
        stats = app.test_client().get("/api/v1/stats", headers=headers)
        assert stats.json is not None
        assert stats.json["articles"] == seen


def test_dossiers_show_each_editor_what_the_editor_may_see(app: Flask) -> None:
    lan, minh, nobody = app.test_client(), app.test_client(), app.test_client()
    sign_in(lan, "Lan")
    sign_in(minh, "Minh")
    form = page(lan, "/search?q=lũ&copies=all&per_page=50").find("form", id="export")
    assert form is not None
    assert send(lan, form, "Cho vào").status_code == 200
    form = page(lan, "/dossier/1").find("form", action="/dossier/1/share")
    assert form is not None
    send(lan, form, shared="yes")
    shared = re.search(r'/shared/[^"<]+', lan.get("/dossier/1").text)
    assert shared is not None
    outside = "/shared/" + shared[0].rpartition("/")[2]
    assert "ngày thứ 2 " in lan.get("/dossier/1").text
    for client, address in ((minh, "/dossier/1"), (nobody, outside)):
        shown = client.get(address).text
        assert "ngày thứ 0 " in shown
        assert "ngày thứ 2 " not in shown
        assert "6 bài của hồ sơ thuộc nguồn mà bạn không được xem." in shown
        for kind in ("csv", "jsonl", "ris", "md", "html"):
            file = client.get(f"{address}/export.{kind}")
            assert file.status_code == 200
            assert not any(word in file.text for word in (*_SECRETS, PRIVATE[0], "ngày thứ 2 "))
    assert nobody.get("/dossier/1").status_code == 303


def test_watches_never_tell_of_what_is_private(
    app: Flask, archive: Archive, archives: tuple[Path, Path]
) -> None:
    admin = app.test_client()
    sign_in(admin, "Quản trị")
    form = page(admin, "/search?q=lũ").find("form", id="export")
    assert form is not None
    assert send(admin, form, "Theo dõi tìm kiếm này").status_code == 200
    more = [one | {"id": f"m{one['id']}"} for one in records()]
    write_records(archives[0].parent / "b.jsonl", more)
    index_sources(archives[0], [archives[0].parent / "b.jsonl"], workers=0)
    assert archive.desk is not None
    assert look(archive.desk, archive.reader(shown=PUBLIC))[1] == 12
    token = archive.desk.watches.watches()[0].token
    assert app.test_client().get(f"/watch/{token}.atom").text.count("<entry>") == 12
    hide(archives[0], *PRIVATE, "Báo Sáng")
    feed = app.test_client().get(f"/watch/{token}.atom").text
    assert feed.count("<entry>") == 6
    assert "Báo Sáng" not in feed
    assert admin.get("/watch/1").text.count("Báo Sáng") == 6
